//! Event Viewer's CSV: level, date, source, **number**, category and, in a column without a name, the message. The header and
//! the date are in the language of the machine, the time is local; columns are told by their order.

use super::Event;
use super::text::is_known;
use crate::csv_records::{CsvRecords, OpenQuote, Record, split};

/// The columns.
const SOURCE: usize = 2;
const ID: usize = 3;
const MESSAGE: usize = 5;

/// Delimiters that are seen: a comma, and what regional settings make of it.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// Reads rows.
#[derive(Clone, Debug)]
pub struct EventTable {
    records: CsvRecords,
}

impl EventTable {
    /// A table whose first lines are these.
    #[must_use]
    pub fn new(head: &str) -> Self {
        let delimiter = DELIMITERS.into_iter().find(|delimiter| is_table_of(head, *delimiter)).unwrap_or(b',');
        Self { records: CsvRecords::new(delimiter, |_| false) }
    }

    /// Takes a line. Hands on the entry that it ends, or the line of a record that has no end. The header, and what is no
    /// entry, are passed over.
    pub fn take(&mut self, number: u64, line: &str, each: &mut dyn FnMut(u64, Result<Event, OpenQuote>)) {
        self.records.take(number, line, &mut |first, record| hand_on(first, record, each));
    }

    /// The file has ended.
    pub fn finish(&mut self, each: &mut dyn FnMut(u64, Result<Event, OpenQuote>)) {
        self.records.finish(&mut |first, record| hand_on(first, record, each));
    }
}

fn hand_on(line: u64, record: Record<'_>, each: &mut dyn FnMut(u64, Result<Event, OpenQuote>)) {
    match record {
        Ok(fields) => {
            let field = |place: usize| fields.get(place).map(|field| &**field).unwrap_or_default();
            let Ok(id) = field(ID).trim().parse() else { return };
            let mut event = Event { line, provider: field(SOURCE).trim().to_owned(), id, ..Event::default() };
            event.add_message(field(MESSAGE));
            each(line, Ok(event));
        }
        Err(error) => each(line, Err(error)),
    }
}

/// Whether a line is an entry of Exchange or CAPI2 in such a table, or the beginning of one whose message goes on.
#[must_use]
pub fn is_table_row(line: &str) -> bool {
    DELIMITERS.into_iter().any(|delimiter| is_row_of(line, delimiter))
}

fn is_table_of(head: &str, delimiter: u8) -> bool {
    head.lines().any(|line| is_row_of(line, delimiter))
}

fn is_row_of(line: &str, delimiter: u8) -> bool {
    // The message may go on in the next line: what is before it is whole in any case.
    let closed = format!("{line}\"");
    let fields = split(line, delimiter).or_else(|| split(&closed, delimiter)).unwrap_or_default();
    let field = |place: usize| fields.get(place).map(|field| field.trim()).unwrap_or_default();
    fields.len() > ID + 1 && is_known(field(SOURCE)) && field(ID).parse::<u32>().is_ok()
}
