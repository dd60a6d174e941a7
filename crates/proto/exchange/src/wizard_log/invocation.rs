//! One call of a cmdlet, whichever file tells of it.

use super::command::Command;
use super::time::WizardTime;

/// What became of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outcome {
    /// The file says that it ended, and of no error.
    Succeeded,
    /// The file says that it failed.
    Failed,
    /// The file does not say.
    #[default]
    NotTold,
}

/// A call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invocation {
    /// The line where it begins, from 1.
    pub line: u64,
    /// When it began.
    pub at: Option<WizardTime>,
    /// `OnPremises` or `Tenant`.
    pub session: Box<str>,
    /// The command, taken apart.
    pub command: Command,
    /// The command as it stands.
    pub command_line: Box<str>,
    /// What became of it.
    pub outcome: Outcome,
    /// The line where its results begin.
    pub results_line: u64,
    /// What it gave back, as the file prints it; empty where it does not.
    pub results: String,
}
