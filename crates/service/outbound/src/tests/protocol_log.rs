//! What stands in the send log, by the reader of its format.

use std::path::Path;

use io_protocol_log::{ProtocolLog, Settings};
use io_store::MessageId;
use proto_exchange::protocol_log::{Event, LogKind, Reader, Record};

use super::hop::{CLOSE, Hop, SILENCE, Script};
use super::tls::{hop as tls_hop, made};
use super::*;

fn log_in(folder: &Path) -> ProtocolLog {
    let settings = Settings {
        directory: folder.to_owned(),
        max_age: Duration::from_secs(3_600),
        max_directory_size: 1 << 24,
        max_file_size: 1 << 20,
    };
    ProtocolLog::start(LogKind::Send, Some(settings)).unwrap()
}

fn rows(log: &ProtocolLog, folder: &Path) -> Vec<Record<'static>> {
    assert!(log.flush(PATIENT));
    let mut rows = Vec::new();
    for entry in std::fs::read_dir(folder.join("SmtpSend")).into_iter().flatten() {
        let file = std::fs::read(entry.unwrap().path()).unwrap();
        rows.extend(Reader::new(&file).map(|(_, row)| row.unwrap().into_owned()));
    }
    // An hour may have ended meanwhile.
    rows.sort_by_key(|row| row.at);
    rows
}

/// Rows without what differs from run to run.
fn shown(rows: &[Record<'_>]) -> Vec<String> {
    let shown = |row: &Record<'_>| match (&row.event, &*row.data, &*row.context) {
        (event @ (Event::Send | Event::Receive), data, "") => format!("{event} {data}"),
        (Event::Information, "", context) => format!("* {context}"),
        (event, data, context) => format!("{event} {data}|{context}"),
    };
    rows.iter().map(|row| without_ports(&shown(row))).collect()
}

fn verbose(hosts: &[&str]) -> SendConnector {
    SendConnector { protocol_logging: true, ..connector(hosts) }
}

const ONE: Mail<'static> = Mail { recipients: &["a@example.com"], ..MAIL };

#[tokio::test]
async fn a_session_over_a_warm_connection_is_one_session() {
    let folder = tempfile::tempdir().unwrap();
    let log = log_in(folder.path());
    let hop = Hop::plain(Script::default()).await;
    let outbound = outbound().with_protocol_log(log.clone());
    let (on, off) = (verbose(&[&hop.address]), connector(&[&hop.address]));
    for connector in [&on, &on, &off, &on] {
        assert!(send(&outbound, connector, ONE).await.recipients[0].fate == Fate::Delivered);
    }
    outbound.close_idle();
    drop(outbound);
    let rows = rows(&log, folder.path());
    let sessions: std::collections::BTreeSet<_> = rows.iter().map(|row| row.session_id.clone()).collect();
    assert_eq!(sessions.len(), 2, "the third message is not logged, and the fourth goes over a new connection");
    let first: Vec<_> = rows.iter().filter(|row| row.session_id == rows[0].session_id).cloned().collect();
    assert!(first.iter().enumerate().all(|(number, row)| row.sequence_number == number as u64), "{first:?}");
    assert!(first.iter().all(|row| row.connector_id == "Outbound" && row.remote_endpoint == hop.address));
    assert!(first[0].local_endpoint.is_empty() && first[1].local_endpoint.starts_with("127.0.0.1:"));
    let shown = shown(&first);
    let dialogue = [
        "* sending message with RecordId none",
        "> MAIL FROM:<s@contoso.com> SIZE=26",
        "> RCPT TO:<a@example.com>",
        "< 250 2.0.0 ok",
        "< 250 2.0.0 ok",
        "> DATA",
        "< 354 go",
        "* the message, 30 octets with its end",
        "< 250 2.0.0 taken",
    ];
    assert_eq!(
        shown[..5],
        ["* attempting to connect", "+ |", "< 220 hop ESMTP", "> EHLO relay.example.net", &shown[4]]
    );
    assert_eq!(shown[5..14], dialogue, "{shown:#?}");
    assert_eq!(shown[14..23], dialogue, "{shown:#?}");
    assert!(shown.iter().all(|row| !row.contains("Subject")), "the message is not in the log");
}

