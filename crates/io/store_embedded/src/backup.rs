//! A backup while mail flows: one file with a consistent copy of each database.
//!
//! All copies show the moment when the backup began. Each is made by SQLite's backup over a read transaction, so that
//! neither readers nor the writer wait for it, and however much is written meanwhile it comes to an end; what it costs is
//! that write-ahead logs grow until it is done. A copy lies in the store's folder until it is written out, one at a time,
//! so that a backup needs room for the largest database once more. A message and its body are in one database.

pub(crate) mod archive;
mod copy;
pub(crate) mod restore;
#[cfg(test)]
mod tests;

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use io_store::StoreError;

use self::archive::{ArchiveWriter, Manifest};
pub use self::copy::Snapshot;
use crate::Embedded;
use crate::database::Database;
use crate::files::Folder;

/// Why there is no backup, or no whole one.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// One at a time: each needs as much room as the largest database.
    #[error("another backup is under way: wait until it is done")]
    UnderWay,
    /// The store cannot be copied.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What was copied could not be written out.
    #[error("the backup cannot be written out: {0}")]
    Output(#[from] io::Error),
}

/// A backup that has begun: what it will hold is settled.
pub struct Backup {
    snapshots: Vec<Snapshot>,
    folder: Arc<Folder>,
    _turn: Turn,
}

/// Who may make a backup. Given back when dropped.
struct Turn(Arc<AtomicBool>);

impl Turn {
    fn take(taken: &Arc<AtomicBool>) -> Option<Self> {
        (!taken.swap(true, Ordering::AcqRel)).then(|| Self(Arc::clone(taken)))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

impl Embedded {
    /// Begins a backup, with the queue or without. It blocks: on an executor call it in a blocking task.
    ///
    /// # Errors
    /// Another is under way; there is no room for the largest copy; a database cannot be read.
    pub fn begin_backup(&self, with_queue: bool) -> Result<Backup, BackupError> {
        let turn = Turn::take(&self.backing_up).ok_or(BackupError::UnderWay)?;
        let queue = with_queue.then_some(&self.queue);
        let databases = [Some(&self.directory), queue, Some(&self.trace)];
        let snapshots = databases.into_iter().flatten().map(Database::snapshot).collect::<Result<Vec<_>, _>>()?;
        let largest = snapshots.iter().map(Snapshot::octets).max().unwrap_or_default();
        self.folder.room_for(largest)?;
        Ok(Backup { snapshots, folder: Arc::clone(&self.folder), _turn: turn })
    }
}

impl Backup {
    /// About how many octets it will have.
    #[must_use]
    pub fn octets(&self) -> u64 {
        self.snapshots.iter().map(Snapshot::octets).sum()
    }

    /// Writes it. It blocks for as long as copying and writing take; memory stays small.
    ///
    /// # Errors
    /// What was written before one is no backup and is known for none.
    pub fn write(self, manifest: &Manifest, output: impl Write) -> Result<(), BackupError> {
        let names = self.snapshots.iter().map(|snapshot| snapshot.name().to_owned()).collect();
        let mut archive = ArchiveWriter::begin(output, manifest, names)?;
        for snapshot in self.snapshots {
            let name = snapshot.name();
            let copy = snapshot.copy(&self.folder)?;
            archive.add(name, copy)?;
        }
        Ok(archive.finish()?)
    }
}
