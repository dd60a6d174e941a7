//! One text, whatever it holds: prompts and remarks, and between them objects in any of the shapes. Each shape begins at the
//! start of a line.

use std::borrow::Cow;

use super::clixml::{ClixmlError, ClixmlReader};
use super::collection::Collection;
use super::command::Command;
use super::date::DateOrder;
use super::format_list::{OpenObject, PropertyLine};
use super::format_table::OpenTable;
use super::json::JsonReader;
use super::separated::Separated;
use super::{Dump, DumpProblem, Form};

/// Longest text that is read, in octets: a dump of configuration has some megabytes at most, an export of a tracking log's
/// thousand rows as much again.
pub const MAX_LENGTH: usize = 32 * 1024 * 1024;

/// Most objects that are read of one text.
pub const MAX_OBJECTS: usize = 20_000;

/// How often JSON or Clixml may break off before no more of it is looked for: each attempt may read to the end of the text.
const MAX_FAILURES: usize = 10;

/// Reads a text. `letters_are_guessed`: those beyond ASCII may be others.
pub(super) fn read(text: &str, letters_are_guessed: bool, form: Form) -> Dump {
    let (text, problems) = prepared(text);
    let mut reading = Reading::new(&text, letters_are_guessed, form);
    for problem in problems {
        reading.collection.broken(problem);
    }
    reading.read_all();
    reading.collection.finish()
}

/// Whether a text, or its beginning, is a dump.
pub(super) fn looks_so(beginning: &str) -> bool {
    let (text, _) = prepared(beginning);
    let mut reading = Reading::new(&text, false, Form::Typed);
    reading.read_all();
    reading.has_clixml || reading.collection.recognised > 0
}

/// The text as it can be read: bounded, without zeros, which stand there when UTF-16 was appended to another encoding.
fn prepared(text: &str) -> (Cow<'_, str>, Vec<DumpProblem>) {
    let mut problems = Vec::new();
    let bounded = text.get(..text.floor_char_boundary(MAX_LENGTH)).unwrap_or_default();
    if bounded.len() < text.len() {
        problems.push(DumpProblem::TooLong);
    }
    let bounded = bounded.strip_prefix('\u{feff}').unwrap_or(bounded);
    let Some((before, _)) = bounded.split_once('\0') else { return (bounded.into(), problems) };
    problems.push(DumpProblem::MixedEncodings(1 + before.matches('\n').count() as u64));
    (bounded.replace('\0', "").into(), problems)
}

struct Reading<'t> {
    text: &'t str,
    at: usize,
    line: u64,
    collection: Collection,
    object: Option<OpenObject>,
    table: Option<OpenTable>,
    /// The line before, if it may be a table's line of names.
    previous: Option<&'t str>,
    /// Empty lines since the last that was not.
    empty_lines: usize,
    /// Every line is followed by an empty one, as web pages print copies.
    is_double_spaced: bool,
    failures: usize,
    has_clixml: bool,
}

impl<'t> Reading<'t> {
    fn new(text: &'t str, letters_are_guessed: bool, form: Form) -> Self {
        Self {
            text,
            at: 0,
            line: 1,
            collection: Collection::new(DateOrder::of(text), letters_are_guessed, form),
            object: None,
            table: None,
            previous: None,
            empty_lines: 0,
            is_double_spaced: is_double_spaced(text),
            failures: 0,
            has_clixml: false,
        }
    }

    fn read_all(&mut self) {
        while self.at < self.text.len() {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let line = rest.split('\n').next().unwrap_or_default();
            if !self.begins_shape(rest, line) {
                self.take_line(line.trim_end_matches('\r'));
                self.advance(self.at + line.len() + 1, self.line + 1);
            }
        }
        self.close_all();
    }

    fn advance(&mut self, at: usize, line: u64) {
        self.at = at.min(self.text.len());
        self.line = line;
    }

    /// Reads Clixml, JSON or CSV if it begins at this line, up to its end.
    fn begins_shape(&mut self, rest: &'t str, line: &'t str) -> bool {
        if line.trim().is_empty() {
            // No shape begins so; looking for the first sign behind each of many empty lines would take the square of them.
            return false;
        }
        let is_within_object = self.object.as_ref().is_some_and(|object| !object.has_gap());
        if is_within_object || self.table.is_some() {
            return false;
        }
        let blanks = line.len() - line.trim_start().len();
        let content = rest.get(blanks..).unwrap_or_default();
        if content.starts_with("<Objs") || content.starts_with("<?xml") {
            let head = content.get(..content.floor_char_boundary(1024)).unwrap_or_default();
            return self.failures < MAX_FAILURES && head.contains("<Objs") && self.clixml(blanks, content);
        }
        if JsonReader::may_begin(content) {
            return self.failures < MAX_FAILURES && self.json(blanks);
        }
        (content.starts_with(['"', '#']) || self.is_untouched()) && self.separated(rest)
    }

