//! Framing of message data: DATA with its dots (RFC 5321 §4.5.2) and BDAT chunks (RFC 3030).
//!
//! One rule above all: end of data is CRLF.CRLF and nothing else, on both sides. What must not be here: any reading of
//! the message itself.

mod bdat;
mod decoder;
mod encoder;
#[cfg(test)]
mod tests;

pub use bdat::BdatDecoder;
pub use decoder::{BareNewline, DataDecoder, DataEnd, DataFault, DataFaults, Decoded};
pub use encoder::{DataEncoder, EncodeError};
