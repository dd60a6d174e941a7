//! SMTP protocol logs: what a server and its peers said to each other, line by line, as Exchange writes it.
//!
//! Followed is the shape of real files of Exchange 2016 and 2019, which is not the documented one throughout
//! (Microsoft: *Protocol logging in Exchange Server*): the header says `#Version: 15.0.0.0` and `#Log-type:`; a file is for an
//! hour of UTC, `SEND2026112413-1.LOG`; session ids are 16 hexadecimal digits; the connector-id is the bare name of a send
//! connector and `SERVER\Connector` for a receive connector; a reply of several lines is one row; a certificate is one row,
//! with its dates (see [`certificate_row`]).
//!
//! One [`Record`] serves writer and [`Reader`]. The writer makes nothing but rows of one line; the reader takes what old and
//! new versions, editors and copies make of them. [`Sessions`] reads rows by the million and tells what connections show.

mod certificate;
mod certificate_record;
mod csv;
mod dialogue;
mod file_name;
mod header;
mod negotiation;
mod reader;
mod record;
mod session;
mod sessions;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;

pub use certificate::{WhoseCertificate, certificate_row};
pub use certificate_record::{CertificateAttribute, CertificateRecord, CertificateRole, CertificateRow};
pub use dialogue::{Commands, MAX_SAID, Replies};
pub use file_name::LogFileName;
pub use header::{Header, LogKind, Writer};
pub use negotiation::{TlsSide, negotiation_row};
pub use reader::{Reader, RowError};
pub use record::{Event, Record};
pub use session::{
    Answer, Greeting, Handshake, LogLine, Recipient, Reply, Session, ShownCertificate, Text, Transaction,
};
pub use sessions::{LineFault, MAX_KEPT, MAX_LINE, OnSession, Sessions};
