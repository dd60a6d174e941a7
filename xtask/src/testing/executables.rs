//! The test executables that Cargo builds, and the tests in them.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::Options;
use crate::cargo;

/// The module name that marks tests of over ten seconds.
const LONG: &str = "long";

/// One executable with libtest's usual command line.
#[derive(Debug, PartialEq, Eq)]
pub struct Executable {
    /// The crate, and after a slash the target if it is a test of its own: `core-directory`, `postwarden/wire`.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
    /// Its crate's folder, in which Cargo would run it.
    pub folder: PathBuf,
    /// A target of its own below `tests/`: whole programs, so slower than what lies beside the code.
    pub integration: bool,
}

/// One test. Printed, it is the executable's name, a space and the path.
#[derive(Debug)]
pub struct Test<'a> {
    pub executable: &'a Executable,
    pub path: String,
}

impl fmt::Display for Test<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.executable.name, self.path)
    }
}

impl Test<'_> {
    /// Whether it stands in a module for tests that take long.
    pub fn is_long(&self) -> bool {
        self.path.split("::").any(|part| part == LONG)
    }
}

/// Builds the tests (not the benches) of the crates asked for; what Cargo says stays on the screen.
///
/// # Errors
/// A build fails.
pub fn build(options: &Options) -> Result<Vec<Executable>, String> {
    let mut arguments = vec!["test", "--no-run", "--message-format=json-render-diagnostics"];
    if options.crates.is_empty() {
        arguments.push("--workspace");
    }
    arguments.extend(options.crates.iter().flat_map(|name| ["--package", name]));
    let messages = cargo::answer(&arguments)?;
    let mut executables: Vec<_> = messages.lines().filter_map(read_message).collect();
    // The slow ones first, so that none of them is alone at the end.
    executables.sort_by(|a, b| b.integration.cmp(&a.integration).then_with(|| a.name.cmp(&b.name)));
    Ok(executables)
}

/// A test executable, if the message tells of one.
fn read_message(line: &str) -> Option<Executable> {
    let message: Value = serde_json::from_str(line).ok()?;
    if message["reason"] != "compiler-artifact" || message["profile"]["test"] != true {
        return None;
    }
    let path = PathBuf::from(message["executable"].as_str()?);
    let folder = Path::new(message["manifest_path"].as_str()?).parent()?.to_owned();
    let target = &message["target"];
    let integration = target["kind"].as_array()?.iter().any(|kind| kind == "test");
    let package = package_name(message["package_id"].as_str()?)?;
    let name = if integration { format!("{package}/{}", target["name"].as_str()?) } else { package.to_owned() };
    Some(Executable { name, path, folder, integration })
}

/// The name in a package id: `path+file:///a/xtask#0.1.0` or `path+file:///a/core/directory#core-directory@0.1.0`.
fn package_name(id: &str) -> Option<&str> {
    let (address, fragment) = id.rsplit_once('#')?;
    match fragment.split_once('@') {
        Some((name, _)) => Some(name),
        None => address.rsplit('/').next(),
    }
}

impl Executable {
    /// Asks the executable which tests it holds.
    ///
    /// # Errors
    /// It cannot be started, or does not answer as libtest does.
    pub fn list(&self) -> Result<Vec<Test<'_>>, String> {
        let output = self.command().args(["--list", "--format", "terse"]).output();
        let output = output.map_err(|e| format!("{}: {e}", self.path.display()))?;
        if !output.status.success() {
            return Err(format!("{} does not list its tests: {}", self.name, String::from_utf8_lossy(&output.stderr)));
        }
        let listed = String::from_utf8_lossy(&output.stdout).into_owned();
        let paths = listed.lines().filter_map(|line| line.strip_suffix(": test"));
        Ok(paths.map(|path| Test { executable: self, path: path.to_owned() }).collect())
    }

    /// The executable in the surroundings that Cargo would give it.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        command.current_dir(&self.folder).stdin(Stdio::null());
        // What Cargo told this task about itself would be wrong for the test.
        for (key, _) in std::env::vars_os() {
            if key.to_string_lossy().starts_with("CARGO_PKG_") {
                command.env_remove(key);
            }
        }
        command.env("CARGO_MANIFEST_DIR", &self.folder);
        command
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn message(test: bool, kind: &str, executable: Value) -> String {
        serde_json::json!({
            "reason": "compiler-artifact",
            "package_id": "path+file:///a/crates/core/directory#core-directory@0.1.0",
            "manifest_path": "/a/crates/core/directory/Cargo.toml",
            "target": { "kind": [kind], "name": "wire" },
            "profile": { "test": test },
            "executable": executable,
        })
        .to_string()
    }

    #[test]
    fn cargo_tells_of_executables() {
        let check = |line: &str, expected: Option<(&str, bool)>| {
            let found = read_message(line);
            let found = found.as_ref().map(|found| (found.name.as_str(), found.integration));
            assert_eq!(found, expected, "{line}");
        };
        check(&message(true, "lib", "/a/target/x".into()), Some(("core-directory", false)));
        check(&message(true, "test", "/a/target/x".into()), Some(("core-directory/wire", true)));
        check(&message(false, "bin", "/a/target/x".into()), None);
        check(&message(true, "lib", Value::Null), None);
        check("not a message", None);
    }

    #[test]
    fn a_package_id_holds_the_name() {
        assert_eq!(package_name("path+file:///a/xtask#0.1.0"), Some("xtask"));
        assert_eq!(package_name("path+file:///a/core/directory#core-directory@0.1.0"), Some("core-directory"));
        assert_eq!(package_name("odd"), None);
    }

    #[test]
    fn long_tests_are_told_by_their_module() {
        let executable =
            Executable { name: "a".to_owned(), path: PathBuf::new(), folder: PathBuf::new(), integration: false };
        let check = |path: &str, expected: bool| {
            let test = Test { executable: &executable, path: path.to_owned() };
            assert_eq!(test.is_long(), expected, "{path}");
        };
        check("queue::long::fills_up", true);
        check("queue::longest::prefix", false);
        check("queue::is_long", false);
    }
}
