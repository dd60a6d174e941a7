//! Records of comma-separated values whose fields may hold line ends, taken line by line: tracking logs, reports of the
//! Exchange admin centre, what Event Viewer and Export-Csv save. Fields are quoted as RFC 4180 tells; read is leniently.
//!
//! Bounded: a quote that is not closed costs the lines up to the next record that begins surely, or [`MAX_RECORD`] octets.

use std::borrow::Cow;

/// Longest record of several lines, in octets. A message's custom data takes some kilobytes.
pub const MAX_RECORD: usize = 256 * 1024;

/// A record, or why there is none.
pub type Record<'a> = Result<Vec<Cow<'a, str>>, OpenQuote>;

/// A field began with a quote and did not end: the file was cut off, or a value lost its quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a quote is not closed")]
pub struct OpenQuote;

/// Puts lines together to records.
#[derive(Clone, Debug)]
pub struct CsvRecords {
    delimiter: u8,
    begins_surely: fn(&str) -> bool,
    open: Option<(u64, String)>,
}

impl CsvRecords {
    /// Records with this delimiter, an ASCII sign. `begins_surely` tells a line that cannot be in the middle of a record, by
    /// which reading finds its feet again behind a quote that was lost.
    #[must_use]
    pub fn new(delimiter: u8, begins_surely: fn(&str) -> bool) -> Self {
        Self { delimiter, begins_surely, open: None }
    }

    /// Takes a line. Hands on the record that it ends, with the number of the record's first line; before it, a record that
    /// it shows to have no end.
    pub fn take(&mut self, number: u64, line: &str, each: &mut dyn FnMut(u64, Record<'_>)) {
        let Some((first, mut open)) = self.open.take() else {
            return self.begin(number, line, each);
        };
        if (self.begins_surely)(line) || open.len() + line.len() >= MAX_RECORD {
            each(first, Err(OpenQuote));
            return self.begin(number, line, each);
        }
        let is_open = ends_open(line, true, self.delimiter);
        open.push('\n');
        open.push_str(line);
        if is_open {
            self.open = Some((first, open));
        } else {
            each(first, split(&open, self.delimiter).ok_or(OpenQuote));
        }
    }

    /// The file has ended.
    pub fn finish(&mut self, each: &mut dyn FnMut(u64, Record<'_>)) {
        if let Some((first, _)) = self.open.take() {
            each(first, Err(OpenQuote));
        }
    }

    /// Whether the last line taken left a record open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    fn begin(&mut self, number: u64, line: &str, each: &mut dyn FnMut(u64, Record<'_>)) {
        match split(line, self.delimiter) {
            Some(fields) => each(number, Ok(fields)),
            None if line.len() < MAX_RECORD => self.open = Some((number, line.to_owned())),
            None => each(number, Err(OpenQuote)),
        }
    }
}

/// The fields of a record. `None`: a quote is not closed. A quote within an unquoted field is a character as any other, and
/// what stands behind a closing quote belongs to the field.
pub(crate) fn split(record: &str, delimiter: u8) -> Option<Vec<Cow<'_, str>>> {
    let mut fields = Vec::with_capacity(32);
    let mut rest = record;
    loop {
        let (field, behind) = match rest.strip_prefix('"') {
            Some(quoted) => unquote(quoted, delimiter)?,
            None => plain(rest, delimiter),
        };
        fields.push(field);
        match behind {
            Some(behind) => rest = behind,
            None => return Some(fields),
        }
    }
}

