//! The record of cmdlets, `.xhcw`: `invoke` elements one after the other, without a root, each with the call in attributes
//! (`type`, `cmdlet`, `start`, `duration`) and the command in a comment. Whole records have not been published: attributes and
//! elements that are not known here are passed over, and results are taken from the text of the element.

use std::borrow::Cow;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::command::Command;
use super::invocation::{Invocation, Outcome};
use super::time::WizardTime;
use crate::xml_reference::xml_sign;

/// Largest record in octets. A run in a large organisation leaves some megabytes, and it is held as a whole.
pub const MAX_RECORD_LENGTH: usize = 32 * 1024 * 1024;

/// Deepest nesting that is followed; a record has three levels.
const MAX_DEPTH: usize = 64;

/// Most attributes of an element that are looked at; a call has four or five.
const MAX_ATTRIBUTES: usize = 32;

/// Most calls that are kept. A run makes some hundred.
const MAX_INVOCATIONS: usize = 50_000;

/// Longest results of one call that are kept, in octets.
const MAX_RESULTS: usize = 1024 * 1024;

/// What a record holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// The calls in the order of the file.
    pub invocations: Vec<Invocation>,
    /// What was not understood.
    pub problems: Vec<RecordProblem>,
}

/// Something that was not understood, with its line from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordProblem {
    /// It is no XML from here on. What stood before counts.
    Broken {
        /// The line.
        line: u64,
        /// What the parser says.
        detail: String,
    },
    /// A document type: a record has none, and entities of somebody's making are not followed.
    DocumentType {
        /// The line.
        line: u64,
    },
    /// Nested deeper than [`MAX_DEPTH`], or more calls than are kept; the rest is passed over.
    TooMuch {
        /// The line.
        line: u64,
    },
    /// A call whose command is missing or is no cmdlet.
    NoCommand {
        /// The line.
        line: u64,
    },
}

/// Whether a text has the record's elements in it: `invoke` with the attributes that it always has.
#[must_use]
pub fn looks_like_record(text: &str) -> bool {
    let mut elements = text.split("<invoke ").skip(1).take(64).filter_map(|rest| rest.split_once('>'));
    elements.any(|(attributes, _)| attributes.contains("cmdlet=") && attributes.contains("type="))
}

/// Reads a record.
#[must_use]
pub fn read_record(text: &str) -> Record {
    let mut reading = Reading { text, ..Reading::default() };
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    reader.config_mut().allow_unmatched_ends = true;
    loop {
        let start = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        match reader.read_event() {
            Ok(Event::Eof) => break,
            Ok(event) => {
                if !reading.event(start, event) {
                    break;
                }
            }
            Err(error) => {
                let line = reading.line_at(start);
                reading.record.problems.push(RecordProblem::Broken { line, detail: error.to_string() });
                break;
            }
        }
    }
    reading.close();
    reading.record
}

#[derive(Default)]
struct Reading<'t> {
    text: &'t str,
    record: Record,
    depth: usize,
    /// The call whose element is open, with the depth at which it began.
    open: Option<(usize, Invocation)>,
    /// How far lines are counted, and the line there.
    counted: (usize, u64),
}

