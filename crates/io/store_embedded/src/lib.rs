//! The embedded store: one directory with three SQLite databases.
//!
//! `directory.db` and `queue.db` are durable at each commit; `trace.db` is written behind and may lose its last
//! second. No transaction spans two. Each database has one writer on a thread of its own, which gathers what waits
//! into one transaction and answers after the commit, so that many messages share one fsync; readers have threads of
//! their own. No database call runs on the async executor.
//!
//! Everything SQLite stays inside: callers see the traits of `io-store`.

mod audit;
mod backup;
mod bodies;
mod columns;
mod database;
mod directories;
mod failure;
mod files;
mod metrics;
mod opening;
mod queue;
mod schema;
mod tokens;
mod trace;
mod wal;
mod writer;

#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use io_store::{Bodies, Directories, Queue, StoreError, Stores, Trace};
use prometheus_client::registry::Registry;

pub use crate::backup::archive::{ArchiveError, Manifest};
pub use crate::backup::restore::{RestoreError, read_directory, restore};
pub use crate::backup::{Backup, BackupError};
use crate::bodies::EmbeddedBodies;
use crate::database::Database;
use crate::directories::EmbeddedDirectories;
pub use crate::files::is_there;
use crate::files::{Folder, RESERVE};
use crate::metrics::Metrics;
use crate::opening::Opened;
use crate::queue::EmbeddedQueue;
use crate::tokens::EmbeddedTokens;
use crate::trace::EmbeddedTrace;
pub use crate::writer::Counts;

/// The oldest SQLite we trust: earlier ones could damage a database while its write-ahead log was being reset.
const OLDEST_SQLITE: i32 = 3_051_003;

/// An opened embedded store. It closes when this and every handle taken from it are dropped.
pub struct Embedded {
    stores: Stores,
    directory: Database,
    queue: Database,
    trace: Database,
    metrics: Metrics,
    folder: Arc<Folder>,
    /// Whether a backup is under way.
    backing_up: Arc<AtomicBool>,
    notices: Vec<String>,
}

/// What the writers of the three databases did since the store was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// `directory.db`.
    pub directory: Counts,
    /// `queue.db`.
    pub queue: Counts,
    /// `trace.db`.
    pub trace: Counts,
}

impl Embedded {
    /// Opens the store in `folder`, and makes what is missing. It blocks: on an executor call it in a blocking task.
    ///
    /// # Errors
    /// `Configuration` if the folder cannot be used or another process has it open; `Corrupt` and `Newer` as the
    /// files are; `Full`, `Unavailable`.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        Self::open_with_reserve(folder, RESERVE)
    }

    /// As [`open`](Self::open), refusing mail when the file system has less than `reserve` octets left.
    fn open_with_reserve(folder: &Path, reserve: u64) -> Result<Self, StoreError> {
        check_engine()?;
        let folder = Arc::new(Folder::open(folder, reserve)?);
        let metrics = Metrics::new();
        let Opened { directory, queue, trace, notices } = opening::open(&folder, &metrics)?;
        folder.sync()?;
        let stores = Stores {
            directories: Arc::new(EmbeddedDirectories::new(directory.clone())),
            tokens: Arc::new(EmbeddedTokens::new(directory.clone())),
            queue: Arc::new(EmbeddedQueue::new(queue.clone())),
            bodies: Arc::new(EmbeddedBodies::new(queue.clone())),
            trace: Arc::new(EmbeddedTrace::new(trace.clone())),
        };
        Ok(Self { stores, directory, queue, trace, metrics, notices, folder, backing_up: Arc::default() })
    }

    /// All its parts.
    #[must_use]
    pub fn stores(&self) -> Stores {
        self.stores.clone()
    }

    /// The directory.
    #[must_use]
    pub fn directories(&self) -> Arc<dyn Directories> {
        self.stores.directories.clone()
    }

    /// The queue.
    #[must_use]
    pub fn queue(&self) -> Arc<dyn Queue> {
        self.stores.queue.clone()
    }

    /// The bodies.
    #[must_use]
    pub fn bodies(&self) -> Arc<dyn Bodies> {
        self.stores.bodies.clone()
    }

    /// The trace.
    #[must_use]
    pub fn trace(&self) -> Arc<dyn Trace> {
        self.stores.trace.clone()
    }

    /// What the writers did so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        Counters { directory: self.directory.counts(), queue: self.queue.counts(), trace: self.trace.counts() }
    }

    /// Hands what the store measures to a registry.
    pub fn register_metrics(&self, registry: &mut Registry) {
        self.metrics.register(registry);
    }

    /// Why the directory or the queue takes no more writes until the store is opened again; `None` when all is well. Mail
    /// does not depend on the trace.
    #[must_use]
    pub fn poisoned(&self) -> Option<StoreError> {
        [&self.directory, &self.queue].into_iter().find_map(Database::poisoned)
    }

    /// What was found amiss at the opening and did not keep the store from it, each a sentence for the administrator.
    #[must_use]
    pub fn notices(&self) -> &[String] {
        &self.notices
    }
}

/// Refuses an SQLite with known damage.
fn check_engine() -> Result<(), StoreError> {
    if rusqlite::version_number() >= OLDEST_SQLITE {
        return Ok(());
    }
    Err(StoreError::Configuration {
        place: format!("SQLite {}", rusqlite::version()),
        reason: "versions before 3.51.3 can damage a database: build with the bundled one".to_owned(),
    })
}
