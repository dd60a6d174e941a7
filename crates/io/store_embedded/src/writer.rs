//! The one writer of a database. It gathers the operations that wait into one transaction, a savepoint each, commits
//! once and answers all: many callers share one fsync. After a failure that leaves the file in doubt it takes no more
//! until the store is opened again.

mod operation;

use std::cell::Cell;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use io_store::StoreError;
use rusqlite::hooks::Wal;
use rusqlite::{Connection, ErrorCode};
use tokio::sync::mpsc;

use crate::database::{Settings, join, spawn};
use crate::failure::{Failure, Reach, engine_error, reach};
use crate::files::Folder;
use crate::metrics::Meter;
use crate::schema::Schema;

pub use self::operation::Room;
use self::operation::{Applied, Job, Operation};

/// Most operations in one transaction, so that the first does not wait long for the last.
const GROUP: usize = 256;

/// Pages of the write-ahead log at which it is written back while room is short: what is in the log goes to the file as long
/// as there is room for it to grow. The log keeps its length, and settlements then need nothing that is not there, even when
/// the last octet is taken.
const LOW_LOG_PAGES: i32 = 64;

/// The least time between two lines of the log about room, so that a disk at its limit does not fill itself with them.
const TELL_AGAIN: Duration = Duration::from_secs(60);

/// What a writer did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Transactions committed.
    pub commits: u64,
    /// Operations in them.
    pub operations: u64,
    /// Operations in the largest.
    pub largest_group: u64,
    /// Transactions that failed as a whole.
    pub failures: u64,
}

#[derive(Default)]
struct Tally {
    commits: AtomicU64,
    operations: AtomicU64,
    largest_group: AtomicU64,
    failures: AtomicU64,
    poison: OnceLock<StoreError>,
}

/// The handle on the thread that writes.
pub struct Writer {
    jobs: Option<mpsc::Sender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
    tally: Arc<Tally>,
    file: PathBuf,
}

impl Writer {
    /// Starts the thread.
    pub fn start(
        mut connection: Connection,
        file: PathBuf,
        folder: Arc<Folder>,
        settings: &Settings,
        meter: Meter,
    ) -> Result<Self, StoreError> {
        let (sender, receiver) = mpsc::channel(settings.waiting);
        let tally = Arc::new(Tally::default());
        let pages = count_log_pages(&mut connection, &file)?;
        let thread = Thread {
            connection,
            file: file.clone(),
            folder,
            jobs: receiver,
            tally: tally.clone(),
            pages,
            log_pages: settings.log_pages,
            schema: settings.schema,
            identity: identity(&file),
            low: Cell::new(false),
            told_of_room: Cell::new((true, None)),
            meter,
        };
        let thread = spawn("store-writer", &file, move || thread.run())?;
        Ok(Self { jobs: Some(sender), thread: Some(thread), tally, file })
    }

    /// Queues an operation, and waits for a place.
    pub async fn submit<T: Send + 'static>(
        &self,
        room: Room,
        operation: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
        respond: impl FnOnce(Result<T, StoreError>) + Send + 'static,
    ) -> Result<(), StoreError> {
        let jobs = self.jobs.as_ref().ok_or_else(|| self.ended())?;
        jobs.send(Operation::boxed(room, operation, respond)).await.map_err(|_| self.ended())
    }

    /// Queues an operation if there is a place.
    pub fn offer<T: Send + 'static>(
        &self,
        room: Room,
        operation: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
        respond: impl FnOnce(Result<T, StoreError>) + Send + 'static,
    ) -> Result<(), StoreError> {
        let jobs = self.jobs.as_ref().ok_or_else(|| self.ended())?;
        jobs.try_send(Operation::boxed(room, operation, respond)).map_err(|_| StoreError::Unavailable {
            place: self.file.display().to_string(),
            reason: "too many writes wait for it: the disk is too slow for the load".to_owned(),
        })
    }

    /// What was done so far.
    pub fn counts(&self) -> Counts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            commits: read(&self.tally.commits),
            operations: read(&self.tally.operations),
            largest_group: read(&self.tally.largest_group),
            failures: read(&self.tally.failures),
        }
    }

    /// Why no more is written.
    pub fn poisoned(&self) -> Option<StoreError> {
        let ended = || self.thread.as_ref().is_some_and(JoinHandle::is_finished).then(|| self.ended());
        self.tally.poison.get().cloned().or_else(ended)
    }

    fn ended(&self) -> StoreError {
        StoreError::Unavailable {
            place: self.file.display().to_string(),
            reason: "its writer has ended: restart the service and report the log".to_owned(),
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        self.thread.take().into_iter().for_each(join);
    }
}

