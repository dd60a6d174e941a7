//! The fields of one connector that miss: what it wants beside what was presented, with carets beneath what differs, so that it
//! is seen without colours.

use std::ops::Range;

use core_attribution::Considered;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::Language;
use crate::catalog::Catalog;
use crate::codes::reason;
use crate::difference::differences;
use crate::values::{is_phrase, value};

/// Widest table in columns; thumbprints and long lists of ranges stand below each other instead.
const WIDEST: usize = 100;

/// Between columns.
const GAP: usize = 2;

/// One field, its values in words.
struct Row {
    field: String,
    wanted: String,
    presented: String,
    /// Whether both are values: that a phrase differs from one needs no mark.
    comparable: bool,
    /// What is wrong.
    reason: String,
}

/// The fields as a table, or below each other where that would be too wide.
pub(crate) fn sides(misses: &[&Considered], language: Language) -> Vec<String> {
    let catalog = Catalog::get(language);
    let [field, wanted, presented] = ["label-field", "label-wanted", "label-presented"].map(|id| catalog.plain(id));
    let head = Row { field, wanted, presented, comparable: false, reason: String::new() };
    let rows: Vec<Row> = misses.iter().map(|miss| Row::of(miss, language)).collect();
    let widest = |of: fn(&Row) -> &str| rows.iter().chain([&head]).map(|row| of(row).width()).max().unwrap_or_default();
    let widths = [widest(|row| &row.field), widest(|row| &row.wanted), widest(|row| &row.presented)];
    let without_values = rows.iter().all(|row| row.wanted.is_empty() && row.presented.is_empty());
    if without_values || widths.iter().sum::<usize>() + 3 * GAP > WIDEST {
        return rows.iter().flat_map(|row| row.stacked(&head)).collect();
    }
    let mut lines = vec![columns([&head.field, &head.wanted, &head.presented], widths)];
    lines.extend(rows.iter().flat_map(|row| row.beside(widths)));
    lines
}

impl Row {
    fn of(miss: &Considered, language: Language) -> Self {
        let rule = miss.rule.to_string();
        let arguments = [("reason", &*reason(miss.reason, language)), ("rule", &*rule)];
        Self {
            field: miss.field.clone(),
            wanted: value(&miss.wanted, language),
            presented: value(&miss.presented, language),
            comparable: !is_phrase(&miss.wanted) && !is_phrase(&miss.presented),
            reason: Catalog::get(language).text("nearest-reason", &arguments),
        }
    }

    /// Carets for both values, empty where nothing is to be marked.
    fn carets(&self) -> [String; 2] {
        if !self.comparable {
            return [String::new(), String::new()];
        }
        let (wanted, presented) = differences(&self.wanted, &self.presented);
        [carets(&self.wanted, &wanted), carets(&self.presented, &presented)]
    }

    fn beside(&self, widths: [usize; 3]) -> Vec<String> {
        let mut lines = vec![columns([&self.field, &self.wanted, &self.presented], widths)];
        let [wanted, presented] = self.carets();
        if !wanted.is_empty() || !presented.is_empty() {
            lines.push(columns(["", &wanted, &presented], widths));
        }
        lines.push(format!("    {}", self.reason));
        lines
    }

    fn stacked(&self, head: &Self) -> Vec<String> {
        let mut lines = vec![format!("  {}: {}", self.field, self.reason)];
        let width = head.wanted.width().max(head.presented.width());
        let values = [(&head.wanted, &self.wanted), (&head.presented, &self.presented)];
        for ((label, value), carets) in
            values.into_iter().zip(self.carets()).filter(|((_, value), _)| !value.is_empty())
        {
            lines.push(format!("    {}{value}", padded(label, width + GAP)));
            if !carets.is_empty() {
                lines.push(format!("    {}{carets}", padded("", width + GAP)));
            }
        }
        lines
    }
}

fn columns(cells: [&str; 3], widths: [usize; 3]) -> String {
    let line: String = cells.iter().zip(widths).map(|(cell, width)| padded(cell, width + GAP)).collect();
    format!("  {}", line.trim_end())
}

fn padded(text: &str, width: usize) -> String {
    format!("{text}{:fill$}", "", fill = width.saturating_sub(text.width()))
}

/// Carets beneath the marked ranges.
fn carets(text: &str, marks: &[Range<usize>]) -> String {
    let is_marked = |at: usize| marks.iter().any(|mark| mark.contains(&at));
    let signs = text.char_indices();
    let line: String = signs
        .flat_map(|(at, sign)| std::iter::repeat_n(if is_marked(at) { '^' } else { ' ' }, sign.width().unwrap_or(0)))
        .collect();
    line.trim_end().to_owned()
}
