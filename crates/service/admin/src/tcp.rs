//! The TCP address, with HTTPS or without. Whoever has a token may ask all that its role allows; whoever has none gets
//! health, and on a loopback address metrics. That an address beyond loopback has a certificate is the configuration's
//! matter; what strangers cost is bounded here.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::middleware;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use io_tls::ServerTls;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::access::OnLoopback;
use crate::authentication;
use crate::wrong_tokens::Source;
use crate::{AdminState, router};

/// Connections at once: collectors, balancers, administrators and their programs. Others wait for their turn.
pub const MAX_CONNECTIONS: usize = 128;

/// Connections at once of one source, an IPv6 source being a /64: so that one stranger does not take all of them. On
/// loopback, where a proxy may stand for many, there is no such limit.
pub const MAX_CONNECTIONS_PER_SOURCE: usize = 32;

/// How long a TLS handshake and the head of a request may take, and an idle connection may stay.
pub const HEADER_LIMIT: Duration = Duration::from_secs(10);

/// How long a connection takes requests: collectors that keep one open make another.
pub const CONNECTION_LIMIT: Duration = Duration::from_secs(5 * 60);

/// How long the last answer on a connection may take after that, which may be a backup.
pub const ANSWER_LIMIT: Duration = Duration::from_secs(60 * 60);

/// How long requests under way may still run when the server stops.
const SHUTDOWN_LIMIT: Duration = Duration::from_secs(5);

/// Longest head of a request in octets; no more than this is kept of a client that never ends its head.
const MAX_HEADER: usize = 16 * 1024;

/// Pause after a failed accept, such as for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// The address cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot listen on {address} for [admin] address: {error}; choose another port, or stop the program that has it"
)]
pub struct AdminAddressError {
    address: SocketAddr,
    error: io::Error,
}

/// A TCP address that listens.
#[derive(Debug)]
pub struct AdminAddress {
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<Arc<ServerTls>>,
}

impl AdminAddress {
    /// Listens, for HTTPS if there is a certificate.
    ///
    /// # Errors
    /// The system refuses.
    pub async fn bind(address: SocketAddr, tls: Option<Arc<ServerTls>>) -> Result<Self, AdminAddressError> {
        let bound = TcpListener::bind(address).await.and_then(|listener| Ok((listener.local_addr()?, listener)));
        let (address, listener) = bound.map_err(|error| AdminAddressError { address, error })?;
        Ok(Self { listener, address, tls })
    }

    /// Where it listens; a port 0 is resolved.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its certificate, if it speaks HTTPS.
    #[must_use]
    pub fn tls(&self) -> Option<&Arc<ServerTls>> {
        self.tls.as_ref()
    }

    /// Answers until `shutdown`, then lets requests under way end for five seconds.
    pub async fn serve(self, state: Arc<AdminState>, shutdown: CancellationToken) {
        let authenticate = middleware::from_fn_with_state(Arc::clone(&state), authentication::authenticate);
        let service = router(state).layer(authenticate);
        let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        let sources = Arc::new(Sources::default());
        let connections = TaskTracker::new();
        while let Some((slot, stream, peer)) = shutdown.run_until_cancelled(self.accept(&slots)).await {
            let source = Source::of(peer.ip());
            let Some(place) = Place::take(&sources, source) else {
                tracing::debug!(%source, "a connection to [admin] address was closed: its source has too many");
                continue;
            };
            let answers = Answers {
                service: TowerToHyperService::new(service.clone()),
                source,
                on_loopback: self.address.ip().is_loopback(),
            };
            let (tls, shutdown) = (self.tls.clone(), shutdown.clone());
            connections.spawn(async move {
                let _held = (slot, place);
                converse(stream, tls, answers, &shutdown).await;
            });
        }
        connections.close();
        connections.wait().await;
    }

    /// The next connection, once there is a slot for it.
    async fn accept(&self, slots: &Arc<Semaphore>) -> (Option<OwnedSemaphorePermit>, TcpStream, SocketAddr) {
        // It is never closed, so that there always is one in the end.
        let slot = Arc::clone(slots).acquire_owned().await.ok();
        loop {
            match self.listener.accept().await {
                Ok((stream, peer)) => return (slot, stream, peer),
                Err(error) => {
                    tracing::error!(%error, "a connection to [admin] address could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }
}

/// Serves one connection to its end.
async fn converse(stream: TcpStream, tls: Option<Arc<ServerTls>>, answers: Answers, shutdown: &CancellationToken) {
    let Some(tls) = tls else { return answer(stream, answers, shutdown).await };
    let handshake = tokio::time::timeout(HEADER_LIMIT, tls.accept(stream));
    match shutdown.run_until_cancelled(handshake).await {
        Some(Ok(Ok((stream, _)))) => answer(stream, answers, shutdown).await,
        Some(Ok(Err(error))) => tracing::debug!(%error, "no TLS session with a client of [admin] address"),
        Some(Err(_)) | None => {}
    }
}

/// Takes requests for a while, then lets the last one come to its end.
async fn answer<S: AsyncRead + AsyncWrite + Unpin>(stream: S, answers: Answers, shutdown: &CancellationToken) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_LIMIT)
        .max_buf_size(MAX_HEADER)
        .serve_connection(TokioIo::new(stream), answers);
    let mut connection = pin!(connection);
    let limit = tokio::select! {
        outcome = connection.as_mut() => return told(outcome),
        () = tokio::time::sleep(CONNECTION_LIMIT) => ANSWER_LIMIT,
        () = shutdown.cancelled() => SHUTDOWN_LIMIT,
    };
    connection.as_mut().graceful_shutdown();
    if let Ok(outcome) = tokio::time::timeout(limit, connection).await {
        told(outcome);
    }
}

fn told(outcome: Result<(), hyper::Error>) {
    if let Err(error) = outcome {
        tracing::debug!(%error, "a connection to [admin] address broke");
    }
}

/// What answers on one connection: the interface, told where the client comes from.
struct Answers {
    service: TowerToHyperService<Router>,
    source: Source,
    on_loopback: bool,
}

impl Service<Request<Incoming>> for Answers {
    type Response = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Response;
    type Error = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Error;
    type Future = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Future;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        request.extensions_mut().insert(self.source);
        if self.on_loopback {
            request.extensions_mut().insert(OnLoopback);
        }
        self.service.call(request)
    }
}

/// How many connections each source has.
type Sources = Mutex<HashMap<IpAddr, usize>>;

/// A source's claim to one connection, given back when dropped.
struct Place {
    sources: Arc<Sources>,
    network: IpAddr,
}

impl Place {
    fn take(sources: &Arc<Sources>, source: Source) -> Option<Self> {
        let network = source.network();
        let mut open = sources.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(network).or_default();
        if *count >= MAX_CONNECTIONS_PER_SOURCE && !network.is_loopback() {
            return None;
        }
        *count += 1;
        Some(Self { sources: Arc::clone(sources), network })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.network) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.remove(&self.network);
            }
        }
    }
}
