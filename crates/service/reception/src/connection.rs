//! The socket side of a session: octets in and out, each within its time.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

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
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    pub fn new(stream: S) -> Self {
        Self { stream, buffer: Box::default() }
    }

    /// Waits for what comes next, at most `size` octets of it. Safe to drop while it waits.
    pub async fn read(&mut self, size: usize, wait: Duration) -> Result<&[u8], Lost> {
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
