//! The notices of the crates that are linked into the program: each with its licence, and the texts that come with it, each
//! text once. Whether a licence is allowed is `tidy`'s matter.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::at;
use crate::cargo;

/// How files with licences and notices begin, in lower case.
const NAMES: [&str; 5] = ["license", "licence", "copying", "notice", "copyright"];

const HEAD: &str = "\
Postwarden is linked with the work of others, named below with its licence and the texts that came with it. Where a licence
is a choice, Postwarden takes the one that fits its own. The program holds Rust's standard library too
(Apache-2.0 OR MIT, https://www.rust-lang.org) and SQLite, which is in the public domain (https://sqlite.org/copyright.html).
";

/// A crate of others.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Crate {
    name: String,
    version: String,
    licence: String,
    folder: String,
}

/// Writes them for the program as it is built for this kind of machine.
///
/// # Errors
/// Cargo does not tell the crates, or a text cannot be read.
pub fn write(target: &str) -> Result<String, String> {
    let arguments = ["metadata", "--format-version", "1", "--locked", "--filter-platform", target];
    let metadata: Value = serde_json::from_str(&cargo::answer(&arguments)?).map_err(|error| error.to_string())?;
    let crates = linked(&metadata);
    if crates.is_empty() {
        return Err("`cargo metadata` names no crate that the program is linked with".to_owned());
    }
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for one in &crates {
        for text in texts_in(Path::new(&one.folder))? {
            texts.entry(text).or_default().push(format!("{} {}", one.name, one.version));
        }
    }
    Ok(document(&crates, &texts))
}

/// The crates from the registry that the program is linked with, directly or not: neither those that only build nor those
/// that only test.
fn linked(metadata: &Value) -> BTreeSet<Crate> {
    let empty = Vec::new();
    let list = |value: &'_ Value| value.as_array().cloned().unwrap_or_default();
    let packages = metadata["packages"].as_array().unwrap_or(&empty);
    let package = |id: &str| packages.iter().find(|package| package["id"] == id);
    let nodes = list(&metadata["resolve"]["nodes"]);
    let program = packages.iter().find(|package| package["name"] == "postwarden");
    let mut open: Vec<String> =
        program.and_then(|program| program["id"].as_str()).map(str::to_owned).into_iter().collect();
    let mut seen: BTreeSet<String> = open.iter().cloned().collect();
    while let Some(id) = open.pop() {
        let dependencies = nodes.iter().find(|node| node["id"] == id.as_str()).map(|node| list(&node["deps"]));
        for dependency in dependencies.unwrap_or_default() {
            let links = list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null());
            if let Some(id) = dependency["pkg"].as_str().filter(|_| links)
                && seen.insert(id.to_owned())
            {
                open.push(id.to_owned());
            }
        }
    }
    seen.iter()
        .filter_map(|id| package(id))
        .filter(|package| !package["source"].is_null())
        .filter_map(of_others)
        .collect()
}

fn of_others(package: &Value) -> Option<Crate> {
    let text = |key: &str| package[key].as_str().map(str::to_owned);
    let folder = Path::new(package["manifest_path"].as_str()?).parent()?.display().to_string();
    Some(Crate { name: text("name")?, version: text("version")?, licence: text("license").unwrap_or_default(), folder })
}

/// The texts in a crate's folder, line ends made alike.
fn texts_in(folder: &Path) -> Result<Vec<String>, String> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| at(folder, &error))? {
        let entry = entry.map_err(|error| at(folder, &error))?;
        let name = entry.file_name().to_string_lossy().to_lowercase();
        if entry.path().is_file() && NAMES.iter().any(|start| name.starts_with(start)) {
            paths.push(entry.path());
        }
    }
    paths.sort();
    let texts = paths.iter().map(|path| {
        let octets = fs::read(path).map_err(|error| at(path, &error))?;
        let text = String::from_utf8_lossy(&octets).replace("\r\n", "\n");
        Ok(text.trim_matches('\n').trim_end().to_owned())
    });
    texts.collect()
}

fn document(crates: &BTreeSet<Crate>, texts: &BTreeMap<String, Vec<String>>) -> String {
    let mut document = HEAD.to_owned();
    document.push('\n');
    for one in crates {
        document += &format!("{} {}: {}\n", one.name, one.version, one.licence);
    }
    let mut sections: Vec<(String, &str)> = texts.iter().map(|(text, of)| (of.join(", "), text.as_str())).collect();
    sections.sort_unstable();
    for (of, text) in sections {
        document += &format!("\n{}\n{of}\n\n{text}\n", "-".repeat(100));
    }
    document
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_linked_is_named() {
        let package = |name: &str, source: Value| {
            let manifest = format!("/crates/{name}/Cargo.toml");
            json!({"id": name, "name": name, "version": "1.0.0", "license": "MIT", "source": source, "manifest_path": manifest})
        };
        let node = |id: &str, deps: &[(&str, Value)]| {
            let deps: Vec<Value> =
                deps.iter().map(|(pkg, kind)| json!({"pkg": pkg, "dep_kinds": [{"kind": kind}]})).collect();
            json!({"id": id, "deps": deps})
        };
        let registry = || json!("registry");
        let metadata = json!({
            "packages": [
                package("postwarden", Value::Null), package("ours", Value::Null), package("direct", registry()),
                package("below", registry()), package("builds", registry()), package("tests", registry()),
                package("elsewhere", registry()),
            ],
            "resolve": {"nodes": [
                node("postwarden", &[("ours", Value::Null), ("direct", Value::Null), ("tests", json!("dev"))]),
                node("ours", &[("below", Value::Null), ("direct", Value::Null)]),
                node("direct", &[("builds", json!("build"))]),
                node("below", &[]), node("builds", &[]), node("tests", &[]), node("elsewhere", &[]),
            ]},
        });
        let names: Vec<String> = linked(&metadata).into_iter().map(|one| one.name).collect();
        assert_eq!(names, ["below", "direct"]);
    }

    #[test]
    fn a_text_stands_once() {
        let one = |name: &str| Crate {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            licence: "MIT".to_owned(),
            folder: String::new(),
        };
        let texts = BTreeMap::from([("Permission".to_owned(), vec!["a 1.0.0".to_owned(), "b 1.0.0".to_owned()])]);
        let text = document(&BTreeSet::from([one("a"), one("b")]), &texts);
        assert!(text.contains("\na 1.0.0: MIT\nb 1.0.0: MIT\n"), "{text}");
        assert!(text.ends_with("\na 1.0.0, b 1.0.0\n\nPermission\n"), "{text}");
        assert_eq!(text.matches("Permission").count(), 1);
    }
}
