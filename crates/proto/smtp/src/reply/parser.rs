//! Reads replies from a stream of octets.
//!
//! Tolerant of lines that end in a bare LF (they can do no harm here: a reply is never split into two by them that was
//! not two for the peer), strict in all else. It must not hold more than one reply's worth of an unfinished reply.

use thiserror::Error;

use super::{EnhancedStatus, Reply, ReplyLine};
use crate::limits::{MAX_REPLY, MAX_REPLY_LINE, MAX_REPLY_LINES};

/// Why what the peer sent is no reply. The connection cannot be used further.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReplyError {
    /// A line that does not begin with three digits from 200 to 599 and a space, hyphen or line end.
    #[error("the peer sent no SMTP reply but {seen:?}")]
    NoCode {
        /// The beginning of the line, at most 80 octets, made printable.
        seen: String,
    },
    /// Lines of one reply with different codes.
    #[error("the peer's reply began with {first} and went on with {seen:?}")]
    CodeMismatch {
        /// The code of the first line.
        first: u16,
        /// The beginning of the line that differs, made printable.
        seen: String,
    },
    /// A line longer than [`MAX_REPLY_LINE`].
    #[error("the peer's reply has a line of more than {MAX_REPLY_LINE} octets")]
    LineTooLong,
    /// More than [`MAX_REPLY_LINES`] lines or [`MAX_REPLY`] octets.
    #[error("the peer's reply has more than {MAX_REPLY_LINES} lines or {MAX_REPLY} octets")]
    TooLong,
}

/// An incremental reader of replies.
#[derive(Debug, Default)]
pub struct ReplyParser {
    buffer: Vec<u8>,
    consumed: usize,
    lines: Vec<ReplyLine>,
    code: u16,
    octets: usize,
    failed: Option<ReplyError>,
}

impl ReplyParser {
    /// A parser that has read nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes octets from the peer.
    pub fn feed(&mut self, input: &[u8]) {
        self.buffer.drain(..self.consumed);
        self.consumed = 0;
        self.buffer.extend_from_slice(input);
    }

    /// Whether octets or lines are held that are not yet part of a reply handed out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.consumed == self.buffer.len() && self.lines.is_empty()
    }

    /// The next whole reply; nothing when more octets are needed.
    ///
    /// # Errors
    /// [`ReplyError`], and the same one again ever after: behind a broken reply nothing can be trusted.
    pub fn next_reply(&mut self) -> Result<Option<Reply>, ReplyError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        self.read().inspect_err(|error| self.failed = Some(error.clone()))
    }

    fn read(&mut self) -> Result<Option<Reply>, ReplyError> {
        loop {
            let rest = self.buffer.get(self.consumed..).unwrap_or_default();
            let end = rest.iter().position(|&b| b == b'\n');
            if end.map_or(rest.len(), |at| at + 1) > MAX_REPLY_LINE {
                return Err(ReplyError::LineTooLong);
            }
            let Some(end) = end else { return Ok(None) };
            let line = rest.get(..end).unwrap_or_default();
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let (code, last, parsed) = parse_line(line)?;
            if !self.lines.is_empty() && code != self.code {
                return Err(ReplyError::CodeMismatch { first: self.code, seen: printable(line) });
            }
            self.code = code;
            self.octets += end + 1;
            self.consumed += end + 1;
            if self.octets > MAX_REPLY || self.lines.len() >= MAX_REPLY_LINES {
                return Err(ReplyError::TooLong);
            }
            self.lines.push(parsed);
            if last {
                self.octets = 0;
                let mut lines = std::mem::take(&mut self.lines).into_iter();
                return Ok(lines.next().map(|first| Reply::from_lines(code, first, lines.collect())));
            }
        }
    }
}

/// Code, whether it is the last line, and the line.
fn parse_line(line: &[u8]) -> Result<(u16, bool, ReplyLine), ReplyError> {
    let no_code = || ReplyError::NoCode { seen: printable(line) };
    let (digits, rest) = line.split_at_checked(3).ok_or_else(no_code)?;
    let code = match digits {
        [a @ b'2'..=b'5', b @ b'0'..=b'9', c @ b'0'..=b'9'] => {
            [a, b, c].iter().fold(0u16, |code, digit| code * 10 + u16::from(**digit - b'0'))
        }
        _ => return Err(no_code()),
    };
    let (last, text) = match rest {
        [] => (true, rest),
        [b' ', text @ ..] => (true, text),
        [b'-', text @ ..] => (false, text),
        _ => return Err(no_code()),
    };
    Ok((code, last, split_enhanced(text)))
}

fn split_enhanced(text: &[u8]) -> ReplyLine {
    let (word, rest) = match text.iter().position(|&b| b == b' ') {
        Some(at) => (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default()),
        None => (text, &[][..]),
    };
    match EnhancedStatus::parse(word) {
        Some(enhanced) => ReplyLine { enhanced: Some(enhanced), text: rest.to_vec() },
        None => ReplyLine { enhanced: None, text: text.to_vec() },
    }
}

fn printable(line: &[u8]) -> String {
    String::from_utf8_lossy(line.get(..80).unwrap_or(line))
        .chars()
        .map(|c| if c.is_control() { '?' } else { c })
        .collect()
}
