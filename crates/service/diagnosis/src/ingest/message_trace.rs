//! Exchange Online's message trace as evidence: how much mail was attributed to the tenant, and when. A refused message is not in
//! it, so that nothing else of its rows bears on a refusal.

use proto_exchange::lines::{Line, Lines};
use proto_exchange::message_trace::{TraceEntry, TraceRecord, TraceReport, is_header};

use super::{Found, Intake};

/// How many lines are looked at for the header.
const LINES_BEFORE_HEADER: usize = 40;

/// Whether a text begins as a report of the admin centre.
pub(super) fn looks_so(text: &str) -> bool {
    text.lines().take(LINES_BEFORE_HEADER).any(|line| is_header(line.trim_start_matches('\u{feff}')))
}

/// Reads a report.
#[derive(Debug, Default)]
pub(super) struct MessageTrace {
    lines: Lines,
    report: TraceReport,
}

impl MessageTrace {
    pub(super) fn boxed() -> Box<dyn Intake> {
        Box::<Self>::default()
    }

    fn line(report: &mut TraceReport, number: u64, line: &Line<'_>, found: &mut Found) {
        let Line::Text(text) = line else {
            return found.source.problem(Some(number), "problem-line-too-long", Vec::new());
        };
        report.take(number, text, &mut |line, entry| take(line, &entry, found));
    }
}

impl Intake for MessageTrace {
    fn feed(&mut self, block: &[u8], found: &mut Found) {
        let Self { lines, report } = self;
        lines.feed(block, &mut |number, line| Self::line(report, number, &line, found));
    }

    fn finish(mut self: Box<Self>, found: &mut Found) {
        let Self { lines, report } = &mut *self;
        lines.finish(&mut |number, line| Self::line(report, number, &line, found));
        report.finish(&mut |line, entry| take(line, &entry, found));
    }
}

fn take(line: u64, entry: &TraceEntry, found: &mut Found) {
    match entry {
        TraceEntry::Row(row) => {
            found.source.records += 1;
            take_record(row, found);
        }
        TraceEntry::OpenQuote => found.source.problem(Some(line), "problem-open-quote", Vec::new()),
        TraceEntry::Fields { found: fields, columns } => {
            let arguments = vec![("found", fields.to_string()), ("columns", columns.to_string())];
            found.source.problem(Some(line), "problem-fields", arguments);
        }
    }
}

/// Takes the time of a row, of whichever form.
pub(super) fn take_record(record: &TraceRecord, found: &mut Found) {
    record.at.inspect(|at| found.source.saw(*at));
}
