//! The server's client: HTTP and JSON over its admin socket. What is asked and what answers mean is the commands' matter.

use std::path::PathBuf;

use serde::Serialize;
use serde::de::DeserializeOwned;
use service_admin::wire::{Problem, ProblemKind};

use crate::cli::Global;
use crate::config;
use crate::exit::{Exit, Failure};

/// The socket's name in the data directory.
pub const SOCKET_NAME: &str = "admin.sock";

/// The system's words, as [`plain`] has them, for a socket that this user may not open.
const DENIED: &str = "permission denied";

/// A client of one server. Each request has a connection of its own.
#[derive(Debug)]
pub struct Client {
    socket: PathBuf,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// Nobody answers on the socket.
    #[error("the server is out of reach at {}: {reason}", socket.display())]
    Unreachable {
        /// Where.
        socket: PathBuf,
        /// Why.
        reason: String,
    },
    /// The server says no.
    #[error("{}", .0.detail)]
    Problem(Problem),
    /// The answer has no end, or what came of it cannot be put down.
    #[error("{0}")]
    Broken(String),
    /// The answer makes no sense here.
    #[error("the server's answer cannot be read ({0}); client and server are probably of different versions")]
    Unreadable(String),
}

impl Client {
    /// The client of the server that the options mean. It connects at each request.
    pub fn new(global: &Global) -> Result<Self, Failure> {
        let socket = match (&global.socket, &global.data) {
            (Some(socket), _) => socket.clone(),
            (None, Some(data)) => data.join(SOCKET_NAME),
            (None, None) => {
                let data =
                    config::data_directory(global.config.as_deref()).map_err(|errors| Failure::files(&errors))?;
                data.join(SOCKET_NAME)
            }
        };
        Ok(Self { socket })
    }

    /// Asks.
    pub fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        answer(&self.request("GET", path, Vec::new())?)
    }

    /// Asks with a body.
    pub fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, ClientError> {
        let body = serde_json::to_vec(body).map_err(|error| ClientError::Unreadable(error.to_string()))?;
        answer(&self.request("POST", path, body)?)
    }

    /// Asks for something long. `take` is given each piece as it comes, with how many octets the server announced and how many
    /// have come. How many it was; less than all is an error.
    #[cfg(unix)]
    pub fn download(&self, path: &str, take: Take<'_>) -> Result<u64, ClientError> {
        let unreachable =
            |reason: String| ClientError::Unreachable { socket: self.socket.clone(), reason: plain(&reason) };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| unreachable(error.to_string()))?;
        match runtime.block_on(transport::download(&self.socket, path, take)) {
            Ok(octets) => Ok(octets),
            Err(transport::Undone::Unreachable(reason)) => Err(unreachable(reason)),
            Err(transport::Undone::Refused(body)) => {
                let problem = serde_json::from_slice(&body);
                Err(problem.map_or_else(|error| ClientError::Unreadable(error.to_string()), ClientError::Problem))
            }
            Err(transport::Undone::Broken(reason)) => Err(ClientError::Broken(plain(&reason))),
        }
    }

    fn request(&self, method: &str, path: &str, body: Vec<u8>) -> Result<Response, ClientError> {
        let unreachable =
            |reason: String| ClientError::Unreachable { socket: self.socket.clone(), reason: plain(&reason) };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| unreachable(error.to_string()))?;
        runtime.block_on(transport::request(&self.socket, method, path, body)).map_err(unreachable)
    }
}

/// Takes a piece of an answer: its octets, how many were announced, how many have come.
#[cfg(unix)]
pub type Take<'a> = &'a mut dyn FnMut(&[u8], u64, u64) -> std::io::Result<()>;

/// What came back.
struct Response {
    success: bool,
    body: Vec<u8>,
}

fn answer<T: DeserializeOwned>(response: &Response) -> Result<T, ClientError> {
    let unreadable = |error: serde_json::Error| ClientError::Unreadable(error.to_string());
    if response.success {
        serde_json::from_slice(&response.body).map_err(unreadable)
    } else {
        Err(ClientError::Problem(serde_json::from_slice(&response.body).map_err(unreadable)?))
    }
}

/// The system's words without its number.
fn plain(reason: &str) -> String {
    reason.split(" (os error").next().unwrap_or(reason).to_lowercase()
}

/// A name as one part of a path or one value of a query (RFC 3986 §2.1).
pub fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        let text = error.to_string();
        match error {
            ClientError::Unreachable { reason, .. } if reason == DENIED => Self::new(Exit::Unreachable, text).hint(
                "type the command as root, as the user that runs the service, or as a member of that user's group",
            ),
            ClientError::Unreachable { .. } => Self::new(Exit::Unreachable, text).hint(
                "start it with `postwarden serve`; if it runs with another configuration or data directory, name it with \
                 --config, --data or --socket",
            ),
            ClientError::Broken(_) | ClientError::Unreadable(_) => Self::new(Exit::Unreachable, text),
            ClientError::Problem(problem) => {
                let exit = match problem.kind {
                    ProblemKind::NotFound | ProblemKind::Conflict | ProblemKind::Changed => Exit::No,
                    ProblemKind::BadRequest
                    | ProblemKind::Unauthorized
                    | ProblemKind::Forbidden
                    | ProblemKind::Invalid
                    | ProblemKind::TooLarge
                    | ProblemKind::MediaType => Exit::Usage,
                    ProblemKind::MethodNotAllowed
                    | ProblemKind::Timeout
                    | ProblemKind::Internal
                    | ProblemKind::Unavailable => Exit::Unreachable,
                };
                Self::new(exit, text)
            }
        }
    }
}

