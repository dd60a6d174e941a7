//! Listeners: bind, accept, count, and stop. Must not look into a session.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::{ListenerConfig, ReceptionConfig, Services};
use crate::refusal_log::RefusalLog;
use crate::session::{self, Shared};
use crate::sources::Sources;

/// An address cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {source}; {hint}")]
pub struct BindError {
    /// The address.
    pub address: SocketAddr,
    /// What the system said.
    pub source: std::io::Error,
    hint: &'static str,
}

/// Bound listeners.
pub struct Reception {
    listeners: Vec<(TcpListener, ListenerConfig)>,
    shared: Arc<Shared>,
}

/// Pause after a failed accept, such as for want of file descriptors: sessions must end before it can go on.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

impl Reception {
    /// Binds all listeners.
    ///
    /// # Errors
    /// The first address that cannot be listened on, with what to do.
    pub async fn bind(config: ReceptionConfig, services: Services) -> Result<Self, BindError> {
        let mut listeners = Vec::new();
        for listener in &config.listeners {
            let bound = TcpListener::bind(listener.address).await;
            let bound = bound.map_err(|source| BindError::new(listener.address, source))?;
            listeners.push((bound, listener.clone()));
        }
        let refusals = RefusalLog::new(config.hostname.clone(), Arc::clone(&services.trace));
        let shared = Shared {
            slots: Arc::new(Semaphore::new(config.limits.sessions)),
            sources: Sources::new(config.limits.sessions_per_source),
            refusals,
            config,
            services,
        };
        Ok(Self { listeners, shared: Arc::new(shared) })
    }

    /// Where it listens; a port 0 is resolved.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.listeners.iter().filter_map(|(listener, _)| listener.local_addr().ok()).collect()
    }

    /// Receives until `shutdown`, then lets sessions end within the limit.
    pub async fn run(self, shutdown: CancellationToken) {
        let sessions = TaskTracker::new();
        let mut accepting = tokio::task::JoinSet::new();
        for (listener, config) in self.listeners {
            let (shared, sessions, shutdown) = (Arc::clone(&self.shared), sessions.clone(), shutdown.clone());
            accepting.spawn(async move { accept(listener, config, shared, sessions, shutdown).await });
        }
        accepting.join_all().await;
        sessions.close();
        if tokio::time::timeout(self.shared.config.limits.drain, sessions.wait()).await.is_err() {
            tracing::warn!(left = sessions.len(), "sessions did not end in time and are dropped");
        }
    }
}

async fn accept(
    listener: TcpListener,
    config: ListenerConfig,
    shared: Arc<Shared>,
    sessions: TaskTracker,
    shutdown: CancellationToken,
) {
    loop {
        let accepted = tokio::select! {
            () = shutdown.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, remote)) => {
                sessions.spawn(serve(stream, remote, config.clone(), Arc::clone(&shared), shutdown.clone()));
            }
            Err(error) => {
                tracing::error!(%error, address = %config.address, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn serve(
    stream: TcpStream,
    remote: SocketAddr,
    listener: ListenerConfig,
    shared: Arc<Shared>,
    shutdown: CancellationToken,
) {
    // Replies are small and waited for.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, %remote, "the connection is gone already");
        return;
    }
    let source = shared.sources.enter(remote.ip());
    let slot = Arc::clone(&shared.slots).try_acquire_owned();
    let refused = match (&source, &slot) {
        (None, _) => Some(session::TOO_MANY_FROM_SOURCE),
        (_, Err(_)) => Some(session::TOO_MANY_SESSIONS),
        _ => None,
    };
    session::run(stream, remote, listener, shared, refused, shutdown).await;
    drop((source, slot));
}

impl BindError {
    fn new(address: SocketAddr, source: std::io::Error) -> Self {
        let hint = match source.kind() {
            std::io::ErrorKind::AddrInUse => "another program listens there: stop it or choose another port",
            std::io::ErrorKind::PermissionDenied => {
                "ports below 1024 need CAP_NET_BIND_SERVICE: run as the service does, or choose a higher port"
            }
            std::io::ErrorKind::AddrNotAvailable => "this machine has no such address",
            _ => "check [[listener]] address in the configuration",
        };
        Self { address, source, hint }
    }
}
