//! `completions`: the script that a shell loads.

use crate::cli::CompletionsArgs;
use crate::completion;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::Output;

/// Prints the script.
pub fn run(args: &CompletionsArgs, output: &mut Output) -> Outcome {
    let script = completion::script(args.shell).map_err(|error| Failure::usage(error.to_string()))?;
    output.text(&script)?;
    Ok(Exit::Done)
}
