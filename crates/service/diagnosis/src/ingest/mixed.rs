//! What people paste: a reply, a few rows of a log, a bounce, what a cmdlet printed, one below the other. Cut into pieces, each
//! handed to the reader of its kind with the lines that it has in the whole.
//!
//! Cut is only where it is sure: a paragraph, or a run of lines of one shape, that another kind knows for its own. What no
//! kind knows is read together as a letter, and counts only if a refusal or a telling header is in it.

use std::ops::Range;

use super::{Found, KINDS, Kind, letter};
use crate::evidence::EvidenceKind;

/// Longest text that is cut into pieces, in octets: nobody pastes more by hand. Longer ones have one kind.
pub(super) const MAX_LENGTH: usize = super::HEAD_LENGTH;

/// Most pieces. What comes behind them belongs to the last.
const MAX_PIECES: usize = 64;

/// Kinds whose files hold what looks like other kinds: they are never cut.
const WHOLE: [EvidenceKind; 8] = [
    EvidenceKind::Directory,
    EvidenceKind::WizardLog,
    EvidenceKind::WizardRecord,
    EvidenceKind::EventLog,
    EvidenceKind::MessageTrace,
    EvidenceKind::ConnectivityLog,
    EvidenceKind::TrackingLog,
    EvidenceKind::PostfixSettings,
];

/// A piece: whose it is, none for what may be a letter; its octets in the text; the lines before it.
pub(super) struct Piece {
    kind: Option<&'static Kind>,
    range: Range<usize>,
    lines_before: usize,
}

/// How a line looks: what begins with another shape begins another piece.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// `#Software: …` and the lines that belong to it.
    LogHeader,
    /// `2026-11-24T10:00:00.000Z,…`
    Row,
    /// `Name   : value`
    Property,
    /// A line of Postfix, Exim or sendmail.
    MtaLine,
    /// `-----BEGIN …`
    Armour,
    Other,
}

/// The pieces of a text that was taken as a whole for one kind, or for none; empty where it is not to be cut.
pub(super) fn pieces(text: &str, whole: Option<EvidenceKind>) -> Vec<Piece> {
    let is_structured = text.trim_start().starts_with(['<', '{', '[', '"']) || text.trim_start().starts_with("#TYPE");
    // A message in parts is a letter to its last boundary, whatever it quotes.
    let is_message = text.lines().take(200).any(|line| line.contains("boundary=")) && text.contains("\n--");
    let is_whole = whole.is_some_and(|kind| WHOLE.contains(&kind)) || is_structured || is_message;
    if is_whole || text.len() > MAX_LENGTH {
        return Vec::new();
    }
    let pieces = joined(blocks(text).into_iter().map(|block| known(text, block)).collect());
    let useful: Vec<Piece> = pieces.into_iter().filter(|piece| piece.is_useful(text)).collect();
    // What one kind took, and has nothing of another in it, is read by that as ever.
    let is_other = |piece: &Piece| whole.is_none() || piece.kind.is_some_and(|kind| Some(kind.kind) != whole);
    let is_letter = matches!(whole, None | Some(EvidenceKind::Bounce | EvidenceKind::Headers));
    let is_mixed = useful.iter().any(is_other) || !is_letter && useful.iter().any(|piece| piece.kind.is_none());
    if is_mixed { useful } else { Vec::new() }
}

/// Reads the pieces.
pub(super) fn read(text: &str, pieces: Vec<Piece>, found: &mut Found) {
    for piece in pieces {
        let content = text.get(piece.range).unwrap_or_default();
        // Empty lines in place of what stands before, so that each line has its number.
        let padding = vec![b'\n'; piece.lines_before];
        match piece.kind {
            Some(kind) => {
                found.source.is(kind.kind);
                let mut intake = (kind.intake)();
                intake.feed(&padding, found);
                intake.feed(content.as_bytes(), found);
                intake.finish(found);
            }
            None => letter::read(&[&padding, content.as_bytes()].concat(), found),
        }
    }
}

