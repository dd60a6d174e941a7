//! Asks the DNS: what a name holds, or exactly why that is not known.
//!
//! [`Resolver`] is the one that asks servers; it alone knows the library. [`Table`] answers from a list, for tests of those
//! who ask. What an answer means is decided above: here nothing is cached, and nothing is tried again but a lost packet.

#![forbid(unsafe_code)]

mod failure;
mod resolver;
mod table;
mod txt;

#[cfg(test)]
mod tests;

pub use failure::DnsFailure;
pub use resolver::Resolver;
pub use table::Table;
pub use txt::TxtLookup;
