//! The server's client: HTTP and JSON over its admin socket, or over TCP to the address of its API. What is asked and what
//! answers mean is the commands' matter.

mod server;
mod token;
mod transport;

use std::cell::RefCell;

use serde::Serialize;
use serde::de::DeserializeOwned;
use service_admin::wire::{Problem, ProblemKind};
use tokio::runtime::Runtime;

pub use self::server::Server;
use self::token::Token;
#[cfg(unix)]
pub use self::transport::Take;
use self::transport::{Request, Response, Transport, Undone};
use crate::cli::Global;
use crate::exit::{Exit, Failure};

/// The socket's name in the data directory.
pub const SOCKET_NAME: &str = "admin.sock";

/// The system's words, as [`plain`] has them, for a socket that this user may not open.
const DENIED: &str = "permission denied";

const JSON: &str = "application/json";

/// The type of a body that says which fields change (RFC 7396).
const MERGE_PATCH: &str = "application/merge-patch+json";

/// A client of one server. It connects at the first request.
#[derive(Debug)]
pub struct Client {
    server: Server,
    runtime: Runtime,
    transport: RefCell<Transport>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ClientError {
    /// Nobody answers there.
    #[error("the server is out of reach at {place}: {reason}")]
    Unreachable {
        /// The socket or the URL.
        place: String,
        /// Why.
        reason: String,
        /// Whether it was asked over the network.
        remote: bool,
    },
    /// The server does not show that it is the one that is meant.
    #[error("{place}: {reason}; nothing was sent")]
    Untrusted {
        /// The URL.
        place: String,
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
    /// The client of the server that the options mean. What is to be said of the token's file is said on standard error.
    pub fn new(global: &Global) -> Result<Self, Failure> {
        let (client, warning) = Self::make(global)?;
        if let Some(warning) = warning {
            anstream::eprintln!("{NOTABLE}warning:{NOTABLE:#} {warning}", NOTABLE = crate::output::NOTABLE);
        }
        Ok(client)
    }

    /// The same for completions: it says nothing.
    pub fn silent(global: &Global) -> Option<Self> {
        Self::make(global).ok().map(|(client, _)| client)
    }

    fn make(global: &Global) -> Result<(Self, Option<String>), Failure> {
        let server = Server::of(global)?;
        let (token, warning, roots) = match &server {
            Server::Socket(_) => (None, None, Vec::new()),
            Server::Url(url) => {
                let (token, warning) = Token::of(global)?;
                (Some(token), warning, if url.tls { roots(global)? } else { Vec::new() })
            }
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Failure::new(Exit::Unreachable, error.to_string()))?;
        let transport = RefCell::new(Transport::new(server.clone(), token, roots));
        Ok((Self { server, runtime, transport }, warning))
    }

    /// Asks.
    pub fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        answer(&self.request("GET", path, Vec::new(), JSON, None)?)
    }

    /// Asks with a body.
    pub fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, ClientError> {
        answer(&self.request("POST", path, written(body)?, JSON, None)?)
    }

    /// Changes fields of an object, of that version alone.
    pub fn patch<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        if_match: Option<&str>,
    ) -> Result<T, ClientError> {
        answer(&self.request("PATCH", path, written(body)?, MERGE_PATCH, if_match)?)
    }

    /// Removes an object, that version alone.
    pub fn delete<T: DeserializeOwned>(&self, path: &str, if_match: Option<&str>) -> Result<T, ClientError> {
        answer(&self.request("DELETE", path, Vec::new(), JSON, if_match)?)
    }

    /// Asks for something long. `take` is given each piece as it comes, with how many octets the server announced and how many
    /// have come. How many it was; less than all is an error.
    #[cfg(unix)]
    pub fn download(&self, path: &str, take: Take<'_>) -> Result<u64, ClientError> {
        let outcome = self.runtime.block_on(self.transport.borrow_mut().download(path, take));
        outcome.map_err(|undone| self.error(undone))
    }

    fn request(
        &self,
        method: &'static str,
        path: &str,
        body: Vec<u8>,
        content_type: &'static str,
        if_match: Option<&str>,
    ) -> Result<Response, ClientError> {
        let request = Request { method, path, body, content_type, if_match };
        let outcome = self.runtime.block_on(self.transport.borrow_mut().request(request));
        outcome.map_err(|undone| self.error(undone))
    }

