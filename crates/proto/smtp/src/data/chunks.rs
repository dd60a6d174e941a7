//! The receiving side of BDAT (RFC 3030).
//!
//! Chunks are counted and not searched, so that nothing in them can end the message. A message that did not come as
//! BINARYMIME keeps to the lines of DATA all the same: it may have to leave by DATA, where a bare CR or LF is how one message
//! becomes two.

use super::decoder::BareNewline;
use super::end::{DataEnd, DataFault};
use super::tally::Tally;

/// What the octets of chunks are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChunkContent {
    /// Lines as DATA has them; a bare LF is treated as told.
    Text(BareNewline),
    /// Anything (BODY=BINARYMIME).
    Binary,
}

/// Takes in the chunks of one message, whatever their borders.
#[derive(Debug, Clone)]
pub struct ChunkDecoder {
    content: ChunkContent,
    /// Behind a CR whose LF may be the first octet of the next chunk.
    after_cr: bool,
    tally: Tally,
}

impl ChunkDecoder {
    /// A decoder before the first chunk; a limit is in octets of the decoded body.
    #[must_use]
    pub fn new(limit: Option<u64>, content: ChunkContent) -> Self {
        Self { content, after_cr: false, tally: Tally::new(limit) }
    }

    /// Decodes a piece of a chunk; pieces may be cut anywhere.
    ///
    /// Nothing more is written once there is a fault or the limit is exceeded: the message will be refused.
    pub fn decode(&mut self, mut input: &[u8], out: &mut Vec<u8>) {
        let ChunkContent::Text(bare_newline) = self.content else {
            return self.tally.emit(input, out);
        };
        while let [octet, rest @ ..] = input {
            if self.after_cr || matches!(octet, b'\r' | b'\n' | 0) {
                self.text(*octet, bare_newline, out);
                input = rest;
                continue;
            }
            let plain = input.iter().position(|b| matches!(b, b'\r' | b'\n' | 0)).unwrap_or(input.len());
            let (run, rest) = input.split_at_checked(plain).unwrap_or((input, &[]));
            self.tally.emit(run, out);
            input = rest;
        }
    }

    /// Octets so far, those of all chunks.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.tally.size()
    }

    /// What the message has come to so far: more chunks may follow.
    #[must_use]
    pub fn so_far(&self) -> DataEnd {
        self.tally.end()
    }

    /// What the message came to, behind its last chunk. A CR that waits for its LF waits in vain.
    pub fn finish(&mut self, out: &mut Vec<u8>) -> DataEnd {
        if std::mem::take(&mut self.after_cr) {
            self.tally.fault(DataFault::BareCr, b"\r", out);
        }
        self.tally.end()
    }

    fn text(&mut self, octet: u8, bare_newline: BareNewline, out: &mut Vec<u8>) {
        if std::mem::take(&mut self.after_cr) {
            if octet == b'\n' {
                return self.tally.end_line(out);
            }
            self.tally.fault(DataFault::BareCr, b"\r", out);
        }
        match (octet, bare_newline) {
            (b'\r', _) => self.after_cr = true,
            (b'\n', BareNewline::Normalize) => self.tally.end_line(out),
            (b'\n', BareNewline::Reject) => self.tally.fault(DataFault::BareLf, b"\n", out),
            (0, _) => self.tally.fault(DataFault::Nul, b"\0", out),
            _ => self.tally.emit(&[octet], out),
        }
    }
}
