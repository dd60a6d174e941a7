//! ARCHITECTURE.md's code map names the folder of every crate, so that a newcomer finds it there.

use std::collections::BTreeMap;

use super::workspace::Workspace;
use super::{Complaint, File, find};

const MAP: &str = "ARCHITECTURE.md";

/// Counts how often each folder is named: two crates whose folders have the same name need two mentions.
pub fn check(workspace: &Workspace, files: &[File]) -> Vec<Complaint> {
    let Some(map) = find(files, MAP) else { return Vec::new() };
    let mut wanted: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for member in &workspace.crates {
        let name = member.folder.rsplit('/').next().unwrap_or(&member.folder);
        wanted.entry(name).or_default().push(&member.folder);
    }
    let missing = wanted.into_iter().filter(|(name, folders)| mentions(&map.text, name) < folders.len());
    missing.map(|(name, folders)| complaint(name, &folders)).collect()
}

fn complaint(name: &str, folders: &[&str]) -> Complaint {
    let text = format!("its code map does not name `{name}/` for {}: say what is in there", folders.join(" and "));
    Complaint::new(MAP, text)
}

/// How often `name/` or `` name` `` stands in the text as a word of its own.
fn mentions(text: &str, name: &str) -> usize {
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    text.match_indices(name)
        .filter(|(at, _)| {
            let before = text[..*at].chars().next_back();
            let after = text[at + name.len()..].chars().next();
            !before.is_some_and(part_of_word) && matches!(after, Some('/' | '`'))
        })
        .count()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::super::workspace::Crate;
    use super::*;

    #[test]
    fn every_crate_is_on_the_map() {
        let check = |map: &str, expected: usize| {
            let folders = ["crates/core/directory", "crates/service/directory", "crates/io/store"];
            let crates = folders.iter().map(|folder| Crate::made_up("made-up", folder, &[])).collect();
            let files = [File { path: MAP.to_owned(), text: map.to_owned() }];
            assert_eq!(check(&Workspace { crates }, &files).len(), expected, "{map}");
        };
        check("core/\n  directory/ nouns\nio/\n  store/ traits\nservice/\n  directory/ owner\n", 0);
        check("`crates/core/directory`, `crates/service/directory` and `store`\n", 0);
        check("core/\n  directory/ nouns\nio/\n  store/ traits\n", 1);
        check("directory/ directory/ embedded_store/ store_embedded/\n", 1);
        check("the directory and the store", 2);
    }

    #[test]
    fn without_a_map_nothing_is_asked() {
        let crates = vec![Crate::made_up("core-a", "crates/core/a", &[])];
        assert_eq!(check(&Workspace { crates }, &[]), []);
    }
}
