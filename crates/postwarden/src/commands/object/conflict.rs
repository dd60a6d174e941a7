//! Two administrators changed one object: both versions side by side, so that the second sees what the first did.

use core_directory::Field;
use serde_json::{Map, Value as Json};
use service_admin::wire::{Problem, Resource};

use super::target::Target;
use super::text;
use crate::cli::kind::Kind;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{BAD, Output, table};

/// Shows what is in force beside what was asked for. Nothing was changed.
pub fn show(
    kind: &Kind,
    target: &Target,
    seen: &Resource,
    asked: &Map<String, Json>,
    problem: Problem,
    output: &mut Output,
) -> Outcome {
    let Some(current) = problem.current.as_deref() else {
        return Err(Failure::new(Exit::No, problem.detail));
    };
    if output.json {
        output.json(&problem)?;
    } else {
        // Where the version was named, what it was like is not known here.
        let base = if seen.etag() == current.etag() { None } else { Some(&seen.object) };
        output.line(table(["", "FIELD", "IN FORCE", "AS YOU ASKED FOR"], rows(kind, current, base, asked)))?;
    }
    let text = format!(
        "{} {:?} was changed by somebody else, last on {:.0}; nothing was changed now",
        kind.noun, target.name, current.modified
    );
    let hint = format!(
        "repeat the command if it is still right: it then changes what is in force; `{}` shows that",
        target.command(kind, "show")
    );
    output.failure(&Failure::new(Exit::No, text).hint(hint));
    Ok(Exit::No)
}

fn rows(
    kind: &Kind,
    current: &Resource,
    base: Option<&Map<String, Json>>,
    asked: &Map<String, Json>,
) -> Vec<[String; 4]> {
    let fields = std::iter::once(Field::Name).chain(kind.flags.iter().map(|flag| flag.field));
    let shown = fields.filter(|field| *field != Field::Key || asked.contains_key(field.key()));
    let row = |field: Field| {
        let key = field.key();
        let in_force = current.object.get(key).unwrap_or(&Json::Null);
        let yours = asked.get(key).or_else(|| base.and_then(|base| base.get(key))).unwrap_or(in_force);
        let differs = field == Field::Key || text::of(field, in_force) != text::of(field, yours);
        let mark = if differs { format!("{BAD}*{BAD:#}") } else { String::new() };
        let (in_force, yours) = match field {
            Field::Key => ("not shown".to_owned(), "another, not shown".to_owned()),
            _ => (text::of(field, in_force), text::of(field, yours)),
        };
        [mark, key.to_owned(), in_force, yours]
    };
    shown.map(row).collect()
}