    fn error(&self, undone: Undone) -> ClientError {
        let (place, remote) = match &self.server {
            Server::Socket(socket) => (socket.display().to_string(), false),
            Server::Url(url) => (url.text.clone(), true),
        };
        match undone {
            Undone::Unreachable(reason) => {
                let reason = if remote { reason } else { plain(&reason) };
                ClientError::Unreachable { place, reason, remote }
            }
            Undone::Untrusted(reason) => ClientError::Untrusted { place, reason },
            Undone::Refused(status, body) => problem(status, &body),
            Undone::Broken(reason) => ClientError::Broken(plain(&reason)),
        }
    }
}

/// By which the server's certificate is judged.
fn roots(global: &Global) -> Result<Vec<Vec<u8>>, Failure> {
    match &global.ca {
        None => Ok(io_tls::system_roots().roots),
        Some(path) => io_tls::roots_from_pem_file(path).map_err(|error| Failure::usage(format!("--ca {error}"))),
    }
}

fn written(body: &impl Serialize) -> Result<Vec<u8>, ClientError> {
    serde_json::to_vec(body).map_err(|error| ClientError::Unreadable(error.to_string()))
}

fn answer<T: DeserializeOwned>(response: &Response) -> Result<T, ClientError> {
    if !response.success {
        return Err(problem(response.status, &response.body));
    }
    serde_json::from_slice(&response.body).map_err(|error| ClientError::Unreadable(error.to_string()))
}

/// What the server says is wrong. What is no problem of ours came from something between, such as a proxy.
fn problem(status: u16, body: &[u8]) -> ClientError {
    serde_json::from_slice(body)
        .map_or_else(|error| ClientError::Unreadable(format!("status {status}, {error}")), ClientError::Problem)
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
            ClientError::Unreachable { reason, remote: false, .. } if reason == DENIED => {
                Self::new(Exit::Unreachable, text).hint(
                    "type the command as root, as the user that runs the service, or as a member of that user's group",
                )
            }
            ClientError::Unreachable { remote: false, .. } => Self::new(Exit::Unreachable, text).hint(
                "start it with `postwarden serve`; if it runs with another configuration or data directory, name it with \
                 --config, --data or --socket",
            ),
            ClientError::Unreachable { .. } => Self::new(Exit::Unreachable, text)
                .hint("is the URL that of [admin] address in the server's configuration, and does the server run?"),
            ClientError::Untrusted { .. } => Self::new(Exit::Unreachable, text).hint(
                "if the server's certificate comes from an authority of your own, or is self-signed, name that authority or \
                 the certificate itself with --ca FILE",
            ),
            ClientError::Broken(_) | ClientError::Unreadable(_) => Self::new(Exit::Unreachable, text),
            ClientError::Problem(problem) => of_problem(&problem, text),
        }
    }
}

fn of_problem(problem: &Problem, text: String) -> Failure {
    match problem.kind {
        ProblemKind::Unauthorized => Failure::new(Exit::Usage, text).hint(
            "is it the whole token, and of this server? `postwarden token list` at the server shows which are in force; \
             `postwarden token add` makes a new one",
        ),
        ProblemKind::Forbidden => Failure::new(Exit::No, text)
            .hint("`postwarden token list` at the server shows which role each token has; roles do not change, so make a new one"),
        ProblemKind::NotFound | ProblemKind::Conflict | ProblemKind::Changed => Failure::new(Exit::No, text),
        ProblemKind::BadRequest | ProblemKind::Invalid | ProblemKind::TooLarge | ProblemKind::MediaType => Failure::new(Exit::Usage, text),
        ProblemKind::MethodNotAllowed | ProblemKind::Timeout | ProblemKind::TooMany | ProblemKind::Internal | ProblemKind::Unavailable => {
            Failure::new(Exit::Unreachable, text)
        }
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

        let check = |error: Error, remote: bool, expected: &str| {
            let reason = plain(&error.to_string());
            let unreachable = ClientError::Unreachable { place: "admin.sock".to_owned(), reason, remote };
            let hint = Failure::from(unreachable).hint.unwrap_or_default();
            assert!(hint.contains(expected), "{error}: {hint}");
        };
        let denied = rustix::io::Errno::ACCESS.raw_os_error();
        check(Error::from_raw_os_error(denied), false, "as a member of that user's group");
        check(Error::from(ErrorKind::NotFound), false, "start it with `postwarden serve`");
        check(Error::from(ErrorKind::ConnectionRefused), true, "[admin] address");
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
