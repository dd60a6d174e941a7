//! Composes the message that tells a sender what could not be delivered: multipart/report (RFC 6522) of a text for
//! people, a delivery status (RFC 3464) and the header of the message (RFC 3462).
//!
//! Its envelope sender must be the null one, so that it is never answered by another. Whether a sender may be told at
//! all, and by which route, is decided elsewhere.

mod advice;
mod status;
mod text;

#[cfg(test)]
mod tests;

use jiff::Timestamp;
use proto_smtp::Reply;

use crate::date::date;
use crate::header_scan::HeaderScanner;
use crate::header_text::{LONGEST_LINE, ascii_line, field, host};
use crate::quoted_printable;

/// Octets of the original header that are returned, at most: several times the longest ordinary one.
pub const MAX_RETURNED_HEADER: usize = 32 * 1024;

/// Recipients whose replies are told whole. A reply may have 16 KiB, and so many of them still make a message that
/// anybody takes; of the recipients behind them the beginning of the reply is told.
pub const WHOLE_REPLIES: usize = 50;

/// Lines and octets of each line of the replies that are not told whole.
const SHORT_REPLY: (usize, usize) = (4, 400);

/// Most characters of an address that are shown; RFC 5321 §4.5.3.1.3 allows 256 octets.
const MAX_ADDRESS: usize = 320;

/// A bounce to be composed.
#[derive(Debug, Clone, Copy)]
pub struct Bounce<'a> {
    /// The host name of this node: it reports.
    pub hostname: &'a str,
    /// Our id for the bounce; makes its Message-ID and must be unique.
    pub reference: &'a str,
    /// The present time.
    pub at: Timestamp,
    /// The sender of the message that failed, without angle brackets.
    pub sender: &'a str,
    /// Our id for the message that failed.
    pub original_reference: &'a str,
    /// When the message that failed arrived here.
    pub arrived: Timestamp,
    /// Its ENVID parameter (RFC 3461 §4.4), still in xtext.
    pub envid: Option<&'a str>,
    /// The beginning of the message that failed, at least its header or [`MAX_RETURNED_HEADER`] octets.
    pub original: &'a [u8],
    /// Whom it did not reach; at least one.
    pub failures: &'a [FailedRecipient<'a>],
}

/// A recipient whom the message did not reach.
#[derive(Debug, Clone, Copy)]
pub struct FailedRecipient<'a> {
    /// Its address without angle brackets.
    pub address: &'a str,
    /// The ORCPT parameter (RFC 3461 §4.2), still in xtext.
    pub orcpt: Option<&'a str>,
    /// The reply that decided, or our own words where none came.
    pub reply: &'a Reply,
    /// Who spoke it.
    pub said_by: SaidBy<'a>,
    /// Why there will be no other attempt.
    pub cause: FailureCause,
}

/// Whose words a reply is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaidBy<'a> {
    /// The next hop's: `hub.example.net [192.0.2.1]:25`.
    NextHop(&'a str),
    /// Ours.
    Us,
}

/// Why a recipient was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureCause {
    /// The reply is final.
    Final,
    /// It was tried too long; the reply is the last one.
    Expired,
}

impl Bounce<'_> {
    /// The whole message: CRLF at every line end, 7-bit ASCII, no line longer than RFC 5321 allows.
    #[must_use]
    pub fn compose(&self) -> Vec<u8> {
        let (header, cut) = returned_header(self.original);
        let parts = [
            part("text/plain; charset=utf-8", text::write(self, cut).as_bytes()),
            part("message/delivery-status", status::write(self).as_bytes()),
            part("text/rfc822-headers", &header),
        ];
        let boundary = boundary(self.reference, &parts);
        let mut out = self.header(&boundary);
        for part in &parts {
            out.push_str(&format!("\r\n--{boundary}\r\n{part}"));
        }
        out.push_str(&format!("\r\n--{boundary}--\r\n"));
        out.into_bytes()
    }

    fn header(&self, boundary: &str) -> String {
        let hostname = host(self.hostname);
        let to = format!("<{}>", ascii_line(self.sender, MAX_ADDRESS));
        let message_id = format!("<{}@{hostname}>", host(self.reference));
        let mut out = String::new();
        field("From", ["Mail Delivery System", &format!("<MAILER-DAEMON@{hostname}>")], &mut out);
        field("To", [to.as_str()], &mut out);
        field("Subject", ["Your message could not be delivered"], &mut out);
        field("Date", [date(self.at).as_str()], &mut out);
        field("Message-ID", [message_id.as_str()], &mut out);
        if let Some(original) = self.original_message_id() {
            field("In-Reply-To", [original.as_str()], &mut out);
            field("References", [original.as_str()], &mut out);
        }
        field("Auto-Submitted", ["auto-replied"], &mut out);
        field("MIME-Version", ["1.0"], &mut out);
        let content = ["multipart/report;", "report-type=delivery-status;", &format!("boundary=\"{boundary}\"")];
        field("Content-Type", content, &mut out);
        out.push_str("\r\nThis is a report in several parts (RFC 3464).\r\n");
        out
    }

    /// The Message-ID of the message that failed, so that mail programs show the report beside it.
    fn original_message_id(&self) -> Option<String> {
        let mut scanner = HeaderScanner::new("");
        scanner.feed(self.original);
        scanner.finish().message_id.filter(|id| id.len() <= MAX_ADDRESS)
    }
}

/// The reply as far as it is told of the recipient at this place.
fn told_reply(place: usize, reply: &Reply) -> Reply {
    let (lines, octets) = SHORT_REPLY;
    if place < WHOLE_REPLIES { reply.clone() } else { reply.clone().bounded(lines, octets) }
}

/// One part: its own header, encoded where it is not plain lines already. `message/` parts are ASCII before they come here,
/// since they must not be encoded (RFC 2045 §6.4).
fn part(content_type: &str, content: &[u8]) -> String {
    match std::str::from_utf8(content) {
        Ok(plain) if is_plain(plain) => format!("Content-Type: {content_type}\r\n\r\n{plain}"),
        _ => {
            let encoded = quoted_printable::encode(content);
            format!("Content-Type: {content_type}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{encoded}")
        }
    }
}

/// Whether a text is lines of ASCII, each short enough, with CRLF and no other control characters but tabs.
fn is_plain(text: &str) -> bool {
    text.split("\r\n").all(|line| {
        line.len() <= LONGEST_LINE && line.bytes().all(|b| b.is_ascii_graphic() || matches!(b, b' ' | b'\t'))
    })
}

/// A boundary that stands in no part.
fn boundary(reference: &str, parts: &[String]) -> String {
    // RFC 2046 §5.1.1 allows 70 characters.
    let reference: String = reference.chars().filter(char::is_ascii_alphanumeric).take(32).collect();
    let mut number = 0_u64;
    loop {
        let boundary = format!("=_postwarden_{reference}_{number}");
        if !parts.iter().any(|part| part.contains(&boundary)) {
            return boundary;
        }
        number += 1;
    }
}

/// The header of the original, whole lines of it, and whether it had to be cut.
fn returned_header(original: &[u8]) -> (Vec<u8>, bool) {
    let mut header = Vec::new();
    for line in original.split_inclusive(|&b| b == b'\n') {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        if text.is_empty() {
            return (header, false);
        }
        if header.len() + line.len() > MAX_RETURNED_HEADER {
            return (header, true);
        }
        header.extend_from_slice(text);
        header.extend_from_slice(b"\r\n");
    }
    (header, original.len() >= MAX_RETURNED_HEADER)
}
