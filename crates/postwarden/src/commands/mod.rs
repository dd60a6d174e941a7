//! The commands: each reads what was typed, asks the server or the crates below, and prints.

mod apply;
mod audit;
#[cfg(unix)]
mod backup;
mod candidates;
mod certificate;
mod completions;
#[cfg(unix)]
mod demo;
mod diagnose;
mod explain;
mod export;
mod import;
mod lint;
mod man_pages;
mod object;
mod queue;
#[cfg(unix)]
mod restore;
#[cfg(unix)]
mod serve;
mod status;
mod target;
mod token;
mod trace;
mod why;

use clap::CommandFactory as _;

use crate::cli::{CertificateCommand, Cli, Command, DomainCommand, QueueCommand, TenantCommand};
use crate::exit::{Exit, Outcome};
use crate::output::Output;

/// Runs what was typed.
pub fn run(cli: Cli, output: &mut Output) -> Outcome {
    let Cli { global, command } = cli;
    let Some(command) = command else {
        let help = Cli::command().render_help();
        output.text(&help.ansi().to_string())?;
        return Ok(Exit::Done);
    };
    match command {
        #[cfg(unix)]
        Command::Serve(args) => serve::run(&global, &args, output),
        #[cfg(unix)]
        Command::Demo(args) => demo::run(&args, output),
        #[cfg(unix)]
        Command::Backup(args) => backup::run(&global, &args, output),
        #[cfg(unix)]
        Command::Restore(args) => restore::run(&global, &args, output),
        #[cfg(not(unix))]
        Command::Serve(_) | Command::Demo(_) | Command::Backup(_) | Command::Restore(_) => Err(
            crate::exit::Failure::usage("the relay runs on Unix systems only; commands that work on files run here"),
        ),
        Command::Apply(args) => apply::run(&global, &args, output),
        Command::Export(args) => export::run(&global, &args, output),
        Command::Tenant(TenantCommand::Object(command)) => object::run(&global, command, output),
        Command::Tenant(TenantCommand::Suspend(args)) => object::suspend(&global, args, output),
        Command::Tenant(TenantCommand::Resume(args)) => object::resume(&global, args, output),
        Command::Domain(DomainCommand::Object(command)) => object::run(&global, command, output),
        Command::Domain(DomainCommand::Verify(args)) => object::verify(&global, args, output),
        Command::InboundConnector(command) => object::run(&global, command, output),
        Command::SendConnector(command) => object::run(&global, command, output),
        Command::Certificate(CertificateCommand::Object(command)) => object::run(&global, command, output),
        Command::Import(args) => import::run(&args, output),
        Command::Certificate(CertificateCommand::Inspect(args)) => certificate::inspect(&args, output),
        Command::Token(command) => token::run(&global, command, output),
        Command::Audit(args) => audit::run(&global, &args, output),
        Command::Explain(args) => explain::run(&global, &args, output),
        Command::Diagnose(args) => diagnose::run(&args, output),
        Command::Lint(args) => lint::run(&global, &args, output),
        Command::Why(args) => why::run(&global, &args, output),
        Command::Trace(args) => trace::run(&global, &args, output),
        Command::Candidates => candidates::run(&global, output),
        Command::Status => status::run(&global, output),
        Command::Queue(QueueCommand::List(args)) => queue::list(&global, &args, output),
        Command::Queue(QueueCommand::Show(args)) => queue::show(&global, &args, output),
        Command::Queue(QueueCommand::Hold(args)) => queue::change::hold(&global, args, output),
        Command::Queue(QueueCommand::Release(args)) => queue::change::release(&global, args, output),
        Command::Queue(QueueCommand::Retry(args)) => queue::change::retry(&global, args, output),
        Command::Queue(QueueCommand::Remove(args)) => queue::change::remove(&global, args, output),
        Command::Completions(args) => completions::run(&args, output),
        Command::ManPages(args) => man_pages::run(&args),
    }
}
