//! Whom a token goes to: the client of HTTPS against our server.

use proto_certificate::pem;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

use super::identity::{Authority, Identity, expired, for_clients_only};
use crate::{HttpsError, ServerTls, connect_https};

/// Whether the client speaks to a server with this certificate, or why it does not.
async fn connect(identity: &Identity, host: &str, roots: &[Vec<u8>]) -> Result<(), HttpsError> {
    let (near, far) = duplex(64 * 1024);
    let server = ServerTls::from_pem(identity.certificate.as_bytes(), identity.key.as_bytes(), false).unwrap();
    let accept = async {
        let (mut stream, _) = server.accept(far).await.ok()?;
        stream.write_all(b"HTTP").await.ok()
    };
    let connect = async {
        let mut stream = connect_https(near, host, roots).await?;
        stream.read_exact(&mut [0; 4]).await.unwrap();
        Ok(())
    };
    tokio::join!(accept, connect).1
}

#[tokio::test]
async fn the_certificate_decides() {
    let authority = Authority::new();
    let roots = [authority.root.clone()];
    let good = authority.issue("relay.example.net", |_| {});
    let by_address = authority.issue("192.0.2.1", |_| {});
    let wildcard = authority.issue("*.example.net", |_| {});
    let late = authority.issue("relay.example.net", expired);
    let for_clients = authority.issue("relay.example.net", for_clients_only);
    let own = Identity::self_signed("relay.example.net");
    let pinned = pem::read_certificates(own.certificate.as_bytes()).unwrap();
    let check = async |case: &str, identity: &Identity, host: &str, roots: &[Vec<u8>], refused: Option<&str>| match (
        connect(identity, host, roots).await,
        refused,
    ) {
        (Ok(()), None) => {}
        (Err(error @ HttpsError::Certificate(_)), Some(part)) => {
            assert!(error.to_string().contains(part), "{case}: {error}");
        }
        (got, _) => panic!("{case}: {got:?}"),
    };
    check("trusted", &good, "relay.example.net", &roots, None).await;
    check("trusted, by its address", &by_address, "192.0.2.1", &roots, None).await;
    check("a wildcard", &wildcard, "relay.example.net", &roots, None).await;
    check("handed over", &own, "relay.example.net", &pinned, None).await;
    check("another name", &good, "other.example.net", &roots, Some("not for other.example.net, but for")).await;
    check("another address", &by_address, "192.0.2.2", &roots, Some("not for 192.0.2.2")).await;
    check("a wildcard two labels up", &wildcard, "a.b.example.net", &roots, Some("not for a.b.example.net")).await;
    check("expired", &late, "relay.example.net", &roots, Some("expired on")).await;
    check("for clients alone", &for_clients, "relay.example.net", &roots, Some("extended key usage")).await;
    check("unknown", &own, "relay.example.net", &roots, Some("no root that is trusted here")).await;
    check("handed over, another name", &own, "other.example.net", &pinned, Some("not for other.example.net")).await;
}

#[tokio::test]
async fn without_roots_nobody_is_trusted() {
    let (near, _far) = duplex(1024);
    let error = connect_https(near, "relay.example.net", &[]).await.unwrap_err();
    assert!(error.to_string().contains("no roots here"), "{error}");
}
