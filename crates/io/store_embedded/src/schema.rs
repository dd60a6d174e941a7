//! The schemas of the three databases and their migrations. A migration that a tagged version carried is never
//! edited; a change is a new one at the end.

use std::path::Path;

use io_store::StoreError;
use rusqlite::Connection;

use crate::failure::engine_error;

/// The schema of one database.
pub struct Schema {
    /// The name of the file.
    pub file: &'static str,
    /// Marks the file as ours (`PRAGMA application_id`).
    mark: i32,
    /// The statements that lead from each version to the next.
    migrations: &'static [&'static str],
    /// Whether the file is small enough to be checked whole when opened.
    pub check_whole: bool,
    /// Whether nothing but a log is lost with the file, so that a damaged one is set aside rather than stops the mail.
    pub disposable: bool,
    /// What happens while there is no room for it.
    pub without_room: &'static str,
}

impl Schema {
    /// Objects, identities, audit.
    pub const DIRECTORY: Self = Self {
        file: "directory.db",
        mark: 0x5057_0001,
        migrations: &[
            include_str!("schema/directory_1.sql"),
            include_str!("schema/directory_2.sql"),
            include_str!("schema/directory_3.sql"),
            include_str!("schema/directory_4.sql"),
        ],
        check_whole: true,
        disposable: false,
        without_room: "changes of the directory may be refused",
    };

    /// Messages, recipients, attempts, bodies.
    pub const QUEUE: Self = Self {
        file: "queue.db",
        mark: 0x5057_0002,
        migrations: &[
            include_str!("schema/queue_1.sql"),
            include_str!("schema/queue_2.sql"),
            include_str!("schema/queue_3.sql"),
            include_str!("schema/queue_4.sql"),
        ],
        check_whole: false,
        disposable: false,
        without_room: "mail is put off with 452, and what is queued goes on being delivered",
    };

    /// Refusals, who knocks, and events.
    pub const TRACE: Self = Self {
        file: "trace.db",
        mark: 0x5057_0003,
        migrations: &[
            include_str!("schema/trace_1.sql"),
            include_str!("schema/trace_2.sql"),
            include_str!("schema/trace_3.sql"),
        ],
        check_whole: false,
        disposable: true,
        without_room: "the trace keeps no records",
    };

    /// All of them, in the order in which a backup has them.
    pub const ALL: [&'static Self; 3] = [&Self::DIRECTORY, &Self::QUEUE, &Self::TRACE];

    /// The version that this program writes.
    fn known(&self) -> u32 {
        u32::try_from(self.migrations.len()).unwrap_or(u32::MAX)
    }

    /// Brings the file to the version this program writes. Each step is one transaction.
    pub fn migrate(&self, connection: &mut Connection, file: &Path) -> Result<(), StoreError> {
        let found = self.version_of(connection, file)?;
        for (step, statements) in (1_u32..).zip(self.migrations).skip(found as usize) {
            let mut apply = || -> rusqlite::Result<()> {
                let transaction = connection.transaction()?;
                transaction.execute_batch(statements)?;
                transaction.pragma_update(None, "application_id", self.mark)?;
                transaction.pragma_update(None, "user_version", step)?;
                transaction.commit()
            };
            apply().map_err(|error| engine_error(&error, file))?;
        }
        Ok(())
    }

    /// The version of the file: 0 for an empty one.
    pub fn version_of(&self, connection: &Connection, file: &Path) -> Result<u32, StoreError> {
        let pragma = |name| -> Result<i64, StoreError> {
            connection.pragma_query_value(None, name, |row| row.get(0)).map_err(|error| engine_error(&error, file))
        };
        let place = || file.display().to_string();
        let tables: i64 = connection
            .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
            .map_err(|error| engine_error(&error, file))?;
        if tables == 0 {
            return Ok(0);
        }
        if pragma("application_id")? != i64::from(self.mark) {
            return Err(StoreError::Configuration {
                place: place(),
                reason: "the file is another program's database: give the store a folder of its own".to_owned(),
            });
        }
        let found = pragma("user_version")?;
        match u32::try_from(found) {
            Ok(found) if found <= self.known() => Ok(found),
            Ok(found) => Err(StoreError::Newer { place: place(), found, known: self.known() }),
            Err(_) => Err(StoreError::Corrupt {
                place: place(),
                reason: format!("its schema version is {found}: restore a backup"),
            }),
        }
    }
}