/// The text before an ASCII sign and that behind it.
fn cut(text: &str, sign: u8) -> Option<(&str, &str)> {
    let at = memchr::memchr(sign, text.as_bytes())?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

fn plain(text: &str, delimiter: u8) -> (Cow<'_, str>, Option<&str>) {
    match cut(text, delimiter) {
        Some((field, behind)) => (Cow::Borrowed(field), Some(behind)),
        None => (Cow::Borrowed(text), None),
    }
}

/// A field whose opening quote is gone already.
fn unquote(text: &str, delimiter: u8) -> Option<(Cow<'_, str>, Option<&str>)> {
    let (first, mut behind) = cut(text, b'"')?;
    let mut field = Cow::Borrowed(first);
    while let Some(rest) = behind.strip_prefix('"') {
        let (part, after) = cut(rest, b'"')?;
        field.to_mut().push('"');
        field.to_mut().push_str(part);
        behind = after;
    }
    let (tail, next) = plain(behind, delimiter);
    if !tail.is_empty() {
        field.to_mut().push_str(&tail);
    }
    Some((field, next))
}

/// Whether a quote is open at the end of a line, by the rules of [`split`].
fn ends_open(line: &str, begins_open: bool, delimiter: u8) -> bool {
    let (mut rest, mut in_quotes) = (line, begins_open);
    loop {
        if in_quotes {
            let Some((_, behind)) = cut(rest, b'"') else { return true };
            rest = behind;
            if let Some(behind) = rest.strip_prefix('"') {
                rest = behind;
                continue;
            }
        }
        let Some((_, behind)) = cut(rest, delimiter) else { return false };
        in_quotes = behind.starts_with('"');
        rest = behind.strip_prefix('"').unwrap_or(behind);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    type Read = Vec<(u64, Result<Vec<String>, OpenQuote>)>;

    fn read(text: &str, begins_surely: fn(&str) -> bool) -> Read {
        let (mut records, mut got) = (CsvRecords::new(b',', begins_surely), Read::new());
        let mut each = |number, record: Record<'_>| {
            got.push((number, record.map(|fields| fields.into_iter().map(Cow::into_owned).collect())));
        };
        for (number, line) in (1..).zip(text.split('\n')) {
            records.take(number, line, &mut each);
        }
        records.finish(&mut each);
        got
    }

    #[test]
    fn reads_records() {
        let check = |text: &str, expected: &[(u64, Option<&[&str]>)]| {
            let got = read(text, |line| line.starts_with("2026-"));
            let fields = |fields: &[&str]| fields.iter().map(|field| (*field).to_owned()).collect::<Vec<_>>();
            let expected: Read =
                expected.iter().map(|(line, record)| (*line, record.map(fields).ok_or(OpenQuote))).collect();
            assert_eq!(got, expected, "{text:?}");
        };
        check("a,b\nc,", &[(1, Some(&["a", "b"])), (2, Some(&["c", ""]))]);
        check("a,\"b\nc\",d\ne", &[(1, Some(&["a", "b\nc", "d"])), (3, Some(&["e"]))]);
        check("a,\"b\"\"\n\"\"c\"\ne", &[(1, Some(&["a", "b\"\n\"c"])), (3, Some(&["e"]))]);
        check("a,\"b\nx\",\"y\nz\"\ne", &[(1, Some(&["a", "b\nx", "y\nz"])), (4, Some(&["e"]))]);
        check("a,\"b\n2026-01,c", &[(1, None), (2, Some(&["2026-01", "c"]))]);
        check("a,\"b", &[(1, None)]);
        check("a b\"c,d", &[(1, Some(&["a b\"c", "d"]))]);
        check("\"a\"b,d", &[(1, Some(&["ab", "d"]))]);
    }

    #[test]
    fn a_quote_without_end_is_bounded() {
        let text = format!("\"a\n{}", "b\n".repeat(MAX_RECORD));
        let got = read(&text, |_| false);
        assert_eq!(got.first(), Some(&(1, Err(OpenQuote))));
        assert!(got.len() > 2, "reading goes on behind it");
    }

    proptest! {
        #[test]
        fn reads_what_was_written(rows in proptest::collection::vec(proptest::collection::vec("[a,\"\n é]{0,6}", 2..5), 1..5)) {
            let quote = |field: &String| format!("\"{}\"", field.replace('"', "\"\""));
            let line = |row: &Vec<String>| row.iter().map(quote).collect::<Vec<_>>().join(",");
            let text = rows.iter().map(line).collect::<Vec<_>>().join("\n");
            let got: Vec<Vec<String>> = read(&text, |_| false).into_iter().map(|(_, record)| record.unwrap()).collect();
            prop_assert_eq!(got, rows);
        }

        #[test]
        fn is_total(text in "[a,\"\n]{0,60}") {
            let _ = read(&text, |line| line.starts_with('a'));
        }
    }
}