/// What the thread owns.
struct Thread {
    connection: Connection,
    file: PathBuf,
    folder: Arc<Folder>,
    jobs: mpsc::Receiver<Box<dyn Job>>,
    tally: Arc<Tally>,
    pages: Arc<AtomicI32>,
    meter: Meter,
    /// How many of them are written back.
    log_pages: i32,
    schema: &'static Schema,
    /// Device and number of the file that was opened.
    identity: Option<(u64, u64)>,
    /// Whether room is short.
    low: Cell<bool>,
    /// Whether there was room when that was last told, and when.
    told_of_room: Cell<(bool, Option<Instant>)>,
}

impl Thread {
    fn run(mut self) {
        while let Some(first) = self.jobs.blocking_recv() {
            let mut group = vec![first];
            while group.len() < GROUP
                && let Ok(next) = self.jobs.try_recv()
            {
                group.push(next);
            }
            let outcome = self.commit(&mut group);
            for job in group {
                job.answer(outcome.clone());
            }
            self.checkpoint();
        }
    }

    /// Applies and commits a group, and keeps the books.
    fn commit(&self, group: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
        if let Some(poison) = self.tally.poison.get() {
            return Err(poison.clone());
        }
        let size = group.len() as u64;
        let begun = Instant::now();
        match self.transact(group) {
            Ok(()) => {
                self.tally.commits.fetch_add(1, Ordering::Relaxed);
                self.tally.operations.fetch_add(size, Ordering::Relaxed);
                self.tally.largest_group.fetch_max(size, Ordering::Relaxed);
                self.meter.committed(group.len(), begun.elapsed());
                Ok(())
            }
            Err((error, doubt)) => {
                self.tally.failures.fetch_add(1, Ordering::Relaxed);
                self.meter.failed();
                self.roll_back();
                if doubt || !self.connection.is_autocommit() {
                    return Err(self.poison(&error));
                }
                tracing::warn!(%error, "a group of writes failed");
                Err(error)
            }
        }
    }

