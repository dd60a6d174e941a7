//! The record of an attempt: who said what, bounded. The message itself is not in it.

use std::fmt;

use jiff::Timestamp;

/// Lines of one transcript: a greeting with TLS and a transaction of a hundred recipients, twice.
const MAX_LINES: usize = 500;

/// Octets of one line; longer ones are cut. RFC 5321 §4.5.3.1.5 allows a reply line 512.
const MAX_LINE: usize = 512;

/// What a line of a transcript is. Shown as Exchange's protocol logs show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TranscriptEvent {
    /// `+` a connection was made, or taken up again.
    Connected,
    /// `-` it was closed or lost.
    Disconnected,
    /// `>` we said.
    Sent,
    /// `<` the peer said.
    Received,
    /// `*` what happened otherwise.
    Note,
}

/// One line of a transcript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TranscriptLine {
    /// When.
    pub at: Timestamp,
    /// What it is.
    pub event: TranscriptEvent,
    /// The line, in printable characters.
    pub text: String,
}

/// Everything that was said in one attempt, over whatever connections, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transcript {
    lines: Vec<TranscriptLine>,
    left_out: usize,
}

impl Transcript {
    /// The lines.
    #[must_use]
    pub fn lines(&self) -> &[TranscriptLine] {
        &self.lines
    }

    /// Lines that did not fit.
    #[must_use]
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    pub(crate) fn add(&mut self, event: TranscriptEvent, text: &str) {
        if self.lines.len() >= MAX_LINES {
            self.left_out += 1;
            return;
        }
        let mut end = MAX_LINE.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let text = text.get(..end).unwrap_or_default().chars().map(|c| if c.is_control() { '?' } else { c }).collect();
        self.lines.push(TranscriptLine { at: Timestamp::now(), event, text });
    }

    pub(crate) fn note(&mut self, text: impl fmt::Display) {
        self.add(TranscriptEvent::Note, &text.to_string());
    }

    /// What crossed the wire, line by line.
    pub(crate) fn octets(&mut self, event: TranscriptEvent, octets: &[u8]) {
        for line in String::from_utf8_lossy(octets).lines() {
            self.add(event, line);
        }
    }
}

impl TranscriptEvent {
    /// The sign that Exchange's protocol logs have.
    #[must_use]
    pub fn sign(self) -> char {
        match self {
            Self::Connected => '+',
            Self::Disconnected => '-',
            Self::Sent => '>',
            Self::Received => '<',
            Self::Note => '*',
        }
    }
}

impl fmt::Display for TranscriptLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.event.sign(), self.text)
    }
}
