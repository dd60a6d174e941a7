//! The folder of the store: its lock, the modes of its files, and how much room is left.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use io_store::StoreError;
use rustix::fs::OFlags;

use crate::schema::Schema;

/// Octets that must stay free for mail to be accepted. What is queued needs room to be delivered: the write-ahead
/// log grows even when rows are removed.
pub const RESERVE: u64 = 64 * 1024 * 1024;

/// The part of the reserve, one in so many, that must be free in the file system itself: settlements are small, and the
/// log keeps the length that it once had.
const LOG_SHARE: u64 = 8;

/// The name of the file that says by its lock that a process has the store open.
pub const LOCK: &str = "store.lock";

/// The folder in which a backup is unpacked before it is in place. Where it is there, a restore did not come to its end.
pub const RESTORING: &str = ".restore";

/// The copy of a database while a backup is made. It has a name for as long as copying takes, and longer only after a crash.
const COPY: &str = "backup.partial";

/// What SQLite adds to the name of a database for its write-ahead log.
pub const LOG: &str = "-wal";

/// What it adds for the index of that log.
const INDEX: &str = "-shm";

/// What is added to the name of a damaged database that was set aside.
const ASIDE: &str = ".damaged";

/// Files may hold private keys and mail: for the owner only.
const FILE_MODE: u32 = 0o600;

/// The group may pass through to the socket of the administration.
const FOLDER_MODE: u32 = 0o750;

/// The folder of a store, locked for this process as long as it lives.
pub struct Folder {
    path: PathBuf,
    reserve: u64,
    lock: File,
}

impl Folder {
    /// Locks the folder, and makes it if it is missing.
    pub fn open(path: &Path, reserve: u64) -> Result<Self, StoreError> {
        make_folder(path)?;
        let lock_path = path.join(LOCK);
        let lock = lock_file(&lock_path)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::Configuration {
                    place: path.display().to_string(),
                    reason: "another process has this store open: stop it, or give this one a folder of its own"
                        .to_owned(),
                });
            }
            Err(TryLockError::Error(error)) => return Err(unusable(&lock_path, &error)),
        }
        if path.join(RESTORING).exists() {
            return Err(StoreError::Configuration {
                place: path.display().to_string(),
                reason: format!(
                    "a restore was broken off here: remove what is in the folder, {RESTORING} included, and restore again"
                ),
            });
        }
        remove_if_there(&path.join(COPY))?;
        Ok(Self { path: path.to_owned(), reserve, lock })
    }

    /// The path of a database in the folder, made empty if it is missing, readable by the owner only.
    pub fn database(&self, name: &str) -> Result<PathBuf, StoreError> {
        let path = self.path.join(name);
        let file = private_file(&path)?;
        let metadata = file.metadata().map_err(|error| unusable(&path, &error))?;
        if metadata.permissions().mode() & 0o077 != 0 {
            file.set_permissions(fs::Permissions::from_mode(FILE_MODE)).map_err(|error| unusable(&path, &error))?;
        }
        Ok(path)
    }

    /// Makes an empty file for the copy of a database.
    pub fn make_copy(&self) -> Result<PathBuf, StoreError> {
        let path = self.path.join(COPY);
        remove_if_there(&path)?;
        new_private_file(&path).map_err(|error| unusable(&path, &error))?;
        Ok(path)
    }

    /// Whether so many octets can be copied into the folder without going to the reserve.
    pub fn room_for(&self, octets: u64) -> Result<(), StoreError> {
        let (free, needed) = (self.free()?, octets.saturating_add(self.reserve));
        if free >= needed {
            return Ok(());
        }
        let reason = format!("{free} octets are free, and {needed} are needed: free some space on its file system");
        Err(StoreError::Full { place: self.path.display().to_string(), reason })
    }

    /// Whether there is anything of the database: the file, or a write-ahead log without it.
    pub fn has(&self, name: &str) -> Result<bool, StoreError> {
        let there = |name: &str| {
            let path = self.path.join(name);
            path.try_exists().map_err(|error| unusable(&path, &error))
        };
        Ok(there(name)? || there(&format!("{name}{LOG}"))?)
    }

    /// Renames a damaged database that can be done without, for examination. One that was set aside before is replaced:
    /// they would fill the disk.
    pub fn set_aside(&self, name: &str) -> Result<PathBuf, StoreError> {
        let aside = self.path.join(format!("{name}{ASIDE}"));
        fs::rename(self.path.join(name), &aside).map_err(|error| unusable(&aside, &error))?;
        for part in [LOG, INDEX] {
            let path = self.path.join(format!("{name}{part}"));
            match fs::rename(&path, self.path.join(format!("{name}{ASIDE}{part}"))) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(unusable(&path, &error)),
                _ => {}
            }
        }
        self.sync()?;
        Ok(aside)
    }

    /// Gives the lock to somebody.
    pub fn give_lock(&self, user: u32, group: u32) -> io::Result<()> {
        fchown(&self.lock, Some(user), Some(group))
    }

    /// Makes the entries of the folder durable.
    pub fn sync(&self) -> Result<(), StoreError> {
        sync_folder(&self.path)
    }

    /// Whether there is room for more. `reusable` tells the octets that the database has inside and does not use; it is
    /// asked only where the file system is short of room.
    pub fn room(&self, reusable: impl FnOnce() -> u64) -> Result<(), StoreError> {
        let free = self.free()?;
        if free >= self.reserve || is_enough(free, reusable(), self.reserve) {
            return Ok(());
        }
        let reason = format!(
            "{free} octets are free, {} are kept for delivery: free some space on its file system",
            self.reserve
        );
        Err(StoreError::Full { place: self.path.display().to_string(), reason })
    }

    /// Octets that the file system has left for us.
    fn free(&self) -> Result<u64, StoreError> {
        let stat = rustix::fs::statvfs(&self.path).map_err(|error| StoreError::Unavailable {
            place: self.path.display().to_string(),
            reason: format!("the free space cannot be told: {}", io::Error::from(error)),
        })?;
        Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
    }
}

