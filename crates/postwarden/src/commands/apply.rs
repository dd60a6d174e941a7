//! `apply`: the differences first, then all of them or none.

use std::path::Path;

use core_directory::{Field, ObjectPath};
use proto_directory_file::{DirectoryFile, Places, to_json_with_keys};
use serde_json::Value as Json;
use service_admin::wire::{ApplyRequest, ApplyResponse, Problem, ProblemError, ProblemKind};
use service_directory::{DiffChange, DiffEntry};

use crate::asking;
use crate::cli::{ApplyArgs, Global};
use crate::client::{Client, ClientError};
use crate::directory_files;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{BAD, GOOD, NOTABLE, Output};

const PATH: &str = "/v1/directory/apply";

/// How often a change that still is what was shown is sent, while others keep changing the directory.
const MAX_TRIES: u32 = 20;

/// Reads the files, shows the differences, asks, and makes them.
pub fn run(global: &Global, args: &ApplyArgs, output: &mut Output) -> Outcome {
    let files = directory_files::read(&args.files)
        .map_err(|errors| Failure::files(&errors).hint("nothing was changed; put the files right and repeat"))?;
    if files.tenants.is_empty() {
        return Err(Failure::usage(format!("{}: no [[tenant]] in it", names(&args.files))).hint(
            "a directory file begins with [[tenant]] and name = \"…\"; `postwarden export` shows what there is",
        ));
    }
    let client = Client::new(global)?;
    let change = Change { client, directory: to_json_with_keys(&files.tenants), prune: args.prune, files: &files };
    let rehearsed = change.send(true, None)?;
    if rehearsed.diff.is_empty() {
        return unchanged(&rehearsed, output);
    }
    if args.dry_run {
        return dry_run(&rehearsed, output);
    }
    show(&rehearsed.diff, output)?;
    if !args.yes && !confirmed(&rehearsed.diff)? {
        output.line("Nothing was changed.")?;
        return Ok(Exit::No);
    }
    let applied = change.make(rehearsed)?;
    if output.json {
        output.json(&applied)?;
        return Ok(Exit::Done);
    }
    output.styled(GOOD, format_args!("\nApplied: the directory is at version {} and in force.", applied.version))?;
    output.next(
        "`postwarden status` shows what needs attention; `postwarden explain` what the relay now says to whom.",
    )?;
    Ok(Exit::Done)
}

/// What is sent, twice.
struct Change<'a> {
    client: Client,
    directory: Json,
    prune: bool,
    files: &'a DirectoryFile,
}

impl Change<'_> {
    /// Makes what was shown. Somebody else's change in between is no matter as long as what was shown is still the whole
    /// difference.
    fn make(&self, mut shown: ApplyResponse) -> Result<ApplyResponse, Failure> {
        for _ in 0..MAX_TRIES {
            match self.post(false, Some(shown.version)) {
                Err(ClientError::Problem(problem)) if problem.kind == ProblemKind::Conflict => {}
                outcome => return outcome.map_err(|error| self.failure(error)),
            }
            let now = self.send(true, None)?;
            if now.diff != shown.diff {
                break;
            }
            shown = now;
        }
        Err(Failure::new(Exit::No, "the directory was changed by somebody else in the meantime; nothing was changed")
            .hint("repeat the command: it shows the differences to what is in force now"))
    }

    fn send(&self, dry_run: bool, expected_version: Option<u64>) -> Result<ApplyResponse, Failure> {
        self.post(dry_run, expected_version).map_err(|error| self.failure(error))
    }

    fn post(&self, dry_run: bool, expected_version: Option<u64>) -> Result<ApplyResponse, ClientError> {
        let request = ApplyRequest { directory: self.directory.clone(), prune: self.prune, dry_run, expected_version };
        self.client.post(PATH, &request)
    }

    fn failure(&self, error: ClientError) -> Failure {
        match error {
            ClientError::Problem(problem) if !problem.errors.is_empty() => faults(&problem, &self.files.places),
            other => other.into(),
        }
    }
}

/// What the server found wrong, each at its place in the files.
fn faults(problem: &Problem, places: &Places) -> Failure {
    let errors = problem.errors.iter().map(|error| located(error, places)).collect();
    Failure { exit: Exit::Usage, errors, hint: Some("nothing was changed; put the files right and repeat".to_owned()) }
}

fn located(error: &ProblemError, places: &Places) -> String {
    match (&error.object, Field::from_key(&error.field)) {
        (Some(object), Some(field)) => places.locate_text(&ObjectPath::from(object), field, &error.message).to_string(),
        _ => format!("{}: {}", error.place, error.message),
    }
}

fn unchanged(rehearsed: &ApplyResponse, output: &mut Output) -> Outcome {
    if output.json {
        output.json(rehearsed)?;
    } else {
        output.line(format_args!(
            "Nothing to change: the directory at version {} already says what the files say.",
            rehearsed.version
        ))?;
    }
    Ok(Exit::Done)
}

fn dry_run(rehearsed: &ApplyResponse, output: &mut Output) -> Outcome {
    if output.json {
        output.json(rehearsed)?;
        return Ok(Exit::Done);
    }
    show(&rehearsed.diff, output)?;
    output.line("\nNothing was changed, since this was a dry run.")?;
    output.next("the same command without --dry-run makes the change.")?;
    Ok(Exit::Done)
}

/// One line a difference, with JSON on standard error, so that standard output has one value alone.
pub(super) fn show(diff: &[DiffEntry], output: &mut Output) -> Result<(), Failure> {
    for entry in diff {
        let style = match entry.change {
            DiffChange::Added => GOOD,
            DiffChange::Changed { .. } => NOTABLE,
            DiffChange::Removed => BAD,
        };
        if output.json {
            output.remark(entry);
        } else {
            output.styled(style, entry)?;
        }
    }
    Ok(())
}

fn confirmed(diff: &[DiffEntry]) -> Result<bool, Failure> {
    let count = if diff.len() == 1 { "this change".to_owned() } else { format!("these {} changes", diff.len()) };
    let hint = "repeat the command with --yes, or with --dry-run to see the differences alone";
    asking::confirmed(&format!("\nMake {count}?"), hint)
}

fn names(files: &[impl AsRef<Path>]) -> String {
    files.iter().map(|file| file.as_ref().display().to_string()).collect::<Vec<_>>().join(", ")
}
