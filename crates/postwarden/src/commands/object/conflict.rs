//! Two administrators changed one object: both versions side by side, so that the second sees what the first did.

use core_directory::Field;
use serde_json::{Map, Value as Json};
use service_admin::wire::{Problem, Resource};

use super::target::Target;
use super::text;
use crate::cli::kind::Kind;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{Output, table};

/// Shows what is in force beside what was asked for; where the object was to go, beside what it was when that was asked for.
/// Nothing was changed.
pub fn show(
    kind: &Kind,
    target: &Target,
    seen: &Resource,
    asked: Option<&Map<String, Json>>,
    problem: Problem,
    output: &mut Output,
) -> Outcome {
    let Some(current) = problem.current.as_deref() else {
        return Err(Failure::new(Exit::No, problem.detail));
    };
    if output.json {
        output.json(&problem)?;
    } else {
        let mine = if asked.is_some() { "AS YOU ASKED FOR" } else { "AS IT WAS" };
        let nothing = Map::new();
        output.line(table(["", "FIELD", "IN FORCE", mine], rows(kind, current, seen, asked.unwrap_or(&nothing))))?;
    }
    let text = format!(
        "{} {:?} was changed by somebody else, last on {:.0}; nothing was changed now",
        kind.noun, target.name, current.modified
    );
    let hint = format!(
        "`{}` shows what is in force; if the change is still right, make it to that",
        target.command(kind, "show")
    );
    output.failure(&Failure::new(Exit::No, text).hint(hint));
    Ok(Exit::No)
}

/// A row for each field, those that differ marked. Where a version was named that is not the one that was seen, what it was like
/// is not known here, and the fields that were asked for alone can differ.
fn rows(kind: &Kind, current: &Resource, seen: &Resource, asked: &Map<String, Json>) -> Vec<[String; 4]> {
    let fields = std::iter::once(Field::Name).chain(kind.flags.iter().map(|flag| flag.field));
    let shown = fields.filter(|field| *field != Field::Key || asked.contains_key(field.key()));
    let row = |field: Field| {
        let key = field.key();
        let in_force = current.object.get(key).unwrap_or(&Json::Null);
        let mine = asked.get(key).or_else(|| seen.object.get(key)).unwrap_or(in_force);
        let (in_force, mine) = match field {
            Field::Key => ("not shown".to_owned(), "another, not shown".to_owned()),
            _ => (text::of(field, in_force), text::of(field, mine)),
        };
        let mark = if in_force == mine { "" } else { "*" };
        [mark.to_owned(), key.to_owned(), in_force, mine]
    };
    shown.map(row).collect()
}
