//! The reports of the admin centre: comma-separated, a message or an event a row, fields with line ends, not sorted.

use std::borrow::Cow;

use super::TraceRecord;
use super::object::{inbound_connector, is_originating};
use crate::csv_records::{CsvRecords, OpenQuote, Record};

/// Names of the column with the time: documented, and as real files have it.
const TIMES: [&str; 4] = ["origin_timestamp_utc", "date_time_utc", "origin_timestamp", "date_time"];

/// Columns that every report has.
const ALWAYS: [&str; 3] = ["sender_address", "message_id", "directionality"];

/// A row, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TraceEntry {
    /// What it says.
    Row(Box<TraceRecord>),
    /// A field does not end.
    OpenQuote,
    /// Not as many fields as columns.
    Fields {
        /// Its fields.
        found: usize,
        /// The columns of the header.
        columns: usize,
    },
}

/// Reads a report line by line.
#[derive(Clone, Debug)]
pub struct TraceReport {
    records: CsvRecords,
    columns: Vec<String>,
}

impl Default for TraceReport {
    fn default() -> Self {
        Self { records: CsvRecords::new(b',', |_| false), columns: Vec::new() }
    }
}

impl TraceReport {
    /// Takes a line. Hands on the row that it ends, with its first line. What is above the header is passed over.
    pub fn take(&mut self, number: u64, line: &str, each: &mut dyn FnMut(u64, TraceEntry)) {
        let Self { records, columns } = self;
        if columns.is_empty() {
            if is_header(line) {
                columns.extend(names(line));
            }
        } else if records.is_open() || !line.trim().is_empty() {
            records.take(number, line, &mut |first, record| hand_on(columns, first, record, each));
        }
    }

    /// Whether the last line taken left a record open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.records.is_open()
    }

    /// The file has ended.
    pub fn finish(&mut self, each: &mut dyn FnMut(u64, TraceEntry)) {
        self.records.finish(&mut |first, _| each(first, TraceEntry::OpenQuote));
    }
}

/// Whether a line is the header of such a report.
#[must_use]
pub fn is_header(line: &str) -> bool {
    let names: Vec<String> = names(line).collect();
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    ALWAYS.into_iter().all(has) && TIMES.into_iter().any(has)
}

fn names(line: &str) -> impl Iterator<Item = String> {
    line.split(',').map(|name| name.trim().trim_matches('"').to_ascii_lowercase())
}

fn hand_on(columns: &[String], line: u64, record: Record<'_>, each: &mut dyn FnMut(u64, TraceEntry)) {
    let entry = match record {
        Ok(fields) if fields.len() == columns.len() => TraceEntry::Row(Box::new(row(columns, &fields))),
        Ok(fields) => TraceEntry::Fields { found: fields.len(), columns: columns.len() },
        Err(OpenQuote) => TraceEntry::OpenQuote,
    };
    each(line, entry);
}

fn row(columns: &[String], fields: &[Cow<'_, str>]) -> TraceRecord {
    let field = |wanted: &str| {
        let place = columns.iter().position(|name| name == wanted)?;
        fields.get(place).map(|field| field.trim()).filter(|field| !field.is_empty())
    };
    let owned = |wanted: &str| field(wanted).map(str::to_owned);
    // The summary packs recipients and what became of them: `a@b##Receive, Send;c@d##Receive, Fail`.
    let (recipient, status) = match (field("recipient_status"), field("event_id")) {
        (status, Some(event)) => (owned("recipient_address").or(status.map(str::to_owned)), Some(event.to_owned())),
        (Some(packed), None) => {
            let (recipient, status) =
                packed.split(';').next().unwrap_or_default().split_once("##").unwrap_or((packed, ""));
            (Some(recipient.to_owned()), Some(status.to_owned()).filter(|status| !status.is_empty()))
        }
        (None, None) => (owned("recipient_address"), None),
    };
    // Rows of single events name Exchange Online's own connectors too: there only the custom data tells.
    let connector = match field("event_id") {
        Some(_) => field("custom_data").and_then(inbound_connector).map(str::to_owned),
        None => owned("connector_id"),
    };
    TraceRecord {
        at: TIMES.iter().find_map(|name| field(name)).and_then(time),
        message_id: owned("message_id"),
        sender: owned("return_path").or(owned("sender_address")),
        recipient,
        status,
        from_ip: owned("original_client_ip"),
        connector,
        originating: field("directionality").and_then(is_originating),
    }
}

/// A time in UTC; reports leave out the zone, and some the `T`.
pub(super) fn time(text: &str) -> Option<jiff::Timestamp> {
    text.parse().ok().or_else(|| format!("{text}Z").parse().ok())
}
