//! The Unix socket: made with its permissions, served, removed.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, FileTypeExt as _, PermissionsExt as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, Request};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::serve::IncomingStream;
use tokio::net::UnixListener;
use tokio_util::sync::CancellationToken;

use crate::access::{Access, Caller};
use crate::{AdminState, router};

/// Who may open the socket: the relay's user and its group.
pub const SOCKET_MODE: u32 = 0o660;

/// How long requests in progress may still run when the server stops.
pub const SHUTDOWN_LIMIT: Duration = Duration::from_secs(5);

/// The directory in which the socket is made, beside its final place. It is the relay's alone, so that nobody connects
/// before the permissions are set.
const WORKSHOP: &str = ".socket";

/// Why the socket cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    /// Somebody answers on it.
    #[error("{}: another server answers here; stop it, or set another data directory", .0.display())]
    InUse(PathBuf),
    /// Something else has its name.
    #[error("{}: is no socket; remove it, or set another data directory", .0.display())]
    NotASocket(PathBuf),
    /// The system says no.
    #[error("{}: {error}{}", path.display(), advice(error))]
    System {
        /// Where.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

/// What to do where the system's words do not say it: Unix limits a socket's path to about a hundred octets.
fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::InvalidInput => "; set a data directory with a shorter path",
        _ => "",
    }
}

/// A socket that listens. It is removed when serving ends.
#[derive(Debug)]
pub struct AdminSocket {
    listener: UnixListener,
    path: PathBuf,
}

/// Binds the socket at `path` and serves it until `shutdown`.
///
/// # Errors
/// See [`AdminSocket::bind`] and [`AdminSocket::serve`].
pub async fn serve(state: Arc<AdminState>, path: &Path, shutdown: CancellationToken) -> Result<(), SocketError> {
    AdminSocket::bind(path)?.serve(state, shutdown).await
}

impl AdminSocket {
    /// Makes the socket, in place of one that a crash left and on which nobody answers. Clients can connect when this
    /// returns.
    ///
    /// # Errors
    /// Another server answers on it, something else has its name, or the system refuses.
    pub fn bind(path: &Path) -> Result<Self, SocketError> {
        remove_stale(path)?;
        let system = |place: &Path, error| SocketError::System { path: place.to_owned(), error };
        let workshop = path.with_file_name(WORKSHOP);
        let made = workshop.join("new");
        let clear = || {
            let _ = fs::remove_file(&made);
            let _ = fs::remove_dir(&workshop);
        };
        clear();
        fs::DirBuilder::new().mode(0o700).create(&workshop).map_err(|error| system(&workshop, error))?;
        let listener = UnixListener::bind(&made).and_then(|listener| {
            fs::set_permissions(&made, fs::Permissions::from_mode(SOCKET_MODE))?;
            fs::rename(&made, path)?;
            Ok(listener)
        });
        clear();
        let listener = listener.map_err(|error| system(path, error))?;
        Ok(Self { listener, path: path.to_owned() })
    }

    /// Serves until `shutdown`, then lets requests in progress end for [`SHUTDOWN_LIMIT`].
    ///
    /// # Errors
    /// The system no longer accepts connections.
    pub async fn serve(self, state: Arc<AdminState>, shutdown: CancellationToken) -> Result<(), SocketError> {
        let Self { listener, path } = self;
        let service =
            router(state).layer(middleware::from_fn(name_caller)).into_make_service_with_connect_info::<Peer>();
        let stop = shutdown.clone();
        let server = axum::serve(listener, service).with_graceful_shutdown(async move { stop.cancelled().await });
        let overdue = async {
            shutdown.cancelled().await;
            tokio::time::sleep(SHUTDOWN_LIMIT).await;
        };
        let outcome = tokio::select! {
            outcome = server => outcome,
            () = overdue => Ok(()),
        };
        if let Err(error) = fs::remove_file(&path) {
            tracing::warn!(path = %path.display(), %error, "the admin socket cannot be removed");
        }
        outcome.map_err(|error| SocketError::System { path, error })
    }
}

/// Removes a socket on which nobody answers.
fn remove_stale(path: &Path) -> Result<(), SocketError> {
    let system = |error| SocketError::System { path: path.to_owned(), error };
    let kind = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata.file_type(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(system(error)),
    };
    if !kind.is_socket() {
        return Err(SocketError::NotASocket(path.to_owned()));
    }
    match UnixStream::connect(path) {
        Ok(_) => Err(SocketError::InUse(path.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => fs::remove_file(path).map_err(system),
        Err(error) => Err(system(error)),
    }
}

/// Who is at the other end, as the kernel says.
#[derive(Clone, Copy, Debug)]
struct Peer {
    uid: Option<u32>,
}

impl Connected<IncomingStream<'_, UnixListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, UnixListener>) -> Self {
        Self { uid: stream.io().peer_cred().ok().map(|credentials| credentials.uid()) }
    }
}

async fn name_caller(ConnectInfo(peer): ConnectInfo<Peer>, mut request: Request, next: Next) -> Response {
    let actor = peer.uid.map_or_else(|| "local user".to_owned(), |uid| format!("local user {uid}"));
    request.extensions_mut().insert(Caller { actor, origin: "admin.sock".to_owned(), access: Access::Operator });
    next.run(request).await
}
