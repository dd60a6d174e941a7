//! Writes SMTP protocol logs in the form of `proto-exchange`: `SmtpReceive/RECV2026112413-1.LOG`, `SmtpSend/SEND2026112413-1.LOG`.
//!
//! ```text
//! SessionLog ── rows ──▶ bounded queue ──▶ writer thread ──▶ files by hour and number, within their limits
//!                │ full: the row is lost, counted            │ disk full: the same
//!                └────────────── a row in the log says how many were lost, from when to when, once it can
//! ```
//!
//! Mail never waits for its log. What must not be here: what is worth a row (that is for who speaks SMTP), and reading.

#![forbid(unsafe_code)]

mod files;
mod log;
mod losses;
mod session;
mod settings;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
mod writer;

pub use log::{Counts, ProtocolLog};
pub use session::SessionLog;
pub use settings::{Settings, Unwritable};
