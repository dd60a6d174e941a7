//! What depends on the time: an unconfirmed directory (rule A11), and certificates that expire or begin in mid-session
//! (rule A12).

use std::time::{Duration, SystemTime};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

use super::client::reference;
use super::relay::set_ahead;
use super::{Client, Relay};

const ANNA: &str = "anna@contoso.com";
const BOB: &str = "bob@elsewhere.example";

/// Longer than a directory may be unconfirmed.
const ELEVEN_MINUTES: i64 = 11 * 60;

#[tokio::test]
async fn an_unconfirmed_directory_puts_mail_off() {
    let relay = Relay::new().await;
    let mut client = Client::greeted(relay.address).await;
    client.envelope(ANNA, BOB).await;
    set_ahead(ELEVEN_MINUTES);
    // An open transaction keeps the snapshot that it began with.
    client.command("RCPT TO:<carol@elsewhere.example>", "250").await;
    client.command("RSET", "250").await;
    for sender in [ANNA, "stranger@example.net", ""] {
        let reply = client.command(&format!("MAIL FROM:<{sender}>"), "451 4.3.0 ").await;
        reference(&reply);
    }
    assert_eq!(relay.refusals().await, [], "our own fault is no refusal");
    set_ahead(0);
    client.message(ANNA, BOB).await;
}

/// A root, and a leaf of it for `mail.contoso.com` that is valid in these seconds from now.
pub fn leaf_valid(from: i64, until: i64) -> (Vec<u8>, core_directory::ClientCertificate) {
    let moved = |seconds: i64| {
        let by = Duration::from_secs(seconds.unsigned_abs());
        if seconds < 0 { SystemTime::now() - by } else { SystemTime::now() + by }
    };
    let mut root = CertificateParams::default();
    root.distinguished_name.push(DnType::CommonName, "Root");
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root_key = KeyPair::generate().unwrap();
    let root_der = root.self_signed(&root_key).unwrap().der().to_vec();
    let mut leaf = CertificateParams::new(vec!["mail.contoso.com".to_owned()]).unwrap();
    (leaf.not_before, leaf.not_after) = (moved(from).into(), moved(until).into());
    let key = KeyPair::generate().unwrap();
    let pem = leaf.signed_by(&key, &Issuer::new(root, root_key)).unwrap().pem();
    let certificate = proto_certificate::client_certificate("c", pem.as_bytes(), key.serialize_pem().as_bytes());
    (root_der, certificate.unwrap())
}

#[tokio::test]
async fn a_certificate_expires_in_mid_session() {
    let (root, certificate) = leaf_valid(-3600, 300);
    let relay = Relay::trusting(&[root]).await;
    let mut client = Client::greeted_from("127.0.0.9", relay.address).await.starttls(&certificate).await;
    client.message(ANNA, BOB).await;
    client.envelope(ANNA, BOB).await;
    set_ahead(400);
    // It stops counting at the next MAIL FROM.
    client.command("RCPT TO:<carol@elsewhere.example>", "250").await;
    client.command("DATA", "354").await;
    client.command("Subject: x\r\n\r\nhello\r\n.", "250").await;
    client.command(&format!("MAIL FROM:<{ANNA}>"), "250").await;
    let reply = client.command(&format!("RCPT TO:<{BOB}>"), "550 5.7.64 ").await;
    let record = relay.refusal(&reference(&reply)).await.unwrap();
    assert!(record.body.contains(r#""reason":"expired""#), "{}", record.body);
}

#[tokio::test]
async fn a_certificate_becomes_valid_in_mid_session() {
    let (root, certificate) = leaf_valid(200, 3600);
    let relay = Relay::trusting(&[root]).await;
    let mut client = Client::greeted_from("127.0.0.9", relay.address).await.starttls(&certificate).await;
    client.command(&format!("MAIL FROM:<{ANNA}>"), "250").await;
    client.command(&format!("RCPT TO:<{BOB}>"), "550 5.7.64 ").await;
    set_ahead(300);
    client.command(&format!("RCPT TO:<{BOB}>"), "550 5.7.64 ").await;
    client.command("RSET", "250").await;
    client.message(ANNA, BOB).await;
}
