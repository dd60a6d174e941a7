//! Attempts against scripted next hops over loopback.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod connections;
mod early;
mod hop;
mod outcomes;
mod protocol_log;
mod tls;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use core_directory::{ClientCertificate, SendConnector, SendConnectorId, SmartHost, TenantId, TlsLevel};
use proto_certificate::TrustStore;

use crate::{Attempt, AttemptOutcome, Body, Ending, Fate, Outbound, OutboundConfig, Recipient, SaidBy, Timeouts};

const TENANT: TenantId = TenantId(1);
const MESSAGE: &str = "Subject: hi\r\n\r\n.dot\r\nend\r\n";

/// Long enough for a busy machine, short enough for a test that has gone wrong.
const PATIENT: Duration = Duration::from_secs(20);

fn times(each: Duration) -> Timeouts {
    Timeouts {
        resolve: each,
        connect: each,
        banner: each,
        greeting: each,
        handshake: each,
        envelope: each,
        data: each,
        block: each,
        end_of_data: each,
        quit: each,
    }
}

fn outbound() -> Outbound {
    Outbound::new(OutboundConfig { timeouts: times(PATIENT) }, TrustStore::default())
}

/// A connector without TLS.
fn connector(hosts: &[&str]) -> SendConnector {
    let hosts: Box<[_]> = hosts.iter().map(|host| SmartHost::parse(host).unwrap()).collect();
    SendConnector { id: SendConnectorId(7), tls: TlsLevel::None, ..SendConnector::new("Outbound", hosts) }
}

/// What one attempt sends.
#[derive(Clone, Copy)]
struct Mail<'a> {
    tenant: TenantId,
    certificate: Option<&'a ClientCertificate>,
    recipients: &'a [&'a str],
    size: u64,
    eight_bit: bool,
    binary: bool,
    smtp_utf8: bool,
    /// RET, ENVID, and NOTIFY and ORCPT of the first recipient.
    dsn: [Option<&'a str>; 4],
    text: &'a str,
}

const MAIL: Mail<'static> = Mail {
    tenant: TENANT,
    certificate: None,
    recipients: &["a@example.com", "b@example.com"],
    size: MESSAGE.len() as u64,
    eight_bit: false,
    binary: false,
    smtp_utf8: false,
    dsn: [None; 4],
    text: MESSAGE,
};

async fn send(outbound: &Outbound, connector: &SendConnector, mail: Mail<'_>) -> AttemptOutcome {
    let pieces: Arc<[Bytes]> = mail.text.as_bytes().chunks(7).map(Bytes::copy_from_slice).collect();
    let [ret, envid, notify, orcpt] = mail.dsn;
    let mut recipients: Vec<_> = mail.recipients.iter().map(|path| Recipient::from(*path)).collect();
    recipients[0] = Recipient { notify, orcpt, ..recipients[0] };
    let attempt = Attempt {
        message: None,
        tenant: mail.tenant,
        connector,
        certificate: mail.certificate,
        hostname: "relay.example.net",
        reverse_path: Some("s@contoso.com"),
        recipients: &recipients,
        size: mail.size,
        eight_bit: mail.eight_bit,
        binary: mail.binary,
        smtp_utf8: mail.smtp_utf8,
        ret,
        envid,
        body: Body::Memory(pieces),
        dot_sent: None,
    };
    outbound.attempt(&attempt).await
}

/// An outcome in one line: the fate of each recipient with its reply, `ours` where it is, then how the attempt ended.
fn shown(outcome: &AttemptOutcome) -> String {
    let mut parts: Vec<String> = outcome
        .recipients
        .iter()
        .map(|recipient| {
            let fate = match recipient.fate {
                Fate::Delivered => "delivered",
                Fate::Failed => "failed",
                Fate::Deferred => "deferred",
            };
            let ours = if recipient.said_by == SaidBy::Us { "ours: " } else { "" };
            format!("{fate} {ours}{}", without_ports(&recipient.reply.to_string()))
        })
        .collect();
    parts.push(match &outcome.ending {
        Ending::Answered => "answered".to_owned(),
        Ending::Unreachable(failure) => format!("unreachable at {:?}", failure.stage),
        Ending::InDoubt(_) => "in doubt".to_owned(),
        Ending::Unusable(_) => "unusable".to_owned(),
        Ending::BodyUnreadable(error) => format!("unreadable: {error}"),
    });
    parts.join(" | ")
}

/// `[127.0.0.1]:54321` as `hop`: ports differ from run to run.
fn without_ports(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("[127.0.0.1]:") {
        out.push_str(before);
        out.push_str("hop");
        rest = behind.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    out + rest
}

fn transcript(outcome: &AttemptOutcome) -> String {
    outcome.transcript.lines().iter().map(|line| without_ports(&line.to_string()) + "\n").collect()
}
