//! What was compared: the nearest connector field by field, the others in a line each.

use core_attribution::{Answer, Considered, Reason, VerdictKind};

use crate::Language;
use crate::catalog::Catalog;
use crate::codes::reason;
use crate::nearest;
use crate::values::value;

/// The comparisons of one connector, in their order.
type Group<'a> = &'a [Considered];

/// Most other connectors that are told; the rest is counted, so that the answer fits on a screen.
const MAX_OTHERS: usize = 12;

/// The nearest miss: its connector, then the fields that miss side by side. Empty where the mail passes.
pub(crate) fn nearest(answer: &Answer, language: Language) -> Vec<String> {
    let Some(group) = nearest_group(answer) else { return Vec::new() };
    let misses: Vec<&Considered> = group.iter().filter(|one| is_miss(one)).collect();
    let mut lines = vec![Catalog::get(language).text("nearest", &[("whose", &whose(group, language))])];
    lines.extend(nearest::sides(&misses, language));
    lines
}

/// The other connectors that were compared, each in a line, and how many are not shown.
pub(crate) fn considered(answer: &Answer, language: Language) -> Vec<String> {
    let nearest = nearest_group(answer);
    let others = groups(answer).filter(|group| nearest.is_none_or(|nearest| !std::ptr::eq(nearest, *group)));
    let mut lines = Vec::new();
    let mut hidden = answer.not_shown;
    for group in others {
        if lines.len() < MAX_OTHERS {
            lines.push(in_a_line(group, language))
        } else {
            hidden = hidden.saturating_add(1)
        }
    }
    if hidden > 0 {
        lines.push(Catalog::get(language).counted("not-shown", hidden));
    }
    lines
}

/// A connector with the first of its comparisons, which weighs most, and how many more there are.
fn in_a_line(group: Group<'_>, language: Language) -> String {
    let whose = whose(group, language);
    let Some((first, more)) = group.split_first() else { return whose };
    let line = format!("{whose}: {}", with_values(first, language));
    match u64::try_from(more.len()) {
        Ok(0) => line,
        count => format!("{line}; {}", Catalog::get(language).counted("more-fields", count.unwrap_or(u64::MAX))),
    }
}

fn nearest_group(answer: &Answer) -> Option<Group<'_>> {
    let refused = answer.verdict != VerdictKind::Passes;
    groups(answer).find(|group| refused && group.iter().any(is_miss))
}

fn groups(answer: &Answer) -> impl Iterator<Item = Group<'_>> {
    let same = |left: &Considered, right: &Considered| left.tenant == right.tenant && left.connector == right.connector;
    answer.considered.chunk_by(same)
}

fn is_miss(considered: &Considered) -> bool {
    !matches!(considered.reason, Reason::Decided | Reason::CameLater)
}

/// The connector, or the tenant where none was compared.
fn whose(group: Group<'_>, language: Language) -> String {
    let Some(first) = group.first() else { return String::new() };
    let id = if first.connector.is_empty() { "whose-tenant" } else { "whose-connector" };
    Catalog::get(language).text(id, &[("connector", first.connector.as_str()), ("tenant", first.tenant.as_str())])
}

fn comparison(one: &Considered, language: Language) -> String {
    let rule = one.rule.to_string();
    let reason = reason(one.reason, language);
    Catalog::get(language).text("comparison", &[("field", &one.field), ("reason", &reason), ("rule", &rule)])
}

/// With what is wanted and what was presented behind it.
fn with_values(one: &Considered, language: Language) -> String {
    let shown: Vec<String> = labelled(one, language).map(|(label, value)| format!("{label} {value}")).collect();
    let comparison = comparison(one, language);
    if shown.is_empty() || !is_miss(one) { comparison } else { format!("{comparison} [{}]", shown.join(", ")) }
}

fn labelled(one: &Considered, language: Language) -> impl Iterator<Item = (String, String)> {
    let sides = [("label-wanted", &one.wanted), ("label-presented", &one.presented)];
    let given = sides.into_iter().filter(|(_, text)| !text.is_empty());
    given.map(move |(id, text)| (Catalog::get(language).plain(id), value(text, language)))
}
