//! Messages: the header fields that a relay writes and reads, and the bounces that it composes.
//!
//! Octets in, octets out. What passes through is never changed: [`received`] writes the one field that a relay adds,
//! [`header_scan`] reads the header as it streams by, [`bounce`] composes a new message about one that failed. Whatever
//! a peer put into its names and replies, no line that is written here can end early or begin another field.

pub mod bounce;
mod date;
pub mod header_scan;
mod header_text;
mod quoted_printable;
pub mod received;

pub use bounce::{Bounce, FailedRecipient, FailureCause, SaidBy};
pub use date::date;
pub use header_scan::{HeaderFacts, HeaderScanner};
pub use received::{ClientCertificateNote, Received, TlsNote};
