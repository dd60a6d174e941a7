//! The server against a wilful client.

use std::sync::Arc;

use rcgen::{PKCS_ECDSA_P384_SHA384, PKCS_ECDSA_P521_SHA512, PKCS_ED25519};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ClientConfig, ResolvesClientCert, Resumption};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use rustls::{DigitallySignedStruct, Error, HandshakeKind, SignatureScheme, SupportedProtocolVersion};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio_rustls::TlsConnector;

use super::identity::{Authority, Identity, certified, expired};
use crate::proof::{provider, schemes};
use crate::{Blame, PeerTls, ServerTls, TlsError};

const VERSIONS: [&SupportedProtocolVersion; 2] = [&TLS12, &TLS13];

/// Presents what it is told to, and takes any server.
#[derive(Debug)]
pub(crate) struct Wilful(pub(crate) Option<Arc<CertifiedKey>>);

impl ResolvesClientCert for Wilful {
    fn resolve(&self, hints: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        assert!(hints.is_empty(), "the server hints at authorities");
        self.0.clone()
    }

    fn has_certs(&self) -> bool {
        self.0.is_some()
    }
}

impl ServerCertVerifier for Wilful {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        schemes()
    }
}

fn wilful_config(version: &'static SupportedProtocolVersion, presents: Option<Arc<CertifiedKey>>) -> ClientConfig {
    ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[version])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Wilful(None)))
        .with_client_cert_resolver(Arc::new(Wilful(presents)))
}

/// One handshake and one octet each way. What the server saw, and what kind of handshake the client saw.
async fn session(server: &ServerTls, config: Arc<ClientConfig>) -> Result<(PeerTls, Option<HandshakeKind>), TlsError> {
    let (near, far) = duplex(64 * 1024);
    let client = async move {
        let name = ServerName::try_from("relay.example.net").unwrap();
        let mut stream = TlsConnector::from(config).connect(name, near).await.ok()?;
        stream.write_all(b"x").await.ok()?;
        stream.read_exact(&mut [0]).await.ok()?;
        stream.get_ref().1.handshake_kind()
    };
    let server = async {
        let (mut stream, peer) = server.accept(far).await?;
        stream.read_exact(&mut [0]).await.map_err(TlsError::from_io)?;
        stream.write_all(b"y").await.map_err(TlsError::from_io)?;
        stream.flush().await.map_err(TlsError::from_io)?;
        Ok(peer)
    };
    let (kind, peer) = tokio::join!(client, server);
    peer.map(|peer| (peer, kind))
}

fn server(ask: bool) -> ServerTls {
    let identity = Identity::self_signed("relay.example.net");
    ServerTls::from_pem(identity.certificate.as_bytes(), identity.key.as_bytes(), ask).unwrap()
}

