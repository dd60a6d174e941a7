//! The sending side of DATA: adds the dots and the end, and refuses what could be read as an end elsewhere.

use thiserror::Error;

/// Why a body cannot be sent by DATA. The connection must then be dropped without the final dot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EncodeError {
    /// An LF that no CR precedes.
    #[error("the message has a bare LF at octet {at}")]
    BareLf {
        /// Octets of the body before it.
        at: u64,
    },
    /// A CR that no LF follows.
    #[error("the message has a bare CR at octet {at}")]
    BareCr {
        /// Octets of the body before it.
        at: u64,
    },
    /// A NUL (RFC 5321 §4.1.1.4 forbids it in any mail).
    #[error("the message has a NUL at octet {at}")]
    Nul {
        /// Octets of the body before it.
        at: u64,
    },
}

/// Stuffs the dots of one message body.
///
/// A CR is held back until its LF has come, so that not even the last octet written before an error is a bare one.
#[derive(Debug, Clone)]
pub struct DataEncoder {
    at: u64,
    line_start: bool,
    after_cr: bool,
    failed: Option<EncodeError>,
}

impl Default for DataEncoder {
    fn default() -> Self {
        Self::new()
    }
}

impl DataEncoder {
    /// An encoder at the beginning of a body: behind the CRLF of the DATA command.
    #[must_use]
    pub fn new() -> Self {
        Self { at: 0, line_start: true, after_cr: false, failed: None }
    }

    /// Encodes a piece of the body; pieces may be cut anywhere.
    ///
    /// # Errors
    /// [`EncodeError`], and the same one ever after. Nothing of this piece is then written.
    pub fn encode(&mut self, input: &[u8], out: &mut Vec<u8>) -> Result<(), EncodeError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let before = out.len();
        out.reserve(input.len());
        let result = self.encode_all(input, out);
        if let Err(error) = result {
            out.truncate(before);
            self.failed = Some(error);
        }
        result
    }

    /// Ends the body: a CRLF where the last line has none, then the dot.
    ///
    /// # Errors
    /// The error of an earlier piece, or [`EncodeError::BareCr`] if the body ends in a CR.
    pub fn finish(self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        if self.after_cr {
            return Err(EncodeError::BareCr { at: self.at.saturating_sub(1) });
        }
        out.extend_from_slice(if self.line_start { b".\r\n" } else { b"\r\n.\r\n" });
        Ok(())
    }

    fn encode_all(&mut self, mut input: &[u8], out: &mut Vec<u8>) -> Result<(), EncodeError> {
        while let [byte, rest @ ..] = input {
            if self.after_cr || self.line_start || matches!(byte, b'\r' | b'\n' | 0) {
                self.push(*byte, out)?;
                input = rest;
                continue;
            }
            let plain = input.iter().position(|b| matches!(b, b'\r' | b'\n' | 0)).unwrap_or(input.len());
            let (run, rest) = input.split_at_checked(plain).unwrap_or((input, &[]));
            out.extend_from_slice(run);
            self.at += run.len() as u64;
            input = rest;
        }
        Ok(())
    }

    fn push(&mut self, byte: u8, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let at = self.at;
        match byte {
            b'\n' if self.after_cr => out.extend_from_slice(b"\r\n"),
            _ if self.after_cr => return Err(EncodeError::BareCr { at: at.saturating_sub(1) }),
            b'\n' => return Err(EncodeError::BareLf { at }),
            0 => return Err(EncodeError::Nul { at }),
            b'\r' => {}
            b'.' if self.line_start => out.extend_from_slice(b".."),
            _ => out.push(byte),
        }
        self.line_start = byte == b'\n' || (self.line_start && byte == b'\r');
        self.after_cr = byte == b'\r';
        self.at += 1;
        Ok(())
    }
}
