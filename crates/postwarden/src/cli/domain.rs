//! `domain`.

use clap::Subcommand;

use super::object::{Domains, ObjectCommand};

/// `domain`.
#[derive(Debug, Subcommand)]
pub enum DomainCommand {
    /// What is done to all kinds of objects.
    #[command(flatten)]
    Object(ObjectCommand<Domains>),
}
