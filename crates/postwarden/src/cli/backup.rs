//! `backup` and `restore`.

use std::path::PathBuf;

use clap::Args;

/// `backup`.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The file; - for standard output
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Leave the queue out: no mail is in it then
    #[arg(long)]
    pub without_queue: bool,
}

/// `restore`.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The file of a backup
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Show what would change in a server that runs, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}
