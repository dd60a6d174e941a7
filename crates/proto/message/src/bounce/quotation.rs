//! Text as it was before somebody replied to it or forwarded it: `> ` and `| ` at the beginning of lines.

use crate::parts::Line;

/// Deepest quotation that is undone.
const MAX_DEPTH: usize = 16;

/// The lines without marks of quotation.
pub(super) fn unquoted(lines: &[Line]) -> Vec<Line> {
    lines.iter().map(|line| Line { number: line.number, text: strip(&line.text).to_owned() }).collect()
}

fn strip(line: &str) -> &str {
    let mut rest = line;
    for _ in 0..MAX_DEPTH {
        match rest.trim_start().strip_prefix(['>', '|']) {
            Some(inner) => rest = inner.strip_prefix(' ').unwrap_or(inner),
            None => break,
        }
    }
    rest
}
