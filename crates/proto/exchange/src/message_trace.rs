//! Exchange Online's message trace: rows of Get-MessageTraceV2, of the reports that the admin centre sends (enhanced summary
//! and extended), and of Get-MessageTraceDetailV2.
//!
//! Only mail that was attributed to the tenant has rows; what was refused with 5.7.64 is in nobody's trace. (Microsoft:
//! *Message trace in the modern Exchange admin center*, Get-MessageTraceV2.) The columns of reports come in an order that
//! Microsoft does not tell; they are found by name.

mod object;
mod report;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;

pub use object::inbound_connector;
pub use report::{TraceEntry, TraceReport, is_header};

use jiff::Timestamp;

/// One row, of whichever form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TraceRecord {
    /// When, UTC.
    pub at: Option<Timestamp>,
    /// Message-ID.
    pub message_id: Option<String>,
    /// MAIL FROM where the form has it, else the sender's address.
    pub sender: Option<String>,
    /// The recipient; of several, the first.
    pub recipient: Option<String>,
    /// `Delivered`, `Failed`, …; of reports the events, such as `Receive, Send`.
    pub status: Option<String>,
    /// Where the mail came from.
    pub from_ip: Option<String>,
    /// The connector that it was attributed to.
    pub connector: Option<String>,
    /// Whether the tenant sent it, which is Exchange Online's own verdict.
    pub originating: Option<bool>,
}
