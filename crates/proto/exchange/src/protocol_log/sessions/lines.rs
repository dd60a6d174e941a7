//! Blocks of octets to lines, wherever blocks cut them, in bounded memory.

/// Longest line that is looked at, in octets. A row holds two values; ours are at most 32 KiB each before quotes are doubled,
/// and Exchange's are shorter. What is longer is no row, or was made to hurt.
pub const MAX_LINE: usize = 256 * 1024;

/// The lines of a file.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// The beginning of a line whose end has not come yet.
    carried: Vec<u8>,
    /// The line that is being read is too long: what comes up to its end is dropped.
    is_too_long: bool,
    number: u64,
}

/// A line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// Its octets without CRLF or LF, and whether it had such an end.
    Whole(&'a [u8], bool),
    /// Longer than [`MAX_LINE`].
    TooLong,
}

impl Lines {
    /// Gives every line that ends within this block, with its number.
    pub fn feed(&mut self, block: &[u8], on: &mut impl FnMut(u64, Line<'_>)) {
        let mut rest = block;
        while let Some((line, behind)) = memchr::memchr(b'\n', rest).and_then(|end| rest.split_at_checked(end)) {
            rest = behind.get(1..).unwrap_or_default();
            self.number += 1;
            if self.carried.is_empty() && !self.is_too_long {
                on(self.number, bounded(line, true));
            } else {
                self.carry(line);
                self.give_carried(true, on);
            }
        }
        self.carry(rest);
    }

    /// The file has ended: gives what came after the last line end.
    pub fn finish(&mut self, on: &mut impl FnMut(u64, Line<'_>)) {
        if !self.carried.is_empty() || self.is_too_long {
            self.number += 1;
            self.give_carried(false, on);
        }
    }

    fn carry(&mut self, octets: &[u8]) {
        if self.carried.len() + octets.len() > MAX_LINE + 1 {
            self.is_too_long = true;
            self.carried.clear();
        }
        if !self.is_too_long {
            self.carried.extend_from_slice(octets);
        }
    }

    fn give_carried(&mut self, has_end: bool, on: &mut impl FnMut(u64, Line<'_>)) {
        match std::mem::take(&mut self.is_too_long) {
            true => on(self.number, Line::TooLong),
            false => on(self.number, bounded(&self.carried, has_end)),
        }
        self.carried.clear();
    }
}

fn bounded(line: &[u8], has_end: bool) -> Line<'_> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.len() > MAX_LINE { Line::TooLong } else { Line::Whole(line, has_end) }
}
