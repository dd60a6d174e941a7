//! The copy of one database as it was when the backup began.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use io_store::StoreError;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use crate::failure::engine_error;
use crate::files::Folder;

/// Pages copied at a time: a mebibyte.
const PAGES: i32 = 256;

/// The pause between, so that the disk has time for mail: the copy makes 100 MB a second at most.
const PAUSE: Duration = Duration::from_millis(10);

/// A database held at one moment.
pub struct Snapshot {
    name: &'static str,
    file: PathBuf,
    connection: Connection,
    octets: u64,
}

impl Snapshot {
    /// Holds what a connection of its own reads now.
    pub fn take(name: &'static str, file: PathBuf, connection: Connection) -> Result<Self, StoreError> {
        let hold = || -> rusqlite::Result<u64> {
            connection.execute_batch("BEGIN")?;
            // The first read is what fixes the moment.
            connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
            let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, u32>(0));
            Ok(u64::from(pragma("page_count")?) * u64::from(pragma("page_size")?))
        };
        let octets = hold().map_err(|error| engine_error(&error, &file))?;
        Ok(Self { name, file, connection, octets })
    }

    /// The name of the database's file.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Octets of the database.
    pub fn octets(&self) -> u64 {
        self.octets
    }

    /// Copies it into a file of the folder that has no name any more when this returns: whatever happens, nothing stays.
    pub fn copy(self, folder: &Folder) -> Result<File, StoreError> {
        let path = folder.make_copy()?;
        let copied = self.copy_to(&path).map_err(|error| engine_error(&error, &self.file));
        let opened = File::open(&path);
        let removed = fs::remove_file(&path);
        copied?;
        opened.and_then(|file| removed.map(|()| file)).map_err(|error| StoreError::Unavailable {
            place: path.display().to_string(),
            reason: format!("the copy cannot be read: {error}"),
        })
    }

    fn copy_to(&self, path: &Path) -> rusqlite::Result<()> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut target = Connection::open_with_flags(path, flags)?;
        // A copy that breaks off is thrown away, so that it needs no journal and no fsync.
        target.pragma_update_and_check(None, "journal_mode", "off", |_| Ok(()))?;
        target.pragma_update(None, "synchronous", "off")?;
        let backup = Backup::new(&self.connection, &mut target)?;
        while backup.step(PAGES)? != StepResult::Done {
            thread::sleep(PAUSE);
        }
        Ok(())
    }
}
