//! From a backup to a store, or to its directory alone. Everything in the backup is checked before anything of it is in
//! place: sums, whose databases they are, their versions, their inner structure. A restore that did not come to its end is
//! known for one, and a store is not opened over it.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, lchown};
use std::path::{Path, PathBuf};

use io_store::{DirectoryImage, Scope, StoreError};
use rusqlite::{Connection, OpenFlags};

use super::archive::{self, ArchiveError, Manifest};
use crate::directories;
use crate::failure::engine_error;
use crate::files::{Folder, LOCK, RESTORING, new_private_file};
use crate::schema::Schema;

/// What may be in a folder that counts as empty: the lock, and what file systems have at their root.
const NOTHING: [&str; 2] = [LOCK, "lost+found"];

/// The databases that a backup may have, the first one always.
const NAMES: [&str; 3] = [Schema::DIRECTORY.file, Schema::QUEUE.file, Schema::TRACE.file];

/// Why a backup was not restored. Nothing was changed, but for the last.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The backup cannot be used.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// A database in it cannot be used, or the folder.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is something in the folder.
    #[error("{} is not empty; what is there would be lost", .0.display())]
    NotEmpty(PathBuf),
    /// The system refuses.
    #[error("{}: {error}", path.display())]
    System {
        /// Where.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

/// Restores a whole store into a folder that is empty or not there. Whoever owns the folder owns what is restored.
///
/// # Errors
/// The folder is not empty or is in use; the backup cannot be used; the system refuses.
pub fn restore(archive: impl Read, data: &Path) -> Result<Manifest, RestoreError> {
    let is_new = !data.exists();
    // After a restore that was broken off, opening the folder says what to do.
    if !is_new && !data.join(RESTORING).exists() && !is_empty(data)? {
        return Err(RestoreError::NotEmpty(data.to_owned()));
    }
    let folder = Folder::open(data, 0)?;
    let workshop = data.join(RESTORING);
    let restored = unpack(archive, &workshop).and_then(|manifest| {
        put_in_place(&workshop, data, &folder)?;
        Ok(manifest)
    });
    if matches!(restored, Err(RestoreError::Archive(_) | RestoreError::Store(_))) {
        // What is left would be in the way of the next try, and no more.
        let _ = fs::remove_dir_all(&workshop);
        if is_new {
            let _ = fs::remove_dir_all(data);
        }
    }
    let manifest = restored?;
    folder.sync()?;
    Ok(manifest)
}

/// The directory in a backup, at its version then. The rest of the backup is checked by its sums and passed over.
/// `workshop` is a folder that is made and removed again: what is in it holds private keys.
///
/// # Errors
/// The backup cannot be used; the system refuses.
pub fn read_directory(archive: impl Read, workshop: &Path) -> Result<(Manifest, DirectoryImage), RestoreError> {
    let read = || -> Result<_, RestoreError> {
        make_workshop(workshop)?;
        let file = workshop.join(Schema::DIRECTORY.file);
        let manifest = archive::read(archive, &NAMES, |name| -> Result<Box<dyn Write>, ArchiveError> {
            if name == Schema::DIRECTORY.file { Ok(Box::new(output(&file)?)) } else { Ok(Box::new(io::sink())) }
        })?;
        let mut connection = open_checked(&Schema::DIRECTORY, &file)?;
        Schema::DIRECTORY.migrate(&mut connection, &file)?;
        let image = directories::load(&connection, Scope::Operator).map_err(|failure| failure.at(&file))?;
        Ok((manifest, image))
    };
    let outcome = read();
    let _ = fs::remove_dir_all(workshop);
    outcome
}

/// Unpacks and checks.
fn unpack(archive: impl Read, workshop: &Path) -> Result<Manifest, RestoreError> {
    make_workshop(workshop)?;
    let mut files = Vec::new();
    let manifest = archive::read(archive, &NAMES, |name| {
        let path = workshop.join(name);
        let file = output(&path)?;
        let again = file.try_clone().map_err(|error| ArchiveError::Output(name.to_owned(), error))?;
        files.push((path, again));
        Ok(file)
    })?;
    for (path, file) in files {
        file.sync_all().map_err(|error| RestoreError::System { path: path.clone(), error })?;
        let schema = Schema::ALL.into_iter().find(|schema| path.ends_with(schema.file));
        schema.map_or(Ok(()), |schema| open_checked(schema, &path).map(drop))?;
    }
    for schema in Schema::ALL.into_iter().filter(|schema| !manifest.databases.iter().any(|name| name == schema.file)) {
        make_empty(schema, &workshop.join(schema.file))?;
    }
    Ok(manifest)
}

/// Moves what was checked to where the store looks for it. Until the workshop is gone no store is opened there.
fn put_in_place(workshop: &Path, data: &Path, folder: &Folder) -> Result<(), RestoreError> {
    let system = |path: &Path| {
        let path = path.to_owned();
        move |error| RestoreError::System { path, error }
    };
    let owner = fs::metadata(data).map_err(system(data))?;
    for name in NAMES {
        let (from, to) = (workshop.join(name), data.join(name));
        let own = fs::metadata(&from).map_err(system(&from))?;
        if (own.uid(), own.gid()) != (owner.uid(), owner.gid()) {
            // Not through a link that the folder's owner may have put there.
            lchown(&from, Some(owner.uid()), Some(owner.gid())).map_err(system(&from))?;
        }
        fs::rename(&from, &to).map_err(system(&to))?;
    }
    folder.give_lock(owner.uid(), owner.gid()).map_err(system(&data.join(LOCK)))?;
    File::open(data).and_then(|folder| folder.sync_all()).map_err(system(data))?;
    fs::remove_dir_all(workshop).map_err(system(workshop))
}

fn is_empty(folder: &Path) -> Result<bool, RestoreError> {
    let system = |error| RestoreError::System { path: folder.to_owned(), error };
    for entry in fs::read_dir(folder).map_err(system)? {
        let name = entry.map_err(system)?.file_name();
        if !NOTHING.iter().any(|known| name == *known) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn make_workshop(workshop: &Path) -> Result<(), RestoreError> {
    let made = fs::DirBuilder::new().mode(0o700).create(workshop);
    made.map_err(|error| RestoreError::System { path: workshop.to_owned(), error })
}

fn output(path: &Path) -> Result<File, ArchiveError> {
    new_private_file(path).map_err(|error| ArchiveError::Output(path.display().to_string(), error))
}

/// Makes a database that the backup left out, with its tables: one that is missing or has none is taken for damage at a start.
fn make_empty(schema: &Schema, file: &Path) -> Result<(), RestoreError> {
    let made = output(file)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let engine = |error: rusqlite::Error| RestoreError::Store(engine_error(&error, file));
    let mut connection = Connection::open_with_flags(file, flags).map_err(engine)?;
    schema.migrate(&mut connection, file)?;
    drop(connection);
    made.sync_all().map_err(|error| RestoreError::System { path: file.to_owned(), error })
}

/// Opens a database of a backup, once it is known to be ours, of a version that we know, and sound all through.
fn open_checked(schema: &Schema, file: &Path) -> Result<Connection, RestoreError> {
    let engine = |error: rusqlite::Error| RestoreError::Store(engine_error(&error, file));
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags).map_err(engine)?;
    connection.pragma_update(None, "trusted_schema", false).map_err(engine)?;
    if schema.version_of(&connection, file)? == 0 {
        return Err(ArchiveError::Damaged(format!("{} has no tables", schema.file)).into());
    }
    let found: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(engine)?;
    if found == "ok" {
        return Ok(connection);
    }
    Err(ArchiveError::Damaged(format!("{}: {found}", schema.file)).into())
}
