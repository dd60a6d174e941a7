//! Opening the three databases of a folder: what is missing is made where nothing is lost by it, the trace is set aside
//! where it is damaged, and everything else that is amiss ends the opening. Directory and queue are never set aside or
//! begun anew beside what is left of the other: mail would be refused for good, or one tenant's taken for another's.

use std::sync::Arc;

use io_store::StoreError;

use crate::database::{Database, Durability, Found, Opening, Settings};
use crate::files::Folder;
use crate::metrics::Metrics;
use crate::schema::Schema;

/// Pages of the write-ahead log at which it is written back: 16 MiB. Less would interrupt commits for nothing, more
/// would slow readers and the next start.
const LOG_PAGES: i32 = 4096;

/// The directory is written back at each change: changes are rare, and the whole of it is then in the one file.
const DIRECTORY_LOG_PAGES: i32 = 1;

/// Threads that read the queue and its bodies; deliveries stream bodies side by side.
const QUEUE_READERS: usize = 2;

/// Operations that may wait for a durable database. The largest carries one chunk of a body, so 32 MiB at most.
const WAITING: usize = 256;

/// Records that may wait for the trace. The largest is 64 KiB, the usual one 2 KiB.
const TRACE_WAITING: usize = 1024;

const DIRECTORY: Settings = Settings {
    schema: &Schema::DIRECTORY,
    durability: Durability::EachCommit,
    readers: 1,
    waiting: WAITING,
    log_pages: DIRECTORY_LOG_PAGES,
};

const QUEUE: Settings = Settings {
    schema: &Schema::QUEUE,
    durability: Durability::EachCommit,
    readers: QUEUE_READERS,
    waiting: WAITING,
    log_pages: LOG_PAGES,
};

const TRACE: Settings = Settings {
    schema: &Schema::TRACE,
    durability: Durability::Behind,
    readers: 1,
    waiting: TRACE_WAITING,
    log_pages: LOG_PAGES,
};

/// The opened databases.
pub struct Opened {
    pub directory: Database,
    pub queue: Database,
    pub trace: Database,
    /// What the administrator should know, a sentence each.
    pub notices: Vec<String>,
}

/// Opens all three.
pub fn open(folder: &Arc<Folder>, metrics: &Metrics) -> Result<Opened, StoreError> {
    let directory = Opening::of(folder, &DIRECTORY)?;
    let queue = Opening::of(folder, &QUEUE)?;
    let mut notices: Vec<String> = lost_queue(&directory, &queue)?.into_iter().collect();
    let directory = directory.start(metrics.of(DIRECTORY.schema))?;
    let queue = queue.start(metrics.of(QUEUE.schema))?;
    let (trace, set_aside) = open_trace(folder, metrics)?;
    notices.extend(set_aside);
    for notice in &notices {
        tracing::error!("{notice}");
    }
    Ok(Opened { directory, queue, trace, notices })
}

/// Whether the two belong together. A sentence, if the queue is gone and a new one is begun.
fn lost_queue(directory: &Opening<'_>, queue: &Opening<'_>) -> Result<Option<String>, StoreError> {
    match (directory.found(), queue.found()) {
        (Found::Nothing | Found::Blank, Found::Ours) => Err(lost(
            directory,
            "it is missing or empty, and the queue beside it is not: put a backup of it back (is its file system \
             mounted?), or move the whole folder away to begin with nothing",
        )),
        (Found::Ours, Found::Nothing | Found::Blank) if is_unused(directory)? => Ok(None),
        (Found::Ours, Found::Blank) => Err(lost(
            queue,
            "it is empty, and the directory beside it is not: put a backup of it back, or remove it together with its \
             -wal file to begin with an empty queue",
        )),
        (Found::Ours, Found::Nothing) => Ok(Some(format!(
            "{} was missing and an empty one was begun: mail that waited in it is not delivered; if that was not meant, \
             stop the service and put the file back",
            queue.place()
        ))),
        _ => Ok(None),
    }
}

/// Whether the directory was never changed, as after a first start that was cut short.
fn is_unused(directory: &Opening<'_>) -> Result<bool, StoreError> {
    Ok(directory.number("SELECT version FROM directory")? == 0)
}

fn lost(opening: &Opening<'_>, reason: &str) -> StoreError {
    StoreError::Corrupt { place: opening.place(), reason: reason.to_owned() }
}

/// Opens the trace, or begins a new one in place of one that is damaged: mail does not wait for a log.
fn open_trace(folder: &Arc<Folder>, metrics: &Metrics) -> Result<(Database, Option<String>), StoreError> {
    let damage = match Database::open(folder, &TRACE, metrics.of(TRACE.schema)) {
        Err(damage @ StoreError::Corrupt { .. }) => damage,
        result => return Ok((result?, None)),
    };
    let aside = folder.set_aside(TRACE.schema.file)?;
    let notice = format!(
        "{damage}; it was set aside as {} and a new one begun: refusals and events from before are not found any more",
        aside.display()
    );
    Ok((Database::open(folder, &TRACE, metrics.of(TRACE.schema))?, Some(notice)))
}
