//! Replies (RFC 5321 §4.2) with their enhanced status codes (RFC 2034, RFC 3463), every line kept whole.
//!
//! What must not be here: which reply a situation deserves, but for the handful that the protocol itself gives.

use std::fmt;

mod parser;
#[cfg(test)]
mod tests;

pub use parser::{ReplyError, ReplyParser};

/// An enhanced status code `class.subject.detail` (RFC 3463).
///
/// RFC 3463 allows three digits in each part and Microsoft uses them (`5.7.606`), so that an octet would not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EnhancedStatus {
    /// 2 success, 4 transient, 5 permanent.
    pub class: u16,
    /// What the status is about: 1 address, 2 mailbox, 3 system, 4 network, 5 protocol, 6 content, 7 policy.
    pub subject: u16,
    /// The condition within the subject.
    pub detail: u16,
}

impl EnhancedStatus {
    /// Puts the three parts together.
    #[must_use]
    pub const fn new(class: u16, subject: u16, detail: u16) -> Self {
        Self { class, subject, detail }
    }

    /// Reads `class.subject.detail`; nothing for anything else.
    ///
    /// Parts with leading zeros are no code, so that a code read and written again is the same octets.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        let mut parts = text.split('.').map(status_part);
        let (class, subject, detail) = (parts.next()??, parts.next()??, parts.next()??);
        (parts.next().is_none() && matches!(class, 2 | 4 | 5)).then_some(Self { class, subject, detail })
    }
}

fn status_part(text: &str) -> Option<u16> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    plain.then(|| text.parse().ok()).flatten()
}

impl fmt::Display for EnhancedStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

/// One line of a reply, without its three digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReplyLine {
    /// The enhanced status code at its front.
    pub enhanced: Option<EnhancedStatus>,
    /// The text behind it, as received.
    pub text: Vec<u8>,
}

/// A whole reply: one code and at least one line.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reply {
    code: u16,
    first: ReplyLine,
    more: Vec<ReplyLine>,
}

impl Reply {
    /// A reply of one line. The text must not repeat the codes.
    ///
    /// A code outside 200 to 599 is an error of ours, and those are temporary (rule A11): it becomes 451.
    pub fn new(code: u16, enhanced: Option<EnhancedStatus>, text: impl AsRef<[u8]>) -> Self {
        let code = if (200..=599).contains(&code) { code } else { 451 };
        Self { code, first: ReplyLine { enhanced, text: text.as_ref().to_vec() }, more: Vec::new() }
    }

    /// A reply of one line with an enhanced status code: `Reply::enhanced(550, (5, 7, 1), "no")`.
    pub fn with_status(code: u16, status: (u16, u16, u16), text: impl AsRef<[u8]>) -> Self {
        let (class, subject, detail) = status;
        Self::new(code, Some(EnhancedStatus::new(class, subject, detail)), text)
    }

    /// Adds a line with the enhanced status code of the first.
    #[must_use]
    pub fn and_line(mut self, text: impl AsRef<[u8]>) -> Self {
        self.more.push(ReplyLine { enhanced: self.first.enhanced, text: text.as_ref().to_vec() });
        self
    }

    /// Adds text to the last line, behind a space: a reference, say.
    #[must_use]
    pub fn and_text(mut self, text: impl AsRef<[u8]>) -> Self {
        let last = self.more.last_mut().unwrap_or(&mut self.first);
        if !last.text.is_empty() {
            last.text.push(b' ');
        }
        last.text.extend_from_slice(text.as_ref());
        self
    }

    pub(crate) fn from_lines(code: u16, first: ReplyLine, more: Vec<ReplyLine>) -> Self {
        Self { code, first, more }
    }

    /// The three digits.
    #[must_use]
    pub fn code(&self) -> u16 {
        self.code
    }

    /// The enhanced status code of the first line that has one.
    #[must_use]
    pub fn enhanced(&self) -> Option<EnhancedStatus> {
        self.lines().find_map(|line| line.enhanced)
    }

    /// All lines in order; there is at least one.
    pub fn lines(&self) -> impl Iterator<Item = &ReplyLine> {
        std::iter::once(&self.first).chain(&self.more)
    }

    /// How many lines it has.
    #[must_use]
    pub fn line_count(&self) -> usize {
        1 + self.more.len()
    }

    /// 2xx: done.
    #[must_use]
    pub fn is_positive(&self) -> bool {
        self.code / 100 == 2
    }

    /// 3xx: go on (354 to DATA).
    #[must_use]
    pub fn is_intermediate(&self) -> bool {
        self.code / 100 == 3
    }

    /// 4xx: try again later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.code / 100 == 4
    }

    /// 5xx: do not try again.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        self.code / 100 == 5
    }

    /// The texts of all lines joined by one space, control characters and bytes that are no UTF-8 replaced: for people.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for line in self.lines() {
            if !text.is_empty() {
                text.push(' ');
            }
            text.extend(String::from_utf8_lossy(&line.text).chars().map(|c| if c.is_control() { '?' } else { c }));
        }
        text
    }

    /// At most this many lines and this many octets of text in each, no UTF-8 character cut in two: for handing on what
    /// a peer said.
    #[must_use]
    pub fn bounded(mut self, lines: usize, octets: usize) -> Self {
        self.more.truncate(lines.saturating_sub(1));
        for line in std::iter::once(&mut self.first).chain(&mut self.more) {
            let mut end = octets;
            while end > 0 && line.text.get(end).is_some_and(|b| b & 0b1100_0000 == 0b1000_0000) {
                end -= 1;
            }
            line.text.truncate(end);
        }
        self
    }

    /// Writes the reply as it goes over the wire, the code on each line.
    ///
    /// Control bytes in a text become `?`, so that no text can end the line and begin another reply.
    pub fn write(&self, out: &mut Vec<u8>) {
        let last = self.line_count() - 1;
        for (at, line) in self.lines().enumerate() {
            out.extend_from_slice(self.code.to_string().as_bytes());
            out.push(if at == last { b' ' } else { b'-' });
            if let Some(enhanced) = line.enhanced {
                out.extend_from_slice(enhanced.to_string().as_bytes());
                if !line.text.is_empty() {
                    out.push(b' ');
                }
            }
            out.extend(line.text.iter().map(|&b| if b.is_ascii_control() && b != b'\t' { b'?' } else { b }));
            out.extend_from_slice(b"\r\n");
        }
    }

    /// The reply as it goes over the wire.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }
}

/// On one line, for people: `550 5.7.1 text of all lines`.
impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if let Some(enhanced) = self.enhanced() {
            write!(f, " {enhanced}")?;
        }
        match self.text() {
            text if text.is_empty() => Ok(()),
            text => write!(f, " {text}"),
        }
    }
}
