//! Composes the message that tells a sender what became of another: multipart/report (RFC 6522) of a text for people, a
//! delivery status (RFC 3464) and the message or its header (RFC 3462), in the forms for international addresses where the
//! message was one of those (RFC 6533).
//!
//! Its envelope sender must be the null one, so that it is never answered by another. Whether a sender may be told at
//! all, and by which route, is decided elsewhere.

mod advice;
mod returned;
mod status;
mod text;
mod xtext;

#[cfg(test)]
mod tests;

use jiff::Timestamp;
use proto_smtp::Reply;

use crate::date::date;
use crate::header_scan::HeaderScanner;
use crate::header_text::{LONGEST_LINE, ascii_line, field, host, text_line};
use crate::quoted_printable;

pub use returned::{MAX_RETURNED_HEADER, MAX_RETURNED_MESSAGE, Original};

/// Recipients whose replies are told whole. A reply may have 16 KiB, and so many of them still make a message that
/// anybody takes; of the recipients behind them the beginning of the reply is told.
pub const WHOLE_REPLIES: usize = 50;

/// Lines and octets of each line of the replies that are not told whole.
const SHORT_REPLY: (usize, usize) = (4, 400);

/// Most characters of an address that are shown; RFC 5321 §4.5.3.1.3 allows 256 octets.
const MAX_ADDRESS: usize = 320;

/// A notice to be composed.
#[derive(Debug, Clone, Copy)]
pub struct Notice<'a> {
    /// What is told.
    pub kind: NoticeKind,
    /// The host name of this node: it reports.
    pub hostname: &'a str,
    /// Our id for the notice; makes its Message-ID and must be unique.
    pub reference: &'a str,
    /// The present time.
    pub at: Timestamp,
    /// The sender of the message, without angle brackets.
    pub sender: &'a str,
    /// Our id for the message.
    pub original_reference: &'a str,
    /// When the message arrived here.
    pub arrived: Timestamp,
    /// Its ENVID parameter (RFC 3461 §4.4), still in xtext.
    pub envid: Option<&'a str>,
    /// It came with SMTPUTF8, so that whoever sent it understands the forms of RFC 6533.
    pub smtp_utf8: bool,
    /// The message, as far as it is returned.
    pub original: Original<'a>,
    /// Whom it is about; at least one.
    pub recipients: &'a [NoticeRecipient<'a>],
}

/// What a notice tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    /// The message did not reach its recipients and will not.
    Failed,
    /// It has not reached them yet.
    Delayed {
        /// When it will be given up.
        retry_until: Timestamp,
    },
    /// It was handed to a system that tells nothing of what becomes of it (RFC 3461 §5.2.2).
    Relayed,
}

/// A recipient of whom the notice tells.
#[derive(Debug, Clone, Copy)]
pub struct NoticeRecipient<'a> {
    /// Its address without angle brackets.
    pub address: &'a str,
    /// The ORCPT parameter (RFC 3461 §4.2), still in xtext.
    pub orcpt: Option<&'a str>,
    /// The reply that decided, or our own words where none came.
    pub reply: &'a Reply,
    /// Who spoke it.
    pub said_by: SaidBy<'a>,
    /// Of a failure, why there will be no other attempt.
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

impl NoticeKind {
    fn subject(self) -> &'static str {
        match self {
            Self::Failed => "Your message could not be delivered",
            Self::Delayed { .. } => "Your message is late and still being tried",
            Self::Relayed => "Your message was passed on",
        }
    }
}

