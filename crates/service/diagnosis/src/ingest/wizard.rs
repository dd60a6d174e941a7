//! The Hybrid Configuration Wizard's log and its record of cmdlets. Must not judge: a value that the wizard set may have been
//! changed since.

use proto_exchange::lines::{Line, Lines};
use proto_exchange::wizard_log::{
    LogReader, Outcome, PropertyChange, RecordProblem, Run, WizardTime, looks_like_log, looks_like_record, read_record,
};

use super::whole::Whole;
use super::{Found, Intake};
use crate::evidence::{MAX_PROOF_LENGTH, Proof, SettingChange, Source};

/// What an object became that is no more.
const REMOVED: &str = "removed";

/// Whether a text is the wizard's log.
pub(super) fn is_log(text: &str) -> bool {
    looks_like_log(text)
}

/// Whether it is the record.
pub(super) fn is_record(text: &str) -> bool {
    looks_like_record(text)
}

/// Who reads a log.
pub(super) fn log() -> Box<dyn Intake> {
    Box::<Log>::default()
}

/// Who reads a record.
pub(super) fn record() -> Box<dyn Intake> {
    Whole::boxed(take_record)
}

#[derive(Default)]
struct Log {
    lines: Lines,
    reader: LogReader,
    run: Run,
}

impl Intake for Log {
    fn feed(&mut self, block: &[u8], found: &mut Found) {
        let Self { lines, reader, run } = self;
        lines.feed(block, &mut |number, line| take_line(reader, run, number, line, &mut found.source));
    }

    fn finish(self: Box<Self>, found: &mut Found) {
        let Self { mut lines, mut reader, mut run } = *self;
        lines.finish(&mut |number, line| take_line(&mut reader, &mut run, number, line, &mut found.source));
        if let Some(entry) = reader.finish() {
            run.entry(entry);
        }
        take_run(run, found);
    }
}

fn take_line(reader: &mut LogReader, run: &mut Run, number: u64, line: Line<'_>, source: &mut Source) {
    let entry = match line {
        Line::Text(text) => reader.line(number, &text),
        Line::TooLong => {
            source.problem(Some(number), "problem-wizard-line-too-long", Vec::new());
            None
        }
    };
    if let Some(entry) = entry {
        if entry.is_cut {
            source.problem(Some(entry.line), "problem-wizard-entry-cut", Vec::new());
        }
        run.entry(entry);
    }
}

fn take_record(octets: &[u8], found: &mut Found) {
    let record = read_record(&String::from_utf8_lossy(octets));
    for problem in record.problems {
        let (line, code, arguments) = match problem {
            RecordProblem::Broken { line, detail } => (line, "problem-wizard-xml", vec![("detail", detail)]),
            RecordProblem::DocumentType { line } => (line, "problem-wizard-document-type", Vec::new()),
            RecordProblem::TooMuch { line } => (line, "problem-wizard-too-much", Vec::new()),
            RecordProblem::NoCommand { line } => (line, "problem-wizard-no-command", Vec::new()),
        };
        found.source.problem(Some(line), code, arguments);
    }
    let mut run = Run::default();
    record.invocations.into_iter().for_each(|call| run.invocation(call));
    take_run(run, found);
}

fn take_run(mut run: Run, found: &mut Found) {
    run.finish();
    let source = &mut found.source;
    source.records += run.records;
    for (line, command) in &run.unfinished {
        let command = Proof::new(source.id, *line, command).text.into();
        source.problem(Some(*line), "problem-wizard-unfinished", vec![("command", command)]);
    }
    if run.changes_not_kept > 0 {
        let count = run.changes_not_kept.to_string();
        source.problem(None, "problem-wizard-changes", vec![("count", count)]);
    }
    let moment = |at: Option<WizardTime>| at.and_then(WizardTime::as_it_stands);
    // A file's span is told in UTC, which a local time is not.
    for at in [run.began, run.ended].into_iter().filter(|at| at.is_some_and(|at| !at.is_local())).filter_map(moment) {
        source.saw(at);
    }
    let changes = run.changes.into_iter().map(|change| setting_change(change, source));
    found.evidence.changes.extend(changes);
}

fn setting_change(change: PropertyChange, source: &Source) -> SettingChange {
    let excerpt = excerpt(&change.text, &change.property);
    let after = if change.property.is_empty() { REMOVED.into() } else { change.after };
    SettingChange {
        at: change.at.and_then(WizardTime::as_it_stands),
        is_local_time: change.at.is_some_and(WizardTime::is_local),
        session: change.session,
        object_type: change.object_type,
        object: change.object,
        property: change.property,
        before: change.before,
        earlier: None,
        after,
        is_confirmed: change.outcome == Outcome::Succeeded,
        proof: Proof::new(source.id, change.line, &excerpt),
    }
}

/// A long command from its beginning, with what was left out up to the parameter that matters.
fn excerpt(command: &str, property: &str) -> String {
    /// Signs of the beginning that are kept: the cmdlet and its object.
    const BEGINNING: usize = 120;
    let place = command.to_ascii_lowercase().find(&format!("-{}", property.to_ascii_lowercase()));
    match place.and_then(|place| command.get(place..)) {
        Some(telling) if command.chars().count() > MAX_PROOF_LENGTH && !property.is_empty() => {
            let beginning: String = command.chars().take(BEGINNING).collect();
            format!("{beginning} … {telling}")
        }
        _ => command.to_owned(),
    }
}

#[cfg(test)]
mod tests;