#[cfg(unix)]
mod transport {
    //! One request over a Unix socket.

    use std::path::Path;
    use std::time::Duration;

    use http_body_util::{BodyExt as _, Full};
    use hyper::Request;
    use hyper::body::Bytes;
    use hyper_util::rt::TokioIo;
    use service_admin::wire::BACKUP_OCTETS;
    use tokio::net::UnixStream;

    use super::Response;

    /// Longer than the server works on any request, so that its own words come first.
    const LIMIT: Duration = Duration::from_secs(service_admin::REQUEST_LIMIT.as_secs() + 10);

    pub(super) async fn request(socket: &Path, method: &str, path: &str, body: Vec<u8>) -> Result<Response, String> {
        match tokio::time::timeout(LIMIT, exchange(socket, method, path, body)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(format!("no answer within {} seconds", LIMIT.as_secs())),
        }
    }

    /// Why a download did not come to its end.
    pub(super) enum Undone {
        Unreachable(String),
        /// The server's problem, in its words.
        Refused(Vec<u8>),
        Broken(String),
    }

    /// One request whose answer is long. There is no limit of time: a server that goes closes the socket.
    pub(super) async fn download(socket: &Path, path: &str, take: super::Take<'_>) -> Result<u64, Undone> {
        let stream = UnixStream::connect(socket).await.map_err(|error| Undone::Unreachable(error.to_string()))?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| Undone::Unreachable(error.to_string()))?;
        let running = tokio::spawn(connection);
        let request = Request::builder()
            .uri(path)
            .header("host", "localhost")
            .body(Full::new(Bytes::new()))
            .map_err(|error| Undone::Unreachable(error.to_string()))?;
        let broken = |error: hyper::Error| Undone::Broken(error.to_string());
        let response = sender.send_request(request).await.map_err(broken)?;
        if !response.status().is_success() {
            return Err(Undone::Refused(response.into_body().collect().await.map_err(broken)?.to_bytes().to_vec()));
        }
        let header = response.headers().get(BACKUP_OCTETS).and_then(|value| value.to_str().ok());
        let announced = header.and_then(|text| text.parse().ok()).unwrap_or_default();
        let mut body = response.into_body();
        let mut come: u64 = 0;
        while let Some(frame) = body.frame().await {
            if let Ok(octets) = frame.map_err(broken)?.into_data() {
                come = come.saturating_add(u64::try_from(octets.len()).unwrap_or(u64::MAX));
                take(&octets, announced, come).map_err(|error| Undone::Broken(error.to_string()))?;
            }
        }
        running.abort();
        Ok(come)
    }

    async fn exchange(socket: &Path, method: &str, path: &str, body: Vec<u8>) -> Result<Response, String> {
        let stream = UnixStream::connect(socket).await.map_err(|error| error.to_string())?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
        let running = tokio::spawn(connection);
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "localhost")
            .header("content-type", "application/json")
            .body(Full::new(Bytes::from(body)))
            .map_err(|error| error.to_string())?;
        let response = sender.send_request(request).await.map_err(|error| error.to_string())?;
        let success = response.status().is_success();
        let body = response.into_body().collect().await.map_err(|error| error.to_string())?.to_bytes().to_vec();
        running.abort();
        Ok(Response { success, body })
    }
}

#[cfg(not(unix))]
mod transport {
    //! Where there are no Unix sockets there is no server to reach.

    use std::path::Path;

    use super::Response;

    pub(super) async fn request(_: &Path, _: &str, _: &str, _: Vec<u8>) -> Result<Response, String> {
        Err("this system has no Unix sockets; commands that work on files alone do work here".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[cfg(unix)]
    #[test]
    fn who_may_not_is_not_told_to_start_the_server() {
        use std::io::{Error, ErrorKind};

        use super::{ClientError, plain};
        use crate::exit::Failure;

        let check = |error: Error, expected: &str| {
            let unreachable =
                ClientError::Unreachable { socket: "admin.sock".into(), reason: plain(&error.to_string()) };
            let hint = Failure::from(unreachable).hint.unwrap_or_default();
            assert!(hint.contains(expected), "{error}: {hint}");
        };
        let denied = rustix::io::Errno::ACCESS.raw_os_error();
        check(Error::from_raw_os_error(denied), "as a member of that user's group");
        check(Error::from(ErrorKind::NotFound), "start it with `postwarden serve`");
    }

    #[test]
    fn names_in_paths() {
        let check = |text: &str, expected: &str| assert_eq!(encoded(text), expected, "{text:?}");
        check("contoso", "contoso");
        check("a b&c=d/é?", "a%20b%26c%3Dd%2F%C3%A9%3F");
        check("", "");
        check("A-z_0.9~", "A-z_0.9~");
    }
}
