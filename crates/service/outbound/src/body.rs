//! Where the octets of the message come from. An attempt may read them more than once: a connection that fails before the
//! final dot is followed by another.

use std::sync::Arc;

use bytes::Bytes;
use io_store::{Bodies, BodyId, BodyReader, Scope, StoreError};

/// A message's octets.
#[derive(Clone)]
pub enum Body {
    /// In memory: the message is being received.
    Memory(Arc<[Bytes]>),
    /// In the store.
    Stored {
        /// The store.
        bodies: Arc<dyn Bodies>,
        /// For whom it is read.
        scope: Scope,
        /// Which.
        id: BodyId,
    },
}

/// A body being read from its beginning.
pub(crate) enum Pieces {
    Memory { pieces: Arc<[Bytes]>, next: usize },
    Stored(Box<dyn BodyReader>),
}

impl Body {
    pub(crate) async fn open(&self) -> Result<Pieces, StoreError> {
        match self {
            Self::Memory(pieces) => Ok(Pieces::Memory { pieces: Arc::clone(pieces), next: 0 }),
            Self::Stored { bodies, scope, id } => bodies.open(*scope, *id).await.map(Pieces::Stored),
        }
    }
}

impl Pieces {
    /// The next octets; `None` after the last.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        match self {
            Self::Memory { pieces, next } => {
                let piece = pieces.get(*next).cloned();
                *next += 1;
                Ok(piece)
            }
            Self::Stored(reader) => reader.read().await,
        }
    }
}
