//! Files and places in them.

use jiff::Timestamp;

use super::EvidenceKind;

/// Longest text that a proof quotes, in characters; the rest is cut off with an ellipsis.
pub const MAX_PROOF_LENGTH: usize = 600;

/// Most problems of one file that are told; the rest is counted.
pub const MAX_PROBLEMS: usize = 20;

/// The number of a file within a case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// One file, or what was pasted.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// Its number.
    pub id: SourceId,
    /// Its name as people know it: the path, within an archive `archive.zip/path`, `-` for standard input.
    pub name: Box<str>,
    /// What it is; none when it was not recognised. A file may hold several, pasted one after the other.
    pub kinds: Vec<EvidenceKind>,
    /// Rows, objects or messages that were understood.
    pub records: u64,
    /// Time of the first and the last record that has one.
    pub span: Option<(Timestamp, Timestamp)>,
    /// What was not understood, the first of it.
    pub problems: Vec<Problem>,
    /// How many more there were.
    pub problems_not_told: u64,
}

/// Something in a file that was not understood, or was lost before it came here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1; none for the whole file.
    pub line: Option<u64>,
    /// The code: the id of its text, `problem-…`.
    pub code: &'static str,
    /// Its arguments by name.
    pub arguments: Vec<(&'static str, String)>,
}

/// A place in a file with what stands there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// The file.
    pub source: SourceId,
    /// The line, from 1.
    pub line: u64,
    /// The text, one line, free of control characters, cut to [`MAX_PROOF_LENGTH`].
    pub text: Box<str>,
}

impl Proof {
    /// Quotes a line: control characters and signs that turn the direction of writing are replaced, the length is bounded.
    #[must_use]
    pub fn new(source: SourceId, line: u64, text: &str) -> Self {
        let text = text.trim_end();
        if text.len() <= MAX_PROOF_LENGTH && text.bytes().all(|octet| matches!(octet, b' '..=b'~')) {
            return Self { source, line, text: text.into() };
        }
        let mut signs = text.chars().map(harmless);
        let mut quoted: String = signs.by_ref().take(MAX_PROOF_LENGTH).collect();
        if signs.next().is_some() {
            quoted.push('…');
        }
        Self { source, line, text: quoted.into() }
    }
}

/// A sign as it may be shown: what would drive a terminal, or turn the direction of writing, is replaced.
pub(crate) fn harmless(c: char) -> char {
    match c {
        '\t' => ' ',
        c if c.is_control() => '\u{fffd}',
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => '\u{fffd}',
        c => c,
    }
}

impl Source {
    /// A file of which nothing was read yet.
    #[must_use]
    pub fn new(id: SourceId, name: &str) -> Self {
        Self { id, name: name.into(), ..Self::default() }
    }

    /// Notes what the file is.
    pub fn is(&mut self, kind: EvidenceKind) {
        if !self.kinds.contains(&kind) {
            self.kinds.push(kind);
        }
    }

    /// Widens the span by a time.
    pub fn saw(&mut self, at: Timestamp) {
        let (first, last) = self.span.unwrap_or((at, at));
        self.span = Some((first.min(at), last.max(at)));
    }

    /// Tells a problem, or counts it.
    pub fn problem(&mut self, line: Option<u64>, code: &'static str, arguments: Vec<(&'static str, String)>) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(Problem { line, code, arguments });
        } else {
            self.problems_not_told += 1;
        }
    }
}
