//! The TCP address: `/healthz`, `/readyz` and `/metrics`, and nothing else until there are tokens and HTTPS. Whoever can
//! connect may ask, so that it is for loopback, which the configuration sees to; what it costs is bounded here.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::{AdminState, router};

/// Connections at once: a collector, a few balancers, a person. Others wait for their turn.
pub const MAX_CONNECTIONS: usize = 32;

/// How long the head of a request may take to arrive, and an idle connection may stay.
pub const HEADER_LIMIT: Duration = Duration::from_secs(10);

/// How long a connection lives: collectors that keep one open make another.
pub const CONNECTION_LIMIT: Duration = Duration::from_secs(5 * 60);

/// Longest head of a request in octets; no more than this is kept of a client that never ends its head.
const MAX_HEADER: usize = 16 * 1024;

/// Pause after a failed accept, such as for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// The address cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot listen on {address} for [admin] address: {error}; choose another port, or stop the program that has it"
)]
pub struct ProbesError {
    address: SocketAddr,
    error: io::Error,
}

/// A TCP address that listens.
#[derive(Debug)]
pub struct Probes {
    listener: TcpListener,
}

impl Probes {
    /// Listens.
    ///
    /// # Errors
    /// The system refuses.
    pub async fn bind(address: SocketAddr) -> Result<Self, ProbesError> {
        let listener = TcpListener::bind(address).await.map_err(|error| ProbesError { address, error })?;
        Ok(Self { listener })
    }

    /// Where it listens; a port 0 is resolved.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        self.listener.local_addr().ok()
    }

    /// Answers until `shutdown`. Requests are small: what is under way then is dropped.
    pub async fn serve(self, state: Arc<AdminState>, shutdown: CancellationToken) {
        let service = router::probes(state);
        let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        loop {
            let accepted = tokio::select! {
                () = shutdown.cancelled() => return,
                accepted = self.listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, _)) => {
                    let (service, slots, shutdown) = (service.clone(), Arc::clone(&slots), shutdown.clone());
                    tokio::spawn(async move {
                        let Ok(_slot) = slots.acquire().await else { return };
                        shutdown.run_until_cancelled(answer(stream, service)).await;
                    });
                }
                Err(error) => {
                    tracing::error!(%error, "a connection to [admin] address could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }
}

/// Serves one connection to its end.
async fn answer(stream: TcpStream, service: Router) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_LIMIT)
        .max_buf_size(MAX_HEADER)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    match tokio::time::timeout(CONNECTION_LIMIT, connection).await {
        Ok(Ok(())) | Err(_) => {}
        Ok(Err(error)) => tracing::debug!(%error, "a connection to [admin] address broke"),
    }
}
