//! Windows event logs as evidence: certificates that are missing, expire or are not trusted, by connector.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use proto_exchange::event_log::{Event, EventTable, EventText, EventXml, Piece, begins_as_text, is_table_row};
use proto_exchange::lines::{Line, Lines};

use super::address::told;
use super::{Found, Intake};
use crate::evidence::{EventFact, Proof};

/// Most entries with different facts that are kept of one file; of each the first and the last. Transport repeats them hourly.
const MAX_DIFFERENT: usize = 500;

/// How much of a text is looked at for the labels of entries, in lines.
const LINES_OF_TEXT: usize = 60;

/// Whether a text is XML of events of Exchange or CAPI2, or of any event at all.
pub(super) fn looks_like_xml(text: &str) -> bool {
    let begin = text.trim_start();
    (begin.starts_with("<Event") || begin.starts_with("<?xml"))
        && begin.contains("schemas.microsoft.com/win/2004/08/events/event")
}

/// Whether a text holds entries as Event Viewer copies them.
pub(super) fn looks_like_text(text: &str) -> bool {
    let head: Vec<&str> = text.lines().take(LINES_OF_TEXT).collect();
    begins_as_text(&head.join("\n"))
}

/// Whether a text is Event Viewer's table: a header of five columns, then entries.
pub(super) fn looks_like_table(text: &str) -> bool {
    text.lines().take(LINES_OF_TEXT).any(is_table_row)
}

/// Facts that were seen: where the first and the last stand in the evidence.
#[derive(Debug, Default)]
pub(super) struct Seen(HashMap<SameFacts, (usize, usize)>);

/// Entries of the same provider, number and computer with the same arguments say the same.
type SameFacts = (String, u32, Option<String>, Vec<String>);

/// The XML form.
#[derive(Debug, Default)]
pub(super) struct XmlLog {
    reader: EventXml,
    seen: Seen,
}

/// The text form.
#[derive(Debug, Default)]
pub(super) struct TextLog {
    lines: Lines,
    reader: EventText,
    seen: Seen,
}

/// The table.
#[derive(Debug, Default)]
pub(super) struct TableLog {
    lines: Lines,
    reader: Option<EventTable>,
    seen: Seen,
}

impl XmlLog {
    pub(super) fn boxed() -> Box<dyn Intake> {
        Box::<Self>::default()
    }
}

impl TextLog {
    pub(super) fn boxed() -> Box<dyn Intake> {
        Box::<Self>::default()
    }
}

impl TableLog {
    pub(super) fn boxed() -> Box<dyn Intake> {
        Box::<Self>::default()
    }
}

impl Intake for XmlLog {
    fn feed(&mut self, block: &[u8], found: &mut Found) {
        let Self { reader, seen } = self;
        reader.feed(block, &mut |line, piece| take_piece(line, &piece, seen, found));
    }

    fn finish(mut self: Box<Self>, found: &mut Found) {
        let Self { reader, seen } = &mut *self;
        reader.finish(&mut |line, piece| take_piece(line, &piece, seen, found));
    }
}

impl Intake for TextLog {
    fn feed(&mut self, block: &[u8], found: &mut Found) {
        let Self { lines, reader, seen } = self;
        lines.feed(block, &mut |number, line| {
            with_text(number, &line, found, |text, found| {
                reader.take(number, text, &mut |event| take(&event, seen, found))
            });
        });
    }

    fn finish(mut self: Box<Self>, found: &mut Found) {
        let Self { lines, reader, seen } = &mut *self;
        lines.finish(&mut |number, line| {
            with_text(number, &line, found, |text, found| {
                reader.take(number, text, &mut |event| take(&event, seen, found))
            });
        });
        reader.finish(&mut |event| take(&event, seen, found));
    }
}

