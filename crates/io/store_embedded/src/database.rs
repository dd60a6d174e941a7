//! One database: how it is opened, its writer, and its readers. What is written and read are closures of the modules
//! that own the rows. Whether what is missing may be made anew is decided in `opening`.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use io_store::StoreError;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::{mpsc, oneshot};

use crate::backup::Snapshot;
use crate::failure::{Failure, Reach, engine_error, reach};
use crate::files::Folder;
use crate::metrics::Meter;
use crate::schema::Schema;
use crate::wal;
use crate::writer::{Counts, Room, Writer};

/// How long a statement waits for a lock. Only a program from outside, such as a shell or a backup, holds one.
const BUSY: Duration = Duration::from_secs(5);

/// Statements kept prepared per connection; all of ours fit.
const PREPARED: usize = 96;

/// Reads that may wait for a thread.
const READS_WAITING: usize = 256;

/// When what is written is on stable storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// When the commit returns.
    EachCommit,
    /// Some time later.
    Behind,
}

/// How a database is opened.
pub struct Settings {
    /// Its schema and file.
    pub schema: &'static Schema,
    /// When what is written is on stable storage.
    pub durability: Durability,
    /// Threads that read.
    pub readers: usize,
    /// Operations that may wait for the writer.
    pub waiting: usize,
    /// Pages of the write-ahead log at which it is written back.
    pub log_pages: i32,
}

/// A handle on an opened database. Operations must not hold one: they run on the threads that the last handle joins.
#[derive(Clone)]
pub struct Database(Arc<Inner>);

/// Dropped in this order: the readers end, then the writer, whose connection clears the write-ahead log, then the
/// lock on the folder goes.
struct Inner {
    readers: Readers,
    writer: Writer,
    file: PathBuf,
    name: &'static str,
    meter: Meter,
    _folder: Arc<Folder>,
}

/// What there was of a database before it was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// No file.
    Nothing,
    /// A file without tables: empty, or begun and not finished.
    Blank,
    /// One of ours.
    Ours,
}

/// A database that is opened and looked at; nothing of it was changed yet.
pub struct Opening<'a> {
    connection: Connection,
    file: PathBuf,
    folder: Arc<Folder>,
    settings: &'a Settings,
    found: Found,
}

impl<'a> Opening<'a> {
    /// Opens the file, which is made empty if it is missing.
    pub fn of(folder: &Arc<Folder>, settings: &'a Settings) -> Result<Self, StoreError> {
        let schema = settings.schema;
        let was_there = folder.has(schema.file)?;
        let file = folder.database(schema.file)?;
        if settings.durability == Durability::EachCommit {
            wal::check(&file)?;
        }
        let connection = open_for_writing(&file, settings.durability)?;
        let found = match schema.version_of(&connection, &file)? {
            0 if was_there => Found::Blank,
            0 => Found::Nothing,
            _ => Found::Ours,
        };
        Ok(Self { connection, file, folder: folder.clone(), settings, found })
    }

    /// What there was.
    pub fn found(&self) -> Found {
        self.found
    }

    /// The file, for errors.
    pub fn place(&self) -> String {
        self.file.display().to_string()
    }

    /// A number that the database holds.
    pub fn number(&self, query: &str) -> Result<i64, StoreError> {
        self.connection.query_row(query, [], |row| row.get(0)).map_err(|error| engine_error(&error, &self.file))
    }

    /// Makes or migrates the tables and starts the threads.
    pub fn start(self, meter: Meter) -> Result<Database, StoreError> {
        let Self { mut connection, file, folder, settings, .. } = self;
        settings.schema.migrate(&mut connection, &file)?;
        if settings.schema.check_whole {
            check_whole(&connection, &file)?;
        }
        write_back(&connection, &file)?;
        let connections = (0..settings.readers).map(|_| open_for_reading(&file)).collect::<Result<Vec<_>, _>>()?;
        let readers = Readers::start(connections, &file)?;
        let writer = Writer::start(connection, file.clone(), folder.clone(), settings, meter.clone())?;
        Ok(Database(Arc::new(Inner { readers, writer, file, name: settings.schema.file, meter, _folder: folder })))
    }
}

impl Database {
    /// Opens a database, makes or migrates its tables and starts its threads.
    pub fn open(folder: &Arc<Folder>, settings: &Settings, meter: Meter) -> Result<Self, StoreError> {
        Opening::of(folder, settings)?.start(meter)
    }

    /// Runs `operation` in the next group; returns when the group is committed. If the caller goes away meanwhile,
    /// the operation still runs.
    pub async fn write<T: Send + 'static>(
        &self,
        room: Room,
        operation: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let respond = move |result| drop(answer.send(result));
        self.0.writer.submit(room, operation, respond).await?;
        answered.await.unwrap_or_else(|_| Err(self.ended()))
    }

    /// Hands `operation` over without waiting, if there is a place for it; `respond` hears how it went.
    pub fn offer(
        &self,
        room: Room,
        operation: impl FnOnce(&Connection) -> Result<(), Failure> + Send + 'static,
        respond: impl FnOnce(Result<(), StoreError>) + Send + 'static,
    ) -> Result<(), StoreError> {
        self.0.writer.offer(room, operation, respond)
    }

    /// Runs `operation` on a thread of its own, in one read transaction.
    pub async fn read<T: Send + 'static>(
        &self,
        operation: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let file = self.0.file.clone();
        let begun = Instant::now();
        let job: ReadJob = Box::new(move |connection| {
            let result = read_in_transaction(connection, operation);
            drop(answer.send(result.map_err(|failure| failure.at(&file))));
        });
        let sender = self.0.readers.jobs.as_ref().ok_or_else(|| self.ended())?;
        sender.send(job).await.map_err(|_| self.ended())?;
        let result = answered.await.unwrap_or_else(|_| Err(self.ended()));
        self.0.meter.read(begun.elapsed());
        result
    }

    /// Holds what is committed now, for a copy. It blocks.
    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let Inner { file, name, .. } = &*self.0;
        Snapshot::take(name, file.clone(), open_for_reading(file)?)
    }

    /// What the writer did so far.
    pub fn counts(&self) -> Counts {
        self.0.writer.counts()
    }

    /// Why the database takes no more writes, or answers nothing: a thread of it broke down.
    pub fn poisoned(&self) -> Option<StoreError> {
        let broke_down = || self.0.readers.threads.iter().any(JoinHandle::is_finished).then(|| self.ended());
        self.0.writer.poisoned().or_else(broke_down)
    }

    /// The file, for errors.
    pub fn place(&self) -> String {
        self.0.file.display().to_string()
    }

    fn ended(&self) -> StoreError {
        StoreError::Unavailable {
            place: self.place(),
            reason: "its thread has ended: restart the service and report the log".to_owned(),
        }
    }
}

