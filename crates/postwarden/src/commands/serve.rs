//! `serve`: runs the relay, or looks whether it could.

use crate::cli::{Global, ServeArgs};
use crate::config;
use crate::exit::{Failure, Outcome};
use crate::node;
use crate::output::Output;

/// Reads the configuration and hands over to the node.
pub fn run(global: &Global, args: &ServeArgs, output: &mut Output) -> Outcome {
    let loaded = config::load(global.config.as_deref()).map_err(|errors| Failure::files(&errors))?;
    if args.check { node::check(loaded, global.data.clone(), output) } else { node::run(loaded, global.data.clone()) }
}
