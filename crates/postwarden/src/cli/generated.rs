//! What is made of these definitions: completions and manual pages.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

/// `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    pub shell: Shell,
}

/// `man-pages`.
#[derive(Debug, Args)]
pub struct ManPagesArgs {
    /// The folder, made if it is not there
    pub folder: PathBuf,
}
