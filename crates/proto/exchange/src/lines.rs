//! Lines out of octets that come in blocks: whatever a block cuts in two is put together. Bounded: a line that is too long is
//! passed over, and told.

use std::borrow::Cow;

/// Longest line, in octets. A tracking row names up to 5,000 recipients (Exchange's own limit for one message) with a status
/// each; longer is no log.
pub const MAX_LINE: usize = 2 * 1024 * 1024;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// Its text without its end; octets that are not UTF-8 became U+FFFD.
    Text(Cow<'a, str>),
    /// It is longer than [`MAX_LINE`].
    TooLong,
}

/// Cuts blocks into lines.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    pending: Vec<u8>,
    number: u64,
    is_passing_over: bool,
}

impl Lines {
    /// Takes a block and hands on each line that ends in it, with its number from 1.
    pub fn feed(&mut self, block: &[u8], each: &mut dyn FnMut(u64, Line<'_>)) {
        let mut rest = block;
        while let Some((line, behind)) = memchr::memchr(b'\n', rest).and_then(|end| rest.split_at_checked(end)) {
            self.end(line, each);
            rest = behind.get(1..).unwrap_or_default();
        }
        self.keep(rest);
    }

    /// The file has ended: its last line may lack an end.
    pub fn finish(&mut self, each: &mut dyn FnMut(u64, Line<'_>)) {
        if !self.pending.is_empty() || self.is_passing_over {
            self.end(&[], each);
        }
    }

    /// Keeps the beginning of a line, unless the line is too long already.
    fn keep(&mut self, part: &[u8]) {
        if self.pending.len() + part.len() > MAX_LINE {
            self.is_passing_over = true;
            self.pending = Vec::new();
        }
        if !self.is_passing_over {
            self.pending.extend_from_slice(part);
        }
    }

    fn end(&mut self, part: &[u8], each: &mut dyn FnMut(u64, Line<'_>)) {
        self.number += 1;
        if self.is_passing_over || self.pending.len() + part.len() > MAX_LINE {
            self.is_passing_over = false;
            self.pending.clear();
            each(self.number, Line::TooLong);
        } else if self.pending.is_empty() {
            each(self.number, Line::Text(text(part)));
        } else {
            self.pending.extend_from_slice(part);
            let whole = std::mem::take(&mut self.pending);
            each(self.number, Line::Text(text(&whole)));
            self.pending = whole;
            self.pending.clear();
        }
    }
}

fn text(line: &[u8]) -> Cow<'_, str> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    match String::from_utf8_lossy(line) {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_start_matches(BYTE_ORDER_MARK)),
        Cow::Owned(text) => Cow::Owned(text.trim_start_matches(BYTE_ORDER_MARK).to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(blocks: &[&[u8]]) -> Vec<(u64, Line<'static>)> {
        let (mut lines, mut got) = (Lines::default(), Vec::new());
        let mut each = |number, line: Line<'_>| {
            got.push((
                number,
                match line {
                    Line::Text(text) => Line::Text(Cow::Owned(text.into_owned())),
                    Line::TooLong => Line::TooLong,
                },
            ));
        };
        blocks.iter().for_each(|block| lines.feed(block, &mut each));
        lines.finish(&mut each);
        got
    }

    #[test]
    fn cuts_lines() {
        let check = |file: &[u8], expected: &[&str]| {
            let got = lines(&[file]);
            let texts: Vec<Line<'_>> = got.iter().map(|(_, line)| line.clone()).collect();
            let expected: Vec<Line<'_>> = expected.iter().map(|text| Line::Text(Cow::Borrowed(*text))).collect();
            assert_eq!(texts, expected, "{:?}", String::from_utf8_lossy(file));
        };
        check(b"", &[]);
        check(b"a\nb\r\n", &["a", "b"]);
        check(b"\xef\xbb\xbfa\n\nb", &["a", "", "b"]);
        check(b"a\xffb\n", &["a\u{fffd}b"]);
    }

    #[test]
    fn passes_over_what_is_too_long() {
        let mut file = vec![b'x'; MAX_LINE + 1];
        file.extend_from_slice(b"\nnext\n");
        let expected = vec![(1, Line::TooLong), (2, Line::Text(Cow::Borrowed("next")))];
        assert_eq!(lines(&[&file]), expected, "in one block");
        let blocks: Vec<&[u8]> = file.chunks(100_000).collect();
        assert_eq!(lines(&blocks), expected, "in many");
    }

    proptest! {
        #[test]
        fn blocks_do_not_matter(file in proptest::collection::vec(prop_oneof![Just(b'\n'), Just(b'\r'), any::<u8>()], 0..200), size in 1_usize..20) {
            let blocks: Vec<&[u8]> = file.chunks(size).collect();
            prop_assert_eq!(lines(&blocks), lines(&[&file]));
        }
    }
}
