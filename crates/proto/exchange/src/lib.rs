//! What Exchange writes and its administrators read: SMTP protocol logs, what Get-cmdlets print, the wizard's logs, replies.
//!
//! Text in, facts out, and back; no files, no clock. What a fact means for somebody's mail is not told here.

#![forbid(unsafe_code)]

pub mod connectivity_log;
pub mod csv_records;
pub mod dump;
pub mod event_log;
mod exact_time;
mod identifier;
pub mod lines;
pub mod message_trace;
pub mod powershell;
pub mod protocol_log;
mod refusal;
pub mod spelling;
pub mod tracking_log;
pub mod wizard_log;
mod xml_reference;

pub use identifier::CertificateIdentifier;
pub use refusal::{RefusalClass, RemoteReply, hello_address};
