//! A parsed document, and how a place in it is told to people.

use std::fmt;

use serde_json::Value as Json;
use toml::de::DeTable;

use crate::error::{FileError, Location};
use crate::value::{Kind, Place, Value};

/// Largest file in octets. A directory of 100,000 connectors has about 30 MB; more is a mistake.
pub const MAX_FILE_LENGTH: usize = 64 * 1024 * 1024;

/// Largest file in octets of which all syntax errors are told. Of a larger one only the first is, since each costs memory
/// and a large file that is no TOML at all has one in every line.
const MAX_RECOVERED_LENGTH: usize = 1024 * 1024;

/// Longest quoted line in characters.
const MAX_LINE_TEXT: usize = 160;

/// What the TOML parser says of a key that is there twice.
const DUPLICATE: &str = "duplicate key";

/// A document whose syntax is right. It may hold private keys, so `Debug` shows the file's name alone.
pub struct Document {
    pub(crate) file: String,
    pub(crate) source: Source,
    pub(crate) root: Value,
}

/// What a document was parsed from.
pub(crate) enum Source {
    /// TOML.
    Text(Text),
    /// JSON.
    Json,
}

/// Text with an index of its lines.
pub(crate) struct Text {
    text: String,
    /// Where each line starts; the first at 0.
    line_starts: Vec<usize>,
    /// The parts that may be private keys, in order. Errors do not quote their lines.
    secrets: Vec<std::ops::Range<usize>>,
}

impl Document {
    /// Parses TOML.
    ///
    /// # Errors
    /// All syntax errors, duplicate keys among them; a file longer than [`MAX_FILE_LENGTH`].
    pub fn parse_toml(file: &str, text: &str) -> Result<Self, Vec<FileError>> {
        if text.len() > MAX_FILE_LENGTH {
            let what = format!("the file has {} octets; at most {MAX_FILE_LENGTH} are read", text.len());
            return Err(vec![FileError::whole(file, what, Some("is it the right file?".to_owned()))]);
        }
        match DeTable::parse(text) {
            Ok(table) => {
                let root = Value::from_toml(&table);
                Ok(Self { file: file.to_owned(), source: Source::Text(Text::new(text)), root })
            }
            Err(first) => {
                let mut errors =
                    if text.len() > MAX_RECOVERED_LENGTH { vec![first] } else { DeTable::parse_recoverable(text).1 };
                errors.sort_by_key(|error| error.span().map_or(0, |span| span.start));
                let text = Text::new(text);
                Err(errors.iter().take(crate::MAX_ERRORS).map(|error| text.syntax_error(file, error)).collect())
            }
        }
    }

    /// Takes JSON. `file` is empty where there is none.
    pub fn from_json(file: &str, json: &Json) -> Self {
        Self { file: file.to_owned(), source: Source::Json, root: Value::from_json(json) }
    }

    /// The file's name as the caller gave it.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Whether the document was JSON, so that hints speak of JSON.
    pub fn is_json(&self) -> bool {
        matches!(self.source, Source::Json)
    }

    /// The line of a place, from 1. None in JSON.
    pub fn line(&self, place: Place) -> Option<usize> {
        match &self.source {
            Source::Text(text) => Some(text.line_starts.partition_point(|start| *start <= place.0 as usize).max(1)),
            Source::Json => None,
        }
    }

    /// An error at a place.
    pub fn error(&self, place: Place, path: String, what: String, hint: Option<String>) -> FileError {
        let location = match &self.source {
            Source::Text(text) => text.locate(place.0 as usize),
            Source::Json => Location::Pointer(pointer(&self.root, place)),
        };
        FileError { file: self.file.clone(), location, path, what, hint }
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document").field("file", &self.file).finish_non_exhaustive()
    }
}

impl Text {
    fn new(text: &str) -> Self {
        let starts = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self {
            line_starts: std::iter::once(0).chain(starts).collect(),
            secrets: find_secrets(text),
            text: text.to_owned(),
        }
    }

    fn locate(&self, offset: usize) -> Location {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.line_starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.line_starts.get(line).copied().unwrap_or(0);
        let column = self.text.get(start..offset).unwrap_or_default().chars().count() + 1;
        let rest = self.text.get(start..).unwrap_or_default();
        let whole = rest.split('\n').next().unwrap_or_default();
        let in_key = self.secrets.iter().any(|secret| secret.start <= start + whole.len() && start < secret.end);
        // A URL with a user may have a password.
        let hidden = in_key || (whole.contains("://") && whole.contains('@'));
        Location::Line { line: line + 1, column, text: (!hidden).then(|| printable(whole.trim_end())) }
    }

    fn syntax_error(&self, file: &str, error: &toml::de::Error) -> FileError {
        let span = error.span().unwrap_or(0..0);
        let (what, hint) = if error.message() == DUPLICATE {
            let key = printable(self.text.get(span.clone()).unwrap_or_default());
            (format!("`{key}` is there twice"), Some("a key is set once in a table".to_owned()))
        } else {
            (error.message().to_owned(), None)
        };
        FileError { file: file.to_owned(), location: self.locate(span.start), path: String::new(), what, hint }
    }
}

/// The parts of a text that may be private keys: from the line of a PEM header to the line of its end, or to the end of
/// the text where the end is missing.
fn find_secrets(text: &str) -> Vec<std::ops::Range<usize>> {
    const MARK: &str = "PRIVATE KEY-----";
    const END: &str = "-----END";
    let mut secrets = Vec::new();
    let mut from = 0;
    while let Some(start) = text.get(from..).and_then(|rest| rest.find(MARK)).map(|at| from + at) {
        let after = start + MARK.len();
        let end = text.get(after..).and_then(|rest| rest.find(END)).map_or(text.len(), |at| {
            let end = after + at;
            text.get(end..).and_then(|rest| rest.find(MARK)).map_or(text.len(), |at| end + at + MARK.len())
        });
        secrets.push(start..end);
        from = end;
    }
    secrets
}

/// Control characters become spaces, and what is too long is cut.
fn printable(line: &str) -> String {
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    let mut text: String = line.chars().take(MAX_LINE_TEXT).map(clean).collect();
    if line.chars().nth(MAX_LINE_TEXT).is_some() {
        text.push('…');
    }
    text
}

/// The JSON pointer of a node: at each step the last child whose number is not above it.
fn pointer(root: &Value, place: Place) -> String {
    let mut pointer = String::new();
    let mut value = root;
    while value.place < place {
        let (step, child) = match &value.kind {
            Kind::List(items) => {
                let Some(index) = items.partition_point(|item| item.place <= place).checked_sub(1) else { break };
                (index.to_string(), items.get(index))
            }
            Kind::Table(entries) => {
                let Some(index) = entries.partition_point(|entry| entry.place <= place).checked_sub(1) else { break };
                let entry = entries.get(index);
                (entry.map_or_else(String::new, |entry| escape(&entry.key)), entry.map(|entry| &entry.value))
            }
            _ => break,
        };
        let Some(child) = child else { break };
        pointer.push('/');
        pointer.push_str(&step);
        value = child;
    }
    pointer
}

fn escape(key: &str) -> String {
    key.chars().filter(|c| !c.is_control()).collect::<String>().replace('~', "~0").replace('/', "~1")
}
