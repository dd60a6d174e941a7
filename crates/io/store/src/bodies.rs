//! The octets of messages: written and read in chunks, never whole in memory, and durable once sealed. What the
//! octets say is nobody's business here.

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use core_directory::TenantId;
use jiff::Timestamp;

use crate::{Scope, StoreError};

/// Octets in one stored chunk, and the most that [`BodyReader::read`] returns at a time. Most mail fits in one chunk
/// and is then sealed in one write; a session holds at most two.
pub const BODY_CHUNK: usize = 128 * 1024;

/// A sealed body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BodyId(pub u64);

impl fmt::Display for BodyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// A body being written. Dropped before it is sealed it leaves nothing that counts: what it wrote is discarded at
/// once or by [`Bodies::collect_orphans`].
#[async_trait]
pub trait BodyWriter: Send {
    /// Appends. It waits while the store is behind, and takes pieces of any size. After an error the body is lost.
    ///
    /// # Errors
    /// `Unavailable`, `Full`.
    async fn write(&mut self, octets: Bytes) -> Result<(), StoreError>;

    /// Ends the body. It is durable when this returns.
    ///
    /// # Errors
    /// `Unavailable`, `Full`.
    async fn seal(self: Box<Self>) -> Result<BodyId, StoreError>;
}

/// A body being read, from its beginning.
#[async_trait]
pub trait BodyReader: Send {
    /// The octets of the whole body.
    fn len(&self) -> u64;

    /// Whether the body has no octets at all.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The next octets, at most [`BODY_CHUNK`], at least one; `None` after the last.
    ///
    /// # Errors
    /// `NotFound` if the body was removed meanwhile; `Unavailable`, `Corrupt`.
    async fn read(&mut self) -> Result<Option<Bytes>, StoreError>;
}

/// What a collection of orphans removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Orphans {
    /// Bodies.
    pub bodies: u64,
    /// Their octets.
    pub octets: u64,
}

/// The octets of messages.
///
/// A body lives as long as a queued message refers to it: the queue removes it with the last one.
#[async_trait]
pub trait Bodies: Send + Sync {
    /// Begins a body of `tenant` at the time `at`.
    ///
    /// # Errors
    /// `NotFound` for a tenant outside the scope; `Unavailable`, `Full`.
    async fn create(&self, scope: Scope, tenant: TenantId, at: Timestamp) -> Result<Box<dyn BodyWriter>, StoreError>;

    /// Opens a sealed body.
    ///
    /// # Errors
    /// `NotFound` if it is not there, not sealed or outside the scope; `Unavailable`, `Corrupt`.
    async fn open(&self, scope: Scope, body: BodyId) -> Result<Box<dyn BodyReader>, StoreError>;

    /// Removes a body that no message refers to.
    ///
    /// # Errors
    /// `NotFound` as for [`open`](Self::open); `Invalid` if a queued message needs it; `Unavailable`.
    async fn remove(&self, scope: Scope, body: BodyId) -> Result<(), StoreError>;

    /// Removes bodies begun before `before` that no queued message refers to, sealed or not. At start a store with
    /// one node passes the present; later, or with several nodes, the longest time a message may take to arrive.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn collect_orphans(&self, scope: Scope, before: Timestamp) -> Result<Orphans, StoreError>;
}
