//! How a command ends: its exit code, and what is said about a failure. The codes are part of the contract.

use std::process::ExitCode;

use proto_placed_toml::FileError;

/// The exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done, or nothing is wrong.
    Done = 0,
    /// The answer is no: refused, not found.
    No = 1,
    /// Wrong usage, or unreadable input. Nothing was changed.
    Usage = 2,
    /// The server is out of reach, or cannot do it at present.
    Unreachable = 3,
    /// It depends on evidence that is missing.
    Undetermined = 4,
    /// Ctrl-C: what a shell gives a program that SIGINT ended.
    Interrupted = 130,
}

/// A command that could not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// What is wrong and where, one thing a line. Empty: nothing is said, since nobody listens.
    pub errors: Vec<String>,
    /// What to do.
    pub hint: Option<String>,
}

/// How a command ended.
pub type Outcome = Result<Exit, Failure>;

impl Failure {
    /// A failure for one reason.
    pub fn new(exit: Exit, error: impl Into<String>) -> Self {
        Self { exit, errors: vec![error.into()], hint: None }
    }

    /// Wrong usage or unreadable input.
    pub fn usage(error: impl Into<String>) -> Self {
        Self::new(Exit::Usage, error)
    }

    /// Everything that is wrong with files.
    pub fn files(errors: &[FileError]) -> Self {
        Self { exit: Exit::Usage, errors: errors.iter().map(ToString::to_string).collect(), hint: None }
    }

    /// The same with what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Standard output is closed: whoever read it has seen enough. Anything else is told.
impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return Self { exit: Exit::No, errors: Vec::new(), hint: None };
        }
        Self::usage(format!("standard output: {error}"))
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
