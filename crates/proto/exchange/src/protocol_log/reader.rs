//! Reads a protocol log row by row, each with the number of its line.
//!
//! Lenient towards what versions and copies do: columns in the order that the header gives or the usual one without it, CRLF
//! or LF, byte order marks, several files in one, unknown events, octets that are not UTF-8, trailing columns that are left
//! out. A row that cannot be understood is told, and reading goes on behind it.

use std::borrow::Cow;

use jiff::Timestamp;

use super::header::{COLUMNS, Header};
use super::record::{Event, Record};
use crate::csv_records::split;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// Why a row is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowError {
    /// The file ends in the middle of it: it was copied while it was written, or a crash came.
    #[error("the file ends in the middle of this row")]
    CutOff,
    /// A field begins with a quote and does not end.
    #[error("a quote is not closed")]
    OpenQuote,
    /// More fields than columns.
    #[error("{found} fields in {columns} columns; a value with a comma lost its quotes")]
    TooManyFields {
        /// Its fields.
        found: usize,
        /// The columns of the header.
        columns: usize,
    },
    /// A column that every row needs is empty or missing.
    #[error("there is no {0}")]
    Missing(&'static str),
    /// A value that cannot be understood.
    #[error("{column} cannot be read: {text:?}")]
    Value {
        /// The column.
        column: &'static str,
        /// What stands in it.
        text: String,
    },
}

/// The rows of a file. Ends with the file; the same file gives the same rows.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
    line: usize,
    header: Header,
}

impl<'a> Reader<'a> {
    /// Reads this file.
    pub fn new(file: &'a [u8]) -> Self {
        Self { rest: file, line: 0, header: Header::default() }
    }

    /// What the header said, as far as the file has been read.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The next line without its end, and whether it had one.
    fn next_line(&mut self) -> Option<(&'a [u8], bool)> {
        if self.rest.is_empty() {
            return None;
        }
        self.line += 1;
        let end = self.rest.iter().position(|octet| *octet == b'\n');
        let (line, rest) = match end {
            Some(end) => (self.rest.get(..end)?, self.rest.get(end + 1..)?),
            None => (self.rest, Default::default()),
        };
        self.rest = rest;
        Some((line.strip_suffix(b"\r").unwrap_or(line), end.is_some()))
    }

    fn row<'t>(&self, text: &'t str, is_whole: bool) -> Result<Record<'t>, RowError> {
        let fields = match split(text, b',') {
            Some(fields) => fields,
            None if is_whole => return Err(RowError::OpenQuote),
            None => return Err(RowError::CutOff),
        };
        let usual = COLUMNS.len();
        let columns = if self.header.fields.is_empty() { usual } else { self.header.fields.len() };
        if fields.len() < columns && !is_whole {
            return Err(RowError::CutOff);
        }
        if fields.len() > columns {
            return Err(RowError::TooManyFields { found: fields.len(), columns });
        }
        Row { header: &self.header, fields }.record()
    }
}

impl<'a> Iterator for Reader<'a> {
    /// The number of the line, from 1, and its row.
    type Item = (usize, Result<Record<'a>, RowError>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (line, is_whole) = self.next_line()?;
            let text = match String::from_utf8_lossy(line) {
                Cow::Borrowed(text) => Cow::Borrowed(text.trim_start_matches(BYTE_ORDER_MARK)),
                Cow::Owned(text) => Cow::Owned(text.trim_start_matches(BYTE_ORDER_MARK).to_owned()),
            };
            if text.starts_with('#') {
                self.header.take(&text);
            } else if !text.trim().is_empty() {
                let row = match &text {
                    Cow::Borrowed(text) => self.row(text, is_whole),
                    Cow::Owned(text) => self.row(text, is_whole).map(Record::into_owned),
                };
                return Some((self.line, row));
            }
        }
    }
}

/// The fields of a row, found by their columns.
struct Row<'h, 't> {
    header: &'h Header,
    fields: Vec<Cow<'t, str>>,
}

impl<'t> Row<'_, 't> {
    fn record(mut self) -> Result<Record<'t>, RowError> {
        let [time, connector, session, sequence, local, remote, event, data, context] = COLUMNS;
        let at = self.needed(time)?;
        let at = at.parse::<Timestamp>().map_err(|_| RowError::Value { column: time, text: at.into_owned() })?;
        let number = self.take(sequence);
        let sequence_number = match number.trim() {
            "" => 0,
            text => text.parse().map_err(|_| RowError::Value { column: sequence, text: text.to_owned() })?,
        };
        Ok(Record {
            at,
            connector_id: self.take(connector),
            session_id: self.take(session),
            sequence_number,
            local_endpoint: self.take(local),
            remote_endpoint: self.take(remote),
            event: Event::of_sign(self.needed(event)?),
            data: self.take(data),
            context: self.take(context),
        })
    }

    /// The value of a column, empty if there is none.
    fn take(&mut self, column: &'static str) -> Cow<'t, str> {
        let names = &self.header.fields;
        let place = match names.is_empty() {
            true => COLUMNS.iter().position(|name| *name == column),
            false => names.iter().position(|name| name == column),
        };
        place.and_then(|place| self.fields.get_mut(place)).map(std::mem::take).unwrap_or_default()
    }

    fn needed(&mut self, column: &'static str) -> Result<Cow<'t, str>, RowError> {
        let value = self.take(column);
        if value.is_empty() { Err(RowError::Missing(column)) } else { Ok(value) }
    }
}
