//! Lines and how they are broken.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::evidence::harmless;

/// Narrowest width that text is broken for, in columns: below it nothing could be read.
const MIN_WIDTH: usize = 40;

/// How a line is to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Something good: it worked.
    Good,
    /// Something bad: a cause, a refusal.
    Bad,
    /// Something to look at.
    Notable,
    /// A heading.
    Strong,
    /// Text.
    Plain,
    /// Something to type: it is never broken, so that it can be copied.
    Typed,
}

/// A line for a terminal, without its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// How it looks.
    pub style: Style,
    /// What stands there; free of control characters.
    pub text: String,
}

/// Lines as they are written, broken at a width.
pub(super) struct Page {
    width: usize,
    lines: Vec<Line>,
}

impl Page {
    /// An empty page for a terminal of so many columns.
    pub(super) fn new(width: usize) -> Self {
        Self { width: width.max(MIN_WIDTH), lines: Vec::new() }
    }

    /// Columns that are left behind an indent.
    pub(super) fn room(&self, indent: usize) -> usize {
        self.width.saturating_sub(indent).max(MIN_WIDTH / 2)
    }

    /// An empty line, if there is not one already.
    pub(super) fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| !line.text.is_empty()) {
            self.lines.push(Line { style: Style::Plain, text: String::new() });
        }
    }

    /// A heading, behind an empty line.
    pub(super) fn heading(&mut self, text: &str) {
        self.gap();
        self.write(Style::Strong, 0, text);
    }

    /// Text, broken between words; lines after the first are indented by two more.
    pub(super) fn write(&mut self, style: Style, indent: usize, text: &str) {
        for (number, row) in broken(&shown(text), self.room(indent), self.room(indent + 2)).into_iter().enumerate() {
            let indent = if number == 0 { indent } else { indent + 2 };
            self.lines.push(Line { style, text: format!("{:indent$}{row}", "") });
        }
    }

    /// Text as it is, on one line whatever its length.
    pub(super) fn whole(&mut self, style: Style, indent: usize, text: &str) {
        self.lines.push(Line { style, text: format!("{:indent$}{}", "", shown(text)) });
    }

    /// Commands, each on a line of its own.
    pub(super) fn commands(&mut self, indent: usize, commands: &[String]) {
        for command in commands {
            self.whole(Style::Typed, indent, command);
        }
    }

    /// Takes the last line back.
    pub(super) fn pop(&mut self) {
        self.lines.pop();
    }

    /// What was written.
    pub(super) fn into_lines(self) -> Vec<Line> {
        self.lines
    }
}

/// Text as it may be shown.
pub(super) fn shown(text: &str) -> String {
    text.chars().map(harmless).collect()
}

/// Columns that text takes.
pub(super) fn columns(text: &str) -> usize {
    text.width()
}

/// Columns that a sign takes.
pub(super) fn sign_columns(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// Breaks between words, where a word is longer than the room within it. There is at least one row.
fn broken(text: &str, first: usize, rest: usize) -> Vec<String> {
    let mut rows = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ') {
        let room = |rows: &[String]| if rows.len() == 1 { first } else { rest };
        let is_begun = rows.last().is_some_and(|row| !row.is_empty());
        if is_begun && used + 1 + columns(word) > room(&rows) {
            rows.push(String::new());
            used = 0;
        } else if is_begun {
            push(&mut rows, ' ');
            used += 1;
        }
        for c in word.chars() {
            if used + sign_columns(c) > room(&rows) {
                rows.push(String::new());
                used = 0;
            }
            push(&mut rows, c);
            used += sign_columns(c);
        }
    }
    rows
}

fn push(rows: &mut [String], c: char) {
    if let Some(row) = rows.last_mut() {
        row.push(c);
    }
}
