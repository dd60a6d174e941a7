//! Tenants and what they have, one by one: `add`, `set`, `list`, `show`, `remove`, the same for all kinds.

mod add;
mod conflict;
mod list;
mod remove;
mod set;
mod show;
mod state;
mod target;
mod text;
mod values;
mod verify;

use core_directory::Field;
use service_admin::wire::{Problem, ProblemError, ProblemKind, ResourceChanged};

pub use self::state::{resume, suspend};
use self::target::Target;
pub use self::verify::run as verify;
use crate::cli::Global;
use crate::cli::kind::{Kind, dashed};
use crate::cli::object::{Action, ObjectCommand, OfKind};
use crate::client::ClientError;
use crate::commands::apply;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{GOOD, NOTABLE, Output};

/// Does what was typed.
pub fn run<K: OfKind>(global: &Global, command: ObjectCommand<K>, output: &mut Output) -> Outcome {
    let kind = command.kind();
    match command.action {
        Action::Add(args) => add::run(global, kind, args, output),
        Action::Set(args) => set::run(global, kind, args, output),
        Action::List(args) => list::run(global, kind, &args, output),
        Action::Show(args) => show::run(global, kind, args, output),
        Action::Remove(args) => remove::run(global, kind, args, output),
    }
}

/// A change that is asked for with `?dry_run=true` changes nothing.
const DRY_RUN: &str = "?dry_run=true";

/// The path of a change.
fn change_path(path: &str, dry_run: bool) -> String {
    format!("{path}{}", if dry_run { DRY_RUN } else { "" })
}

/// Says what changed, or would, and what that brings about.
fn show_change(changed: &ResourceChanged, output: &mut Output) -> Result<(), Failure> {
    apply::show(&changed.diff, output)?;
    for consequence in &changed.consequences {
        output.styled(NOTABLE, format_args!("  {consequence}"))?;
    }
    Ok(())
}

/// The end of a change: JSON as the server gave it, or what changed, that it is in force, and what to do next.
fn finish(changed: &ResourceChanged, done: &str, dry_run: bool, next: &str, output: &mut Output) -> Outcome {
    if output.json {
        output.json(changed)?;
        return Ok(Exit::Done);
    }
    if changed.diff.is_empty() {
        output.line(format_args!(
            "Nothing to change: it is so already, in the directory at version {}.",
            changed.directory_version
        ))?;
        return Ok(Exit::Done);
    }
    show_change(changed, output)?;
    if dry_run {
        output.line("\nNothing was changed, since this was a dry run.")?;
        output.next("the same command without --dry-run makes the change.")?;
        return Ok(Exit::Done);
    }
    output.styled(
        GOOD,
        format_args!("\n{done}: the directory is at version {} and in force.", changed.directory_version),
    )?;
    output.next(next)?;
    Ok(Exit::Done)
}

/// What the server says is wrong, by the flags that were typed.
fn failure(kind: &Kind, target: &Target, error: ClientError) -> Failure {
    match error {
        ClientError::Problem(problem) if !problem.errors.is_empty() => Failure {
            exit: Exit::Usage,
            errors: problem.errors.iter().map(|error| located(kind, target, error)).collect(),
            hint: Some("nothing was changed; put it right and repeat".to_owned()),
        },
        ClientError::Problem(problem) if problem.kind == ProblemKind::NotFound => not_there(kind, &problem),
        other => other.into(),
    }
}

fn not_there(kind: &Kind, problem: &Problem) -> Failure {
    let what = match kind.is_in_tenant() {
        true => format!("the tenants, and `postwarden {} list` what they have", kind.command),
        false => "which there are".to_owned(),
    };
    Failure::new(Exit::No, problem.detail.clone()).hint(format!("`postwarden tenant list` shows {what}"))
}

/// An error about a field of the object itself stands behind its flag; any other at its place.
fn located(kind: &Kind, target: &Target, error: &ProblemError) -> String {
    let is_own = error.object.as_ref().is_none_or(|object| object.kind == kind.object && object.name == target.name);
    match Field::from_key(&error.field).filter(|_| is_own) {
        Some(field) if field != Field::Name => format!("--{}: {}", dashed(field), error.message),
        _ if error.place.is_empty() => error.message.clone(),
        _ => format!("{}: {}", error.place, error.message),
    }
}
