//! `GET /v1/backup`: a backup of the store, made by the engine and sent as it comes about. What is in it is the engine's
//! matter; here it flows, with bounded memory, and a reader that stops reading ends it.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use crate::state::AdminState;
use crate::wire::{BACKUP_OCTETS, Problem, ProblemKind};

/// Octets sent at a time.
const PIECE: usize = 128 * 1024;

/// Pieces that may wait for the reader.
const WAITING: usize = 8;

/// How long a reader may read nothing: as long as a backup lasts, logs of the databases grow.
const STALL_LIMIT: Duration = Duration::from_secs(60);

/// Begins a backup, with the queue or without. It blocks.
pub type BeginBackup = Arc<dyn Fn(bool) -> Result<BegunBackup, Problem> + Send + Sync>;

/// Writes a backup. It blocks; the error says why it is not whole.
pub type WriteBackup = Box<dyn FnOnce(&mut dyn Write) -> Result<(), String> + Send>;

/// A backup that has begun.
pub struct BegunBackup {
    /// About how many octets it will have.
    pub octets: u64,
    /// Writes it.
    pub write: WriteBackup,
}

/// The query.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Parameters {
    /// Whether the queue belongs to it, as it does where nothing is said.
    #[serde(default = "yes")]
    queue: bool,
}

fn yes() -> bool {
    true
}

/// `GET /v1/backup?queue=`.
pub(crate) async fn backup(
    State(state): State<Arc<AdminState>>,
    parameters: Result<Query<Parameters>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(Parameters { queue }) =
        parameters.map_err(|error| Problem::new(ProblemKind::BadRequest, error.body_text()))?;
    let begun = spawn_blocking(move || (state.begin_backup)(queue)).await;
    let BegunBackup { octets, write } = begun.map_err(|error| {
        tracing::error!(%error, "a backup was not begun");
        Problem::new(ProblemKind::Internal, "the backup was not begun; see the log")
    })??;
    let (pieces, receiver) = mpsc::channel(WAITING);
    let mut output = Pieces { pieces, runtime: Handle::current(), piece: Vec::with_capacity(PIECE) };
    spawn_blocking(move || {
        tracing::info!(octets, with_queue = queue, "a backup has begun");
        let written = write(&mut output).and_then(|()| output.flush().map_err(|error| error.to_string()));
        match written {
            Ok(()) => tracing::info!("the backup is done"),
            Err(error) => {
                tracing::error!(error, "the backup was broken off");
                // An answer without its end: the reader knows by it that the backup is not whole.
                let _ = output.send(Err(io::Error::other(error)));
            }
        }
    });
    let stream = futures_util::stream::unfold(receiver, async |mut receiver: mpsc::Receiver<_>| {
        receiver.recv().await.map(|piece: io::Result<Bytes>| (piece, receiver))
    });
    let headers =
        [(header::CONTENT_TYPE.as_str(), "application/x-tar".to_owned()), (BACKUP_OCTETS, octets.to_string())];
    Ok((headers, Body::from_stream(stream)).into_response())
}

/// Sends what is written, from a thread that may block.
struct Pieces {
    pieces: mpsc::Sender<io::Result<Bytes>>,
    runtime: Handle,
    piece: Vec<u8>,
}

impl Pieces {
    fn send(&self, piece: io::Result<Bytes>) -> io::Result<()> {
        let sent = self.runtime.block_on(async { tokio::time::timeout(STALL_LIMIT, self.pieces.send(piece)).await });
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::Error::new(io::ErrorKind::BrokenPipe, "the reader has gone")),
            Err(_) => {
                let text = format!("the reader read nothing for {} seconds", STALL_LIMIT.as_secs());
                Err(io::Error::new(io::ErrorKind::TimedOut, text))
            }
        }
    }
}

impl Write for Pieces {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(octets);
        if self.piece.len() >= PIECE {
            self.flush()?;
        }
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE));
        self.send(Ok(Bytes::from(piece)))
    }
}
