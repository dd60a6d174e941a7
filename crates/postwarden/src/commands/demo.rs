//! `demo`: hands over to the story.

use crate::cli::DemoArgs;
use crate::demo;
use crate::exit::Outcome;
use crate::output::Output;

/// Plays the story.
pub fn run(args: &DemoArgs, output: &mut Output) -> Outcome {
    demo::run(args.keep, output)
}
