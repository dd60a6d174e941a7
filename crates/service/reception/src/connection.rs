//! The socket side of a session: octets in and out, each within its time.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

/// Octets taken from a client that should wait: a whole envelope that it sent ahead.
const MAX_EARLY: usize = 2 * 1024;

/// How a connection ended without the protocol's doing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Lost {
    #[error("the client closed the connection")]
    Closed,
    #[error("the client took too long")]
    TooSlow,
    #[error("the client did not take our reply in time")]
    NotReading,
    #[error("the connection broke: {0}")]
    Broken(#[from] std::io::Error),
}

pub(crate) struct Connection<S> {
    stream: S,
    buffer: Box<[u8]>,
    /// What the client said while it should have waited.
    early: Vec<u8>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    pub fn new(stream: S) -> Self {
        Self { stream, buffer: Box::default(), early: Vec::new() }
    }

    /// Waits for what comes next, at most `size` octets of it. Safe to drop while it waits.
    pub async fn read(&mut self, size: usize, wait: Duration) -> Result<&[u8], Lost> {
        if !self.early.is_empty() {
            self.buffer = std::mem::take(&mut self.early).into_boxed_slice();
            return Ok(&self.buffer);
        }
        // Only sessions that a message comes in by keep a large buffer.
        if self.buffer.len() != size {
            self.buffer = vec![0; size].into_boxed_slice();
        }
        match timeout(wait, self.stream.read(&mut self.buffer)).await {
            Err(_) => Err(Lost::TooSlow),
            Ok(Ok(0)) => Err(Lost::Closed),
            Ok(Ok(count)) => Ok(self.buffer.get(..count).unwrap_or_default()),
            Ok(Err(error)) => Err(Lost::Broken(error)),
        }
    }

    /// Returns when the client is gone, and never if it is not. What it says meanwhile is kept for the next read; one that has
    /// said goodbye and ends its side still reads. Safe to drop while it waits.
    pub async fn gone(&mut self) {
        let mut piece = [0; 256];
        while self.early.len() < MAX_EARLY {
            match self.stream.read(&mut piece).await {
                Ok(0) if !self.early.is_empty() => break,
                Ok(0) | Err(_) => return,
                Ok(count) => self.early.extend_from_slice(piece.get(..count).unwrap_or_default()),
            }
        }
        std::future::pending().await
    }

    pub async fn write(&mut self, octets: &[u8], wait: Duration) -> Result<(), Lost> {
        let write = async {
            self.stream.write_all(octets).await?;
            self.stream.flush().await
        };
        timeout(wait, write).await.map_err(|_| Lost::NotReading)?.map_err(Lost::Broken)
    }

    /// Ends our side, so that a client over TLS sees the end as meant.
    pub async fn shut_down(&mut self, wait: Duration) {
        // Whether the client still hears it changes nothing for us.
        if let Ok(Err(error)) = timeout(wait, self.stream.shutdown()).await {
            tracing::trace!(%error, "the client was gone before we closed");
        }
    }

    pub fn into_stream(self) -> S {
        self.stream
    }
}