    /// One transaction. An error says with `true` that the state of the file is in doubt.
    fn transact(&self, group: &mut [Box<dyn Job>]) -> Result<(), (StoreError, bool)> {
        let failed = |error: &rusqlite::Error, doubt| (engine_error(error, &self.file), doubt);
        let statement = |text: &str| self.connection.prepare_cached(text).and_then(|mut ready| ready.execute([]));
        let room = self.in_place().and_then(|()| self.folder.room(|| reusable(&self.connection)));
        self.low.set(room.is_err());
        self.tell_room(&room);
        statement("BEGIN IMMEDIATE").map_err(|error| failed(&error, reach(&error) == Reach::File))?;
        for job in group.iter_mut() {
            statement("SAVEPOINT operation").map_err(|error| failed(&error, reach(&error) == Reach::File))?;
            match job.apply(&self.connection, &self.file, &room) {
                Applied::Done => {}
                Applied::Refused => {
                    statement("ROLLBACK TO operation").map_err(|error| failed(&error, true))?;
                }
                Applied::Broken(error) => return Err(failed(&error, reach(&error) == Reach::File)),
            }
            statement("RELEASE operation").map_err(|error| failed(&error, reach(&error) == Reach::File))?;
        }
        // A commit that fails for want of room or of a lock wrote no end mark; after any other failure, a failed fsync
        // above all, nobody knows what the medium holds.
        statement("COMMIT").map_err(|error| {
            let known = matches!(error.sqlite_error_code(), Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy));
            failed(&error, !known)
        })?;
        Ok(())
    }

    fn roll_back(&self) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::error!(file = %self.file.display(), %error, "a failed transaction could not be rolled back");
        }
    }

    /// Writes the log back when it has grown. Readers go on; what they still need stays for the next time.
    fn checkpoint(&self) {
        let pages = if self.low.get() { self.log_pages.min(LOW_LOG_PAGES) } else { self.log_pages };
        if self.pages.load(Ordering::Relaxed) < pages || self.tally.poison.get().is_some() {
            return;
        }
        self.pages.store(0, Ordering::Relaxed);
        let result = self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        match result {
            Ok(()) => {}
            Err(error) if reach(&error) == Reach::Group => {
                tracing::warn!(file = %self.file.display(), %error, "the write-ahead log was not written back");
            }
            Err(error) => {
                self.poison(&engine_error(&error, &self.file));
            }
        }
    }

    /// Says once that the room has run out, and once that there is some again.
    fn tell_room(&self, room: &Result<(), StoreError>) {
        let (was_there, told_at) = self.told_of_room.get();
        if room.is_ok() == was_there || told_at.is_some_and(|at| at.elapsed() < TELL_AGAIN) {
            return;
        }
        match room {
            Err(full @ StoreError::Full { .. }) => tracing::error!(%full, "out of room: {}", self.schema.without_room),
            Err(error) => tracing::error!(%error, "nothing more is kept; what is in the store goes on"),
            Ok(()) => tracing::info!(file = %self.file.display(), "there is room again"),
        }
        self.told_of_room.set((room.is_ok(), Some(Instant::now())));
    }

    /// Whether the next start will find what is written now. In a file that was removed or replaced under us nothing more is
    /// kept; what it has goes on being delivered, since nobody else can.
    fn in_place(&self) -> Result<(), StoreError> {
        if identity(&self.file) == self.identity {
            return Ok(());
        }
        Err(StoreError::Unavailable {
            place: self.file.display().to_string(),
            reason:
                "it was removed or replaced while the server runs: what it holds is still delivered, so let the queue \
                     empty (`postwarden queue list`), or put the file back, before you restart the service"
                    .to_owned(),
        })
    }

    /// Ends writing for good, and returns what callers hear from now on.
    fn poison(&self, cause: &StoreError) -> StoreError {
        let place = self.file.display().to_string();
        let poison = match cause {
            // No restart mends that.
            StoreError::Corrupt { reason, .. } if self.schema.disposable => {
                let set_aside = match self.folder.set_aside(self.schema.file) {
                    Ok(aside) => {
                        format!("it was set aside as {}: restart the service to begin a new one", aside.display())
                    }
                    Err(error) => format!("it cannot be set aside ({error}): move it away and restart the service"),
                };
                StoreError::Corrupt { place, reason: format!("{reason}; {set_aside}") }
            }
            StoreError::Corrupt { .. } => cause.clone(),
            _ => StoreError::Unavailable {
                place,
                reason: format!(
                    "a write failed and the file is in doubt until it is read again ({cause}): check the disk, then restart the service"
                ),
            },
        };
        tracing::error!(error = %poison, "writing ends until the store is opened again");
        self.tally.poison.get_or_init(|| poison).clone()
    }
}

fn identity(file: &Path) -> Option<(u64, u64)> {
    std::fs::metadata(file).ok().map(|metadata| (metadata.dev(), metadata.ino()))
}

/// Octets of pages in the file that hold nothing. Where they cannot be told there are none.
pub fn reusable(connection: &Connection) -> u64 {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, u32>(0)).unwrap_or(0);
    u64::from(pragma("freelist_count")) * u64::from(pragma("page_size"))
}

/// Has SQLite tell after each commit how many pages the write-ahead log has.
fn count_log_pages(connection: &mut Connection, file: &Path) -> Result<Arc<AtomicI32>, StoreError> {
    let pages = Arc::new(AtomicI32::new(0));
    let told = pages.clone();
    connection
        .wal_hook(Some(move |_: &mut Wal, pages| {
            told.store(pages, Ordering::Relaxed);
            Ok(())
        }))
        .map_err(|error| engine_error(&error, file))?;
    Ok(pages)
}
