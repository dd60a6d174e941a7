//! demo
use crate::cli::DemoArgs;
use crate::exit::{Exit, Outcome};
use crate::output::Output;
pub fn run(_args: &DemoArgs, _output: &mut Output) -> Outcome {
    Ok(Exit::Done)
}
