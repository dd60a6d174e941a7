//! The crates that we build on, held to `deny.toml`: licences that fit ours, no banned crate, nothing from elsewhere than
//! crates.io. `cargo deny` asks the same and more, but it is not everywhere; this always runs.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::{Complaint, File, find};

const POLICY: &str = "deny.toml";
const LOCK: &str = "Cargo.lock";
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Looks at the tree as `cargo tree` prints it (`name vVERSION`, a tab, the licence) and at the lock file.
pub fn check(files: &[File], tree: &str) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    match find(files, POLICY).map(|file| Policy::read(&file.text)) {
        Some(Ok(policy)) => complaints.extend(check_tree(&policy, tree)),
        Some(Err(problem)) => complaints.push(Complaint::new(POLICY, problem)),
        None => complaints.push(Complaint::new(POLICY, "is missing: it tells which licences are allowed")),
    }
    if let Some(lock) = find(files, LOCK) {
        complaints.extend(check_sources(&lock.text));
    }
    complaints
}

/// The part of `deny.toml` that is asked here.
struct Policy {
    allowed: Vec<String>,
    banned: Vec<String>,
}

impl Policy {
    fn read(text: &str) -> Result<Policy, String> {
        let table: Table = text.parse().map_err(|error| format!("is not TOML: {error}"))?;
        let list = |section: &str, key: &str| {
            let values = table.get(section).and_then(|section| section.get(key)?.as_array());
            values.ok_or_else(|| format!("has no list `{key}` in [{section}]"))
        };
        let allowed = list("licenses", "allow")?.iter().filter_map(Value::as_str);
        let banned = list("bans", "deny")?.iter().filter(|ban| ban.get("wrappers").is_none());
        let banned = banned.filter_map(|ban| ban.get("crate")?.as_str());
        Ok(Policy { allowed: allowed.map(str::to_owned).collect(), banned: banned.map(str::to_owned).collect() })
    }

    fn allows(&self, licence: &str) -> bool {
        self.allowed.iter().any(|allowed| allowed == licence)
    }
}

fn check_tree(policy: &Policy, tree: &str) -> Vec<Complaint> {
    // Cargo marks what it has printed before with a star.
    let lines: BTreeSet<&str> = tree.lines().map(|line| line.trim_end_matches(" (*)")).collect();
    let mut complaints = Vec::new();
    for line in lines.into_iter().filter(|line| !line.is_empty()) {
        let (package, licence) = line.split_once('\t').unwrap_or((line, ""));
        let name = package.split(' ').next().unwrap_or(package);
        if policy.banned.iter().any(|banned| banned == name) {
            let text = format!("bans {name}, and the build contains it: see `cargo tree -i {name} --target all`");
            complaints.push(Complaint::new(POLICY, text));
        }
        if let Err(problem) = judge(licence, |id| policy.allows(id)) {
            let text =
                format!("does not allow {package}: {problem}; leave the crate out, or allow its licence if it fits");
            complaints.push(Complaint::new(POLICY, text));
        }
    }
    complaints
}

fn check_sources(lock: &str) -> Vec<Complaint> {
    let Ok(table) = lock.parse::<Table>() else {
        return vec![Complaint::new(LOCK, "is not TOML: make it anew with `cargo generate-lockfile`")];
    };
    let packages = table.get("package").and_then(Value::as_array).into_iter().flatten();
    packages.filter_map(check_source).collect()
}

/// A package without a source is ours.
fn check_source(package: &Value) -> Option<Complaint> {
    let source = package.get("source")?.as_str()?;
    if source == REGISTRY {
        return None;
    }
    let name = package.get("name").and_then(Value::as_str).unwrap_or("a package");
    Some(Complaint::new(LOCK, format!("takes {name} from {source}: only crates.io is allowed")))
}

/// Judges an SPDX expression: `OR` is a choice, `AND` binds tighter and needs both, `WITH` adds an exception that the
/// list must name too. The old way to write a choice, `MIT/Apache-2.0`, is understood.
fn judge(expression: &str, allows: impl Fn(&str) -> bool) -> Result<(), String> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    if words.is_empty() {
        return Err("it names no licence".to_owned());
    }
    let mut reader = Reader { words: &words, allows: &allows };
    match reader.choice() {
        Some(true) if reader.words.is_empty() => Ok(()),
        Some(false) if reader.words.is_empty() => Err(format!("its licence is {expression}")),
        _ => Err(format!("its licence `{expression}` cannot be read")),
    }
}

