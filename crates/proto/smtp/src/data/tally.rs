//! What both decoders count while they hand a message on: octets, lines, faults, the limit. Must not look for an end.

use super::end::{DataEnd, DataFault, DataFaults};

/// The counts of one message.
#[derive(Debug, Clone)]
pub(super) struct Tally {
    limit: Option<u64>,
    size: u64,
    line: u64,
    longest_line: u64,
    faults: DataFaults,
}

impl Tally {
    /// A message of which nothing has come; the limit is in octets of its body.
    pub(super) fn new(limit: Option<u64>) -> Self {
        Self { limit, size: 0, line: 0, longest_line: 0, faults: DataFaults::default() }
    }

    /// Octets so far.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// What the message has come to so far.
    pub(super) fn end(&self) -> DataEnd {
        DataEnd {
            size: self.size,
            over_limit: self.limit.filter(|&limit| self.size > limit),
            faults: self.faults,
            longest_line: self.longest_line,
        }
    }

    /// A line ends in CRLF.
    pub(super) fn end_line(&mut self, out: &mut Vec<u8>) {
        self.emit(b"\r\n", out);
        self.line = 0;
    }

    /// An octet that SMTP forbids.
    pub(super) fn fault(&mut self, fault: DataFault, octet: &[u8], out: &mut Vec<u8>) {
        self.faults.note(fault, self.size);
        self.emit(octet, out);
    }

    /// Octets of the body. They are counted, but no longer written once the message cannot be accepted any more.
    pub(super) fn emit(&mut self, octets: &[u8], out: &mut Vec<u8>) {
        self.size += octets.len() as u64;
        self.line += octets.len() as u64;
        self.longest_line = self.longest_line.max(self.line);
        if self.faults.is_empty() && self.limit.is_none_or(|limit| self.size <= limit) {
            out.extend_from_slice(octets);
        }
    }
}