#[tokio::test]
async fn what_fails_stands_there() {
    let check = async |scripts: &[Script], change: &dyn Fn(&mut SendConnector), expected: &[&str]| {
        let folder = tempfile::tempdir().unwrap();
        let log = log_in(folder.path());
        let hop = tls_hop(scripts).await;
        let times = Timeouts { envelope: Duration::from_millis(300), ..times(PATIENT) };
        let outbound =
            Outbound::new(OutboundConfig { timeouts: times }, TrustStore::default()).with_protocol_log(log.clone());
        let mut connector = verbose(&[&hop.address]);
        change(&mut connector);
        let outcome = send(&outbound, &connector, Mail { certificate: Some(&made().client), ..ONE }).await;
        assert!(outcome.recipients[0].fate == Fate::Deferred, "{expected:?}");
        drop(outbound);
        let shown = shown(&rows(&log, folder.path()));
        let tail = shown.iter().skip(shown.len().saturating_sub(expected.len()));
        assert!(tail.zip(expected).all(|(row, part)| row.contains(part)), "{expected:?}: {shown:#?}");
    };
    let nothing = |_: &mut SendConnector| {};
    let tls = |connector: &mut SendConnector| connector.tls = TlsLevel::CertificateValidation;
    check(&[Script(&[("banner", CLOSE)])], &nothing, &["+ |", "- |Remote"]).await;
    check(&[Script(&[("MAIL", SILENCE)])], &nothing, &["> RCPT", "* it said nothing whole for 300 ms", "- |Local"])
        .await;
    check(&[Script(&[("EHLO", "250 hop")])], &tls, &["< 250 hop", "* the peer does not offer STARTTLS", "- |Local"])
        .await;
    check(
        &[Script::default()],
        &tls,
        &[
            "< 220 2.0.0 go",
            "Sending certificate Subject",
            "* TLS protocol SP_PROT_TLS1_3_CLIENT negotiation succeeded using bulk encryption algorithm CALG_AES_",
            "|Remote certificate Subject",
            "* TLS negotiation failed with error the next hop's certificate",
            "- |Local",
        ],
    )
    .await;
    let closed = |connector: &mut SendConnector| connector.smart_hosts[0] = SmartHost::parse("127.0.0.1:1").unwrap();
    check(
        &[],
        &closed,
        &["* attempting to connect", "* Failed to connect. Error Message: the connection failed: Connection refused"],
    )
    .await;
    let unnamed = |connector: &mut SendConnector| connector.smart_hosts = Box::new([]);
    check(&[], &unnamed, &["* Delivery by MX is not there yet"]).await;
}

#[tokio::test]
async fn our_certificate_stands_there_only_if_it_was_presented() {
    let check = async |asks: bool, expected: &[&str]| {
        let folder = tempfile::tempdir().unwrap();
        let log = log_in(folder.path());
        let (certificate, key) = &made().server;
        let tls = io_tls::ServerTls::from_pem(certificate.as_bytes(), key.as_bytes(), asks).unwrap();
        let hop = Hop::start(&[Script::default()], Some(Arc::new(tls))).await;
        let outbound = outbound().with_protocol_log(log.clone());
        let connector =
            SendConnector { tls: TlsLevel::EncryptionOnly, certificate: Some("hq".into()), ..verbose(&[&hop.address]) };
        let attempt = Attempt {
            message: Some(MessageId(0xab)),
            tenant: TENANT,
            connector: &connector,
            certificate: Some(&made().client),
            hostname: "relay.example.net",
            reverse_path: None,
            recipients: &["a@example.com".into()],
            size: 2,
            eight_bit: false,
            binary: false,
            smtp_utf8: false,
            ret: None,
            envid: None,
            body: Body::Memory([Bytes::from_static(b"\r\n")].into()),
            dot_sent: None,
        };
        assert!(outbound.attempt(&attempt).await.recipients[0].fate == Fate::Delivered);
        let shown = shown(&rows(&log, folder.path()));
        for part in expected {
            assert!(shown.iter().any(|row| row.contains(part)), "{part}: {shown:#?}");
        }
        let sent = shown.iter().filter(|row| row.contains("Sending certificate")).count();
        assert_eq!(sent, usize::from(asks), "{shown:#?}");
    };
    let record = "* sending message with RecordId 00000000000000ab";
    check(
        true,
        &[record, "mail.contoso.com|Sending certificate Subject Issuer name", "hub.example.net|Remote certificate"],
    )
    .await;
    check(false, &[record, "* Our certificate \"hq\" was not asked for"]).await;
}