impl TableLog {
    fn line(&mut self, number: u64, line: &Line<'_>, found: &mut Found) {
        let Self { reader, seen, .. } = self;
        with_text(number, line, found, |text, found| {
            // The header does not tell the delimiter for sure, the first entry does.
            let reader = match reader {
                Some(reader) => reader,
                None if is_table_row(text) => reader.insert(EventTable::new(text)),
                None => return,
            };
            reader.take(number, text, &mut |line, event| take_result(line, event, seen, found));
        });
    }
}

impl Intake for TableLog {
    fn feed(&mut self, block: &[u8], found: &mut Found) {
        let mut lines = std::mem::take(&mut self.lines);
        lines.feed(block, &mut |number, line| self.line(number, &line, found));
        self.lines = lines;
    }

    fn finish(mut self: Box<Self>, found: &mut Found) {
        let mut lines = std::mem::take(&mut self.lines);
        lines.finish(&mut |number, line| self.line(number, &line, found));
        let Self { reader, seen, .. } = &mut *self;
        if let Some(reader) = reader {
            reader.finish(&mut |line, event| take_result(line, event, seen, found));
        }
    }
}

fn with_text(number: u64, line: &Line<'_>, found: &mut Found, take: impl FnOnce(&str, &mut Found)) {
    match line {
        Line::Text(text) => take(text, found),
        Line::TooLong => found.source.problem(Some(number), "problem-line-too-long", Vec::new()),
    }
}

fn take_piece(line: u64, piece: &Piece, seen: &mut Seen, found: &mut Found) {
    match piece {
        Piece::Entry(event) => take(event, seen, found),
        Piece::Broken => found.source.problem(Some(line), "problem-broken-event", Vec::new()),
        Piece::CutOff => found.source.problem(Some(line), "problem-cut-off", Vec::new()),
    }
}

fn take_result<E>(line: u64, event: Result<Event, E>, seen: &mut Seen, found: &mut Found) {
    match event {
        Ok(event) => take(&event, seen, found),
        Err(_) => found.source.problem(Some(line), "problem-open-quote", Vec::new()),
    }
}

fn take(event: &Event, seen: &mut Seen, found: &mut Found) {
    found.source.records += 1;
    seen.take(event, found);
}

impl Seen {
    /// Adds an entry's facts, or puts them in the place of the last like them. The source's records are counted already.
    pub(super) fn take(&mut self, event: &Event, found: &mut Found) {
        event.at.inspect(|at| found.source.saw(*at));
        let Some(facts) = event.facts() else { return };
        let key = (event.provider.clone(), event.id, event.computer.clone(), facts.arguments.clone());
        let fact = EventFact {
            at: event.at,
            provider: event.provider.as_str().into(),
            id: event.id,
            arguments: facts.arguments.iter().map(|argument| argument.as_str().into()).collect(),
            subject: facts.subject.as_deref().and_then(told),
            connector: facts.connector.as_deref().and_then(told),
            result: facts.result.as_deref().and_then(told),
            proof: Proof::new(found.source.id, event.line, &quoted(event)),
        };
        let has_room = self.0.len() < MAX_DIFFERENT;
        let events = &mut found.evidence.events;
        let end = events.len();
        match self.0.entry(key) {
            Entry::Vacant(place) if has_room => {
                place.insert((end, end));
                events.push(fact);
            }
            Entry::Vacant(_) => found.source.problems_not_told += 1,
            Entry::Occupied(mut place) => {
                let (first, last) = *place.get();
                match events.get_mut(last).filter(|_| first != last) {
                    Some(known) => *known = fact,
                    None => {
                        place.insert((first, end));
                        events.push(fact);
                    }
                }
            }
        }
    }
}

/// What is quoted of an entry: who says what. XML is no pleasure to read.
fn quoted(event: &Event) -> String {
    let message = match (event.message.trim(), event.data.as_slice()) {
        ("", []) => event.named.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" "),
        ("", data) => data.join(" | "),
        (message, _) => message.to_owned(),
    };
    format!("{} {}: {message}", event.provider, event.id)
}