#[tokio::test]
async fn no_certificate_fails_the_handshake() {
    let authority = Authority::new();
    let good = authority.issue("mail.contoso.com", |_| {});
    let own = |identity: &Identity| Some(certified(identity.chain(), &identity.key));
    let foreign = |chain: Vec<Vec<u8>>| Some(certified(chain, &good.key));
    let late = authority.issue("late.contoso.com", expired);
    let kinds = [&PKCS_ECDSA_P384_SHA384, &PKCS_ECDSA_P521_SHA512, &PKCS_ED25519];
    let [p384, p521, ed25519] = kinds.map(|kind| authority.issue_for("mail.contoso.com", kind, |_| {}));
    let mut damaged = good.chain();
    damaged[0][6] ^= 0xff;
    let cases = [
        ("none", None, false),
        ("with its intermediate", own(&good), true),
        ("expired", own(&late), true),
        ("self-signed", own(&Identity::self_signed("mail.contoso.com")), true),
        ("version 1", own(&Identity::version_1()), true),
        ("P-384", own(&p384), true),
        ("P-521", own(&p521), true),
        ("Ed25519", own(&ed25519), true),
        ("RSA with 1024 bits", foreign(Identity::rsa_1024().chain()), false),
        ("junk", foreign(vec![b"junk".to_vec()]), false),
        ("damaged", foreign(damaged), false),
        ("sixty intermediates", foreign([good.chain(), vec![b"junk".to_vec(); 60]].concat()), true),
    ];
    let server = server(true);
    for version in VERSIONS {
        for (case, presents, proved) in &cases {
            let sent = presents.as_ref().map(|key| key.cert.len()).unwrap_or(0);
            let config = Arc::new(wilful_config(version, presents.clone()));
            let (peer, _) = session(&server, config).await.unwrap_or_else(|error| panic!("{case}: {error}"));
            assert_eq!((peer.chain.len(), peer.key_proved), (sent, *proved), "{case}, {version:?}");
            assert_eq!(peer.sni.as_deref(), Some("relay.example.net"), "{case}");
            let expected = if version.version == TLS12.version { "TLS1.2" } else { "TLS1.3" };
            assert_eq!(peer.version, expected, "{case}");
            assert!(peer.cipher.starts_with("TLS_"), "{case}: {}", peer.cipher);
        }
    }
}

#[tokio::test]
async fn a_wrong_signature_ends_the_handshake() {
    let authority = Authority::new();
    let victim = authority.issue("mail.contoso.com", |_| {});
    let thief = authority.issue("mail.fabrikam.com", |_| {});
    let version_1 = Identity::version_1();
    let rsa_thief = authority.issue_for("mail.fabrikam.com", &PKCS_ECDSA_P384_SHA384, |_| {});
    let cases = [
        ("another key of the kind", certified(victim.chain(), &thief.key)),
        ("a key of another kind", certified(version_1.chain(), &thief.key)),
        ("a key on another curve", certified(victim.chain(), &rsa_thief.key)),
    ];
    let server = server(true);
    for version in VERSIONS {
        for (case, presents) in &cases {
            let outcome = session(&server, Arc::new(wilful_config(version, Some(Arc::clone(presents))))).await;
            let error = outcome.err().unwrap_or_else(|| panic!("{case}: accepted under {version:?}"));
            assert_eq!(error.blame(), Blame::Peer, "{case}: {error}");
        }
    }
}

#[tokio::test]
async fn asks_only_where_told() {
    let authority = Authority::new();
    let good = authority.issue("mail.contoso.com", |_| {});
    for version in VERSIONS {
        let config = Arc::new(wilful_config(version, Some(certified(good.chain(), &good.key))));
        let (peer, _) = session(&server(false), config).await.unwrap();
        assert_eq!((peer.chain.len(), peer.key_proved), (0, false));
    }
}

#[tokio::test]
async fn resumes_nothing() {
    let server = server(true);
    for version in VERSIONS {
        let mut config = wilful_config(version, None);
        config.resumption = Resumption::in_memory_sessions(8);
        let config = Arc::new(config);
        for _ in 0..3 {
            let (_, kind) = session(&server, Arc::clone(&config)).await.unwrap();
            let full = matches!(kind, Some(HandshakeKind::Full | HandshakeKind::FullWithHelloRetryRequest));
            assert!(full, "{version:?}: {kind:?}");
        }
    }
}

#[tokio::test]
async fn blames_the_peer_for_what_is_no_tls() {
    let (mut near, far) = duplex(1024);
    near.write_all(b"EHLO mail.contoso.com\r\n").await.unwrap();
    let error = server(true).accept(far).await.err().unwrap();
    assert_eq!(error.blame(), Blame::Peer);
    assert_eq!(error.to_string(), "the TLS handshake failed: the peer does not speak TLS");

    let (near, far) = duplex(1024);
    drop(near);
    let error = server(true).accept(far).await.err().unwrap();
    assert!(matches!(error, TlsError::Connection(_)), "{error}");
}
