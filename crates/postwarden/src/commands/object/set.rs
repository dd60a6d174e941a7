//! `set`: what was typed changes, and nothing else; and only if nobody else changed the object meanwhile.

use core_directory::Field;
use serde_json::{Value as Json, json};
use service_admin::wire::{ProblemKind, ResourceChanged};

use super::target::Target;
use super::{change_path, conflict, failure, finish, values};
use crate::cli::Global;
use crate::cli::kind::Kind;
use crate::cli::object::SetArgs;
use crate::client::{Client, ClientError};
use crate::exit::{Failure, Outcome};
use crate::output::Output;

/// Changes the object.
pub fn run(global: &Global, kind: &Kind, args: SetArgs, output: &mut Output) -> Outcome {
    let name = args.new_name.as_ref().unwrap_or(&args.object.name);
    let mut fields = values::read(kind, name, &args.fields)?;
    if let Some(name) = &args.new_name {
        fields.insert(Field::Name.key().to_owned(), json!(name));
    }
    if fields.is_empty() {
        return Err(Failure::usage("what is to change? No field was named")
            .hint(format!("`postwarden {} set --help` lists them, with examples", kind.command)));
    }
    let client = Client::new(global)?;
    let mut target = Target::of(&client, kind, args.object)?;
    let seen = target.get(&client, kind).map_err(|error| failure(kind, &target, error))?;
    let if_match = args.if_match.map_or_else(|| seen.etag(), etag);
    let path = change_path(&target.path(kind), args.dry_run);
    let patch = Json::Object(fields.clone());
    let changed: ResourceChanged = match client.patch(&path, &patch, Some(&if_match)) {
        Err(ClientError::Problem(problem)) if problem.kind == ProblemKind::Changed => {
            return conflict::show(kind, &target, &seen, Some(&fields), problem, output);
        }
        outcome => outcome.map_err(|error| failure(kind, &target, error))?,
    };
    if let Some(name) = args.new_name {
        target.name = name;
    }
    let next = format!("`{}` shows it with all its fields.", target.command(kind, "show"));
    finish(&changed, "Changed", args.dry_run, &next, output)
}

/// An entity tag as it goes over the wire, in quotes. A shell takes them away from one that was copied.
pub fn etag(typed: String) -> String {
    if typed.starts_with('"') { typed } else { format!("\"{typed}\"") }
}
