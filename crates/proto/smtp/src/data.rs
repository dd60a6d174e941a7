//! Framing of message data: DATA with its dots (RFC 5321 §4.5.2) and BDAT chunks (RFC 3030).
//!
//! One rule above all: end of data is CRLF.CRLF and nothing else, on both sides. What must not be here: any reading of
//! the message itself.

mod bdat;
mod chunks;
mod decoder;
mod encoder;
mod end;
mod tally;
#[cfg(test)]
mod tests;

pub use bdat::BdatDecoder;
pub use chunks::{ChunkContent, ChunkDecoder};
pub use decoder::{BareNewline, DataDecoder, Decoded};
pub use encoder::{DataEncoder, EncodeError};
pub use end::{DataEnd, DataFault, DataFaults};
