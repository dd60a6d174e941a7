//! Calls of Cargo. Knows how it is started and how its answers are read, not what they are needed for.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

/// Cargo as the task itself was started with, so that no other toolchain slips in; without standard input.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).stdin(Stdio::null());
    command
}

/// Runs Cargo with its output left on the screen.
///
/// # Errors
/// Cargo cannot be started, or says no.
pub fn shown(arguments: &[&str]) -> Result<(), String> {
    let status = command(arguments).status().map_err(|e| not_started(arguments, &e))?;
    if status.success() { Ok(()) } else { Err(format!("`cargo {}` failed: see above", arguments.join(" "))) }
}

/// Runs Cargo for its standard output; what it says on standard error stays on the screen.
///
/// # Errors
/// Cargo cannot be started, says no, or answers in something else than UTF-8.
pub fn answer(arguments: &[&str]) -> Result<String, String> {
    let mut command = command(arguments);
    let output = command.stderr(Stdio::inherit()).output().map_err(|e| not_started(arguments, &e))?;
    if !output.status.success() {
        return Err(format!("`cargo {}` failed: see above", arguments.join(" ")));
    }
    String::from_utf8(output.stdout).map_err(|e| format!("`cargo {}`: {e}", arguments.join(" ")))
}

/// The workspace as `cargo metadata` tells it, without the crates of others.
pub struct Metadata {
    /// The folder of the root manifest.
    pub root: PathBuf,
    /// Where builds go.
    pub target: PathBuf,
    /// The members, as Cargo writes them.
    pub packages: Vec<Value>,
}

/// Asks for the workspace around the current folder; needs no network.
///
/// # Errors
/// Cargo fails, or its answer has another shape than `--format-version 1` promises.
pub fn metadata() -> Result<Metadata, String> {
    let text = answer(&["metadata", "--no-deps", "--format-version", "1"])?;
    let value: Value = serde_json::from_str(&text).map_err(|e| format!("`cargo metadata`: {e}"))?;
    let folder = |key: &str| match value[key].as_str() {
        Some(path) => Ok(PathBuf::from(path)),
        None => Err(format!("`cargo metadata` does not say {key}")),
    };
    let packages = value["packages"].as_array().cloned().unwrap_or_default();
    Ok(Metadata { root: folder("workspace_root")?, target: folder("target_directory")?, packages })
}

fn not_started(arguments: &[&str], error: &std::io::Error) -> String {
    format!("`cargo {}` cannot be started: {error}", arguments.join(" "))
}
