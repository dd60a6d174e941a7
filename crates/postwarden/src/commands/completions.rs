//! `completions`: for the shell.

use clap::CommandFactory as _;

use crate::cli::{Cli, CompletionsArgs};
use crate::exit::{Exit, Outcome};
use crate::output::Output;

/// Prints the completions.
pub fn run(args: &CompletionsArgs, output: &mut Output) -> Outcome {
    // The generator takes it ill if its output is closed.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "postwarden", &mut script);
    output.text(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