/// Whether there is anything of a store in the folder, or of a restore that did not come to its end. A first start finds nothing.
#[must_use]
pub fn is_there(folder: &Path) -> bool {
    let databases = Schema::ALL.into_iter().map(|schema| schema.file);
    databases.chain([RESTORING]).any(|name| folder.join(name).exists())
}

/// Whether more may be kept. A database never gives room back to the file system, so that after a long queue has drained
/// the room is inside it; some must be outside all the same, for its write-ahead log.
fn is_enough(free: u64, reusable: u64, reserve: u64) -> bool {
    free.saturating_add(reusable) >= reserve && free >= reserve / LOG_SHARE
}

/// Makes the folder and those above it where they are missing, and makes their entries durable.
fn make_folder(path: &Path) -> Result<(), StoreError> {
    let missing: Vec<&Path> =
        path.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    fs::DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(path).map_err(|error| unusable(path, &error))?;
    for folder in missing {
        let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
        sync_folder(parent.unwrap_or(Path::new(".")))?;
    }
    Ok(())
}

/// Opens a file for reading and writing, and makes it for the owner only.
fn private_file(path: &Path) -> Result<File, StoreError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(FILE_MODE)
        .open(path)
        .map_err(|error| unusable(path, &error))
}

/// The file of the lock. A link is not followed: a restore is made by root in a folder of another user, and gives the file away.
fn lock_file(path: &Path) -> Result<File, StoreError> {
    let no_link = i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or_default();
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(FILE_MODE).custom_flags(no_link);
    options.open(path).map_err(|error| match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_symlink() => StoreError::Configuration {
            place: path.display().to_string(),
            reason: "it is a symbolic link, which the store never makes: find out who did, and remove it".to_owned(),
        },
        _ => unusable(path, &error),
    })
}

/// Makes a file for the owner only, which was not there before.
pub fn new_private_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(path)
}

fn remove_if_there(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(unusable(path, &error)),
        _ => Ok(()),
    }
}

fn sync_folder(path: &Path) -> Result<(), StoreError> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(|error| unusable(path, &error))
}

fn unusable(path: &Path, error: &io::Error) -> StoreError {
    let place = path.display().to_string();
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            StoreError::Full { place, reason: format!("{error}: free some space") }
        }
        kind => StoreError::Configuration { place, reason: format!("{error}: {}", what_to_do(kind)) },
    }
}

fn what_to_do(kind: io::ErrorKind) -> &'static str {
    match kind {
        io::ErrorKind::PermissionDenied => "the folder and all in it must belong to the user of the service",
        io::ErrorKind::ReadOnlyFilesystem => {
            "mount its file system for writing, after a look at the kernel's log for why it is not"
        }
        io::ErrorKind::NotADirectory => "the data directory must be a folder",
        io::ErrorKind::IsADirectory => "a file of the store must have this name: move the folder away",
        _ => "the folder must exist or be makeable, and belong to the user of the service",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_inside_the_database_counts() {
        const MIB: u64 = 1024 * 1024;
        let check = |free: u64, reusable: u64, expected: bool| {
            assert_eq!(is_enough(free * MIB, reusable * MIB, RESERVE), expected, "{free} MiB free, {reusable} inside");
        };
        check(64, 0, true);
        check(63, 0, false);
        check(63, 1, true);
        check(20, 40, false);
        check(20, 80, true);
        check(8, 80, true);
        check(7, 800, false);
        assert!(!is_enough(u64::MAX - 1, 0, u64::MAX));
    }
}
