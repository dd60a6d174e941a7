//! `remove`: what stops working first, then a question.

use service_admin::wire::{ProblemKind, ResourceChanged};

use super::target::Target;
use super::{change_path, conflict, failure, finish, set, show_change};
use crate::asking;
use crate::cli::Global;
use crate::cli::kind::Kind;
use crate::cli::object::RemoveArgs;
use crate::client::{Client, ClientError};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{GOOD, Output};

/// Removes the object.
pub fn run(global: &Global, kind: &Kind, args: RemoveArgs, output: &mut Output) -> Outcome {
    let client = Client::new(global)?;
    let target = Target::of(&client, kind, args.object)?;
    let seen = target.get(&client, kind).map_err(|error| failure(kind, &target, error))?;
    let if_match = args.if_match.map_or_else(|| seen.etag(), set::etag);
    let send = |dry_run: bool| -> Result<ResourceChanged, ClientError> {
        client.delete(&change_path(&target.path(kind), dry_run), Some(&if_match))
    };
    let next = "`postwarden audit` shows what was changed by whom; `postwarden lint` looks over what is left.";
    if !args.yes || args.dry_run {
        let rehearsed = match send(true) {
            Err(ClientError::Problem(problem)) if problem.kind == ProblemKind::Changed => {
                return conflict::show(kind, &target, &seen, None, problem, output);
            }
            outcome => outcome.map_err(|error| refused(kind, &target, error))?,
        };
        if args.dry_run {
            return finish(&rehearsed, "Removed", true, next, output);
        }
        show_change(&rehearsed, output)?;
        let hint = "repeat the command with --yes, or with --dry-run to see what stops working";
        if !asking::confirmed(&format!("\nRemove {} {:?}?", kind.noun, target.name), hint)? {
            output.line("Nothing was changed.")?;
            return Ok(Exit::No);
        }
    }
    let removed = match send(false) {
        Err(ClientError::Problem(problem)) if problem.kind == ProblemKind::Changed => {
            return conflict::show(kind, &target, &seen, None, problem, output);
        }
        outcome => outcome.map_err(|error| refused(kind, &target, error))?,
    };
    if args.yes || output.json {
        return finish(&removed, "Removed", false, next, output);
    }
    // What changed was shown before the question.
    said(&removed, next, output)
}

/// What is wrong without the object is wrong with what rests on it: there the repair begins.
fn refused(kind: &Kind, target: &Target, error: ClientError) -> Failure {
    let rests = matches!(&error, ClientError::Problem(problem) if !problem.errors.is_empty());
    let failure = failure(kind, target, error);
    match rests {
        true => failure.hint("nothing was changed; what is named above rests on it: change or remove that first"),
        false => failure,
    }
}

fn said(removed: &ResourceChanged, next: &str, output: &mut Output) -> Outcome {
    let text = format!("\nRemoved: the directory is at version {} and in force.", removed.directory_version);
    output.styled(GOOD, text)?;
    output.next(next)?;
    Ok(Exit::Done)
}
