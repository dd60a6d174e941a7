//! Over TCP, with tokens and with HTTPS: who is let in, and for how long.

use std::net::SocketAddr;

use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpStream;

use super::*;
use crate::AdminAddress;
use crate::wire::{AuditPage, Token};

/// The server's TCP address while it is held.
pub(super) struct Address {
    address: SocketAddr,
    shutdown: CancellationToken,
    running: JoinHandle<()>,
}

impl Address {
    async fn of(server: &Server) -> Self {
        Self::bound(server, "127.0.0.1:0").await
    }

    /// Beyond loopback, if the address is.
    pub(super) async fn bound(server: &Server, address: &str) -> Self {
        let listening = AdminAddress::bind(address.parse().unwrap(), None).await.unwrap();
        let (address, shutdown) = (listening.address(), CancellationToken::new());
        let running = tokio::spawn(listening.serve(Arc::new(server.state.clone()), shutdown.clone()));
        Self { address, shutdown, running }
    }

    pub(super) async fn connect(&self) -> Connection {
        let stream = TcpStream::connect(("127.0.0.1", self.address.port())).await.unwrap();
        let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        Connection { sender }
    }
}

/// One connection, which stays open over requests.
pub(super) struct Connection {
    sender: SendRequest<Full<bytes::Bytes>>,
}

impl Connection {
    pub(super) async fn send(&mut self, method: &str, path: &str, token: &str, body: String) -> (u16, String) {
        self.sender.ready().await.unwrap();
        let mut request = hyper::Request::builder().method(method).uri(path).header("host", "localhost");
        request = request.header("content-type", "application/json");
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let response = self.sender.send_request(request.body(Full::new(body.into())).unwrap()).await.unwrap();
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    async fn get(&mut self, path: &str, token: &str) -> (u16, String) {
        self.send("GET", path, token, String::new()).await
    }
}

/// A probe is told of the node and not of its token.
#[tokio::test]
async fn health_is_for_whoever_shows_any_token() {
    let server = Server::start().await;
    let address = Address::of(&server).await;
    let mut connection = address.connect().await;
    for (path, expected) in [("/healthz", "ok\n"), ("/readyz", "ready\n")] {
        assert_eq!(connection.get(path, "pw_expired").await, (200, expected.to_owned()), "{path}");
    }
    assert_eq!(connection.get("/v1/status", "pw_expired").await.0, 401);
    assert_eq!(server.state.wrong_tokens.count(), 1);
}

#[tokio::test]
async fn a_token_opens_until_it_is_removed_on_an_open_connection_too() {
    let server = Server::start().await;
    let address = Address::of(&server).await;
    let token = server.token(json!({"name": "ci", "role": "operator"})).await;
    let mut connection = address.connect().await;
    let (status, body) = connection.get("/v1/directory", &token).await;
    assert_eq!(status, 200, "{body}");
    let used: Token = server.client.get("/v1/tokens/ci").await;
    assert_eq!(used.last_used.unwrap().from, "127.0.0.1");

    let apply = json!({"directory": {"tenant": [{"name": "new"}]}}).to_string();
    let (status, body) = connection.send("POST", "/v1/directory/apply", &token, apply).await;
    assert_eq!(status, 200, "{body}");
    let page: AuditPage = server.client.get("/v1/audit?object=new").await;
    assert_eq!((&*page.items[0].actor, &*page.items[0].origin), ("ci", "127.0.0.1"));

    assert_eq!(server.client.send("DELETE", "/v1/tokens/ci", "").await.status, 200);
    let (status, body) = connection.get("/v1/directory", &token).await;
    assert_eq!(status, 401, "{body}");
    assert!(body.contains("not in force"), "{body}");
    address.shutdown.cancel();
    address.running.await.unwrap();
    server.stop().await;
}

#[tokio::test]
async fn an_expired_token_opens_nothing() {
    let server = Server::build(|directories| directories, |state| state.now = an_hour_ahead).await;
    let address = Address::of(&server).await;
    let token = server.token(json!({"name": "a", "role": "operator", "expires": "2999-01-01T00:00:00Z"})).await;
    let mut connection = address.connect().await;
    assert_eq!(connection.get("/v1/tokens", &token).await.0, 200);
    let past = Some(Timestamp::now());
    let entry = io_store::AuditEntry {
        actor: "test".into(),
        origin: "test".into(),
        at: Timestamp::now(),
        once: None,
        summaries: vec![io_store::AuditSummary { tenant: None, body: r#"{"diff":[]}"#.into() }],
    };
    server.stores.tokens.set_expiry(io_store::Scope::Operator, "a", past, entry).await.unwrap();
    assert_eq!(connection.get("/v1/tokens", &token).await.0, 401);
}

#[tokio::test]
async fn what_is_no_token_is_refused_with_the_same_words_and_counted() {
    let server = Server::start().await;
    let address = Address::of(&server).await;
    let token = server.token(json!({"name": "a", "role": "operator"})).await;
    let mut connection = address.connect().await;
    let mut answers = std::collections::HashSet::new();
    for wrong in [format!("{}x", &token[..45]), token.replace("pw_", ""), "pw_".into(), "x".repeat(3000)] {
        let (status, body) = connection.get("/v1/status", &wrong).await;
        assert_eq!(status, 401, "{wrong}: {body}");
        answers.insert(body);
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(server.state.wrong_tokens.count(), 4);
    let metrics = connection.get("/metrics", "").await.1;
    assert!(metrics.contains("\npostwarden_admin_wrong_tokens_total 4\n"), "{metrics}");
    // One who has a right one does not wait for those who have none.
    assert_eq!(connection.get("/v1/status", &token).await.0, 200);
}

#[tokio::test]
async fn strangers_send_no_large_body() {
    let server = Server::start().await;
    let address = Address::of(&server).await;
    let mut stream = TcpStream::connect(address.address).await.unwrap();
    let head = "POST /v1/directory/apply HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200000000\r\n\r\n";
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // Nothing of the body was sent, and the answer comes, with the end of the connection.
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 401 ") && answer.contains("www-authenticate: Bearer"), "{answer}");
}
