//! Mail servers and client libraries of others as the sending side: each shows its certificate after STARTTLS (but for
//! OpenSMTPD) and sends one message with everything in it that goes wrong between programs to two recipients. With a renamed
//! certificate each is refused, and its user reads why in the program's own words.

use crate::peers::unpacked::{self, Root};
use crate::peers::{Errand, exim, opensmtpd, programs};
use crate::pki::Authority;
use crate::program::Ran;
use crate::relay::Relay;
use crate::sink::Sink;

const ANNA: &str = "anna@contoso.com";
const TO: &[&str] = &["bob@elsewhere.example", "carol@elsewhere.example"];

/// Begins and goes on with dots, has lines of blanks, and octets above 127 in two encodings.
const TEXT: &[u8] = b"Date: Tue, 24 Nov 2026 12:00:00 +0000\r\n\
    From: Anna <anna@contoso.com>\r\n\
    To: bob@elsewhere.example, carol@elsewhere.example\r\n\
    Subject: everything at once\r\n\
    Message-ID: <everything@contoso.com>\r\n\
    MIME-Version: 1.0\r\n\
    Content-Type: text/plain; charset=utf-8\r\n\
    Content-Transfer-Encoding: 8bit\r\n\
    \r\n\
    .\r\n..\r\n.a dot and a word\r\n\r\n\
    P\xc5\x99\xc3\xadli\xc5\xa1 \xc5\xbelu\xc5\xa5ou\xc4\x8dk\xc3\xbd k\xc5\xaf\xc5\x88\r\n\
    \xe1\xff\x80 is not UTF-8\r\n\
    the last line\r\n";

/// By what the relay knows contoso.
#[derive(Clone, Copy, PartialEq)]
enum Known {
    /// The names `*.contoso.com`; a renewed certificate has another one.
    Certificate,
    /// 127.0.0.1; not for senders of another domain.
    Address,
}

#[test]
fn exim() {
    by_server("exim", Known::Certificate, exim::carry);
}

#[test]
fn opensmtpd() {
    by_server("opensmtpd", Known::Address, opensmtpd::carry);
}

#[test]
fn msmtp() {
    by_program(programs::msmtp);
}

#[test]
fn nodemailer() {
    by_program(programs::nodemailer);
}

#[test]
fn smtplib() {
    by_program(programs::smtplib);
}

#[test]
fn swaks() {
    by_program(programs::swaks);
}

fn by_server(name: &str, known: Known, carry: fn(&Root, Errand<'_>) -> String) {
    if let Some(root) = unpacked::server(name) {
        check(known, |errand| Some(carry(&root, errand)));
    }
}

/// A program says by its exit code too how it went.
fn by_program(carry: fn(Errand<'_>) -> Option<Ran>) {
    check(Known::Certificate, |errand| {
        let ran = carry(errand)?;
        let refused = ran.to_string().contains("5.7.64");
        assert_eq!(ran.code != 0, refused, "exit code of {ran}");
        Some(ran.to_string())
    });
}

/// `carry` returns what the client said, or nothing if it is missing.
fn check(known: Known, carry: impl Fn(Errand<'_>) -> Option<String>) {
    let root = Authority::root("Root");
    let sink = Sink::start(&[]);
    let relay = start_relay(known, &root, &sink);
    let [right, renamed] = ["mail.contoso.com", "mail.contoso.net"].map(|name| root.server(name));
    let errand = |identity, from| Errand { relay: relay.address(), identity, from, to: TO, text: TEXT };
    let Some(said) = carry(errand(&right, ANNA)) else { return };
    // Shown only if the test fails.
    println!("{said}");
    for to in TO {
        let arrived = sink.message_to(to);
        // A mail server adds its own Received field.
        assert!(arrived.octets.ends_with(TEXT), "{to}: {:?}\n{said}", arrived.text());
        let (received, _) = arrived.received();
        assert!(received.contains(" (TLS1."), "{received}");
        assert_eq!(received.contains("\" verified)"), known == Known::Certificate, "{received}");
    }
    let before = to_outside(&sink);
    let said = match known {
        Known::Certificate => carry(errand(&renamed, ANNA)),
        Known::Address => carry(errand(&right, "anna@contoso.net")),
    };
    let said = said.expect("it was there before");
    for part in ["550", "5.7.64 TenantAttribution; Relay Access Denied [relay.example.net "] {
        assert!(said.contains(part), "{part:?} is not in what the client said:\n{said}");
    }
    assert_eq!(to_outside(&sink), before);
}

/// How many messages went out. A mail server's own notice to Anna of its failure comes to her, as anybody's mail does.
fn to_outside(sink: &Sink) -> usize {
    sink.arrived()
        .iter()
        .filter(|message| message.recipients.iter().any(|to| to.contains("@elsewhere.example")))
        .count()
}

fn start_relay(known: Known, root: &Authority, sink: &Sink) -> Relay {
    let folder = Relay::folder_only();
    std::fs::write(folder.path().join("root.pem"), root.pem()).unwrap();
    let config = "[[listener]]\naddress = \"127.0.0.1:0\"\n[client_certificates]\ntrust = [\"root.pem\"]\n";
    let relay = Relay::start(folder, config);
    let by = match known {
        Known::Certificate => "tls_sender_certificate_name = \"*.contoso.com\"",
        Known::Address => "sender_ip_addresses = [\"127.0.0.1\"]",
    };
    relay.apply(&format!(
        r#"
        [[tenant]]
        name = "contoso"
        domain = [{{ name = "contoso.com", verified = true }}]
        inbound_connector = [{{ name = "HQ", {by} }}]
        send_connector = [{{ name = "Out", smart_hosts = ["{}"], tls = "none" }}]
        "#,
        sink.address
    ));
    relay
}
