//! A line of a file as proof: the part that matters with carets beneath, and around it as much as there is room for.

use super::line::{columns, shown, sign_columns};

/// Most rows that one line of a file takes.
const MAX_ROWS: usize = 3;

/// A row of an excerpt: what stands there, and the carets beneath it, if any of it matters.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) text: String,
    pub(super) carets: Option<String>,
}

/// A sign, and whether it is part of what matters.
type Sign = (char, bool);

/// A line of a file broken into rows of at most `room` columns. What does not fit into [`MAX_ROWS`] is left out at the ends that
/// are farther from the mark, with an ellipsis for it.
pub(super) fn excerpt(text: &str, mark: Option<&str>, room: usize) -> Vec<Row> {
    let signs = marked(&shown(text), mark.map(shown).as_deref());
    let signs = window(signs, room * MAX_ROWS);
    rows(&signs, room)
}

/// The same for ranges that are known: a value with its differences marked.
pub(super) fn value(text: &str, marks: &[std::ops::Range<usize>], room: usize) -> Vec<Row> {
    let is_marked = |at: usize| marks.iter().any(|mark| mark.contains(&at));
    let signs: Vec<Sign> = text.char_indices().map(|(at, c)| (crate::evidence::harmless(c), is_marked(at))).collect();
    rows(&window(signs, room * MAX_ROWS), room)
}

fn marked(text: &str, mark: Option<&str>) -> Vec<Sign> {
    let mark = mark.filter(|mark| !mark.is_empty()).and_then(|mark| text.find(mark).map(|at| at..at + mark.len()));
    text.char_indices().map(|(at, c)| (c, mark.as_ref().is_some_and(|mark| mark.contains(&at)))).collect()
}

/// The signs around the mark that fit into so many columns.
fn window(signs: Vec<Sign>, room: usize) -> Vec<Sign> {
    let width = |signs: &[Sign]| signs.iter().map(|(c, _)| sign_columns(*c)).sum::<usize>();
    if width(&signs) <= room {
        return signs;
    }
    // A third of the room is for what stands before the mark; the ellipses take a column each.
    let first_marked = signs.iter().position(|(_, marked)| *marked).unwrap_or(0);
    let mut begin = first_marked;
    let mut before = 0;
    for (at, (c, _)) in signs.iter().enumerate().take(first_marked).rev() {
        before += sign_columns(*c);
        if before > room / 3 {
            break;
        }
        begin = at;
    }
    let mut kept: Vec<Sign> = if begin > 0 { vec![('…', false)] } else { Vec::new() };
    let mut left = room.saturating_sub(2);
    for (c, marked) in signs.into_iter().skip(begin) {
        match left.checked_sub(sign_columns(c)) {
            Some(rest) => left = rest,
            None => {
                kept.push(('…', false));
                break;
            }
        }
        kept.push((c, marked));
    }
    kept
}

fn rows(signs: &[Sign], room: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    let (mut text, mut carets) = (String::new(), String::new());
    for (c, marked) in signs {
        let width = sign_columns(*c);
        if !text.is_empty() && columns(&text) + width > room {
            rows.push(row(std::mem::take(&mut text), &std::mem::take(&mut carets)));
        }
        text.push(*c);
        carets.extend(std::iter::repeat_n(if *marked { '^' } else { ' ' }, width));
    }
    rows.push(row(text, &carets));
    rows
}

fn row(text: String, carets: &str) -> Row {
    let carets = carets.trim_end();
    Row { text, carets: (!carets.is_empty()).then(|| carets.to_owned()) }
}
