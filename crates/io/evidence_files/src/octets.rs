//! Reading and taking apart of octets: blocks filled as far as the input goes, numbers of archives' headers, and the error for
//! what is damaged.

use std::io::{self, ErrorKind, Read};

/// Fills a buffer as far as the input goes: how far, and what went wrong behind that.
pub(crate) fn fill(input: &mut dyn Read, buffer: &mut [u8]) -> (usize, io::Result<()>) {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match input.read(rest) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return (filled, Err(error)),
        }
    }
    (filled, Ok(()))
}

/// Reads exactly so many octets.
pub(crate) fn exactly<const N: usize>(input: &mut dyn Read) -> io::Result<[u8; N]> {
    let mut octets = [0; N];
    input.read_exact(&mut octets)?;
    Ok(octets)
}

/// Passes over octets: how many there were of those that should be.
pub(crate) fn skip(input: &mut dyn Read, length: u64) -> io::Result<u64> {
    io::copy(&mut input.take(length), &mut io::sink())
}

/// The error for what is no archive, or is one no longer: what is wrong with it.
pub(crate) fn damaged(what: &'static str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what)
}

/// The little-endian number of two octets at a place; 0 beyond the end.
pub(crate) fn u16_at(octets: &[u8], at: usize) -> u16 {
    octets.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |chunk| u16::from_le_bytes(*chunk))
}

/// The little-endian number of four octets at a place; 0 beyond the end.
pub(crate) fn u32_at(octets: &[u8], at: usize) -> u32 {
    octets.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |chunk| u32::from_le_bytes(*chunk))
}

/// The little-endian number of eight octets at a place; 0 beyond the end.
pub(crate) fn u64_at(octets: &[u8], at: usize) -> u64 {
    octets.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |chunk| u64::from_le_bytes(*chunk))
}
