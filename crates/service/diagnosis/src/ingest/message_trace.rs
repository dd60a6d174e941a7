//! Exchange Online's message trace as evidence: mail that was attributed to the tenant. A refused message is not in it.

use proto_exchange::lines::{Line, Lines};
use proto_exchange::message_trace::{TraceEntry, TraceRecord, TraceReport, is_header};

use super::address::{domain_of, told};
use super::{Found, Intake};
use crate::evidence::{Proof, SourceId, TraceRow};

/// How many lines are looked at for the header.
const LINES_BEFORE_HEADER: usize = 40;

/// Most rows that are kept of one file; the rest is counted. Searches give 5,000 rows, downloads up to 100,000.
const MAX_ROWS: usize = 100_000;

/// Longest quotation of a row, in octets: there are many, and a row is known by its first columns.
const MAX_QUOTED: usize = 200;

/// Whether a text begins as a report of the admin centre.
pub(super) fn looks_so(text: &str) -> bool {
    text.lines().take(LINES_BEFORE_HEADER).any(|line| is_header(line.trim_start_matches('\u{feff}')))
}

/// Reads a report.
#[derive(Debug, Default)]
pub(super) struct MessageTrace {
    lines: Lines,
    report: TraceReport,
    /// The line that begins the record being read.
    first: (u64, String),
}

impl MessageTrace {
    pub(super) fn boxed() -> Box<dyn Intake> {
        Box::<Self>::default()
    }

    fn line(report: &mut TraceReport, first: &mut (u64, String), number: u64, line: &Line<'_>, found: &mut Found) {
        let Line::Text(text) = line else {
            return found.source.problem(Some(number), "problem-line-too-long", Vec::new());
        };
        if !report.is_open() {
            *first = (number, text.get(..text.floor_char_boundary(MAX_QUOTED)).unwrap_or_default().to_owned());
        }
        report.take(number, text, &mut |line, entry| take(line, &entry, &first.1, found));
    }
}

impl Intake for MessageTrace {
    fn feed(&mut self, block: &[u8], found: &mut Found) {
        let Self { lines, report, first } = self;
        lines.feed(block, &mut |number, line| Self::line(report, first, number, &line, found));
    }

    fn finish(mut self: Box<Self>, found: &mut Found) {
        let Self { lines, report, first } = &mut *self;
        lines.finish(&mut |number, line| Self::line(report, first, number, &line, found));
        report.finish(&mut |line, entry| take(line, &entry, &first.1, found));
    }
}

fn take(line: u64, entry: &TraceEntry, text: &str, found: &mut Found) {
    match entry {
        TraceEntry::Row(row) => {
            found.source.records += 1;
            take_record(row, line, text, found);
        }
        TraceEntry::OpenQuote => found.source.problem(Some(line), "problem-open-quote", Vec::new()),
        TraceEntry::Fields { found: fields, columns } => {
            let arguments = vec![("found", fields.to_string()), ("columns", columns.to_string())];
            found.source.problem(Some(line), "problem-fields", arguments);
        }
    }
}

/// Adds a row, of whichever form, while there is room.
pub(super) fn take_record(record: &TraceRecord, line: u64, text: &str, found: &mut Found) {
    record.at.inspect(|at| found.source.saw(*at));
    let traces = &mut found.evidence.traces;
    if traces.len() < MAX_ROWS {
        traces.push(row(record, line, text, found.source.id));
    } else if found.source.problems.iter().all(|problem| problem.code != TOO_MANY) {
        found.source.problem(Some(line), TOO_MANY, vec![("limit", MAX_ROWS.to_string())]);
    }
}

/// The problem that is told once for all the rows beyond.
const TOO_MANY: &str = "problem-too-many-rows";

fn row(record: &TraceRecord, line: u64, text: &str, source: SourceId) -> TraceRow {
    let told = |value: &Option<String>| value.as_deref().and_then(told);
    TraceRow {
        at: record.at,
        message_id: told(&record.message_id),
        sender: record.sender.as_deref().and_then(domain_of),
        recipient: record.recipient.as_deref().and_then(domain_of),
        status: told(&record.status),
        from_ip: record.from_ip.as_deref().and_then(|address| address.parse().ok()),
        connector: told(&record.connector),
        originating: record.originating,
        proof: Proof::new(source, line, text),
    }
}
