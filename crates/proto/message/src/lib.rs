//! Messages: the header fields that a relay writes and reads, and the notices that it composes.
//!
//! Octets in, octets out. What passes through is never changed: [`received`] writes the one field that a relay adds,
//! [`header_scan`] reads the header as it streams by, [`notice`] composes a new message about what became of one. Whatever
//! a peer put into its names and replies, no line that is written here can end early or begin another field.
//!
//! What people hand over as evidence is read leniently, each fact with its line: [`parts`] takes a message apart, [`fields`]
//! and [`hop`] read headers, [`bounce`] finds what was refused, by whom, with which reply.

pub mod bounce;
mod date;
pub mod fields;
pub mod header_scan;
mod header_text;
pub mod hop;
pub mod notice;
pub mod parts;
mod quoted_printable;
pub mod received;

pub use date::date;
pub use header_scan::{HeaderFacts, HeaderScanner};
pub use notice::{FailureCause, Notice, NoticeKind, NoticeRecipient, Original, SaidBy};
pub use received::{ClientCertificateNote, Received, TlsNote};
