//! What was compared: the nearest connector field by field, the others in a line each.

use core_attribution::{Answer, Considered, Reason, VerdictKind};

use crate::Language;
use crate::catalog::Catalog;
use crate::codes::reason;
use crate::values::value;

/// The comparisons of one connector, in their order.
type Group<'a> = &'a [Considered];

/// The nearest miss: its connector, then for each field what is wrong, and under it on aligned lines what the connector
/// wants and what was presented. Empty where the mail passes.
pub(crate) fn nearest(answer: &Answer, language: Language) -> Vec<String> {
    let Some(group) = nearest_group(answer) else { return Vec::new() };
    let mut lines = vec![Catalog::get(language).text("nearest", &[("whose", &whose(group, language))])];
    for miss in group.iter().filter(|one| is_miss(one)) {
        lines.push(format!("  {}", comparison(miss, language)));
        lines.extend(sides(miss, language));
    }
    lines
}

/// The other connectors that were compared, each with its comparisons indented below it, and how many are not shown.
pub(crate) fn considered(answer: &Answer, language: Language) -> Vec<String> {
    let nearest = nearest_group(answer);
    let mut lines = Vec::new();
    for group in groups(answer).filter(|group| nearest.is_none_or(|nearest| !std::ptr::eq(nearest, *group))) {
        lines.push(whose(group, language));
        lines.extend(group.iter().map(|one| format!("  {}", with_values(one, language))));
    }
    if answer.not_shown > 0 {
        lines.push(Catalog::get(language).counted("not-shown", answer.not_shown));
    }
    lines
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

/// Wanted and presented on one line.
fn with_values(one: &Considered, language: Language) -> String {
    let shown: Vec<String> = labelled(one, language).map(|(label, value)| format!("{label} {value}")).collect();
    let comparison = comparison(one, language);
    if shown.is_empty() || !is_miss(one) { comparison } else { format!("{comparison} [{}]", shown.join(", ")) }
}

/// Wanted and presented on a line each, their values below each other.
fn sides(one: &Considered, language: Language) -> Vec<String> {
    let catalog = Catalog::get(language);
    let labels = ["label-wanted", "label-presented"].map(|id| catalog.plain(id).chars().count());
    let width = labels.into_iter().max().unwrap_or_default();
    labelled(one, language).map(|(label, value)| format!("    {label:<width$}  {value}")).collect()
}

fn labelled(one: &Considered, language: Language) -> impl Iterator<Item = (String, String)> {
    let sides = [("label-wanted", &one.wanted), ("label-presented", &one.presented)];
    let given = sides.into_iter().filter(|(_, text)| !text.is_empty());
    given.map(move |(id, text)| (Catalog::get(language).plain(id), value(text, language)))
}
