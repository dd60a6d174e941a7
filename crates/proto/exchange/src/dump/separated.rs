//! CSV as Export-Csv and ConvertTo-Csv write it: a `#TYPE` line or none, a line of names, a record an object. The delimiter is
//! the culture's: comma, semicolon or tab (Microsoft: Export-Csv, `-UseCulture`).

use csv::{ByteRecord, ReaderBuilder};

use super::bag::{Loss, Property, PropertyBag};

/// What is read of a text.
pub(super) struct Separated {
    delimiter: u8,
    type_name: Option<Box<str>>,
    names: Vec<Box<str>>,
    /// Offset of the first record, and its line within the text.
    start: usize,
    first_line: u64,
}

impl Separated {
    /// Reads the head. `None` where the text does not begin as such a file does: names only, at least two of them.
    pub(super) fn begin(text: &str) -> Option<Self> {
        let (type_name, head) = match text.strip_prefix("#TYPE ") {
            Some(rest) => {
                let (name, rest) = rest.split_once('\n')?;
                (Some(super::clixml::short_type(name.trim())), rest)
            }
            None => (None, text),
        };
        let line = head.split('\n').next()?;
        let counted = |delimiter: &u8| line.bytes().filter(|octet| octet == delimiter).count();
        let delimiter =
            [b',', b';', b'\t'].into_iter().max_by_key(counted).filter(|delimiter| counted(delimiter) > 0)?;
        let names: Vec<Box<str>> = line.trim_end().split(char::from(delimiter)).map(unquoted).collect::<Option<_>>()?;
        let start = (text.len() - head.len() + line.len() + 1).min(text.len());
        let first_line = if type_name.is_some() { 2 } else { 1 };
        (names.len() <= PropertyBag::MAX_PROPERTIES).then_some(Self { delimiter, type_name, names, start, first_line })
    }

    /// An object with the names and no values: enough to say what the records are.
    pub(super) fn names_only(&self) -> PropertyBag {
        let mut bag = PropertyBag::new(self.first_line, self.type_name.clone());
        self.names.iter().for_each(|name| bag.add(Property::of_text(name, self.first_line, "")));
        bag
    }

    /// Reads the records. `line` is the line of the head. Returns the line of the first record that has another number of
    /// fields than there are names: it is not handed on.
    pub(super) fn read(&self, text: &str, line: u64, take: &mut dyn FnMut(PropertyBag)) -> Option<u64> {
        let records = text.get(self.start..).unwrap_or_default();
        let mut reader = ReaderBuilder::new()
            .delimiter(self.delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(records.as_bytes());
        // Export-Csv writes ASCII unless told otherwise: every other letter is a question mark then.
        let is_ascii = records.is_ascii();
        let (mut at, mut counted) = (line + self.first_line, 0);
        let mut ragged = None;
        let mut record = ByteRecord::new();
        while let Ok(true) = reader.read_byte_record(&mut record) {
            // The reader stands before the line feed of the record before, if that ended in CRLF.
            let start = record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(counted);
            let feeds = records.as_bytes().iter().skip(start).take_while(|octet| **octet == b'\n').count();
            let passed = records.as_bytes().get(counted..start + feeds).unwrap_or_default();
            at += passed.iter().filter(|octet| **octet == b'\n').count() as u64;
            counted = start + feeds;
            if record.len() != self.names.len() {
                ragged = ragged.or(Some(at));
                continue;
            }
            let mut bag = PropertyBag::new(at, self.type_name.clone());
            for (name, cell) in self.names.iter().zip(&record) {
                let cell = String::from_utf8_lossy(cell);
                let property = Property::of_text(name, at, cell.trim());
                let doubtful = is_ascii && property.any_text(|text| text.contains('?'));
                bag.add(if doubtful { property.cut(Loss::Letters) } else { property });
            }
            take(bag);
        }
        ragged
    }
}

/// A name without its quotes; `None` where it cannot be a property's.
fn unquoted(name: &str) -> Option<Box<str>> {
    let name = name.trim();
    let name = name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(name);
    let is_part = |sign: char| sign.is_alphanumeric() || " _-.@#".contains(sign);
    let begins_well = name.starts_with(char::is_alphabetic);
    (begins_well && name.len() <= 100 && name.chars().all(is_part)).then(|| name.into())
}
