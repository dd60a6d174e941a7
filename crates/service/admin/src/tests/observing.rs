//! Health, readiness and metrics, and what the TCP address answers to those who have no token.

use io_store::StoreError;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::*;
use crate::AdminAddress;

/// One request over TCP, and all that comes back.
async fn ask(address: std::net::SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut answer = Vec::new();
    // What it does not want to hear all of it may cut off.
    let _ = stream.write_all(request.as_bytes()).await;
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
}

/// What no endpoint looks at is refused, wherever it stands.
#[tokio::test]
async fn a_query_that_means_nothing() {
    let server = Server::start().await;
    for path in ["/v1/status", "/v1/candidates", "/v1/openapi.json", "/v1/tenants/contoso", "/v1/tokens/ci", "/v1/lint"]
    {
        let asked = format!("{path}?nonsense=contoso");
        server.client.refuses("GET", &asked, "", wire::ProblemKind::BadRequest, "nonsense").await;
    }
    for path in ["/v1/queue/release", "/v1/explain", "/v1/directory/apply", "/v1/tenants/contoso/suspend"] {
        let asked = format!("{path}?dry_ran=true");
        server.client.refuses("POST", &asked, "{}", wire::ProblemKind::BadRequest, "dry_ran").await;
    }
    assert_eq!(server.client.send("GET", "/healthz?from=balancer", "").await.status, 200);
    assert_eq!(server.client.send("GET", "/v1/status?", "").await.status, 200);
}

#[tokio::test]
async fn health_tells_of_a_store_that_must_be_opened_again_and_readiness_of_a_stop() {
    let fault = StoreError::Unavailable { place: "queue.db".into(), reason: "restart the service".into() };
    let check = async |change: fn(&mut AdminState, StoreError), alive: u16, ready: u16| {
        let server = Server::build(|directories| directories, |state| change(state, fault.clone())).await;
        let got = (server.client.send("GET", "/healthz", "").await, server.client.send("GET", "/readyz", "").await);
        assert_eq!((got.0.status, got.1.status), (alive, ready), "{} {}", got.0.body, got.1.body);
        let ready = server.client.send("GET", "/metrics", "").await.body;
        assert!(ready.contains(&format!("\npostwarden_ready {}\n", u16::from(got.1.status == 200))), "{ready}");
        server.stop().await;
    };
    check(|_, _| {}, 200, 200).await;
    check(|state, fault| state.store_fault = Arc::new(move || Some(fault.clone())), 503, 200).await;
    check(|state, _| state.stopping.cancel(), 200, 503).await;
    check(|state, _| state.now = an_hour_ahead, 200, 503).await;
}

#[tokio::test]
async fn over_tcp_without_a_token_there_is_no_more_than_that() {
    let server = Server::start().await;
    let probes = AdminAddress::bind("127.0.0.1:0".parse().unwrap(), None).await.unwrap();
    let address = probes.address();
    let shutdown = CancellationToken::new();
    let running = tokio::spawn(probes.serve(Arc::new(server.state.clone()), shutdown.clone()));
    let check = async |request: String, status: u16, words: &str| {
        let answer = ask(address, &request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{request}: {answer}");
        assert!(answer.contains(words), "{request}: {answer}");
    };
    check(get("/healthz"), 200, "ok\n").await;
    check(get("/readyz"), 200, "ready\n").await;
    check(get("/metrics"), 200, "postwarden_directory_tenants 2\n").await;
    check(get("/metrics"), 200, "text/plain; version=0.0.4").await;
    check(get("/v1/status"), 401, "Authorization: Bearer").await;
    check(get("/v1/directory"), 401, "Authorization: Bearer").await;
    check(get("/"), 404, "/v1").await;
    check(get("/healthz").replace("GET", "POST"), 405, "does not take POST").await;
    let endless = format!("GET /healthz HTTP/1.1\r\nX: {}", "x".repeat(100_000));
    assert!(!ask(address, &endless).await.starts_with("HTTP/1.1 2"), "a head without an end");
    check("nonsense\r\n\r\n".to_owned(), 400, "").await;
    shutdown.cancel();
    running.await.unwrap();
    assert!(TcpStream::connect(address).await.is_err(), "it listens on");
    server.stop().await;
}

#[tokio::test]
async fn certificates_that_end_are_told() {
    let mut parameters = rcgen::CertificateParams::new(vec!["hub.contoso.com".to_owned()]).unwrap();
    parameters.not_before = rcgen::date_time_ymd(2020, 1, 1);
    parameters.not_after = rcgen::date_time_ymd(2021, 1, 1);
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = parameters.self_signed(&key).unwrap();
    let (certificate, key) = (certificate.pem(), key.serialize_pem());
    let server = Server::empty().await;
    let text = "[[tenant]]\nname = 'contoso'\n[[tenant.certificate]]\nname = 'hq'\ncertificate = 'c'\nkey = 'k'\n";
    let mut files = |path: &str| Ok(if path == "c" { certificate.clone() } else { key.clone() }.into());
    let tenants = proto_directory_file::read_toml("d.toml", text, &mut files).unwrap().tenants;
    server.state.directory.apply(service_directory::ApplyRequest { tenants, ..request("") }).await.unwrap();
    let text = server.client.send("GET", "/metrics", "").await.body;
    let sample = "postwarden_tenant_certificate_end_timestamp_seconds{tenant=\"contoso\",name=\"hq\"} 1609459200.0\n";
    assert!(text.contains(sample), "{text}");
    assert!(text.contains("\npostwarden_tenant_certificates 1\n"), "{text}");
    let status: wire::Status = server.client.get("/v1/status").await;
    let told = "certificate \"hq\" of tenant \"contoso\" has ended at 2021-01-01T00:00:00Z: `postwarden certificate set \
                \"hq\" --tenant \"contoso\" --certificate FILE --key FILE` puts its successor in its place";
    assert!(status.attention.iter().any(|sentence| sentence == told), "{:?}", status.attention);
    server.stop().await;
}
