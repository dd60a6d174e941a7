//! `tenant`: what there is beside `add`, `set`, `list`, `show` and `remove`.

use clap::{Args, Subcommand};

use super::object::{ObjectCommand, Tenants};

/// `tenant`.
#[derive(Debug, Subcommand)]
pub enum TenantCommand {
    /// What is done to all kinds of objects.
    #[command(flatten)]
    Object(ObjectCommand<Tenants>),
    /// Let a tenant's mail wait, in both directions, until it is resumed
    #[command(after_long_help = "\
Examples:
  postwarden tenant suspend contoso
  postwarden tenant suspend contoso --dry-run

Servers are told to come again later, what is queued stays queued, and nothing is lost as long as they do.")]
    Suspend(TenantStateArgs),
    /// Let a suspended tenant's mail go on
    #[command(after_long_help = "\
Examples:
  postwarden tenant resume contoso")]
    Resume(TenantStateArgs),
}

/// `tenant suspend`, `tenant resume`.
#[derive(Debug, Args)]
pub struct TenantStateArgs {
    /// The tenant's name
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Show what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}
