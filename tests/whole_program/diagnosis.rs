//! Cases as administrators have them: a folder of evidence each, and what must be found in it. For every cause there is one in
//! which it is the cause, and a near twin in which it is not.
//!
//! `tests/cases/NAME/evidence` is handed to `postwarden diagnose`; `tests/cases/NAME/expected.json` says what must come out:
//!
//! - `about`: the story, for whoever reads it; `at`: the time of diagnosis; `exit`: the exit code;
//! - `first`: of the first cause its `code` and `certainty`, a `proof` (`file`, `line`, a part of the `text`), a `repair` (`side`, a
//!   `command`), and parts of its `statement` and `question`; none: no cause is found. What is certain is certain by a line, so
//!   there `proof` is never left out;
//! - `also`: the codes of all other causes, with their certainty, such as `"C22 possible"`; whatever else is found is a mistake;
//! - `ruled_out`, `remarks`, `missing`, `next`: codes that must be among them; `commands`: lines that must be among the commands
//!   of what to do next. Of that there are never more than three.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The causes that must each have a case and a twin.
const CAUSES: std::ops::RangeInclusive<u32> = 1..=23;

/// Most things to do next.
const MAX_NEXT: usize = 3;

#[test]
fn every_case_is_diagnosed_as_it_must_be() {
    let mut wrong = Vec::new();
    for case in cases() {
        if let Err(what) = check(&case) {
            wrong.push(format!("{}:\n{what}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{} cases are wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_cause_has_a_case_and_a_twin() {
    let names: BTreeSet<String> =
        cases().iter().map(|case| case.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    for number in CAUSES {
        let code = format!("C{number:02}");
        for name in [code.clone(), format!("{code}-twin")] {
            assert!(names.contains(&name), "there is no tests/cases/{name}");
        }
        let found = read(&folder().join(&code))["first"]["code"].as_str().map(str::to_owned);
        assert_eq!(found.as_deref(), Some(&*code), "the case of {code} is about another cause");
        let twin = read(&folder().join(format!("{code}-twin")));
        assert_ne!(twin["first"]["code"].as_str(), Some(&*code), "the twin of {code} has that cause");
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases")
}

fn cases() -> Vec<PathBuf> {
    let mut cases: Vec<PathBuf> = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    cases
}

fn read(case: &Path) -> Value {
    let path = case.join("expected.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn check(case: &Path) -> Result<(), String> {
    let expected = read(case);
    let at = expected["at"].as_str().unwrap_or("2026-11-24T12:00:00Z");
    let mut command = Command::new(env!("CARGO_BIN_EXE_postwarden"));
    let output = command
        .args(["diagnose", "--json", "--lang", "en", "--at", at, "evidence"])
        .current_dir(case)
        .output()
        .map_err(|error| error.to_string())?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    let found: Value =
        serde_json::from_slice(&output.stdout).map_err(|error| format!("no JSON ({error}); it says: {stderr}"))?;
    let mut wrong = differences(&expected, &found);
    if output.status.code().map(i64::from) != expected["exit"].as_i64() {
        wrong.push(format!("exit code {:?}, expected {}", output.status.code(), expected["exit"]));
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n") + "\n" + &summary(&found)) }
}

fn differences(expected: &Value, found: &Value) -> Vec<String> {
    let none = Vec::new();
    let mut wrong = Vec::new();
    let causes = found["causes"].as_array().unwrap_or(&none);
    let wanted = &expected["first"];
    match causes.first() {
        Some(first) if wanted.is_object() => first_cause(wanted, first, &mut wrong),
        None if wanted.is_object() => wrong.push(format!("no cause, expected {}", wanted["code"])),
        Some(first) => wrong.push(format!("expected no cause, found {}", first["code"])),
        None => {}
    }
    let others: BTreeSet<String> = causes.iter().skip(1).map(named).collect();
    let also: BTreeSet<String> = strings(&expected["also"]);
    if others != also {
        wrong.push(format!("other causes are {others:?}, expected {also:?}"));
    }
    let codes = |list: &str, key: &dyn Fn(&Value) -> Value| -> BTreeSet<String> {
        found[list].as_array().unwrap_or(&none).iter().filter_map(|one| key(one).as_str().map(str::to_owned)).collect()
    };
    let next = found["next"].as_array().unwrap_or(&none);
    if next.len() > MAX_NEXT {
        wrong.push(format!("{} things to do next, at most {MAX_NEXT}", next.len()));
    }
    let commands = next.iter().flat_map(|one| strings(&one["commands"])).collect();
    let lists: [(&str, BTreeSet<String>); 5] = [
        ("ruled_out", codes("ruled_out", &|one| one["code"].clone())),
        ("remarks", codes("remarks", &|one| one["code"].clone())),
        ("missing", codes("missing", &|one| one["what"]["code"].clone())),
        ("next", codes("next", &|one| one["what"]["code"].clone())),
        ("commands", commands),
    ];
    for (list, codes) in lists {
        for code in strings(&expected[list]) {
            if !codes.contains(&code) {
                wrong.push(format!("{list} lacks {code}: {codes:?}"));
            }
        }
    }
    wrong
}

fn first_cause(wanted: &Value, first: &Value, wrong: &mut Vec<String>) {
    let mut equal = |key: &str| {
        if wanted[key] != first[key] {
            wrong.push(format!("{key} is {}, expected {}", first[key], wanted[key]));
        }
    };
    equal("code");
    equal("certainty");
    for key in ["statement", "question"] {
        let part = wanted[key].as_str().unwrap_or_default();
        if !first[key]["text"].as_str().unwrap_or_default().contains(part) {
            wrong.push(format!("{key} {} does not say {part:?}", first[key]["text"]));
        }
    }
    if wanted["certainty"] == "certain" && !wanted["proof"]["text"].is_string() {
        wrong.push("it is certain, and the case does not say by which line (proof)".to_owned());
    }
    if wanted["proof"].is_object() {
        let proof = &wanted["proof"];
        let shows = |line: &Value| {
            line["file"] == proof["file"]
                && (proof["line"].is_null() || line["line"] == proof["line"])
                && line["text"].as_str().unwrap_or_default().contains(proof["text"].as_str().unwrap_or_default())
        };
        if !first["proof"].as_array().is_some_and(|lines| lines.iter().any(shows)) {
            wrong.push(format!("no proof is {proof}; there are {:#}", first["proof"]));
        }
    }
    if wanted["repair"].is_object() {
        let repair = &wanted["repair"];
        let says = |one: &Value| {
            let commands = one["commands"].as_array().cloned().unwrap_or_default();
            one["side"] == repair["side"] && commands.contains(&repair["command"])
        };
        if !first["repair"].as_array().is_some_and(|repairs| repairs.iter().any(says)) {
            wrong.push(format!("no repair is {repair}; there are {:#}", first["repair"]));
        }
    }
}

fn strings(list: &Value) -> BTreeSet<String> {
    list.as_array().into_iter().flatten().filter_map(|text| text.as_str().map(str::to_owned)).collect()
}

fn named(cause: &Value) -> String {
    let text = |key: &str| cause[key].as_str().unwrap_or_default().to_owned();
    format!("{} {}", text("code"), text("certainty"))
}

/// What was found, for whoever reads the failure.
fn summary(found: &Value) -> String {
    let causes = found["causes"].as_array().cloned().unwrap_or_default();
    let lines = causes.iter().map(|cause| format!("  found {}: {}", named(cause), cause["statement"]["text"]));
    let unread = found["unread"].as_array().cloned().unwrap_or_default();
    let unread = unread.iter().map(|one| format!("  unread {}: {}", one["file"], one["reason"]["text"]));
    lines.chain(unread).collect::<Vec<_>>().join("\n")
}
