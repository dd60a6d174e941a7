//! Every text of an answer is there in both languages, and every text that is there is said somewhere. Codes are the ids of
//! texts and stand in the sources as they are, so that the sources are read.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use core_wording::{Language, knows};

/// The sources that name texts of a diagnosis, from the root of the house.
const SOURCES: [&str; 6] = [
    "crates/service/diagnosis/src",
    "crates/core/attribution/src",
    "crates/io/evidence_files/src",
    "crates/postwarden/src",
    "crates/proto/exchange/src",
    "crates/proto/message/src",
];

/// The sources of the texts.
const TEXTS: &str = "crates/core/wording/src/diagnosis";

/// How ids begin of which nothing else has the form.
const BEGINNINGS: [&str; 13] = [
    "cause-",
    "column-",
    "headline-",
    "lint-",
    "mend-",
    "note-",
    "picture-",
    "problem-",
    "question-",
    "remark-",
    "repair-",
    "ruled-out-",
    "unjudged-",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

/// Every file under a folder with this ending, tests aside.
#[allow(clippy::disallowed_methods, reason = "sources lie in files")]
fn read(folder: &Path, ending: &str, take: &mut dyn FnMut(&Path, &str)) {
    for entry in std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() && name != "tests" {
            read(&path, ending, take);
        } else if name.ends_with(ending) && !name.ends_with("tests.rs") {
            take(&path, &std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// The words in quotes of which ids are made.
fn literals(source: &str) -> impl Iterator<Item = &str> {
    let is_id = |word: &&str| {
        !word.is_empty()
            && word.bytes().all(|octet| octet.is_ascii_lowercase() || octet.is_ascii_digit() || octet == b'-')
    };
    source.split('"').filter(is_id)
}

#[test]
fn what_is_said_has_a_text_and_what_has_a_text_is_said() {
    let mut said = BTreeSet::new();
    for folder in SOURCES {
        read(&root().join(folder), ".rs", &mut |path, source| {
            for id in literals(source) {
                said.insert(id.to_owned());
                let is_text =
                    BEGINNINGS.iter().any(|begin| id.strip_prefix(begin).is_some_and(|rest| !rest.is_empty()));
                for language in Language::ALL.into_iter().filter(|_| is_text) {
                    assert!(knows(id, language), "{}: there is no {language:?} text of {id}", path.display());
                }
            }
        });
    }
    // These are put together: `kind-send-log`; that each of them is known is tested with the reports.
    let is_made = |id: &str| id.starts_with("kind-");
    let mut texts = 0;
    read(&root().join(TEXTS), ".en.ftl", &mut |path, source| {
        for id in source.lines().filter_map(|line| line.split_once(" = ").map(|(id, _)| id)) {
            if id.starts_with(['#', ' ', '}']) {
                continue;
            }
            texts += 1;
            assert!(is_made(id) || said.contains(id), "{}: nobody says {id}", path.display());
        }
    });
    assert!(texts > 300, "the texts are not read: {texts}");
}
