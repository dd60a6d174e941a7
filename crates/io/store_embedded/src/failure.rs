//! Errors of SQLite as errors of the store: what happened, in which file, what to do.

use std::path::Path;

use io_store::StoreError;
use rusqlite::{Error, ErrorCode};

/// Why an operation failed: by our own rules, or in SQLite.
#[derive(Debug)]
pub enum Failure {
    /// A rule of the store; the operation changed nothing, the others of its group go on.
    Rule(StoreError),
    /// SQLite.
    Engine(Error),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Rule(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Engine(error)
    }
}

impl Failure {
    /// The error to answer with.
    pub fn at(self, place: &Path) -> StoreError {
        match self {
            Self::Rule(error) => error,
            Self::Engine(error) => engine_error(&error, place),
        }
    }
}

/// How far an error of SQLite reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The operation alone.
    Operation,
    /// The whole transaction, which is rolled back; the next may succeed.
    Group,
    /// The file: what is on the disk is no longer known until it is read again.
    File,
}

/// How far the error reaches when it comes from an operation inside a transaction.
pub fn reach(error: &Error) -> Reach {
    match error.sqlite_error_code() {
        None | Some(ErrorCode::ConstraintViolation | ErrorCode::TooBig | ErrorCode::TypeMismatch) => Reach::Operation,
        Some(
            ErrorCode::DiskFull
            | ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::OutOfMemory
            | ErrorCode::OperationInterrupted,
        ) => Reach::Group,
        Some(ErrorCode::SystemIoFailure | ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Reach::File,
        Some(_) => Reach::Operation,
    }
}

/// The store's error for an error of SQLite.
pub fn engine_error(error: &Error, file: &Path) -> StoreError {
    let place = file.display().to_string();
    let Some(code) = error.sqlite_error_code() else {
        return unreadable(error, place);
    };
    match code {
        ErrorCode::DiskFull => {
            StoreError::Full { place, reason: "the file system has no room left: free some space".to_owned() }
        }
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StoreError::Corrupt {
            place,
            reason: format!("{error}: stop, keep a copy of the file for examination, and restore a backup"),
        },
        ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly => {
            StoreError::Configuration { place, reason: format!("{error}: check the owner and mode of file and folder") }
        }
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Unavailable {
            place,
            reason: "another program holds the file locked: end it, for example an open sqlite3 shell".to_owned(),
        },
        _ => StoreError::Unavailable { place, reason: error.to_string() },
    }
}

/// An error without a code of SQLite: a row does not read as what it should be, or a statement of ours is wrong.
fn unreadable(error: &Error, place: String) -> StoreError {
    match error {
        Error::FromSqlConversionFailure(..)
        | Error::IntegralValueOutOfRange(..)
        | Error::Utf8Error(..)
        | Error::InvalidColumnType(..) => StoreError::Corrupt {
            place,
            reason: format!("a row holds what it cannot hold ({error}): restore a backup and report it"),
        },
        other => StoreError::Unavailable { place, reason: other.to_string() },
    }
}
