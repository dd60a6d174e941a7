//! Logs and settings of Postfix, Exim and sendmail: what they handed to a next hop, over what, and what it answered.
//!
//! Text in, facts out; no files, no clock. What a fact means for somebody's mail is not told here. None of these programs logs
//! which certificate it presented; only Postfix shows, with TLS 1.3, that it presented one.

#![forbid(unsafe_code)]

mod delivery;
mod exim;
mod join;
mod log;
mod postfix;
mod sendmail;
mod settings;
mod stamp;
mod syslog;
#[cfg(test)]
mod tests;

pub use delivery::{Delivery, Program, Quoted, Relay, Result, Session, Tls};
pub use log::{LogReader, program};
pub use settings::{Setting, looks_like_settings, settings};
pub use stamp::{Calibration, Stamp};
