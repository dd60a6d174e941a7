//! The folder of the store: its lock, the modes of its files, and how much room is left.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use io_store::StoreError;

/// Octets that must stay free for mail to be accepted. What is queued needs room to be delivered: the write-ahead
/// log grows even when rows are removed.
pub const RESERVE: u64 = 64 * 1024 * 1024;

/// The part of the reserve, one in so many, that must be free in the file system itself: settlements are small, and the
/// log keeps the length that it once had.
const LOG_SHARE: u64 = 8;

/// The name of the file that says by its lock that a process has the store open.
const LOCK: &str = "store.lock";

/// Files may hold private keys and mail: for the owner only.
const FILE_MODE: u32 = 0o600;

/// The group may pass through to the socket of the administration.
const FOLDER_MODE: u32 = 0o750;

/// The folder of a store, locked for this process as long as it lives.
pub struct Folder {
    path: PathBuf,
    reserve: u64,
    _lock: File,
}

impl Folder {
    /// Locks the folder, and makes it if it is missing.
    pub fn open(path: &Path, reserve: u64) -> Result<Self, StoreError> {
        make_folder(path)?;
        let lock_path = path.join(LOCK);
        let lock = private_file(&lock_path)?;
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
        Ok(Self { path: path.to_owned(), reserve, _lock: lock })
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

    /// Makes the entries of the folder durable.
    pub fn sync(&self) -> Result<(), StoreError> {
        sync_folder(&self.path)
    }

    /// Whether there is room for more. `reusable` tells the octets that the database has inside and does not use; it is
    /// asked only where the file system is short of room.
    pub fn room(&self, reusable: impl FnOnce() -> u64) -> Result<(), StoreError> {
        let place = || self.path.display().to_string();
        let stat = rustix::fs::statvfs(&self.path).map_err(|error| StoreError::Unavailable {
            place: place(),
            reason: format!("the free space cannot be told: {}", io::Error::from(error)),
        })?;
        let free = stat.f_bavail.saturating_mul(stat.f_frsize);
        if free >= self.reserve || is_enough(free, reusable(), self.reserve) {
            return Ok(());
        }
        let reason = format!(
            "{free} octets are free, {} are kept for delivery: free some space on its file system",
            self.reserve
        );
        Err(StoreError::Full { place: place(), reason })
    }
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

fn sync_folder(path: &Path) -> Result<(), StoreError> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(|error| unusable(path, &error))
}

fn unusable(path: &Path, error: &io::Error) -> StoreError {
    let place = path.display().to_string();
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            StoreError::Full { place, reason: format!("{error}: free some space") }
        }
        _ => StoreError::Configuration {
            place,
            reason: format!("{error}: the folder must exist or be makeable, and belong to the user of the service"),
        },
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
