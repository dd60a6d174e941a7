//! `restore`: from a backup to a node that does not run yet, whole; or to the directory of one that runs.
//!
//! An old queue is never put in the place of a living one: mail that was accepted since would be lost.

use std::fs::File;
use std::path::{Path, PathBuf};

use io_store_embedded::{Manifest, RestoreError};
use serde::Serialize;
use service_admin::wire::{ApplyResponse, KeptObject, ProblemKind, ReplaceRequest, Status};
use service_directory::DiffEntry;

use super::apply;
use crate::asking;
use crate::cli::{Global, RestoreArgs};
use crate::client::{Client, ClientError};
use crate::config;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{GOOD, Output};

/// Restores whichever way is open.
pub fn run(global: &Global, args: &RestoreArgs, output: &mut Output) -> Outcome {
    let file = File::open(&args.file).map_err(|error| Failure::usage(format!("{}: {error}", args.file.display())))?;
    let client = Client::new(global)?;
    match client.get::<Status>("/v1/status") {
        Ok(_) => directory(&client, args, file, output),
        Err(ClientError::Unreachable { .. }) if args.dry_run => Err(Failure::new(
            Exit::Unreachable,
            "--dry-run shows the difference to a directory in force, and no server runs here",
        )
        .hint("without it the whole backup is restored, into an empty data directory only")),
        Err(ClientError::Unreachable { .. }) => whole(global, args, file, output),
        Err(error) => Err(error.into()),
    }
}

/// Everything, into an empty data directory.
fn whole(global: &Global, args: &RestoreArgs, file: File, output: &mut Output) -> Outcome {
    let data = match &global.data {
        Some(data) => data.clone(),
        None => config::data_directory(global.config.as_deref()).map_err(|errors| Failure::files(&errors))?,
    };
    let manifest = io_store_embedded::restore(file, &data).map_err(|error| failure(args, error))?;
    if output.json {
        output.json(&Restored { data, manifest })?;
        return Ok(Exit::Done);
    }
    output.styled(GOOD, format_args!("Restored {} into {}.", told(&manifest), data.display()))?;
    if manifest.databases.iter().any(|name| name == "queue.db") {
        output.line(
            "Messages in its queue that were delivered after the backup was taken are sent a second time once the server \
             runs.",
        )?;
    } else {
        output.line("It has no queue: mail that waited then is not here.")?;
    }
    output.next("`postwarden serve --check`, then start the server.")?;
    Ok(Exit::Done)
}

/// What `--json` prints of a whole restore.
#[derive(Serialize)]
struct Restored {
    data: PathBuf,
    manifest: Manifest,
}

/// The directory alone, of a server that runs: the differences first.
fn directory(client: &Client, args: &RestoreArgs, file: File, output: &mut Output) -> Outcome {
    let (manifest, objects) = kept(args, file)?;
    if !output.json {
        output.line(format_args!(
            "The server runs, so that only its directory is replaced by that of {}; queue, mail and tokens stay as they are.\n",
            told(&manifest)
        ))?;
    }
    let replace = |dry_run, expected_version| {
        let request = ReplaceRequest { objects: objects.clone(), dry_run, expected_version };
        client.post::<ApplyResponse>("/v1/directory/replace", &request)
    };
    let rehearsed = replace(true, None)?;
    if rehearsed.diff.is_empty() || args.dry_run {
        return unchanged(&rehearsed, output);
    }
    apply::show(&rehearsed.diff, output)?;
    if !args.yes && !confirmed(&rehearsed.diff)? {
        output.line("Nothing was changed.")?;
        return Ok(Exit::No);
    }
    let replaced = replace(false, Some(rehearsed.version)).map_err(|error| match error {
        ClientError::Problem(problem) if problem.kind == ProblemKind::Conflict => {
            Failure::new(Exit::No, "the directory was changed by somebody else in the meantime; nothing was changed")
                .hint("repeat the command: it shows the differences to what is in force now")
        }
        error => error.into(),
    })?;
    if output.json {
        output.json(&replaced)?;
        return Ok(Exit::Done);
    }
    output.styled(GOOD, format_args!("\nRestored: the directory is at version {} and in force.", replaced.version))?;
    output.next("`postwarden status` shows what needs attention.")?;
    Ok(Exit::Done)
}

fn unchanged(rehearsed: &ApplyResponse, output: &mut Output) -> Outcome {
    if output.json {
        output.json(rehearsed)?;
        return Ok(Exit::Done);
    }
    if rehearsed.diff.is_empty() {
        output.line("Nothing to change: the directory in force is the same.")?;
        return Ok(Exit::Done);
    }
    apply::show(&rehearsed.diff, output)?;
    output.line("\nNothing was changed, since this was a dry run.")?;
    Ok(Exit::Done)
}

fn confirmed(diff: &[DiffEntry]) -> Result<bool, Failure> {
    let count = if diff.len() == 1 { "this change".to_owned() } else { format!("these {} changes", diff.len()) };
    let hint = "repeat the command with --yes, or with --dry-run to see the differences alone";
    asking::confirmed(&format!("\nMake {count}?"), hint)
}

/// The directory's objects in a backup. They are unpacked in a folder of their own that goes at once.
fn kept(args: &RestoreArgs, file: File) -> Result<(Manifest, Vec<KeptObject>), Failure> {
    let folder = tempfile::tempdir().map_err(|error| Failure::usage(format!("a temporary folder: {error}")))?;
    let (manifest, image) =
        io_store_embedded::read_directory(file, &folder.path().join("backup")).map_err(|error| failure(args, error))?;
    let object = |own: io_store::ObjectRecord| KeptObject {
        kind: own.kind.word().to_owned(),
        id: own.id,
        tenant: own.tenant.0,
        name: own.name,
        body: own.body,
    };
    Ok((manifest, image.objects.into_iter().map(object).collect()))
}

fn told(manifest: &Manifest) -> String {
    format!("the backup of {} of {:.0}", manifest.hostname, manifest.at)
}

fn failure(args: &RestoreArgs, error: RestoreError) -> Failure {
    match error {
        RestoreError::NotEmpty(data) => not_empty(&data),
        RestoreError::Archive(error) => Failure::usage(format!("{}: {error}", args.file.display())).hint(UNCHANGED),
        RestoreError::Store(error) => Failure::usage(error.to_string()).hint(UNCHANGED),
        error @ RestoreError::System { .. } => Failure::usage(error.to_string()).hint(UNCHANGED),
    }
}

const UNCHANGED: &str = "nothing is restored";

fn not_empty(data: &Path) -> Failure {
    let data = data.display();
    Failure::usage(format!("{data} is not empty, and no server runs there; nothing is restored")).hint(format!(
        "to restore everything, move it away first (mv {data} {data}.old); to restore the directory alone, start the server and \
         repeat"
    ))
}
