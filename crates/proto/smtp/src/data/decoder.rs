//! The receiving side of DATA.
//!
//! Streaming: it holds a state and counters, no text. A fault (bare CR, bare LF, NUL) is remembered and reading goes on to
//! the true end, so that the client gets one reply and its lines are never read as commands.

use thiserror::Error;

use crate::reply::Reply;

/// What to do with an LF that no CR precedes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BareNewline {
    /// It is a fault: `550 5.6.11` after the end.
    #[default]
    Reject,
    /// It becomes CRLF, for old devices. It still never takes part in the end of data.
    Normalize,
}

/// Something that SMTP forbids in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DataFault {
    /// An LF that no CR precedes.
    #[error("bare LF")]
    BareLf,
    /// A CR that no LF follows.
    #[error("bare CR")]
    BareCr,
    /// A NUL.
    #[error("NUL")]
    Nul,
}

/// The first place of each fault, in octets of the decoded body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DataFaults {
    /// The first bare LF.
    pub bare_lf: Option<u64>,
    /// The first bare CR.
    pub bare_cr: Option<u64>,
    /// The first NUL.
    pub nul: Option<u64>,
}

impl DataFaults {
    /// The fault that came first, and its place.
    #[must_use]
    pub fn first(&self) -> Option<(DataFault, u64)> {
        let all = [(DataFault::BareLf, self.bare_lf), (DataFault::BareCr, self.bare_cr), (DataFault::Nul, self.nul)];
        all.into_iter().filter_map(|(fault, at)| at.map(|at| (fault, at))).min_by_key(|&(_, at)| at)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.first().is_none()
    }

    fn note(&mut self, fault: DataFault, at: u64) {
        let place = match fault {
            DataFault::BareLf => &mut self.bare_lf,
            DataFault::BareCr => &mut self.bare_cr,
            DataFault::Nul => &mut self.nul,
        };
        place.get_or_insert(at);
    }
}

/// What one message came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DataEnd {
    /// Octets of the decoded body, CRLFs counted, stuffed dots and the end not (RFC 1870 §5).
    pub size: u64,
    /// The limit, if the size exceeds it.
    pub over_limit: Option<u64>,
    /// What was wrong.
    pub faults: DataFaults,
    /// Octets of the longest line, its CRLF counted.
    pub longest_line: u64,
}

impl DataEnd {
    /// The reply that this message must get, if it cannot be accepted.
    #[must_use]
    pub fn refusal(&self) -> Option<Reply> {
        if let Some((fault, at)) = self.faults.first() {
            let text =
                format!("Message refused: {fault} at octet {at}; lines must end in CRLF and hold no CR, LF or NUL");
            return Some(Reply::with_status(550, (5, 6, 11), text));
        }
        self.over_limit.map(|limit| {
            let text = format!("Message of {} octets exceeds the limit of {limit}", self.size);
            Reply::with_status(552, (5, 3, 4), text)
        })
    }
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
    limit: Option<u64>,
    size: u64,
    line: u64,
    longest_line: u64,
    faults: DataFaults,
}

impl DataDecoder {
    /// A decoder at the beginning of a message; a limit is in octets of the decoded body.
    #[must_use]
    pub fn new(limit: Option<u64>, bare_newline: BareNewline) -> Self {
        Self {
            state: State::LineStart,
            bare_newline,
            limit,
            size: 0,
            line: 0,
            longest_line: 0,
            faults: DataFaults::default(),
        }
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
                    self.emit(rest.get(..plain).unwrap_or_default(), out);
                    consumed += plain;
                    continue;
                }
            }
            self.state = self.step(byte, out);
            consumed += 1;
        }
        let end = (self.state == State::End).then(|| self.end());
        Decoded { consumed, end }
    }

    fn end(&self) -> DataEnd {
        DataEnd {
            size: self.size,
            over_limit: self.limit.filter(|&limit| self.size > limit),
            faults: self.faults,
            longest_line: self.longest_line,
        }
    }

    fn step(&mut self, byte: u8, out: &mut Vec<u8>) -> State {
        match (self.state, byte) {
            (State::LineStart, b'.') => State::Dot,
            (State::Normalized, b'.') => State::NormalizedDot,
            // The one way to the end.
            (State::Dot, b'\r') => State::DotCr,
            (State::DotCr, b'\n') => State::End,
            (State::Cr, b'\n') => {
                self.end_line(out);
                State::LineStart
            }
            (State::Cr | State::DotCr, _) => {
                self.fault(DataFault::BareCr, b"\r", out);
                self.inside(byte, out)
            }
            // Behind a bare LF only a doubled dot is taken for a stuffed one: a single one may be all there is.
            (State::NormalizedDot, b'.') => self.inside(b'.', out),
            (State::NormalizedDot, _) => {
                self.emit(b".", out);
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
                self.end_line(out);
                return State::Normalized;
            }
            (b'\n', BareNewline::Reject) => self.fault(DataFault::BareLf, b"\n", out),
            (0, _) => self.fault(DataFault::Nul, b"\0", out),
            _ => self.emit(&[byte], out),
        }
        State::Text
    }

    fn end_line(&mut self, out: &mut Vec<u8>) {
        self.emit(b"\r\n", out);
        self.line = 0;
    }

    fn fault(&mut self, fault: DataFault, octet: &[u8], out: &mut Vec<u8>) {
        self.faults.note(fault, self.size);
        self.emit(octet, out);
    }

    fn emit(&mut self, octets: &[u8], out: &mut Vec<u8>) {
        self.size += octets.len() as u64;
        self.line += octets.len() as u64;
        self.longest_line = self.longest_line.max(self.line);
        if self.faults.is_empty() && self.limit.is_none_or(|limit| self.size <= limit) {
            out.extend_from_slice(octets);
        }
    }
}
