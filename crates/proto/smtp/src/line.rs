//! Cuts a client's octets into command lines, and hands the same octets to the data decoders when they are no commands.
//!
//! A line ends in CRLF and in nothing else. A bare LF is refused the moment it is seen, and what follows it up to the
//! next CRLF is refused too: it can never become a command.

use bytes::{Bytes, BytesMut};

use crate::command::CommandError;
use crate::limits::{MAX_COMMAND_LINE, MAX_DISCARDED_LINE};

#[cfg(test)]
mod tests;

/// What the buffer holds next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A line without its CRLF.
    Whole(Bytes),
    /// A line that cannot be a command, already thrown away.
    Refused(CommandError),
    /// More than [`MAX_DISCARDED_LINE`] octets and no line end: give the connection up.
    Endless,
}

/// The octets that a client has sent and that nobody has taken yet.
#[derive(Debug, Default)]
pub struct LineBuffer {
    buffer: BytesMut,
    /// Octets at the front that hold no LF.
    scanned: usize,
    /// Octets of the present line thrown away because it is too long.
    discarded: usize,
    /// The last line end was a bare LF, so that what follows up to CRLF is not a line of its own.
    tainted: bool,
}

impl LineBuffer {
    /// An empty buffer.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes octets from the client.
    pub fn feed(&mut self, input: &[u8]) {
        self.buffer.extend_from_slice(input);
    }

    /// Whether nothing is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }

    /// The next line; nothing when more octets are needed.
    pub fn next_line(&mut self) -> Option<Line> {
        let found = self.buffer.iter().skip(self.scanned).position(|&b| b == b'\n').map(|at| at + self.scanned);
        let Some(at) = found else { return self.wait_for_more() };
        self.scanned = 0;
        let taken = self.buffer.split_to(at + 1).freeze();
        let tainted = std::mem::take(&mut self.tainted);
        let length = std::mem::take(&mut self.discarded) + taken.len();
        let Some(line) = taken.strip_suffix(b"\r\n") else {
            self.tainted = true;
            return Some(Line::Refused(CommandError::BareLf));
        };
        if tainted {
            return Some(Line::Refused(CommandError::BareLf));
        }
        if length > MAX_COMMAND_LINE {
            return Some(Line::Refused(CommandError::LineTooLong));
        }
        if line.contains(&b'\r') {
            return Some(Line::Refused(CommandError::BareCr));
        }
        Some(Line::Whole(taken.slice(..line.len())))
    }

    /// Takes everything, for a reader that does not go by lines.
    pub fn take(&mut self) -> Bytes {
        self.scanned = 0;
        self.buffer.split().freeze()
    }

    /// Puts back, at the front, what such a reader did not need.
    pub fn put_back(&mut self, rest: &[u8]) {
        let behind = self.buffer.split();
        self.buffer.extend_from_slice(rest);
        self.buffer.unsplit(behind);
    }

    /// Forgets everything: the state after a TLS handshake.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Keeps a line that has grown too long from taking memory. Its last octet stays, since it may be the CR of the end.
    fn wait_for_more(&mut self) -> Option<Line> {
        self.scanned = self.buffer.len();
        if self.buffer.len() > MAX_COMMAND_LINE {
            self.discarded += self.buffer.len() - 1;
            let last = self.buffer.split_off(self.buffer.len() - 1);
            self.buffer = last;
            self.scanned = 1;
        }
        (self.discarded > MAX_DISCARDED_LINE).then_some(Line::Endless)
    }
}
