//! Changes that are made once, however often they are asked for: a client names each with a key, and the key is committed
//! with the change. What a request is and what its answer says is decided above.

use core_directory::DirectoryVersion;
use jiff::{SignedDuration, Timestamp};

/// How long a key is kept: longer than any client goes on trying.
pub const ONCE_KEPT: SignedDuration = SignedDuration::from_hours(24);

/// Most keys of one actor. The oldest goes for the next one; a run over every connector of a large directory fits.
pub const MAX_ONCE_OF_ACTOR: u64 = 20_000;

/// Most keys in all, at about 2 KB each with their answers. The oldest goes for the next one.
pub const MAX_ONCE: u64 = 100_000;

/// Longest answer that is kept, in octets. One that is longer, as of a certificate with many intermediates, is told anew.
pub const MAX_ONCE_ANSWER: usize = 16 * 1024;

/// What names a change among those of its actor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    /// The client's key.
    pub key: String,
    /// A digest of the request, which tells it from another with the same key.
    pub request: [u8; 32],
}

/// A change that was made under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnceRecord {
    /// The request that it was made for.
    pub request: [u8; 32],
    /// The version of the directory that it made, or that it found where there was nothing to change.
    pub version: DirectoryVersion,
    /// When.
    pub at: Timestamp,
    /// The answer; none if it was too long, or if the node stopped before it was kept.
    pub answer: Option<String>,
}