type ReadJob = Box<dyn FnOnce(&Connection) + Send>;

/// Threads that read, fed from one channel.
struct Readers {
    jobs: Option<mpsc::Sender<ReadJob>>,
    threads: Vec<JoinHandle<()>>,
}

impl Readers {
    fn start(connections: Vec<Connection>, file: &Path) -> Result<Self, StoreError> {
        let (sender, receiver) = mpsc::channel::<ReadJob>(READS_WAITING);
        let receiver = Arc::new(Mutex::new(receiver));
        let mut readers = Self { jobs: Some(sender), threads: Vec::new() };
        for connection in connections {
            let receiver = receiver.clone();
            let serve = move || {
                loop {
                    let job = receiver.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv();
                    match job {
                        Some(job) => job(&connection),
                        None => return,
                    }
                }
            };
            readers.threads.push(spawn("store-reader", file, serve)?);
        }
        Ok(readers)
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.jobs = None;
        self.threads.drain(..).for_each(join);
    }
}

/// Starts a thread of the store.
pub fn spawn(name: &str, file: &Path, body: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    thread::Builder::new().name(name.to_owned()).spawn(body).map_err(|error| StoreError::Unavailable {
        place: file.display().to_string(),
        reason: format!("no thread for it: {error}"),
    })
}

/// Waits for a thread to end, unless it is this one: a task that a thread wakes may hold the last handle.
pub fn join(thread: JoinHandle<()>) {
    if thread.thread().id() != thread::current().id() {
        drop(thread.join());
    }
}

fn read_in_transaction<T>(
    connection: &Connection,
    operation: impl FnOnce(&Connection) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let transaction = connection.unchecked_transaction()?;
    let result = operation(&transaction)?;
    transaction.commit()?;
    Ok(result)
}

fn open_for_writing(file: &Path, durability: Durability) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = open(file, flags)?;
    let set = || -> rusqlite::Result<String> {
        let mode = connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
        let synchronous = match durability {
            Durability::EachCommit => "full",
            Durability::Behind => "normal",
        };
        connection.pragma_update(None, "synchronous", synchronous)?;
        // On macOS an fsync alone does not reach the medium; elsewhere this does nothing.
        connection.pragma_update(None, "fullfsync", true)?;
        connection.pragma_update(None, "checkpoint_fullfsync", true)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        // The writer checkpoints itself: SQLite's own way swallows the error of a failed fsync.
        connection.pragma_update_and_check(None, "wal_autocheckpoint", 0, |_| Ok(()))?;
        Ok(mode)
    };
    let mode = set().map_err(|error| engine_error(&error, file))?;
    if mode == "wal" {
        return Ok(connection);
    }
    Err(StoreError::Configuration {
        place: file.display().to_string(),
        reason: format!("the file system allows no write-ahead log (mode {mode}): use a local one"),
    })
}

fn open_for_reading(file: &Path) -> Result<Connection, StoreError> {
    let connection = open(file, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.pragma_update(None, "query_only", true).map_err(|error| engine_error(&error, file))?;
    Ok(connection)
}

/// What holds for each connection. Memory mapping stays off: through it a failing disk would end the process.
fn open(file: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let ready = || -> rusqlite::Result<Connection> {
        let connection = Connection::open_with_flags(file, flags)?;
        connection.busy_timeout(BUSY)?;
        connection.set_prepared_statement_cache_capacity(PREPARED);
        connection.pragma_update(None, "trusted_schema", false)?;
        connection.pragma_update_and_check(None, "mmap_size", 0, |_| Ok(()))?;
        Ok(connection)
    };
    ready().map_err(|error| engine_error(&error, file))
}

/// Brings what the last run left in the write-ahead log into the file and makes it durable there, before anything is added.
/// After a failed fsync the log may be whole in memory and not on the medium; what came behind it would be lost with it.
/// Also, a file that has its tables is never taken for an empty one, whatever becomes of its log.
fn write_back(connection: &Connection, file: &Path) -> Result<(), StoreError> {
    match connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())) {
        Ok(()) => Ok(()),
        // What is queued is delivered all the same, and the log is whole.
        Err(error) if reach(&error) == Reach::Group => {
            tracing::warn!(file = %file.display(), %error, "the write-ahead log of the last run was not written back");
            Ok(())
        }
        Err(error) => Err(engine_error(&error, file)),
    }
}

fn check_whole(connection: &Connection, file: &Path) -> Result<(), StoreError> {
    let found: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(|error| engine_error(&error, file))?;
    if found == "ok" {
        return Ok(());
    }
    Err(StoreError::Corrupt {
        place: file.display().to_string(),
        reason: format!("{}: keep a copy of the file for examination, and restore a backup", found.replace('\n', " ")),
    })
}