/// A reader of SPDX expressions by descent; `None` where the grammar is broken. Our own lists of crates are its only
/// input, so its depth needs no bound.
struct Reader<'a, F> {
    words: &'a [&'a str],
    allows: &'a F,
}

impl<'a, F: Fn(&str) -> bool> Reader<'a, F> {
    fn choice(&mut self) -> Option<bool> {
        let mut allowed = self.all()?;
        while self.take("OR") {
            allowed |= self.all()?;
        }
        Some(allowed)
    }

    fn all(&mut self) -> Option<bool> {
        let mut allowed = self.one()?;
        while self.take("AND") {
            allowed &= self.one()?;
        }
        Some(allowed)
    }

    fn one(&mut self) -> Option<bool> {
        if self.take("(") {
            let allowed = self.choice()?;
            return self.take(")").then_some(allowed);
        }
        let id = self.word()?;
        if self.take("WITH") {
            let exception = self.word()?;
            return Some((self.allows)(&format!("{id} WITH {exception}")));
        }
        Some((self.allows)(id))
    }

    fn word(&mut self) -> Option<&'a str> {
        let (first, rest) = self.words.split_first()?;
        self.words = rest;
        (!matches!(*first, "AND" | "OR" | "WITH" | "(" | ")")).then_some(first)
    }

    fn take(&mut self, wanted: &str) -> bool {
        match self.words.split_first() {
            Some((first, rest)) if *first == wanted => {
                self.words = rest;
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    const DENY: &str = "[licenses]\nallow = [\"MIT\", \"ISC\", \"BSD-3-Clause\", \"Apache-2.0 WITH LLVM-exception\"]\n\
                        [bans]\ndeny = [{ crate = \"ring\" }, { crate = \"rustls\", wrappers = [\"io-tls\"] }]\n";

    #[test]
    fn licences_are_judged_by_spdx() {
        let policy = Policy::read(DENY).unwrap();
        let check = |expression: &str, expected: bool| {
            assert_eq!(judge(expression, |id| policy.allows(id)).is_ok(), expected, "{expression}");
        };
        check("MIT", true);
        check("GPL-3.0-only", false);
        check("MIT OR GPL-3.0-only", true);
        check("MIT AND GPL-3.0-only", false);
        check("GPL-3.0-only OR MIT AND ISC", true);
        check("(GPL-3.0-only OR MIT) AND ISC", true);
        check("(GPL-3.0-only OR MIT) AND Zlib", false);
        check("GPL-3.0-only/MIT", true);
        check("Apache-2.0 WITH LLVM-exception", true);
        check("Apache-2.0", false);
        check("MIT WITH LLVM-exception", false);
        for broken in ["", "AND", "MIT AND", "(MIT", "MIT)", "MIT MIT", "OR MIT", "MIT WITH"] {
            check(broken, false);
        }
    }

    #[test]
    fn the_tree_is_held_to_the_policy() {
        let check = |tree: &str, expected: &[&str]| {
            let files = [File { path: POLICY.to_owned(), text: DENY.to_owned() }];
            let found = check(&files, tree);
            let all = found.iter().map(|complaint| complaint.text.as_str()).collect::<Vec<_>>();
            assert_eq!(all.len(), expected.len(), "{tree}: {all:?}");
            assert!(all.iter().zip(expected).all(|(text, wanted)| text.contains(wanted)), "{tree}: {all:?}");
        };
        check("bytes v1.0.0\tMIT\nbytes v1.0.0\tMIT (*)\nrustls v0.23.0\tISC\n", &[]);
        check("copy v1.0.0\tGPL-3.0-only\ncopy v1.0.0\tGPL-3.0-only (*)\n", &["copy v1.0.0"]);
        check("ring v0.17.0\tISC\n", &["bans ring"]);
        check("silent v0.1.0\t\n", &["names no licence"]);
        assert_eq!(super::check(&[], "bytes v1.0.0\tMIT\n").len(), 1, "without a policy");
    }

    #[test]
    fn crates_come_from_the_registry() {
        let check = |source: &str, expected: usize| {
            let lock = format!("[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n{source}\n");
            assert_eq!(check_sources(&lock).len(), expected, "{source}");
        };
        check("", 0);
        check(&format!("source = \"{REGISTRY}\""), 0);
        check("source = \"git+https://example.com/a#0123\"", 1);
        check("source = \"registry+https://example.com/index\"", 1);
    }
}
