//! What people have, brought over: dumps of Exchange and files of Postfix in, a directory file to review out, with an account of
//! every property and setting.
//!
//! ```text
//! octets with names -> exchange | postfix -> drafts and ledger -> mending (what validation refuses is left out) -> page
//! ```
//!
//! No files, no clock. Nothing that comes out is wider than what came in: a connector that lost a restriction on the way is
//! written as disabled, with why. What is not known here is told as not carried over, never passed over.

#![forbid(unsafe_code)]

mod account;
mod drafts;
mod exchange;
mod import;
mod mending;
mod page;
mod postfix;
#[cfg(test)]
mod tests;

pub use account::{Entry, Outcome};
pub use import::{Counts, Import, Imported, MAX_INPUT, Unread};
