//! Messages: the header fields that a relay writes and reads, and the notices that it composes.
//!
//! Octets in, octets out. What passes through is never changed: [`received`] writes the one field that a relay adds,
//! [`header_scan`] reads the header as it streams by, [`notice`] composes a new message about what became of one. Whatever
//! a peer put into its names and replies, no line that is written here can end early or begin another field.

mod date;
pub mod header_scan;
mod header_text;
pub mod notice;
mod quoted_printable;
pub mod received;

pub use date::date;
pub use header_scan::{HeaderFacts, HeaderScanner};
pub use notice::{FailureCause, Notice, NoticeKind, NoticeRecipient, Original, SaidBy};
pub use received::{ClientCertificateNote, Received, TlsNote};
