//! The client against our server.

use core_directory::{CertificateName, ClientCertificate, Domain, TlsLevel};
use proto_certificate::TrustStore;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

use super::identity::{Authority, Identity, expired, for_clients_only};
use crate::{Blame, ClientTls, ClientTlsSettings, NextHopTls, PeerTls, ServerTls, TlsError};

struct Hop<'a> {
    identity: &'a Identity,
    asks: bool,
}

async fn connect(
    client: &ClientTls,
    hop: Hop<'_>,
    settings: ClientTlsSettings<'_>,
) -> Result<(NextHopTls, PeerTls), TlsError> {
    let (near, far) = duplex(64 * 1024);
    let Identity { certificate, key } = hop.identity;
    let server = ServerTls::from_pem(certificate.as_bytes(), key.as_bytes(), hop.asks).unwrap();
    let accept = async {
        let (mut stream, peer) = server.accept(far).await.ok()?;
        stream.write_all(b"220 ").await.ok()?;
        stream.flush().await.ok()?;
        Some(peer)
    };
    let connect = async {
        let (mut stream, tls) = client.connect(near, &settings).await.map_err(|none| none.error)?;
        stream.read_exact(&mut [0; 4]).await.map_err(TlsError::from_io)?;
        Ok(tls)
    };
    let (peer, tls) = tokio::join!(accept, connect);
    tls.map(|tls| (tls, peer.unwrap()))
}

fn settings(level: TlsLevel, roots: &TrustStore) -> ClientTlsSettings<'_> {
    ClientTlsSettings { level, server_name: None, tls_domain: None, client_certificate: None, roots }
}

#[tokio::test]
async fn judges_by_the_level() {
    use TlsLevel::{CertificateValidation, DomainValidation, EncryptionOnly, Opportunistic};
    let authority = Authority::new();
    let roots = authority.store();
    let good = authority.issue("hub.example.net", |_| {});
    let wildcard = authority.issue("*.mail.protection.outlook.com", |_| {});
    let late = authority.issue("hub.example.net", expired);
    let client_only = authority.issue("hub.example.net", for_clients_only);
    let own = Identity::self_signed("hub.example.net");
    let stranger = Authority::new().issue("hub.example.net", |_| {});
    let client = ClientTls::new();
    let check = async |case: &str, identity: &Identity, level, tls_domain: Option<&str>, expected: Result<(), &str>| {
        let tls_domain = tls_domain.map(|name| CertificateName::parse_value(name).unwrap());
        let settings = ClientTlsSettings { tls_domain: tls_domain.as_ref(), ..settings(level, &roots) };
        let got = connect(&client, Hop { identity, asks: false }, settings).await;
        match (expected, got) {
            (Ok(()), Ok((tls, _))) => assert!(!tls.chain.is_empty() && tls.version == "TLS1.3", "{case}"),
            (Err(part), Err(error)) => assert!(error.to_string().contains(part), "{case}: {error}"),
            (expected, got) => panic!("{case}: expected {expected:?}, got {got:?}"),
        }
    };
    for level in [Opportunistic, EncryptionOnly] {
        for identity in [&good, &late, &client_only, &own, &stranger] {
            check("anything goes", identity, level, None, Ok(())).await;
        }
    }
    check("good chain", &good, CertificateValidation, None, Ok(())).await;
    check("good chain, name not compared", &good, CertificateValidation, Some("other.example.net"), Ok(())).await;
    check("expired", &late, CertificateValidation, None, Err("CN=hub.example.net expired on 2021-01-01")).await;
    check("not a server", &client_only, CertificateValidation, None, Err("extended key usage")).await;
    check("self-signed", &own, CertificateValidation, None, Err("it is self-signed")).await;
    check("a stranger's", &stranger, CertificateValidation, None, Err("CN=Middle")).await;
    check("the name", &good, DomainValidation, Some("hub.example.net"), Ok(())).await;
    check("a wildcard wanted", &good, DomainValidation, Some("*.example.net"), Ok(())).await;
    let one_label = Some("contoso.mail.protection.outlook.com");
    check("a wildcard presented", &wildcard, DomainValidation, one_label, Ok(())).await;
    check("the wildcard itself", &wildcard, DomainValidation, Some("*.mail.protection.outlook.com"), Ok(())).await;
    let two_labels = Some("a.b.mail.protection.outlook.com");
    check("two labels below", &wildcard, DomainValidation, two_labels, Err("but for *.mail.protection")).await;
    let other = "is not for other.example.net, but for hub.example.net";
    check("another name", &good, DomainValidation, Some("other.example.net"), Err(other)).await;
    check("self-signed by domain", &own, DomainValidation, Some("hub.example.net"), Err("self-signed")).await;
    check("no name to compare", &good, DomainValidation, None, Err("needs tls_domain")).await;
    check("no TLS", &good, TlsLevel::None, None, Err("is \"none\"")).await;
}

