//! TLS as the send connector wants it, and the client certificate only where it is named.

use std::sync::OnceLock;

use core_directory::{CertificateId, CertificateName, PrivateKey};
use io_tls::ServerTls;
use proto_certificate::thumbprint;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, PKCS_ECDSA_P256_SHA256};

use super::hop::{CLOSE, Hop, Script};
use super::*;

/// An authority, a server `hub.example.net` and a client `mail.contoso.com` below it.
pub(super) struct Made {
    root: Vec<u8>,
    pub(super) server: (String, String),
    pub(super) client: ClientCertificate,
}

pub(super) fn made() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    MADE.get_or_init(|| {
        let key = || KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root_key = key();
        let root = params.self_signed(&root_key).unwrap().der().to_vec();
        let issuer = Issuer::new(params, root_key);
        let leaf = |name: &str| {
            let key = key();
            let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
            (params.signed_by(&key, &issuer).unwrap(), key)
        };
        let (server, server_key) = leaf("hub.example.net");
        let (client, client_key) = leaf("mail.contoso.com");
        let client = ClientCertificate {
            id: CertificateId(1),
            name: "hq".into(),
            chain: vec![client.der().to_vec()],
            leaf_sha256: thumbprint(client.der()),
            key: PrivateKey::new(client_key.serialize_der()),
        };
        Made { root, server: (server.pem(), server_key.serialize_pem()), client }
    })
}

/// A hop with TLS.
pub(super) async fn hop(scripts: &[Script]) -> Hop {
    let (certificate, key) = &made().server;
    let tls = ServerTls::from_pem(certificate.as_bytes(), key.as_bytes(), true).unwrap();
    Hop::start(scripts, Some(Arc::new(tls))).await
}

fn trusting() -> Outbound {
    let (roots, problems) = TrustStore::new([made().root.as_slice()]);
    assert_eq!(problems, []);
    Outbound::new(OutboundConfig { timeouts: times(PATIENT) }, roots)
}

/// One attempt at this level; whether each connection ran over TLS.
async fn attempt(outbound: &Outbound, hop: &Hop, level: TlsLevel, tls_domain: Option<&str>) -> (String, Vec<bool>) {
    let connector = SendConnector {
        tls: level,
        tls_domain: tls_domain.map(|name| CertificateName::parse_value(name).unwrap()),
        ..connector(&[&hop.address])
    };
    let outcome = send(outbound, &connector, Mail { recipients: &["a@example.com"], ..MAIL }).await;
    (shown(&outcome), hop.seen().iter().map(|seen| seen.tls).collect())
}

const DELIVERED: &str = "delivered 250 2.0.0 taken | answered";

#[tokio::test]
async fn levels_demand_what_they_say() {
    let untrusting = outbound();
    let trusting = trusting();
    let check = async |outbound: &Outbound, level: TlsLevel, domain: Option<&str>, expected: &str, tls: bool| {
        let (shown, seen) = attempt(outbound, &hop(&[Script::default()]).await, level, domain).await;
        assert!(shown.contains(expected), "{level:?} {domain:?}: {shown}");
        if shown.starts_with("delivered") {
            assert_eq!(seen, [tls], "{level:?} {domain:?}");
        } else {
            assert!(shown.contains("deferred ours: 451 4.7.5") && shown.ends_with("unreachable at Tls"), "{shown}");
        }
    };
    check(&untrusting, TlsLevel::None, None, DELIVERED, false).await;
    check(&untrusting, TlsLevel::Opportunistic, None, DELIVERED, true).await;
    check(&untrusting, TlsLevel::EncryptionOnly, None, DELIVERED, true).await;
    check(&untrusting, TlsLevel::CertificateValidation, None, "is not trusted", true).await;
    check(&trusting, TlsLevel::CertificateValidation, None, DELIVERED, true).await;
    check(&trusting, TlsLevel::DomainValidation, Some("hub.example.net"), DELIVERED, true).await;
    check(&trusting, TlsLevel::DomainValidation, Some("*.example.net"), DELIVERED, true).await;
    let wrong = "is not for hub.example.org, but for hub.example.net";
    check(&trusting, TlsLevel::DomainValidation, Some("hub.example.org"), wrong, true).await;
    check(&trusting, TlsLevel::DomainValidation, None, "given by address needs tls_domain", false).await;
}

#[tokio::test]
async fn only_opportunistic_tls_goes_on_without() {
    let cases: [&'static [(&'static str, &'static str)]; 4] = [
        &[("EHLO", "250-hop\n250 PIPELINING")],
        &[("STARTTLS", "454 4.7.0 not now")],
        &[("STARTTLS", CLOSE)],
        &[("handshake", CLOSE)],
    ];
    for rules in cases {
        let level = TlsLevel::Opportunistic;
        let (shown, seen) = attempt(&outbound(), &hop(&[Script(rules)]).await, level, None).await;
        assert_eq!(shown, DELIVERED, "{rules:?}");
        assert!(!seen.contains(&true), "{rules:?}");
        let (shown, seen) = attempt(&outbound(), &hop(&[Script(rules)]).await, TlsLevel::EncryptionOnly, None).await;
        assert!(shown.starts_with("deferred") && shown.contains("unreachable at"), "{rules:?}: {shown}");
        assert_eq!(seen.len(), 1, "{rules:?}");
    }
}

#[tokio::test]
async fn a_certificate_is_presented_only_where_it_is_named() {
    let outbound = outbound();
    let check = async |named: bool, level: TlsLevel, expected: usize, text: &str| {
        let hop = hop(&[Script::default()]).await;
        let connector =
            SendConnector { tls: level, certificate: named.then(|| "hq".into()), ..connector(&[&hop.address]) };
        let certificate = named.then_some(&made().client);
        let outcome = send(&outbound, &connector, Mail { certificate, ..MAIL }).await;
        assert_eq!(hop.seen()[0].certificates, expected, "{named} {level:?}");
        let tls = outcome.tls.unwrap_or_default();
        assert!(tls.contains(text), "{tls}");
    };
    check(true, TlsLevel::EncryptionOnly, 1, "our certificate \"hq\" presented").await;
    check(true, TlsLevel::Opportunistic, 1, "our certificate \"hq\" presented").await;
    check(false, TlsLevel::EncryptionOnly, 0, "TLS1.3 TLS_").await;
    check(true, TlsLevel::None, 0, "").await;
}

#[tokio::test]
async fn another_certificate_or_other_roots_want_another_connection() {
    let hop = hop(&[Script::default()]).await;
    let outbound = trusting();
    let connector = SendConnector {
        tls: TlsLevel::CertificateValidation,
        certificate: Some("hq".into()),
        ..connector(&[&hop.address])
    };
    let send = async |certificate: &ClientCertificate| {
        shown(&send(&outbound, &connector, Mail { certificate: Some(certificate), ..MAIL }).await)
    };
    let renewed = ClientCertificate { leaf_sha256: core_directory::Thumbprint([9; 32]), ..made().client.clone() };
    for (certificate, connections) in [(&made().client, 1), (&made().client, 1), (&renewed, 2), (&renewed, 2)] {
        assert!(send(certificate).await.starts_with("delivered"));
        assert_eq!(hop.seen().len(), connections);
    }
    outbound.replace_roots(TrustStore::default());
    let shown = send(&renewed).await;
    assert!(shown.contains("is not trusted"), "{shown}");
}
