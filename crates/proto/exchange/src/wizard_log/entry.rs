//! Entries of the log: a line with time, severity, number and bracketed fields, and the lines that belong to it.

use super::time::WizardTime;

/// Longest text of an entry that is kept, in octets. Results of a Get-cmdlet with many objects reach some hundred kilobytes.
pub const MAX_ENTRY_LENGTH: usize = 1024 * 1024;

/// Most bracketed fields of an entry; real ones have seven.
const MAX_FIELDS: usize = 32;

/// How bad an entry is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is said.
    #[default]
    Information,
    /// `WARNING`.
    Warning,
    /// `*ERROR*`, or `ERROR` where a copy lost the asterisks.
    Error,
}

/// An entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The line where it begins, from 1.
    pub line: u64,
    /// When; none where the copy lost it.
    pub at: Option<WizardTime>,
    /// How bad.
    pub severity: Severity,
    /// The number: 10276 a cmdlet begins, 10277 it ends.
    pub event: u32,
    /// What stands in brackets: `Client`, `Activity`, `Session`, `Cmdlet`, `Thread`, ….
    pub fields: Vec<(Box<str>, Box<str>)>,
    /// The text behind the brackets, and all lines up to the next entry.
    pub text: String,
    /// The text was longer than [`MAX_ENTRY_LENGTH`].
    pub is_cut: bool,
}

impl Entry {
    /// The value of a bracketed field; empty where there is none.
    #[must_use]
    pub fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
    }

    /// The first line of the text.
    #[must_use]
    pub fn first_line(&self) -> &str {
        self.text.lines().next().unwrap_or("")
    }

    /// Reads the first line of an entry: `[time] [severity] number [fields] text`.
    fn begin(number: u64, line: &str) -> Option<Self> {
        let (at, rest) = time(line);
        let (severity, rest) = severity(rest.trim_start());
        let (event, rest) = rest.trim_start().split_once(' ')?;
        let is_number = event.len() == 5 && event.bytes().all(|octet| octet.is_ascii_digit());
        let event = event.parse().ok().filter(|_| is_number)?;
        let (fields, text) = rest.trim_start().strip_prefix('[')?.split_once(']')?;
        let fields: Vec<_> = fields.split(", ").take(MAX_FIELDS).filter_map(|field| field.split_once('=')).collect();
        if fields.is_empty() {
            return None;
        }
        let fields = fields.into_iter().map(|(name, value)| (name.trim().into(), value.trim().into())).collect();
        let mut entry = Self { line: number, at, severity, event, fields, ..Self::default() };
        entry.append(text.trim_start());
        Some(entry)
    }

    fn append(&mut self, text: &str) {
        let room = MAX_ENTRY_LENGTH.saturating_sub(self.text.len());
        let end = text.floor_char_boundary(room);
        self.text.push_str(text.get(..end).unwrap_or_default());
        self.is_cut |= end < text.len();
    }
}

/// The time at the beginning of a line, and what follows.
fn time(line: &str) -> (Option<WizardTime>, &str) {
    const LENGTH: usize = "2017.10.23 11:39:51.552".len();
    match line.get(..LENGTH).and_then(WizardTime::parse).filter(|at| at.is_local()) {
        Some(at) => (Some(at), line.get(LENGTH..).unwrap_or_default()),
        None => (None, line),
    }
}

fn severity(text: &str) -> (Severity, &str) {
    let marks = [("*ERROR*", Severity::Error), ("ERROR ", Severity::Error), ("WARNING", Severity::Warning)];
    let found = marks.into_iter().find_map(|(mark, severity)| Some((severity, text.strip_prefix(mark)?)));
    found.unwrap_or((Severity::Information, text))
}

/// Puts entries together, line by line. An entry is complete when the next one begins.
#[derive(Debug, Default)]
pub struct LogReader {
    open: Option<Entry>,
}

impl LogReader {
    /// Takes the next line, without its end, with its number from 1. Gives the entry that ends before it.
    pub fn line(&mut self, number: u64, line: &str) -> Option<Entry> {
        let line = line.trim_start_matches('\u{feff}').trim_end();
        if let Some(entry) = Entry::begin(number, line) {
            return self.open.replace(entry);
        }
        if let Some(open) = &mut self.open {
            open.append("\n");
            open.append(line);
        }
        None
    }

    /// The last entry.
    pub fn finish(self) -> Option<Entry> {
        self.open
    }
}

/// Whether a text has entries of the log in it: a number and `[Client=`, which no other log has, after a time on one line or
/// without on several.
#[must_use]
pub fn looks_like_log(text: &str) -> bool {
    let entries =
        text.lines().filter(|line| line.contains(" [Client=")).filter_map(|line| Entry::begin(1, line.trim()));
    let mut weight = 0;
    for entry in entries {
        weight += if entry.at.is_some() { 2 } else { 1 };
        if weight >= 2 {
            return true;
        }
    }
    false
}
