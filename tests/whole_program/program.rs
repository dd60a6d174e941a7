//! The program as a command: run to its end, its exit code and output kept. What it should have said is the tests' matter.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value as Json;

/// The binary under test.
pub const POSTWARDEN: &str = env!("CARGO_BIN_EXE_postwarden");

/// A command that has ended.
#[derive(Debug)]
pub struct Ran {
    what: String,
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// The binary with nothing of the caller's surroundings that changes what it prints.
pub fn postwarden(folder: &Path) -> Command {
    let mut command = Command::new(POSTWARDEN);
    command.current_dir(folder).stdin(Stdio::null());
    for name in ["LC_ALL", "LC_MESSAGES", "LANG", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command.env("NO_COLOR", "1").env("RUST_BACKTRACE", "1");
    command
}

impl Ran {
    /// Runs a command to its end.
    pub fn of(command: &mut Command) -> Self {
        let what = format!("{command:?}");
        let output = command.output().unwrap_or_else(|error| panic!("{what}: {error}"));
        Self::new(what, &output)
    }

    /// A command that has ended, by what it printed.
    pub fn new(what: String, output: &Output) -> Self {
        let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
        // A signal has no exit code, and no command here is meant to die of one.
        let code = output.status.code().unwrap_or(-1);
        Self { what, code, stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    /// Panics unless it ended with this exit code.
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "exit code of {self}");
        self
    }

    /// Standard output as JSON.
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("no JSON ({error}): {self}"))
    }
}

impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}\n--- exit code {}\n--- standard output\n{}\n--- standard error\n{}",
            self.what, self.code, self.stdout, self.stderr
        )
    }
}