    fn clixml(&mut self, blanks: usize, content: &'t str) -> bool {
        self.close_all();
        self.has_clixml = true;
        let mut reader = ClixmlReader::new(content, self.line);
        let result = reader.read_objects(&mut |bag| self.collection.object(bag));
        let (length, line) = reader.position();
        match result {
            Ok(()) => {}
            Err(ClixmlError::Entities) => self.failed(DumpProblem::XmlEntities(line)),
            Err(ClixmlError::Syntax) => self.failed(DumpProblem::Clixml(line)),
        }
        self.collection.end_group();
        if result == Err(ClixmlError::Entities) {
            // Nothing of such a text is trusted any more.
            self.advance(self.text.len(), line);
        } else {
            // At least a sign was read, or the same place would be tried again.
            self.advance(self.at + blanks + length.max(1), line);
        }
        true
    }

    fn json(&mut self, blanks: usize) -> bool {
        self.close_all();
        let mut reader = JsonReader::new(self.text, self.at + blanks, self.line);
        let result = reader.read_objects(&mut |bag| self.collection.object(bag));
        let (at, line) = reader.position();
        match result {
            Ok(true) => self.collection.is_list(),
            Ok(false) => {}
            Err(error) => {
                self.failures += if error.is_end { MAX_FAILURES } else { 0 };
                self.failed(DumpProblem::Json(error.line));
            }
        }
        self.collection.end_group();
        self.advance(at, line);
        true
    }

    /// CSV goes to the next prompt, else to the end of the text.
    fn separated(&mut self, rest: &'t str) -> bool {
        let Some(head) = Separated::begin(rest) else { return false };
        if self.collection.kind_of(&head.names_only()).is_none() {
            return false;
        }
        self.close_all();
        let lines = rest.split_inclusive('\n').take_while(|line| Command::behind_prompt(line).is_none());
        let length = lines.map(str::len).sum();
        let own = rest.get(..length).unwrap_or_default();
        let ragged = head.read(own, self.line, &mut |bag| self.collection.object(bag));
        if let Some(line) = ragged {
            self.collection.broken(DumpProblem::Record(line));
        }
        self.collection.end_group();
        self.advance(self.at + length, self.line + own.matches('\n').count() as u64);
        true
    }

    fn failed(&mut self, problem: DumpProblem) {
        self.failures += 1;
        self.collection.broken(problem);
    }

    /// Whether nothing but empty lines and commands came so far.
    fn is_untouched(&self) -> bool {
        self.previous.is_none() && self.object.is_none() && self.collection.dump == Dump::default()
    }

    /// Takes a line of Format-List, of a table, or of text around them.
    fn take_line(&mut self, line: &'t str) {
        let line = unquoted(line);
        if line.trim().is_empty() {
            return self.take_empty_line();
        }
        self.empty_lines = 0;
        if Command::behind_prompt(line).is_some() {
            self.close_all();
            return self.collection.command(Command::in_line(line));
        }
        if let Some(table) = &mut self.table {
            let row = table.push(self.line, line);
            return row.into_iter().for_each(|row| self.collection.object(row));
        }
        if self.object.as_ref().is_some_and(|object| object.continues_with(line)) {
            return self.object.iter_mut().for_each(|object| object.continue_value(line));
        }
        if let Some(property) = PropertyLine::read(line) {
            return self.take_property(&property);
        }
        match &mut self.object {
            // Copies that lost their indentation: what is no property goes on with the value before it.
            Some(object) if !object.has_gap() => object.continue_value(line),
            _ => self.take_other(line),
        }
    }

    fn take_empty_line(&mut self) {
        self.empty_lines += 1;
        if let Some(object) = &mut self.object
            && (!self.is_double_spaced || self.empty_lines > 1)
        {
            object.gap();
        }
        if self.table.is_some() {
            self.close_all();
        }
    }

    fn take_property(&mut self, property: &PropertyLine<'_>) {
        self.previous = None;
        match &mut self.object {
            Some(object) if object.takes(property) => object.add(self.line, property),
            _ => {
                self.close_object();
                self.object = Some(OpenObject::new(self.line, property));
            }
        }
    }

    fn take_other(&mut self, line: &'t str) {
        self.close_object();
        if OpenTable::is_rule(line)
            && let Some(table) = self.previous.take().and_then(|names| OpenTable::new(names, line))
        {
            self.table = Some(table);
            return;
        }
        match Command::in_line(line) {
            Some(command) => self.collection.command(Some(command)),
            None => self.collection.other_text(),
        }
        self.previous = Some(line);
    }

    fn close_object(&mut self) {
        if let Some(object) = self.object.take() {
            self.collection.object(object.close());
        }
    }

    fn close_all(&mut self) {
        self.close_object();
        if let Some(row) = self.table.take().and_then(OpenTable::close) {
            self.collection.object(row);
        }
        self.collection.end_group();
    }
}

/// A line without the marks of quoted mail.
fn unquoted(line: &str) -> &str {
    let mut line = line;
    while let Some(rest) = line.strip_prefix("> ").or_else(|| line.strip_prefix('>')) {
        line = rest;
    }
    line
}

/// Whether nearly every property has an empty line before and behind it.
fn is_double_spaced(text: &str) -> bool {
    const LEAST: usize = 4;
    let (mut properties, mut alone) = (0, 0);
    let (mut before, mut this) = (true, "");
    for next in text.lines() {
        if PropertyLine::read(this).is_some() {
            properties += 1;
            alone += usize::from(before && next.trim().is_empty());
        }
        before = this.trim().is_empty();
        this = next;
    }
    properties >= LEAST && alone * 10 >= properties * 8
}
