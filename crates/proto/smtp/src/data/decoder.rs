//! The receiving side of DATA.
//!
//! Streaming: it holds a state and counters, no text. A fault (bare CR, bare LF, NUL) is remembered and reading goes on to
//! the true end, so that the client gets one reply and its lines are never read as commands.

use super::end::{DataEnd, DataFault};
use super::tally::Tally;

/// What to do with an LF that no CR precedes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BareNewline {
    /// It is a fault: `550 5.6.11` after the end.
    #[default]
    Reject,
    /// It becomes CRLF, for old devices. It still never takes part in the end of data.
    Normalize,
}

/// How far one call of [`DataDecoder::decode`] came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decoded {
    /// Octets of the input that belong to the message; what follows are commands.
    pub consumed: usize,
    /// The end, if it was reached.
    pub end: Option<DataEnd>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Behind CRLF, or at the very beginning.
    LineStart,
    /// Inside a line.
    Text,
    /// Behind a CR inside a line.
    Cr,
    /// Behind a dot that begins a line.
    Dot,
    /// Behind a dot that begins a line and a CR.
    DotCr,
    /// Behind a bare LF that was made CRLF.
    Normalized,
    /// Behind a dot that follows such an LF.
    NormalizedDot,
    /// Behind the end.
    End,
}

/// Takes the stuffed dots out of one message and finds its end.
#[derive(Debug, Clone)]
pub struct DataDecoder {
    state: State,
    bare_newline: BareNewline,
    tally: Tally,
}

impl DataDecoder {
    /// A decoder at the beginning of a message; a limit is in octets of the decoded body.
    #[must_use]
    pub fn new(limit: Option<u64>, bare_newline: BareNewline) -> Self {
        Self { state: State::LineStart, bare_newline, tally: Tally::new(limit) }
    }

    /// Decodes a piece of input; pieces may be cut anywhere.
    ///
    /// Nothing more is written once there is a fault or the limit is exceeded: the message will be refused.
    pub fn decode(&mut self, input: &[u8], out: &mut Vec<u8>) -> Decoded {
        let mut consumed = 0;
        while self.state != State::End {
            let rest = input.get(consumed..).unwrap_or_default();
            let Some(&byte) = rest.first() else { break };
            if self.state == State::Text {
                let plain = rest.iter().position(|b| matches!(b, b'\r' | b'\n' | 0)).unwrap_or(rest.len());
                if plain > 0 {
                    self.tally.emit(rest.get(..plain).unwrap_or_default(), out);
                    consumed += plain;
                    continue;
                }
            }
            self.state = self.step(byte, out);
            consumed += 1;
        }
        let end = (self.state == State::End).then(|| self.tally.end());
        Decoded { consumed, end }
    }

    fn step(&mut self, byte: u8, out: &mut Vec<u8>) -> State {
        match (self.state, byte) {
            (State::LineStart, b'.') => State::Dot,
            (State::Normalized, b'.') => State::NormalizedDot,
            // The one way to the end.
            (State::Dot, b'\r') => State::DotCr,
            (State::DotCr, b'\n') => State::End,
            (State::Cr, b'\n') => {
                self.tally.end_line(out);
                State::LineStart
            }
            (State::Cr | State::DotCr, _) => {
                self.tally.fault(DataFault::BareCr, b"\r", out);
                self.inside(byte, out)
            }
            // Behind a bare LF only a doubled dot is taken for a stuffed one: a single one may be all there is.
            (State::NormalizedDot, b'.') => self.inside(b'.', out),
            (State::NormalizedDot, _) => {
                self.tally.emit(b".", out);
                self.inside(byte, out)
            }
            // A dot that begins a line and is followed by more is a stuffed one and goes.
            _ => self.inside(byte, out),
        }
    }

    /// An octet that stands inside a line, whatever came before it.
    fn inside(&mut self, byte: u8, out: &mut Vec<u8>) -> State {
        match (byte, self.bare_newline) {
            (b'\r', _) => return State::Cr,
            (b'\n', BareNewline::Normalize) => {
                self.tally.end_line(out);
                return State::Normalized;
            }
            (b'\n', BareNewline::Reject) => self.tally.fault(DataFault::BareLf, b"\n", out),
            (0, _) => self.tally.fault(DataFault::Nul, b"\0", out),
            _ => self.tally.emit(&[byte], out),
        }
        State::Text
    }
}
