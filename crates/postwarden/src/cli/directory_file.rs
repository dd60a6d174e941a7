//! `apply` and `export`: the directory as files.

use std::path::PathBuf;

use clap::Args;

/// `apply`.
#[derive(Debug, Args)]
pub struct ApplyArgs {
    /// A directory file; may be repeated
    #[arg(short, long = "file", value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Show what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Remove objects of the named tenants that the files do not have
    #[arg(long)]
    pub prune: bool,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}

/// `export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Only this tenant
    #[arg(long, value_name = "NAME")]
    pub tenant: Option<String>,
}