#[tokio::test]
async fn presents_a_certificate_only_when_given_one() {
    let authority = Authority::new();
    let roots = authority.store();
    let hub = authority.issue("hub.example.net", |_| {});
    let edge = authority.issue("mail.contoso.com", |_| {}).client_certificate();
    let version_1 = Identity::version_1().client_certificate();
    let client = ClientTls::new();
    let check = async |case: &str, asks: bool, certificate: Option<&ClientCertificate>| {
        let settings =
            ClientTlsSettings { client_certificate: certificate, ..settings(TlsLevel::EncryptionOnly, &roots) };
        let (tls, peer) = connect(&client, Hop { identity: &hub, asks }, settings).await.unwrap();
        let expected = certificate.filter(|_| asks).map(|certificate| certificate.chain.clone()).unwrap_or_default();
        assert_eq!(peer.chain, expected, "{case}: what the hub saw");
        assert_eq!(peer.key_proved, !expected.is_empty(), "{case}");
        assert_eq!(tls.asked_for_certificate, asks, "{case}");
        assert_eq!(tls.presented_certificate, !expected.is_empty(), "{case}");
        assert_eq!((tls.group.is_empty(), &tls.group), (false, &peer.group), "{case}");
    };
    assert_eq!(edge.chain.len(), 2, "the leaf and its intermediate");
    check("given and asked", true, Some(&edge)).await;
    check("given again", true, Some(&edge)).await;
    check("given, not asked", false, Some(&edge)).await;
    check("not given", true, None).await;
    check("version 1", true, Some(&version_1)).await;
}

#[tokio::test]
async fn asks_for_the_server_name() {
    let authority = Authority::new();
    let roots = authority.store();
    let hub = authority.issue("hub.example.net", |_| {});
    for (name, expected) in [(Some("hub.example.net"), Some("hub.example.net")), (None, None)] {
        let name = name.map(|name| Domain::parse(name).unwrap());
        let settings = ClientTlsSettings { server_name: name.as_ref(), ..settings(TlsLevel::Opportunistic, &roots) };
        let (_, peer) = connect(&ClientTls::new(), Hop { identity: &hub, asks: true }, settings).await.unwrap();
        assert_eq!(peer.sni.as_deref(), expected);
    }
}

#[tokio::test]
async fn blames_the_directory_for_a_key_that_does_not_fit() {
    let authority = Authority::new();
    let roots = authority.store();
    let hub = authority.issue("hub.example.net", |_| {});
    let mut edge = authority.issue("mail.contoso.com", |_| {}).client_certificate();
    edge.key = authority.issue("other.contoso.com", |_| {}).client_certificate().key;
    let settings = ClientTlsSettings { client_certificate: Some(&edge), ..settings(TlsLevel::Opportunistic, &roots) };
    let error = connect(&ClientTls::new(), Hop { identity: &hub, asks: true }, settings).await.unwrap_err();
    assert_eq!(error.blame(), Blame::Configuration);
    assert!(error.to_string().contains("certificate \"test\": the private key does not fit"), "{error}");
}
