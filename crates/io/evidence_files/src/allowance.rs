//! How much may come out of archives: bounded as a whole, and in proportion to what went in.

use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Most octets that come out of one archive with all that is in it: 16 GB is a month of verbose logs of a large server, and
/// takes a minute.
pub const MAX_UNPACKED: u64 = 16 * 1024 * 1024 * 1024;

/// How many times more octets may come out than went in. Logs shrink to a tenth or a thirtieth, the dullest to a hundredth;
/// a bomb to a thousandth, the most that deflate can do.
pub const MAX_RATIO: u64 = 200;

/// What comes out before the ratio counts: a small file may be dull.
pub const RATIO_COUNTS_FROM: u64 = 64 * 1024 * 1024;

/// What one file may still unpack to. All readers within the file share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Allowance {
    went_in: Rc<Cell<u64>>,
    came_out: Rc<Cell<u64>>,
}

/// More came out than is allowed.
#[derive(Debug)]
pub(crate) struct TooMuch;

impl std::fmt::Display for TooMuch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the archive unpacks to more than is allowed")
    }
}

impl std::error::Error for TooMuch {}

impl Allowance {
    fn take(&self, octets: usize) -> io::Result<()> {
        let came_out = self.came_out.get().saturating_add(octets as u64);
        self.came_out.set(came_out);
        let in_proportion = RATIO_COUNTS_FROM.saturating_add(self.went_in.get().saturating_mul(MAX_RATIO));
        if came_out > MAX_UNPACKED.min(in_proportion) { Err(io::Error::other(TooMuch)) } else { Ok(()) }
    }
}

/// Counts what goes in: the outermost file's own octets.
pub(crate) struct Input<'a, R> {
    reader: R,
    allowance: Allowance,
    progress: &'a AtomicU64,
}

impl<'a, R> Input<'a, R> {
    /// Counts for the allowance of this file, and for progress over all.
    pub(crate) fn new(reader: R, allowance: &Allowance, progress: &'a AtomicU64) -> Self {
        Self { reader, allowance: allowance.clone(), progress }
    }
}

impl<R: Read> Read for Input<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.allowance.went_in.set(self.allowance.went_in.get().saturating_add(read as u64));
        self.progress.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl<R: Seek> Seek for Input<'_, R> {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.reader.seek(position)
    }
}

/// Counts what comes out of a decoder or an archive, and ends it where it is too much.
pub(crate) struct Unpacked<R> {
    reader: R,
    allowance: Allowance,
}

impl<R> Unpacked<R> {
    pub(crate) fn new(reader: R, allowance: &Allowance) -> Self {
        Self { reader, allowance: allowance.clone() }
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.allowance.take(read)?;
        Ok(read)
    }
}
