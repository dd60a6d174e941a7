//! `serve` and `demo`: what runs.

use clap::Args;

/// `serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Look whether everything is in order, and start nothing
    #[arg(long)]
    pub check: bool,
}

/// `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Stay up afterwards until stopped, also without a terminal
    #[arg(long)]
    pub keep: bool,
}
