//! Reads a tracking log in blocks, row by row.
//!
//! Lenient towards what versions and copies do: columns as the header gives them, or the usual ones without it; CRLF or LF;
//! several files in one; lines of text before the header; a subject with line ends. A row that cannot be understood is told,
//! and reading goes on behind it.

use std::borrow::Cow;

use jiff::Timestamp;

use super::columns::{COUNT_IN_2010, Columns};
use super::row::{TrackingEvent, TrackingRow};
use crate::csv_records::{CsvRecords, Record};
use crate::lines::{Line, Lines};

/// Why a row is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowError {
    /// A field begins with a quote and does not end.
    #[error("a quote is not closed")]
    OpenQuote,
    /// The line is longer than any row.
    #[error("the line is too long")]
    TooLong,
    /// Not as many fields as columns.
    #[error("{found} fields in {columns} columns")]
    Fields {
        /// Its fields.
        found: usize,
        /// The columns of the header, or of Exchange 2010 where there is none.
        columns: usize,
    },
    /// It does not begin with a time, within a log.
    #[error("no row of a tracking log")]
    NoRow,
    /// A time that cannot be understood.
    #[error("no time: {0:?}")]
    Time(String),
}

/// A row with its place.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// Its first line, from 1.
    pub line: u64,
    /// That line as it stands; empty of a row of several lines.
    pub text: &'a str,
    /// What it says, or why it says nothing.
    pub row: Result<TrackingRow<'a>, RowError>,
}

/// Reads one file, or several one after the other.
#[derive(Clone, Debug)]
pub struct TrackingReader {
    lines: Lines,
    rows: Rows,
}

#[derive(Clone, Debug)]
struct Rows {
    records: CsvRecords,
    columns: Option<Columns>,
    /// Whether a header or a row was seen: what stands above is what people write.
    has_begun: bool,
}

impl Default for TrackingReader {
    fn default() -> Self {
        let records = CsvRecords::new(b',', |line| line.starts_with('#') || begins_with_time(line));
        Self { lines: Lines::default(), rows: Rows { records, columns: None, has_begun: false } }
    }
}

impl TrackingReader {
    /// Takes a block and hands on each row that ends in it.
    pub fn feed(&mut self, block: &[u8], each: &mut dyn FnMut(Entry<'_>)) {
        let Self { lines, rows } = self;
        lines.feed(block, &mut |number, line| rows.line(number, &line, each));
    }

    /// The file has ended.
    pub fn finish(&mut self, each: &mut dyn FnMut(Entry<'_>)) {
        let Self { lines, rows } = self;
        lines.finish(&mut |number, line| rows.line(number, &line, each));
        rows.records.finish(&mut |line, _| each(Entry { line, text: "", row: Err(RowError::OpenQuote) }));
    }
}

impl Rows {
    fn line(&mut self, number: u64, line: &Line<'_>, each: &mut dyn FnMut(Entry<'_>)) {
        let text = match line {
            Line::Text(text) => &**text,
            Line::TooLong => return each(Entry { line: number, text: "", row: Err(RowError::TooLong) }),
        };
        if !self.records.is_open() {
            if let Some(fields) = field_names(text) {
                self.columns = Some(Columns::of(&fields));
                self.has_begun = true;
                return;
            }
            if text.starts_with('#') || text.trim().is_empty() {
                return;
            }
            if !begins_with_time(text) {
                if self.has_begun {
                    each(Entry { line: number, text, row: Err(RowError::NoRow) });
                }
                return;
            }
            self.has_begun = true;
        }
        let columns = self.columns;
        self.records.take(number, text, &mut |first, record: Record<'_>| {
            let row = match record {
                Ok(fields) => row(columns, fields),
                Err(_) => Err(RowError::OpenQuote),
            };
            each(Entry { line: first, text: if first == number { text } else { "" }, row });
        });
    }
}

/// The columns that a `#Fields:` line names, in lower case.
pub(crate) fn field_names(line: &str) -> Option<Vec<String>> {
    let (key, names) = line.strip_prefix('#')?.split_once(':')?;
    if !key.trim().eq_ignore_ascii_case("fields") {
        return None;
    }
    Some(names.split(',').map(|name| name.trim().to_ascii_lowercase()).collect())
}

/// Whether a line begins as a row does, `2026-11-24T`.
pub(crate) fn begins_with_time(line: &str) -> bool {
    let digits =
        |from: usize, to: usize| line.as_bytes().get(from..to).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
    let sign = |at: usize, sign: u8| line.as_bytes().get(at) == Some(&sign);
    digits(0, 4) && sign(4, b'-') && digits(5, 7) && sign(7, b'-') && digits(8, 10) && sign(10, b'T')
}

fn row(columns: Option<Columns>, mut fields: Vec<Cow<'_, str>>) -> Result<TrackingRow<'_>, RowError> {
    let found = fields.len();
    let columns = columns.or_else(|| Columns::usual(found));
    let Some(columns) = columns.filter(|columns| columns.count == found) else {
        return Err(RowError::Fields { found, columns: columns.map_or(COUNT_IN_2010, |columns| columns.count) });
    };
    let mut take =
        |place: Option<usize>| place.and_then(|place| fields.get_mut(place)).map(std::mem::take).unwrap_or_default();
    let time = take(columns.date_time);
    let at: Timestamp = time.parse().map_err(|_| RowError::Time(time.chars().take(40).collect()))?;
    Ok(TrackingRow {
        at: Some(at),
        event: TrackingEvent::of(take(columns.event_id)),
        source: take(columns.source),
        client_hostname: take(columns.client_hostname),
        client_ip: take(columns.client_ip),
        server_hostname: take(columns.server_hostname),
        server_ip: take(columns.server_ip),
        source_context: take(columns.source_context),
        connector_id: take(columns.connector_id),
        message_id: take(columns.message_id),
        recipients: take(columns.recipient_address),
        recipient_status: take(columns.recipient_status),
        reference: take(columns.reference),
        sender_address: take(columns.sender_address),
        return_path: take(columns.return_path),
        message_info: take(columns.message_info),
        directionality: take(columns.directionality),
        custom_data: take(columns.custom_data),
    })
}
