//! Listeners: bind, accept, and stop; others bound and these closed while it runs. Must not look into a session.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use prometheus_client::registry::Registry;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::accept_failures::AcceptFailures;
use crate::config::{ListenerConfig, ReceptionConfig, Services};
use crate::session::{self, Shared};

/// An address cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {source}; {hint}")]
pub struct BindError {
    /// The address.
    pub address: SocketAddr,
    /// What the system said.
    pub source: std::io::Error,
    hint: String,
}

/// Bound listeners.
pub struct Reception {
    control: ReceptionControl,
    bound: mpsc::UnboundedReceiver<(TcpListener, Listening)>,
}

/// Changes a reception that runs.
#[derive(Clone)]
pub struct ReceptionControl {
    shared: Arc<Shared>,
    /// In the configuration's order.
    listening: Arc<Mutex<Vec<Listening>>>,
    bound: mpsc::UnboundedSender<(TcpListener, Listening)>,
}

/// One address that is listened on.
#[derive(Clone)]
struct Listening {
    /// With the port that a port 0 became.
    address: SocketAddr,
    /// For sessions that begin from now on.
    config: Arc<ArcSwap<ListenerConfig>>,
    closed: CancellationToken,
}

/// Pause after a failed accept, such as for want of file descriptors: sessions must end before it can go on.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

impl Reception {
    /// Binds all listeners.
    ///
    /// # Errors
    /// The first address that cannot be listened on, with what to do.
    pub async fn bind(config: ReceptionConfig, services: Services) -> Result<Self, BindError> {
        let (sender, bound) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared::new(&config, services));
        let control = ReceptionControl { shared, listening: Arc::default(), bound: sender };
        control.change(config).await?;
        Ok(Self { control, bound })
    }

    /// Hands what reception counts to a registry.
    pub fn register_metrics(&self, registry: &mut Registry) {
        self.control.shared.metrics.register(registry);
    }

    /// What changes it while it runs.
    #[must_use]
    pub fn control(&self) -> ReceptionControl {
        self.control.clone()
    }

    /// Where it listens; a port 0 is resolved.
    #[must_use]
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.control.addresses()
    }

    /// Receives until `shutdown`, then lets sessions end within the limit.
    pub async fn run(mut self, shutdown: CancellationToken) {
        let (accepting, sessions) = (TaskTracker::new(), TaskTracker::new());
        loop {
            let (listener, listening) = tokio::select! {
                () = shutdown.cancelled() => break,
                bound = self.bound.recv() => match bound {
                    Some(bound) => bound,
                    None => break,
                },
            };
            let (shared, sessions, shutdown) = (Arc::clone(&self.control.shared), sessions.clone(), shutdown.clone());
            accepting.spawn(accept(listener, listening, shared, sessions, shutdown));
        }
        accepting.close();
        accepting.wait().await;
        sessions.close();
        let drain = self.control.shared.limits.load().drain;
        if tokio::time::timeout(drain, sessions.wait()).await.is_err() {
            tracing::warn!(left = sessions.len(), "sessions did not end in time and are dropped");
        }
        // They give up by themselves when the time is over.
        self.control.shared.running.close();
        self.control.shared.running.wait().await;
    }
}

impl ReceptionControl {
    /// Takes another configuration: new addresses are bound, missing ones closed, the rest holds for sessions that begin from
    /// now on. Sessions that are open go on as they are. The host name stays.
    ///
    /// # Errors
    /// The first address that cannot be listened on; then nothing is changed.
    pub async fn change(&self, config: ReceptionConfig) -> Result<(), BindError> {
        let before = self.lock().clone();
        let mut after = Vec::with_capacity(config.listeners.len());
        let mut fresh = Vec::new();
        for listener in config.listeners {
            let kept = before.iter().find(|old| old.config.load().address == listener.address);
            if let Some(kept) = kept {
                after.push((kept.clone(), listener));
                continue;
            }
            let address = listener.address;
            let bound = TcpListener::bind(address).await;
            let bound = bound.map_err(|source| BindError::new(address, source, &before))?;
            let listening = Listening {
                address: bound.local_addr().unwrap_or(address),
                config: Arc::new(ArcSwap::from_pointee(listener.clone())),
                closed: CancellationToken::new(),
            };
            fresh.push((bound, listening.clone()));
            after.push((listening, listener));
        }
        // From here on nothing fails.
        self.shared.take_limits(config.limits);
        for old in &before {
            if !after.iter().any(|(new, _)| Arc::ptr_eq(&new.config, &old.config)) {
                old.closed.cancel();
            }
        }
        for bound in fresh {
            // Nobody receives only after the end, when there is nothing to listen for.
            let _ = self.bound.send(bound);
        }
        let take = |(listening, config): (Listening, ListenerConfig)| {
            listening.config.store(Arc::new(config));
            listening
        };
        *self.lock() = after.into_iter().map(take).collect();
        Ok(())
    }

    /// How many sessions are open.
    #[must_use]
    pub fn open_sessions(&self) -> u64 {
        self.shared.metrics.open()
    }

    /// Where it listens, in the configuration's order; a port 0 is resolved.
    #[must_use]
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.lock().iter().map(|listening| listening.address).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Listening>> {
        self.listening.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn accept(
    listener: TcpListener,
    listening: Listening,
    shared: Arc<Shared>,
    sessions: TaskTracker,
    shutdown: CancellationToken,
) {
    let mut failures = AcceptFailures::default();
    loop {
        let accepted = tokio::select! {
            () = shutdown.cancelled() => return,
            () = listening.closed.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, remote)) => {
                let config = listening.config.load_full();
                sessions.spawn(serve(stream, remote, config, Arc::clone(&shared), shutdown.clone()));
            }
            Err(error) => {
                failures.note(&error, listening.address);
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn serve(
    stream: TcpStream,
    remote: SocketAddr,
    listener: Arc<ListenerConfig>,
    shared: Arc<Shared>,
    shutdown: CancellationToken,
) {
    // Replies are small and waited for.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, %remote, "the connection is gone already");
        return;
    }
    session::run(stream, remote, listener, shared, shutdown).await;
}

impl BindError {
    fn new(address: SocketAddr, source: std::io::Error, own: &[Listening]) -> Self {
        let own = own.iter().map(|listening| listening.address).find(|own| own.port() == address.port());
        let hint = match (source.kind(), own) {
            (std::io::ErrorKind::AddrInUse, Some(own)) => {
                format!("this node itself listens on {own}: one can take the other's place at a restart only")
            }
            (std::io::ErrorKind::AddrInUse, None) => {
                "another program listens there: stop it or choose another port".to_owned()
            }
            (std::io::ErrorKind::PermissionDenied, _) => {
                "ports below 1024 need CAP_NET_BIND_SERVICE: run as the service \
                                                          does, or choose a higher port"
                    .to_owned()
            }
            (std::io::ErrorKind::AddrNotAvailable, _) => "this machine has no such address".to_owned(),
            _ => "check [[listener]] address in the configuration".to_owned(),
        };
        Self { address, source, hint }
    }
}
