//! Where logs go and how much of them is kept.

use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use proto_exchange::protocol_log::LogKind;

/// Mode of folders that are made: mail addresses stand in the logs.
const FOLDER_MODE: u32 = 0o750;

/// The name of the file by which a folder is tried.
const TRIAL: &str = ".writable";

/// Where logs go and how much of them is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The folder; each log has its own in it.
    pub directory: PathBuf,
    /// Files are removed when their hour ended so long ago.
    pub max_age: Duration,
    /// Octets of the files of one log, above which the oldest are removed.
    pub max_directory_size: u64,
    /// Octets of one file, above which a new one is begun.
    pub max_file_size: u64,
}

/// A folder in which no log can be written.
#[derive(Debug, thiserror::Error)]
#[error("protocol logs cannot be written in {}: {source}", directory.display())]
pub struct Unwritable {
    /// The folder.
    pub directory: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

impl Settings {
    /// The folder of a log.
    pub fn folder(&self, kind: LogKind) -> PathBuf {
        self.directory.join(kind.folder())
    }

    /// Makes the folders of all logs and tries to write in each.
    ///
    /// # Errors
    /// The first in which nothing can be written.
    pub fn prepare(&self) -> Result<(), Unwritable> {
        for kind in LogKind::ALL {
            let directory = self.folder(kind);
            make_folder(&directory)
                .and_then(|()| try_in(&directory))
                .map_err(|source| Unwritable { directory, source })?;
        }
        Ok(())
    }
}

fn try_in(folder: &Path) -> io::Result<()> {
    let trial = folder.join(TRIAL);
    fs::write(&trial, "x").and_then(|()| fs::remove_file(&trial))
}

/// Makes the folder with those above it, if it is not there.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(folder)
}