impl Reading<'_> {
    /// The line of a place in the text. Places only grow, so that each line is counted once.
    fn line_at(&mut self, place: usize) -> u64 {
        let (from, before) = self.counted;
        let between = self.text.as_bytes().get(from..place).unwrap_or_default();
        let lines = memchr::memchr_iter(b'\n', between).count();
        self.counted = (place.max(from), before + lines as u64);
        self.counted.1 + 1
    }

    /// Takes an event; whether to go on.
    fn event(&mut self, start: usize, event: Event<'_>) -> bool {
        match event {
            Event::Start(element) => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return self.stop(start);
                }
                self.element(start, &element)
            }
            Event::Empty(element) => {
                let goes_on = self.element(start, &element);
                if is_invoke(&element) {
                    self.close();
                }
                goes_on
            }
            Event::End(_) => {
                if self.open.as_ref().is_some_and(|(depth, _)| *depth >= self.depth) {
                    self.close();
                }
                self.depth = self.depth.saturating_sub(1);
                true
            }
            Event::Comment(comment) => {
                self.command(start, &comment);
                true
            }
            Event::Text(text) => {
                self.results(&text);
                true
            }
            Event::CData(text) => {
                self.results(&text);
                true
            }
            Event::GeneralRef(reference) => {
                // What a reference of somebody's making stood for is lost, and the value that it stood in with it.
                let sign = xml_sign(&reference).unwrap_or(char::REPLACEMENT_CHARACTER);
                self.results(sign.encode_utf8(&mut [0; 4]));
                true
            }
            Event::DocType(_) => {
                let line = self.line_at(start);
                self.record.problems.push(RecordProblem::DocumentType { line });
                true
            }
            Event::Decl(_) | Event::PI(_) | Event::Eof => true,
        }
    }

    fn stop(&mut self, start: usize) -> bool {
        let line = self.line_at(start);
        self.record.problems.push(RecordProblem::TooMuch { line });
        false
    }

    fn element(&mut self, start: usize, element: &BytesStart<'_>) -> bool {
        if !is_invoke(element) {
            let name = element.local_name().as_ref().to_ascii_lowercase();
            if let Some((_, open)) = self.open.as_mut().filter(|_| name.contains("error") || name.contains("exception"))
            {
                open.outcome = Outcome::Failed;
            }
            return true;
        }
        self.close();
        if self.record.invocations.len() >= MAX_INVOCATIONS {
            return self.stop(start);
        }
        let line = self.line_at(start);
        let attribute = |name: &str| {
            let mut all = element.attributes().take(MAX_ATTRIBUTES).flatten();
            let found = all.find(|own| own.key.as_ref().eq_ignore_ascii_case(name));
            let value = found.map(|own| own.normalized_value(XmlVersion::Implicit1_0).map(Cow::into_owned));
            value.and_then(Result::ok).unwrap_or_default()
        };
        let failed = ["error", "exception"].iter().any(|name| !attribute(name).is_empty());
        let command = Command { cmdlet: attribute("cmdlet").into(), ..Command::default() };
        let outcome = if failed { Outcome::Failed } else { Outcome::NotTold };
        let at = WizardTime::parse(&attribute("start"));
        let session = attribute("type").into();
        let call = Invocation { line, at, session, command, outcome, results_line: line, ..Invocation::default() };
        self.open = Some((self.depth, call));
        true
    }

    /// The comment of a call: its command.
    fn command(&mut self, start: usize, comment: &str) {
        let line = self.line_at(start);
        let Some((_, open)) = self.open.as_mut().filter(|(_, open)| open.command_line.is_empty()) else { return };
        // The line of the command, which may stand below its element and the comment's opening mark.
        let blank = comment.len() - comment.trim_start().len();
        let above = comment.get(..blank).unwrap_or_default().matches('\n').count();
        if let Some(command) = Command::parse(comment) {
            open.line = line + above as u64;
            open.command = command;
            open.command_line = comment.trim().into();
        }
    }

    fn results(&mut self, text: &str) {
        if let Some((_, open)) = self.open.as_mut()
            && open.results.len() + text.len() <= MAX_RESULTS
        {
            open.results.push_str(text);
        }
    }

    fn close(&mut self) {
        let Some((_, invocation)) = self.open.take() else { return };
        if invocation.command_line.is_empty() {
            self.record.problems.push(RecordProblem::NoCommand { line: invocation.line });
        } else {
            self.record.invocations.push(invocation);
        }
    }
}

fn is_invoke(element: &BytesStart<'_>) -> bool {
    element.local_name().as_ref().eq_ignore_ascii_case("invoke")
}
