//! What commands print: text for people, coloured where it helps, or JSON for programs. What is printed is decided by the
//! commands.

use std::fmt::Display;
use std::io::{self, Write as _};

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};
use comfy_table::{ContentArrangement, Table, presets};
use core_wording::Language;
use serde::Serialize;

use crate::cli::{ColorChoice, Global};
use crate::exit::Failure;

/// Something good, or added.
pub const GOOD: Style = AnsiColor::Green.on_default();
/// Something bad, or removed.
pub const BAD: Style = AnsiColor::Red.on_default();
/// Something to look at, or changed.
pub const NOTABLE: Style = AnsiColor::Yellow.on_default();
/// Something typed.
pub const TYPED: Style = AnsiColor::Cyan.on_default();
/// A heading.
pub const STRONG: Style = Style::new().bold();

/// Where a command prints to.
#[derive(Debug)]
pub struct Output {
    stdout: AutoStream<io::Stdout>,
    stderr: AutoStream<io::Stderr>,
    /// Whether JSON is wanted.
    pub json: bool,
    /// The language of verdicts.
    pub language: Language,
}

impl Output {
    /// The process's own standard output and error.
    pub fn new(global: &Global) -> Self {
        let choice = match global.color {
            ColorChoice::Auto => anstream::ColorChoice::Auto,
            ColorChoice::Always => anstream::ColorChoice::Always,
            ColorChoice::Never => anstream::ColorChoice::Never,
        };
        Self {
            stdout: AutoStream::new(io::stdout(), choice),
            stderr: AutoStream::new(io::stderr(), choice),
            json: global.json,
            language: global.language(),
        }
    }

    /// Whether standard output is coloured.
    pub fn is_coloured(&self) -> bool {
        self.stdout.current_choice() != anstream::ColorChoice::Never
    }

    /// Columns of the terminal, if standard output is one.
    pub fn width(&self) -> Option<usize> {
        Table::new().width().map(usize::from)
    }

    /// Prints a line, or a text of several.
    pub fn line(&mut self, text: impl Display) -> Result<(), Failure> {
        writeln!(self.stdout, "{text}")?;
        Ok(self.stdout.flush()?)
    }

    /// Prints a line in a style.
    pub fn styled(&mut self, style: Style, text: impl Display) -> Result<(), Failure> {
        self.line(format_args!("{style}{text}{style:#}"))
    }

    /// Prints text as it is, without a line's end of its own.
    pub fn text(&mut self, text: &str) -> Result<(), Failure> {
        write!(self.stdout, "{text}")?;
        Ok(self.stdout.flush()?)
    }

    /// Prints a value as JSON.
    pub fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(value).map_err(io::Error::other)?;
        self.line(text)
    }

    /// Prints what to do next, behind an empty line.
    pub fn next(&mut self, text: impl Display) -> Result<(), Failure> {
        self.line(format_args!("\n{STRONG}Next:{STRONG:#} {text}"))
    }

    /// Says something beside the result, on standard error.
    pub fn remark(&mut self, text: impl Display) {
        // There is nobody to tell that standard error is closed.
        let _ = writeln!(self.stderr, "{text}");
    }

    /// Says what went wrong, on standard error.
    pub fn failure(&mut self, failure: &Failure) {
        for error in &failure.errors {
            self.remark(format_args!("{BAD}error:{BAD:#} {error}"));
        }
        if let Some(hint) = &failure.hint {
            self.remark(format_args!("{NOTABLE}hint:{NOTABLE:#} {hint}"));
        }
    }
}

/// A table with a header, without lines, cut to the terminal's width where there is one.
pub fn table<const COLUMNS: usize>(
    header: [&str; COLUMNS],
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
) -> String {
    table_of(header.to_vec(), rows.into_iter().map(Vec::from))
}

/// The same with columns that are known only as it is made.
pub fn table_of(header: Vec<&str>, rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header);
    table.add_rows(rows);
    if let Some(first) = table.column_mut(0) {
        first.set_padding((0, 1));
    }
    table.trim_fmt()
}
