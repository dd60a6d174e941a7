//! `lint`: what is broken, will break, or overlaps, in files or in the server's directory.

use io_evidence_files::{Input, find};
use jiff::Timestamp;
use proto_directory_file::from_json;
use serde_json::Value as Json;
use service_diagnosis::evidence::{Evidence, EvidenceKind, Observed, RelayDirectory, Source, SourceId};
use service_diagnosis::{LintReport, report};

use super::diagnose::answer;
use super::diagnose::reading::{self, Interrupted};
use crate::cli::{Global, LintArgs};
use crate::client::{Client, ClientError};
use crate::exit::{Exit, Outcome};
use crate::output::Output;

/// What the server's directory is called where a file would be named.
const SERVER: &str = "server";

/// What is said where Ctrl-C ended it, and what to do.
const INTERRUPTED: Interrupted = Interrupted {
    said: "nothing is judged, since what was not read could be taken for missing",
    hint: "name fewer files: directory files, dumps and certificates are enough, logs are not looked at",
};

/// Reads what was named, or asks the server, and says what is wrong.
pub fn run(global: &Global, args: &LintArgs, output: &mut Output) -> Outcome {
    let evidence = if args.files.is_empty() { of_server(global)? } else { of_files(args)? };
    let found = service_diagnosis::lint(&evidence, Timestamp::now()).worded(output.language);
    if output.json {
        output.json(&found)?;
    } else {
        answer::print(report::lint_lines(&found, output.language, answer::width(output)), output)?;
    }
    Ok(exit(&found))
}

fn of_files(args: &LintArgs) -> Result<Evidence, crate::exit::Failure> {
    let inputs = args.files.iter().map(|path| match path.as_os_str() == "-" {
        true => Input::StandardInput,
        false => Input::Path(path.clone()),
    });
    reading::read(find(inputs.collect()), None, INTERRUPTED)
}

/// The directory of the server, as a file would show it.
fn of_server(global: &Global) -> Result<Evidence, crate::exit::Failure> {
    let directory: Json = Client::new(global)?.get("/v1/directory")?;
    let tenants = from_json(&directory).map_err(|errors| {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        ClientError::Unreadable(errors.join("; "))
    })?;
    let mut source = Source::new(SourceId(0), SERVER);
    source.is(EvidenceKind::Directory);
    source.records = tenants.len() as u64;
    let mut evidence = Evidence { sources: vec![source], ..Evidence::default() };
    let object = RelayDirectory { tenants, places: Vec::new() };
    evidence.configuration.relay_directories.push(Observed { object, source: SourceId(0) });
    Ok(evidence)
}

/// What was found counts first. Nothing found is only as good as what was read and could be judged.
fn exit(report: &LintReport) -> Exit {
    if !report.findings.is_empty() {
        Exit::No
    } else if !report.unread.is_empty() || report.read.is_empty() {
        Exit::Usage
    } else if !report.unjudged.is_empty() {
        Exit::Undetermined
    } else {
        Exit::Done
    }
}
