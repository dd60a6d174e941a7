//! Logs and settings of Postfix, Exim and sendmail: what they handed to a next hop, over what, and what it answered; and Postfix's
//! tables, lists and references, for those who bring its settings elsewhere.
//!
//! Text in, facts out; no files, no clock. What a fact means for somebody's mail is not told here. None of these programs logs
//! which certificate it presented; only Postfix shows, with TLS 1.3, that it presented one.

#![forbid(unsafe_code)]

mod delivery;
mod exim;
pub mod expansion;
mod fingerprint;
mod join;
mod log;
mod lookup;
#[cfg(test)]
mod parser_tests;
mod postfix;
mod route;
mod sendmail;
mod settings;
mod stamp;
mod syslog;
mod table;
#[cfg(test)]
mod tests;
mod tls_policy;

pub use delivery::{Delivery, Program, Quoted, Relay, Result, Session, Tls};
pub use fingerprint::Digest;
pub use log::{LogReader, program};
pub use lookup::{Item, Lookup, items};
pub use route::{NextHop, Route};
pub use settings::{Setting, looks_like_settings, settings};
pub use stamp::{Calibration, Stamp};
pub use table::{MAX_ENTRIES, TableEntry, table};
pub use tls_policy::{TlsLevel, TlsPolicy};
