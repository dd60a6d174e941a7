//! Files of every kind as they come from the wild: what `postwarden diagnose` reads in each, alone.
//!
//! `tests/evidence/FOLDER/expected.json` has an entry for every file beside it: the exit code, what was `read` and what was not
//! (`unread`: code and line), `causes` with their certainty, the `refusals` and the `timeline` of certificates as the answer has
//! them. What an answer does not have stands there as an empty list, so that a cause or a complaint that appears is a failure.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::program::Ran;

/// Certificates expire by it.
const AT: &str = "2026-11-24T12:00:00Z";

/// The file beside the evidence.
const EXPECTED: &str = "expected.json";

#[test]
fn every_file_shows_what_it_must() {
    let mut wrong = Vec::new();
    for folder in entries(&root()) {
        let expected = read(&folder.join(EXPECTED));
        for (name, wanted) in &expected {
            let found = diagnosed(&folder, name);
            if found != *wanted {
                wrong.push(format!("{}: expected {wanted:#}, found {found:#}", folder.join(name).display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{} files are wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_file_has_an_entry() {
    for folder in entries(&root()) {
        let files = entries(&folder).into_iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned());
        let files: BTreeSet<String> = files.filter(|name| name != EXPECTED).collect();
        let listed: BTreeSet<String> = read(&folder.join(EXPECTED)).keys().cloned().collect();
        assert_eq!(files, listed, "{}", folder.display());
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/evidence")
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

fn read(path: &Path) -> Map<String, Value> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What matters of the answer on one file.
fn diagnosed(folder: &Path, name: &str) -> Value {
    let mut command = std::process::Command::new(crate::program::POSTWARDEN);
    command.args(["diagnose", "--json", "--lang", "en", "--at", AT, name]).current_dir(folder);
    let ran = Ran::of(&mut command);
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{name}: {error}: {ran}"));
    let list = |key: &str| answer[key].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let unread = list("unread").into_iter().map(|one| match &one["line"] {
        Value::Null => text(&one["reason"]["code"]),
        line => format!("{} at line {line}", text(&one["reason"]["code"])),
    });
    let causes =
        list("causes").into_iter().map(|cause| format!("{} {}", text(&cause["code"]), text(&cause["certainty"])));
    json!({
        "exit": ran.code,
        "read": answer["read"],
        "unread": unread.collect::<Vec<_>>(),
        "causes": causes.collect::<Vec<_>>(),
        "refusals": answer["refusals"],
        "timeline": answer["timeline"],
    })
}
