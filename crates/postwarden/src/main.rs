//! Postwarden: a multi-tenant SMTP relay that knows whose mail it is.
//!
//! The program: command line, configuration, wiring. What mail is judged by, how it is taken and how it goes on is
//! decided in the crates below; only this one knows which store engine there is.

mod asking;
mod bounded;
mod cli;
mod client;
mod collect;
mod commands;
mod completion;
mod config;
#[cfg(unix)]
mod demo;
mod directory_files;
mod exit;
#[cfg(unix)]
mod node;
mod output;
mod shell;
mod since;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::Cli;
use crate::output::Output;

fn main() -> ExitCode {
    if completion::answered() {
        return ExitCode::SUCCESS;
    }
    let cli = Cli::parse();
    let mut output = Output::new(&cli.global);
    match commands::run(cli, &mut output) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            output.failure(&failure);
            failure.exit.into()
        }
    }
}
