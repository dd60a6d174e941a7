//! What every manifest of ours has: a description, the workspace's lints (which forbid `unsafe`), and no version of its
//! own for anything, so that one table tells what we stand on.

use toml::Table;

use super::workspace::{Crate, Workspace};
use super::{Complaint, File, find};

const ROOT: &str = "Cargo.toml";
const SECTIONS: &[&str] = &["dependencies", "dev-dependencies", "build-dependencies"];

/// Looks at the root manifest and at each member's.
pub fn check(workspace: &Workspace, files: &[File]) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    if let Some(root) = find(files, ROOT) {
        complaints.extend(check_root(&root.text));
    }
    for member in &workspace.crates {
        if let Some(file) = find(files, &member.manifest()) {
            complaints.extend(check_member(member, &file.text));
        }
    }
    complaints
}

fn check_root(text: &str) -> Option<Complaint> {
    let manifest: Table = text.parse().ok()?;
    let level =
        manifest.get("workspace")?.get("lints").and_then(|lints| lints.get("rust")?.get("unsafe_code")?.as_str());
    let wrong = level != Some("forbid");
    wrong.then(|| {
        Complaint::new(ROOT, "does not forbid `unsafe`: say unsafe_code = \"forbid\" in [workspace.lints.rust]")
    })
}

fn check_member(member: &Crate, text: &str) -> Vec<Complaint> {
    let place = member.manifest();
    let manifest: Table = match text.parse() {
        Ok(manifest) => manifest,
        Err(error) => return vec![Complaint::new(place, format!("is not TOML: {error}"))],
    };
    let mut complaints = Vec::new();
    if member.description.trim().is_empty() {
        complaints.push(Complaint::new(&place, "has no description: say in one line what the crate is for"));
    }
    let inherits = manifest.get("lints").and_then(|lints| lints.get("workspace")?.as_bool());
    if inherits != Some(true) {
        complaints.push(Complaint::new(&place, "does not take the workspace's lints: add [lints] workspace = true"));
    }
    for name in own_versions(&manifest) {
        let text = format!("gives {name} a version of its own: put it into the root's [workspace.dependencies]");
        complaints.push(Complaint::new(&place, text));
    }
    complaints
}

/// The dependencies that do not say `workspace = true`, those for one platform included.
fn own_versions(manifest: &Table) -> Vec<String> {
    let platforms = manifest.get("target").and_then(toml::Value::as_table).into_iter().flat_map(Table::values);
    let tables = platforms.filter_map(toml::Value::as_table).chain([manifest]);
    let sections = tables.flat_map(|table| SECTIONS.iter().filter_map(|section| table.get(*section)?.as_table()));
    let entries = sections.flat_map(Table::iter);
    let own = entries.filter(|(_, value)| value.get("workspace").and_then(toml::Value::as_bool) != Some(true));
    own.map(|(name, _)| name.clone()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn the_root_forbids_unsafe() {
        let check = |level: &str, right: bool| {
            let text = format!("[workspace.lints.rust]\nunsafe_code = \"{level}\"\n");
            assert_eq!(check_root(&text).is_none(), right, "{level}");
        };
        check("forbid", true);
        check("deny", false);
        assert!(check_root("[workspace]\n").is_some());
    }

    #[test]
    fn members_inherit() {
        let check = |text: &str, expected: &[&str]| {
            let complaints = check_member(&Crate::made_up("core-a", "crates/core/a", &[]), text);
            let all = complaints.iter().map(|complaint| complaint.text.as_str()).collect::<Vec<_>>();
            assert_eq!(all.len(), expected.len(), "{text}: {all:?}");
            assert!(all.iter().zip(expected).all(|(found, wanted)| found.contains(wanted)), "{text}: {all:?}");
        };
        check("[lints]\nworkspace = true\n[dependencies]\nserde.workspace = true\n", &[]);
        check("[lints]\nworkspace = true\n[dependencies]\nserde = { workspace = true, features = [] }\n", &[]);
        check("[dependencies]\n", &["lints"]);
        check("[lints.rust]\nunsafe_code = \"allow\"\n", &["lints"]);
        check("[lints]\nworkspace = true\n[dev-dependencies]\nserde = \"1\"\n", &["serde"]);
        check("[lints]\nworkspace = true\n[target.'cfg(unix)'.dependencies]\nlibc = \"0.2\"\n", &["libc"]);
        check("[lints\n", &["TOML"]);
    }

    #[test]
    fn a_crate_says_what_it_is_for() {
        let mut silent = Crate::made_up("core-a", "crates/core/a", &[]);
        silent.description = " ".to_owned();
        assert_eq!(check_member(&silent, "[lints]\nworkspace = true\n").len(), 1);
    }
}
