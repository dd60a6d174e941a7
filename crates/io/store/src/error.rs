//! What can go wrong, by what the caller has to do about it. Texts name the place and the next step; they carry no
//! row of a tenant and no secret.

use core_directory::DirectoryVersion;

use crate::message::ClaimNumber;

/// An operation of the store failed, and nothing of it was applied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// There is no such row in the scope; another tenant's row is answered the same.
    #[error("{what} does not exist")]
    NotFound {
        /// What was asked for, as "message 00000000000000a1".
        what: String,
    },
    /// The directory moved on since the caller read it: load it again and redo the change.
    #[error(
        "the directory is at version {found}, the change was made for version {expected}: load it again and repeat the change"
    )]
    Conflict {
        /// The version the change was made for.
        expected: DirectoryVersion,
        /// The version that is in force.
        found: DirectoryVersion,
    },
    /// A name or a key that must be unique is in use. Whose it is, is not said.
    #[error("{what} is already taken: choose another or remove the present one")]
    Taken {
        /// What is taken, as "domain contoso.com".
        what: String,
    },
    /// The claim expired and the message was claimed again, released or removed: drop the work, change nothing.
    #[error("claim {claim} is no longer in force")]
    Stale {
        /// The claim that was named.
        claim: ClaimNumber,
    },
    /// The caller handed over something that the store cannot keep.
    #[error("{what} cannot be stored: {reason}")]
    Invalid {
        /// Which input.
        what: String,
        /// What is wrong with it and what would be right.
        reason: String,
    },
    /// The store cannot be reached or may not be trusted until it is opened again. Towards a client `451 4.3.0`.
    #[error("{place} is unavailable: {reason}")]
    Unavailable {
        /// Which file or server.
        place: String,
        /// What happened and what to do.
        reason: String,
    },
    /// No room. Towards a client `452 4.3.1`.
    #[error("{place} is full: {reason}")]
    Full {
        /// Which file, file system or server.
        place: String,
        /// What was measured and what to do.
        reason: String,
    },
    /// What is stored cannot be read back. Towards a client `451 4.3.0`.
    #[error("{place} is damaged: {reason}")]
    Corrupt {
        /// Which file or row.
        place: String,
        /// What was found and what to do.
        reason: String,
    },
    /// A newer program wrote the store.
    #[error(
        "{place} has schema {found}, this program knows up to {known}: start the newer program, or restore a backup of its time"
    )]
    Newer {
        /// Which file or server.
        place: String,
        /// The schema found.
        found: u32,
        /// The newest schema this program knows.
        known: u32,
    },
    /// The store cannot be opened as it is configured.
    #[error("{place} cannot be used: {reason}")]
    Configuration {
        /// Which file, directory or setting.
        place: String,
        /// What is wrong and what to do.
        reason: String,
    },
}

impl StoreError {
    /// A row that does not exist in the scope.
    #[must_use]
    pub fn not_found(what: impl Into<String>) -> Self {
        Self::NotFound { what: what.into() }
    }

    /// An input that cannot be kept.
    #[must_use]
    pub fn invalid(what: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Invalid { what: what.into(), reason: reason.into() }
    }
}
