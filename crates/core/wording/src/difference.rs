//! Where two values differ, so that the difference can be marked. Names are compared label by label from the right, as the rules
//! compare them; other values sign by sign.

use std::ops::Range;

/// The parts of `wanted` and of `presented` that differ, as ranges of octets on the borders of signs, in order.
#[must_use]
pub fn differences(wanted: &str, presented: &str) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    if is_list(wanted) || is_list(presented) {
        return (Vec::new(), Vec::new());
    }
    if is_name(wanted) && is_name(presented) {
        return names(wanted, presented);
    }
    signs(wanted, presented)
}

/// Several values, joined: what differs from what is not to be seen by position.
fn is_list(value: &str) -> bool {
    value.contains(", ") || value.contains("; ")
}

fn is_name(value: &str) -> bool {
    let is_label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || "-_*".contains(c));
    let letters = |label: &str| label.chars().any(char::is_alphabetic);
    value.contains('.') && value.split('.').all(is_label) && value.rsplit('.').next().is_some_and(letters)
}

/// Labels with the place where each begins, the last one first.
fn labels(name: &str) -> Vec<(usize, &str)> {
    let mut at = name.len();
    let mut labels = Vec::new();
    for label in name.rsplit('.') {
        let begin = at.saturating_sub(label.len());
        labels.push((begin, label));
        at = begin.saturating_sub(1);
    }
    labels
}

fn names(wanted: &str, presented: &str) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let (left, right) = (labels(wanted), labels(presented));
    let mut marks = (Vec::new(), Vec::new());
    for position in 0..left.len().max(right.len()) {
        let (wanted, presented) = (left.get(position), right.get(position));
        let is_same = match (wanted, presented) {
            (Some((_, wanted)), Some((_, presented))) => *wanted == "*" || wanted.eq_ignore_ascii_case(presented),
            _ => false,
        };
        if !is_same {
            marks.0.extend(wanted.map(|(begin, label)| *begin..begin + label.len()));
            marks.1.extend(presented.map(|(begin, label)| *begin..begin + label.len()));
        }
    }
    marks.0.reverse();
    marks.1.reverse();
    marks
}

/// What is left between the equal beginning and the equal end; everything, where little is equal.
fn signs(wanted: &str, presented: &str) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let pairs = wanted.char_indices().zip(presented.chars());
    let begin = pairs.take_while(|((_, left), right)| left == right).map(|((at, c), _)| at + c.len_utf8()).last();
    let begin = begin.unwrap_or(0);
    let rest = (wanted.get(begin..).unwrap_or_default(), presented.get(begin..).unwrap_or_default());
    let pairs = rest.0.chars().rev().zip(rest.1.chars().rev());
    let end: usize = pairs.take_while(|(left, right)| left == right).map(|(c, _)| c.len_utf8()).sum();
    let longer = wanted.len().max(presented.len());
    if (begin + end) * 2 < longer {
        return (whole(wanted), whole(presented));
    }
    let middle = |value: &str| some(begin..value.len().saturating_sub(end));
    (middle(wanted), middle(presented))
}

fn whole(value: &str) -> Vec<Range<usize>> {
    some(0..value.len())
}

fn some(range: Range<usize>) -> Vec<Range<usize>> {
    Some(range).into_iter().filter(|range| !range.is_empty()).collect()
}
