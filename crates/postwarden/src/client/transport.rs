//! Requests over a socket, over TCP, or over TLS. One connection is kept for requests that follow one another at once.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::SendRequest;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName, IF_MATCH};
use hyper_util::rt::TokioIo;
use io_tls::{HttpsError, connect_https};
use service_admin::wire::BACKUP_OCTETS;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use super::server::{Server, Url};
use super::token::Token;

/// Longer than the server works on any request, so that its own words come first.
const LIMIT: Duration = Duration::from_secs(service_admin::REQUEST_LIMIT.as_secs() + 10);

/// How long a connection may have been idle and is used again; the server ends those that are idle for long.
const MAX_IDLE: Duration = Duration::from_secs(1);

/// Time for a connection over the network, TLS included.
const CONNECT_LIMIT: Duration = Duration::from_secs(15);

/// What a connection goes over.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// What is asked.
#[derive(Debug)]
pub struct Request<'a> {
    /// The method.
    pub method: &'static str,
    /// The path with its query.
    pub path: &'a str,
    /// The body; JSON, or nothing.
    pub body: Vec<u8>,
    /// Its type; the usual one where it is not said.
    pub content_type: &'static str,
    /// Only if the object is this one.
    pub if_match: Option<&'a str>,
}

/// What came back.
#[derive(Debug)]
pub struct Response {
    /// Whether it was done.
    pub success: bool,
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// Why nothing came back.
#[derive(Debug)]
pub enum Undone {
    /// Nobody answers there.
    Unreachable(String),
    /// The server does not show that it is the one that is meant.
    Untrusted(String),
    /// The server's problem, with its status.
    Refused(u16, Vec<u8>),
    /// The answer has no end, or could not be put down.
    Broken(String),
}

/// Takes a piece of an answer: its octets, how many were announced, how many have come.
pub type Take<'a> = &'a mut dyn FnMut(&[u8], u64, u64) -> std::io::Result<()>;

/// The way to one server.
#[derive(Debug)]
pub struct Transport {
    server: Server,
    token: Option<Token>,
    roots: Vec<Vec<u8>>,
    kept: Option<(SendRequest<Full<Bytes>>, Instant)>,
}

impl Transport {
    /// A way that nothing was said on yet.
    pub fn new(server: Server, token: Option<Token>, roots: Vec<Vec<u8>>) -> Self {
        Self { server, token, roots, kept: None }
    }

    /// One request with its answer.
    pub async fn request(&mut self, request: Request<'_>) -> Result<Response, Undone> {
        match tokio::time::timeout(LIMIT, self.exchange(request)).await {
            Ok(outcome) => outcome,
            Err(_) => {
                self.kept = None;
                Err(Undone::Unreachable(format!("no answer within {} seconds", LIMIT.as_secs())))
            }
        }
    }

    async fn exchange(&mut self, request: Request<'_>) -> Result<Response, Undone> {
        let (response, sender) = self.send(&request).await?;
        let status = response.status();
        let body = response.into_body().collect().await.map_err(|error| Undone::Unreachable(error.to_string()))?;
        self.kept = Some((sender, Instant::now()));
        Ok(Response { success: status.is_success(), status: status.as_u16(), body: body.to_bytes().to_vec() })
    }

