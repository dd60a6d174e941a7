//! Connectivity logs: which hosts a server tried to reach, when, and whether that failed. Never recipients, certificates, or
//! what the far side answered to a message. (Microsoft: *Connectivity logging in Exchange Server*.)
//!
//! What the descriptions say is not documented, so nothing is read out of them but that they speak of a failure.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::csv_records::{CsvRecords, OpenQuote, Record};
use crate::lines::{Line, Lines};
use crate::tracking_log::{begins_with_time, field_names};

/// The columns, in the order in which they are documented.
const COLUMNS: [&str; 6] = ["date-time", "session", "source", "destination", "direction", "description"];

/// Words of descriptions that say that no connection came about. They are Windows's and SMTP's own, not translated.
const FAILURES: [&str; 4] = ["winsock error", "failed to connect", "connection timed out", "unable to connect"];

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectivityRow<'a> {
    /// When, UTC.
    pub at: Timestamp,
    /// The session, as in the Send protocol log.
    pub session: Cow<'a, str>,
    /// `SMTP`, `MapiDelivery`, ….
    pub source: Cow<'a, str>,
    /// The next hop's domain, the smart host, or the server.
    pub destination: Cow<'a, str>,
    /// `+` began, `-` ended, `>` in between.
    pub direction: Cow<'a, str>,
    /// In words.
    pub description: Cow<'a, str>,
}

/// A row with its line, or the line of what is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// From 1.
    pub line: u64,
    /// The line.
    pub text: &'a str,
    /// What it says.
    pub row: Option<ConnectivityRow<'a>>,
}

/// Reads a log in blocks.
#[derive(Clone, Debug)]
pub struct ConnectivityReader {
    lines: Lines,
    rows: Rows,
}

#[derive(Clone, Debug)]
struct Rows {
    records: CsvRecords,
    columns: Vec<String>,
}

impl Default for ConnectivityReader {
    fn default() -> Self {
        let columns = COLUMNS.iter().map(|name| (*name).to_owned()).collect();
        // No field is known to hold a line end.
        Self { lines: Lines::default(), rows: Rows { records: CsvRecords::new(b',', |_| true), columns } }
    }
}

impl ConnectivityRow<'_> {
    /// Whether it says that a connection failed.
    #[must_use]
    pub fn tells_of_failure(&self) -> bool {
        let description = self.description.to_ascii_lowercase();
        FAILURES.iter().any(|words| description.contains(words))
    }
}

impl ConnectivityReader {
    /// Takes a block and hands on each row that ends in it.
    pub fn feed(&mut self, block: &[u8], each: &mut dyn FnMut(Entry<'_>)) {
        let Self { lines, rows } = self;
        lines.feed(block, &mut |number, line| rows.line(number, &line, each));
    }

    /// The file has ended.
    pub fn finish(&mut self, each: &mut dyn FnMut(Entry<'_>)) {
        let Self { lines, rows } = self;
        lines.finish(&mut |number, line| rows.line(number, &line, each));
        rows.records.finish(&mut |line, _| each(Entry { line, text: "", row: None }));
    }
}

impl Rows {
    fn line(&mut self, number: u64, line: &Line<'_>, each: &mut dyn FnMut(Entry<'_>)) {
        let Line::Text(text) = line else { return each(Entry { line: number, text: "", row: None }) };
        if let Some(columns) = field_names(text) {
            self.columns = columns;
        }
        if !begins_with_time(text) {
            return;
        }
        let columns = &self.columns;
        self.records.take(number, text, &mut |first, record: Record<'_>| {
            let text = if first == number { &**text } else { "" };
            each(Entry { line: first, text, row: row(columns, record) });
        });
    }
}

fn row<'a>(columns: &[String], record: Record<'a>) -> Option<ConnectivityRow<'a>> {
    let mut fields = record.map_err(|OpenQuote| ()).ok()?;
    let mut take = |wanted: &str| {
        let place = columns.iter().position(|name| name == wanted);
        place.and_then(|place| fields.get_mut(place)).map(std::mem::take).unwrap_or_default()
    };
    let [at, session, source, destination, direction, description] = COLUMNS;
    Some(ConnectivityRow {
        at: take(at).parse().ok()?,
        session: take(session),
        source: take(source),
        destination: take(destination),
        direction: take(direction),
        description: take(description),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(file: &str) -> Vec<String> {
        let (mut reader, mut told) = (ConnectivityReader::default(), Vec::new());
        let mut each = |entry: Entry<'_>| {
            told.push(match entry.row {
                Some(row) => format!("{} {} {} {}", entry.line, row.direction, row.destination, row.tells_of_failure()),
                None => format!("{} none", entry.line),
            });
        };
        reader.feed(file.as_bytes(), &mut each);
        reader.finish(&mut each);
        told
    }

    #[test]
    fn reads_rows() {
        let check = |file: &str, expected: &[&str]| assert_eq!(told(file), expected, "{file}");
        let head = "#Software: Microsoft Exchange Server\r\n#Log-Type: Transport Connectivity Log\r\n\
            #Fields: date-time,session,source,Destination,direction,description\r\n";
        let row = "2026-11-20T08:00:00.000Z,08D50D3D9730A8D2,SMTP,contoso-com.mail.protection.outlook.com,+,DnsConnectorDelivery";
        let failed =
            "2026-11-20T08:00:01.000Z,08D50D3D9730A8D2,SMTP,x.example,>,\"Failed. Winsock error code: 10060, x\"";
        check(
            &format!("{head}{row}\r\n{failed}\r\n"),
            &["4 + contoso-com.mail.protection.outlook.com false", "5 > x.example true"],
        );
        check(row, &["1 + contoso-com.mail.protection.outlook.com false"]);
        check("2026-11-20T08:00:01.000Z,a,\"b", &["1 none"]);
        check("2026-11-20Tx,a", &["1 none"]);
    }

    proptest! {
        #[test]
        fn is_total(file in "[2026\\-T:Z,\"#Fields\n ]{0,200}") {
            let _ = told(&file);
        }
    }
}