impl Piece {
    /// Whether a kind knows it, or it is a letter that tells something. Lines of other programs in a log are no letter, whatever
    /// replies they quote: those are not about mail that went out.
    fn is_useful(&self, text: &str) -> bool {
        let content = text.get(self.range.clone()).unwrap_or_default();
        self.kind.is_some() || !content.lines().any(is_log_line) && letter::tells(content)
    }
}

/// `… program[1234]: …`
fn is_log_line(line: &str) -> bool {
    line.split_once("]: ")
        .and_then(|(before, _)| before.rsplit_once('['))
        .is_some_and(|(_, process)| !process.is_empty() && process.bytes().all(|octet| octet.is_ascii_digit()))
}

/// Runs of lines between empty ones, or of one shape.
fn blocks(text: &str) -> Vec<Piece> {
    let mut blocks: Vec<Piece> = Vec::new();
    let (mut at, mut last) = (0, None);
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let end = at + line.len();
        let is_empty = line.trim().is_empty();
        let is_continued = line.starts_with([' ', '\t']);
        let shape = if is_continued { last.unwrap_or(Shape::Other) } else { shape(line) };
        // A header of a log belongs to its rows; armour goes on to its end.
        let goes_on = last == Some(shape) || matches!((last, shape), (Some(Shape::LogHeader), Shape::Row));
        let in_armour = last == Some(Shape::Armour) && !line.starts_with("-----BEGIN");
        match blocks.last_mut() {
            Some(block) if is_empty || in_armour || goes_on => block.range.end = end,
            _ => blocks.push(Piece { kind: None, range: at..end, lines_before: number }),
        }
        last = match (is_empty, in_armour) {
            (_, true) if line.starts_with("-----END") => Some(Shape::Other),
            (_, true) => Some(Shape::Armour),
            (true, false) => None,
            (false, false) => Some(shape),
        };
        at = end;
    }
    blocks
}

fn shape(line: &str) -> Shape {
    let is_row = |line: &str| {
        let bytes = line.as_bytes();
        bytes.len() > 24
            && bytes.get(4) == Some(&b'-')
            && bytes.get(10) == Some(&b'T')
            && bytes.iter().take(30).any(|octet| *octet == b',')
    };
    let is_property = |line: &str| {
        line.split_once(" : ").is_some_and(|(name, _)| {
            let name = name.trim_end();
            !name.is_empty()
                && name.len() <= 64
                && name.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'_')
        })
    };
    match line {
        line if line.starts_with("-----BEGIN") => Shape::Armour,
        line if line.starts_with('#') => Shape::LogHeader,
        line if is_row(line) => Shape::Row,
        line if is_property(line.trim_end()) || line.trim_end().ends_with(" :") => Shape::Property,
        line if proto_postfix::program(line).is_some() => Shape::MtaLine,
        _ => Shape::Other,
    }
}

/// Whose a block is, letters aside: they hold anything.
fn known(text: &str, block: Piece) -> Piece {
    let content = text.get(block.range.clone()).unwrap_or_default();
    let is_letter = |kind: &Kind| matches!(kind.kind, EvidenceKind::Bounce | EvidenceKind::Headers);
    let kind = KINDS.iter().find(|kind| !is_letter(kind) && (kind.looks_so)(content));
    Piece { kind, ..block }
}

/// Neighbours of one kind are one piece.
fn joined(blocks: Vec<Piece>) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for block in blocks {
        let is_full = pieces.len() >= MAX_PIECES;
        match pieces.last_mut() {
            Some(last) if is_full || last.kind.map(|kind| kind.kind) == block.kind.map(|kind| kind.kind) => {
                last.range.end = block.range.end;
            }
            _ => pieces.push(block),
        }
    }
    pieces
}

#[cfg(test)]
mod tests;