impl Notice<'_> {
    /// The whole message: CRLF at every line end, no line longer than RFC 5321 allows. It is ASCII unless the sender's address
    /// is not, which SMTPUTF8 can carry, or the message is returned whole and is not.
    #[must_use]
    pub fn compose(&self) -> Vec<u8> {
        let returned = self.original.returned();
        let parts = [
            part("text/plain; charset=utf-8", text::write(self, &returned).as_bytes()),
            part(self.media_type("message/delivery-status", "message/global-delivery-status"), &status::write(self)),
            returned.part(self.smtp_utf8),
        ];
        let boundary = boundary(self.reference, &parts);
        let mut out = self.header(&boundary, parts.iter().any(|part| !part.is_ascii())).into_bytes();
        for part in &parts {
            out.extend_from_slice(format!("\r\n--{boundary}\r\n").as_bytes());
            out.extend_from_slice(part);
        }
        out.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        out
    }

    fn header(&self, boundary: &str, eight_bit: bool) -> String {
        let hostname = host(self.hostname);
        let to = format!("<{}>", text_line(self.sender, MAX_ADDRESS));
        let message_id = format!("<{}@{hostname}>", host(self.reference));
        let mut out = String::new();
        field("From", ["Mail Delivery System", &format!("<MAILER-DAEMON@{hostname}>")], &mut out);
        field("To", [to.as_str()], &mut out);
        field("Subject", [self.kind.subject()], &mut out);
        field("Date", [date(self.at).as_str()], &mut out);
        field("Message-ID", [message_id.as_str()], &mut out);
        if let Some(original) = self.original_message_id() {
            field("In-Reply-To", [original.as_str()], &mut out);
            field("References", [original.as_str()], &mut out);
        }
        field("Auto-Submitted", ["auto-replied"], &mut out);
        field("MIME-Version", ["1.0"], &mut out);
        if eight_bit {
            field("Content-Transfer-Encoding", ["8bit"], &mut out);
        }
        let content = ["multipart/report;", "report-type=delivery-status;", &format!("boundary=\"{boundary}\"")];
        field("Content-Type", content, &mut out);
        out.push_str("\r\nThis is a report in several parts (RFC 3464).\r\n");
        out
    }

    /// The Message-ID of the message, so that mail programs show the report beside it.
    fn original_message_id(&self) -> Option<String> {
        let mut scanner = HeaderScanner::new("");
        scanner.feed(self.original.octets());
        scanner.finish().message_id.filter(|id| id.len() <= MAX_ADDRESS)
    }

    fn media_type(&self, ordinary: &'static str, international: &'static str) -> &'static str {
        if self.smtp_utf8 { international } else { ordinary }
    }

    /// One line of the status part: any language in the international form, ASCII in the ordinary one.
    fn line(&self, text: &str, limit: usize) -> String {
        if self.smtp_utf8 { text_line(text, limit) } else { ascii_line(text, limit) }
    }
}

/// The reply as far as it is told of the recipient at this place.
fn told_reply(place: usize, reply: &Reply) -> Reply {
    let (lines, octets) = SHORT_REPLY;
    if place < WHOLE_REPLIES { reply.clone() } else { reply.clone().bounded(lines, octets) }
}

/// One part: its own header, encoded where it is not plain lines already. `message/delivery-status` is ASCII before it comes
/// here, since it must not be encoded (RFC 2045 §6.4); the international forms may be (RFC 6533 §4).
fn part(content_type: &str, content: &[u8]) -> Vec<u8> {
    match std::str::from_utf8(content) {
        Ok(plain) if is_plain(plain) => format!("Content-Type: {content_type}\r\n\r\n{plain}").into_bytes(),
        _ => {
            let encoded = quoted_printable::encode(content);
            let header = format!("Content-Type: {content_type}\r\nContent-Transfer-Encoding: quoted-printable");
            format!("{header}\r\n\r\n{encoded}").into_bytes()
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
fn boundary(reference: &str, parts: &[Vec<u8>]) -> String {
    // RFC 2046 §5.1.1 allows 70 characters.
    let reference: String = reference.chars().filter(char::is_ascii_alphanumeric).take(32).collect();
    let mut number = 0_u64;
    loop {
        let boundary = format!("=_postwarden_{reference}_{number}");
        let holds = |part: &Vec<u8>| part.windows(boundary.len()).any(|octets| octets == boundary.as_bytes());
        if !parts.iter().any(holds) {
            return boundary;
        }
        number += 1;
    }
}
