//! `apply` and `export`: the directory as files.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

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
    /// Print it in another form
    #[arg(long = "as", value_name = "FORM", conflicts_with = "json")]
    pub form: Option<ExportForm>,
}

/// Forms of an export beside the directory file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportForm {
    /// A script of New- and Set- commands; it changes nothing unless it is run with -Apply
    ExchangeOnlinePowershell,
}

/// `import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// Dumps of Exchange, Postfix's main.cf and maps: files, folders, archives, or - for standard input
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// The tenant that everything goes to [default: named after each organisation]
    #[arg(long, value_name = "NAME")]
    pub tenant: Option<String>,
    /// Where the directory file goes [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Replace the file if it is there
    #[arg(long, requires = "output")]
    pub yes: bool,
}
