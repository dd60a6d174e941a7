//! What a notice returns of the message: its header, or all of it where the sender asked for that (RET=FULL, RFC 3461 §4.3)
//! and it can be had.

use super::part;
use crate::header_text::LONGEST_LINE;

/// Octets of the original header that are returned, at most: several times the longest ordinary one.
pub const MAX_RETURNED_HEADER: usize = 32 * 1024;

/// Octets of a message that is returned whole, at most: a letter without attachments. Of a longer one the header is returned,
/// as RFC 3461 §4.3 allows: it is in a mailbox of the sender already.
pub const MAX_RETURNED_MESSAGE: usize = 256 * 1024;

/// The message as far as it is there to be returned.
#[derive(Debug, Clone, Copy)]
pub enum Original<'a> {
    /// Its beginning, at least its header or [`MAX_RETURNED_HEADER`] octets, of which the header is returned.
    Beginning(&'a [u8]),
    /// All of it, to be returned.
    Whole(&'a [u8]),
}

/// What is returned.
pub enum Returned {
    /// The header, and whether it had to be cut.
    Header { lines: Vec<u8>, cut: bool },
    /// The message.
    Message(Vec<u8>),
}

impl<'a> Original<'a> {
    /// The octets, however many they are.
    pub(super) fn octets(self) -> &'a [u8] {
        match self {
            Self::Beginning(octets) | Self::Whole(octets) => octets,
        }
    }

    /// What of it is returned. A message whose lines are none that SMTP carries cannot be returned whole.
    pub(super) fn returned(self) -> Returned {
        match self {
            Self::Whole(octets) if octets.len() <= MAX_RETURNED_MESSAGE && has_sound_lines(octets) => {
                Returned::Message(octets.to_vec())
            }
            Self::Whole(octets) | Self::Beginning(octets) => header_of(octets),
        }
    }
}

impl Returned {
    /// The part with its own header. A message must not be encoded (RFC 2045 §6.4): what is 8-bit stays so.
    pub(super) fn part(&self, smtp_utf8: bool) -> Vec<u8> {
        match self {
            Self::Header { lines, .. } => {
                part(if smtp_utf8 { "message/global-headers" } else { "text/rfc822-headers" }, lines)
            }
            Self::Message(octets) => {
                let kind = if smtp_utf8 { "message/global" } else { "message/rfc822" };
                let encoding = if octets.is_ascii() { "" } else { "Content-Transfer-Encoding: 8bit\r\n" };
                let mut part = format!("Content-Type: {kind}\r\n{encoding}\r\n").into_bytes();
                part.extend_from_slice(octets);
                part
            }
        }
    }
}

/// Whether every line ends in CRLF and is as short as RFC 5321 §4.5.3.1.6 wants it, without NUL.
fn has_sound_lines(octets: &[u8]) -> bool {
    octets.split_inclusive(|&octet| octet == b'\n').all(|line| {
        let text = line.strip_suffix(b"\r\n");
        text.is_some_and(|text| text.len() <= LONGEST_LINE && !text.iter().any(|octet| matches!(octet, 0 | b'\r')))
    })
}

/// The header, whole lines of it.
fn header_of(original: &[u8]) -> Returned {
    let mut lines = Vec::new();
    for line in original.split_inclusive(|&b| b == b'\n') {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        if text.is_empty() {
            return Returned::Header { lines, cut: false };
        }
        if lines.len() + line.len() > MAX_RETURNED_HEADER {
            return Returned::Header { lines, cut: true };
        }
        lines.extend_from_slice(text);
        lines.extend_from_slice(b"\r\n");
    }
    Returned::Header { lines, cut: original.len() >= MAX_RETURNED_HEADER }
}