    /// One request whose answer is long. There is no limit of time: a server that goes closes the connection.
    pub async fn download(&mut self, path: &str, take: Take<'_>) -> Result<u64, Undone> {
        let request =
            Request { method: "GET", path, body: Vec::new(), content_type: "application/json", if_match: None };
        let (response, _sender) = self.send(&request).await?;
        let broken = |error: hyper::Error| Undone::Broken(error.to_string());
        if !response.status().is_success() {
            let status = response.status().as_u16();
            return Err(Undone::Refused(
                status,
                response.into_body().collect().await.map_err(broken)?.to_bytes().to_vec(),
            ));
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
        Ok(come)
    }

    async fn send(
        &mut self,
        request: &Request<'_>,
    ) -> Result<(hyper::Response<Incoming>, SendRequest<Full<Bytes>>), Undone> {
        let mut sender = match self.still_open().await {
            Some(sender) => sender,
            None => self.connect().await?,
        };
        let unreachable = |error: hyper::Error| Undone::Unreachable(error.to_string());
        let built = self.build(request).map_err(|error| Undone::Broken(error.to_string()))?;
        let response = sender.send_request(built).await.map_err(unreachable)?;
        Ok((response, sender))
    }

    async fn still_open(&mut self) -> Option<SendRequest<Full<Bytes>>> {
        let (mut sender, since) = self.kept.take()?;
        (since.elapsed() < MAX_IDLE && sender.ready().await.is_ok()).then_some(sender)
    }

    fn build(&self, request: &Request<'_>) -> Result<hyper::Request<Full<Bytes>>, hyper::http::Error> {
        let (host, prefix) = match &self.server {
            Server::Socket(_) => ("localhost".to_owned(), ""),
            Server::Url(url) => (url.authority(), url.prefix.as_str()),
        };
        let mut builder = hyper::Request::builder()
            .method(request.method)
            .uri(format!("{prefix}{}", request.path))
            .header(HOST, host)
            .header(CONTENT_TYPE, request.content_type);
        let mut header = |name: HeaderName, value: Option<String>| {
            let Some(value) = value else { return };
            builder = std::mem::take(&mut builder).header(name, value);
        };
        header(IF_MATCH, request.if_match.map(str::to_owned));
        header(AUTHORIZATION, self.token.as_ref().map(Token::authorization));
        builder.body(Full::new(Bytes::from(request.body.clone())))
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>, Undone> {
        let stream = match &self.server {
            Server::Socket(socket) => unix(socket).await?,
            Server::Url(url) => match tokio::time::timeout(CONNECT_LIMIT, network(url, &self.roots)).await {
                Ok(stream) => stream?,
                Err(_) => {
                    let text = format!("no connection within {} seconds", CONNECT_LIMIT.as_secs());
                    return Err(Undone::Unreachable(text));
                }
            },
        };
        let handshake = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
        let (sender, connection) = handshake.map_err(|error| Undone::Unreachable(error.to_string()))?;
        // It ends with the runtime, or with the last sender.
        tokio::spawn(connection);
        Ok(sender)
    }
}

async fn network(url: &Url, roots: &[Vec<u8>]) -> Result<Box<dyn Stream>, Undone> {
    let unreachable = |error: std::io::Error| Undone::Unreachable(error.to_string());
    let found = tokio::net::lookup_host((url.host.as_str(), url.port)).await.map_err(unreachable)?;
    // Plain text never leaves this machine, whatever its name leads to.
    let addresses: Vec<SocketAddr> = found.filter(|address| url.tls || address.ip().is_loopback()).collect();
    let stream = TcpStream::connect(addresses.as_slice()).await.map_err(unreachable)?;
    stream.set_nodelay(true).map_err(unreachable)?;
    if !url.tls {
        return Ok(Box::new(stream));
    }
    match connect_https(stream, &url.host, roots).await {
        Ok(stream) => Ok(Box::new(stream)),
        Err(error @ HttpsError::Certificate(_)) => Err(Undone::Untrusted(error.to_string())),
        Err(error @ HttpsError::Tls(_)) => Err(Undone::Unreachable(error.to_string())),
    }
}

#[cfg(unix)]
async fn unix(socket: &std::path::Path) -> Result<Box<dyn Stream>, Undone> {
    let stream = tokio::net::UnixStream::connect(socket).await;
    Ok(Box::new(stream.map_err(|error| Undone::Unreachable(error.to_string()))?))
}

/// Where there are no Unix sockets there is no server on this machine.
#[cfg(not(unix))]
async fn unix(_: &std::path::Path) -> Result<Box<dyn Stream>, Undone> {
    let text = "this system has no Unix sockets; name a server with --url, or use commands that work on files";
    Err(Undone::Unreachable(text.to_owned()))
}
