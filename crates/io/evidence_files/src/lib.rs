//! Evidence from where administrators have it: files, folders, `.gz`, `.zip`, `.tar`, standard input. Gives octets in
//! blocks, with a name for each file; knows nothing of what they mean.
//!
//! ```text
//! inputs -> find -> EvidenceFile, in order -> read -> Sink: begin, block…, end, for each file or member of an archive
//! ```
//!
//! Every length, depth and number is bounded: an archive may be a bomb. Names in archives are shown and nothing else: nothing
//! is ever written, and no member's name reaches the file system.

#![forbid(unsafe_code)]

mod allowance;
mod find;
mod name;
mod octets;
mod read;
mod tar;
mod unpack;
mod unreadable;
mod zip;

pub use allowance::{MAX_RATIO, MAX_UNPACKED, RATIO_COUNTS_FROM};
pub use find::{EvidenceFile, Input, MAX_DEPTH, MAX_FILES, find};
pub use name::MAX_NAME_LENGTH;
pub use unpack::{MAX_HELD, MAX_LAYERS, MAX_MEMBERS};
pub use unreadable::Unreadable;
pub use zip::MAX_DIRECTORY_LENGTH;

/// Who takes what is read.
pub trait Sink {
    /// A file begins, or a member of an archive: `archive.zip/path`.
    fn begin(&mut self, name: &str);
    /// Its next octets. Whoever answers no is not given the rest of this file.
    fn block(&mut self, octets: &[u8]) -> bool;
    /// It has ended, or could not be had, or not to its end.
    fn end(&mut self, outcome: Result<(), Unreadable>);
}

#[cfg(test)]
mod tests;
