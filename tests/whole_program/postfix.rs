//! Postfix before and behind: it sends with a client certificate, and as the next hop puts what arrives into a maildir.
//! Whatever the size, messages come out as they went in, trace fields apart.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::client::Client;
use crate::numbered;
use crate::peers::postfix::Postfix;
use crate::pki::{Authority, Identity};
use crate::relay::Relay;
use crate::waiting::{until, until_within};

/// How many clients hand mail to the first Postfix at a time.
const CLIENTS: usize = 4;

/// What stands before a message in the maildir: of the delivery, then of the last host first.
const TRACE: &[&str] = &["Return-Path", "X-Original-To", "Delivered-To", "Received", "Received", "Received"];

const ANNA: &str = "anna@contoso.com";
const BOB: &str = "bob@elsewhere.example";

/// The sending Postfix, the relay, and the Postfix that is its next hop.
struct Chain {
    sender: Postfix,
    relay: Relay,
    hop: Postfix,
}

/// So many messages, the largest with a body of so many octets.
#[derive(Clone, Copy)]
struct Load {
    count: u64,
    largest: usize,
    patience: Duration,
}

#[test]
fn messages_of_many_sizes_arrive_octet_for_octet() {
    if Postfix::is_there() {
        let load = Load { count: 150, largest: 1_000_000, patience: Duration::from_secs(60) };
        Chain::start("mail.contoso.com").carry(load);
    }
}

#[test]
fn a_renamed_certificate_is_refused_and_the_sender_logs_why() {
    const MESSAGES: u64 = 5;
    if !Postfix::is_there() {
        return;
    }
    let chain = Chain::start("mail.contoso.net");
    let load = Load { count: MESSAGES, largest: 1000, patience: Duration::ZERO };
    chain.send(load, || {});
    let replies = until("a refusal of each message in Postfix's log", || {
        let replies = refusals(&chain.sender.log());
        (replies.len() == usize::try_from(MESSAGES).unwrap()).then_some(replies)
    });
    for reply in replies {
        let reference = reply.expect("550 5.7.64 TenantAttribution; Relay Access Denied [").reference();
        let why = until("its reasoning", || {
            let ran = chain.relay.run(&["why", &reference]);
            (ran.code == 0).then_some(ran)
        });
        assert!(why.stdout.contains("mail.contoso.net"), "{why}");
    }
    assert!(chain.hop.delivered("box").is_empty());
}

/// Minutes, and gigabytes written: see `--long`.
mod long {
    use super::*;

    #[test]
    fn ten_thousand_messages_arrive_octet_for_octet() {
        if Postfix::is_there() {
            let load = Load { count: 10_000, largest: numbered::LARGEST, patience: Duration::from_secs(18 * 60) };
            Chain::start("mail.contoso.com").carry(load);
        }
    }
}

impl Chain {
    /// The sender presents a certificate of this name; the relay knows `*.contoso.com`.
    fn start(name: &str) -> Self {
        let root = Authority::root("Root");
        let hop = start_hop(&root.server("hop.elsewhere.example"));
        let folder = Relay::folder_only();
        std::fs::write(folder.path().join("root.pem"), root.pem()).unwrap();
        root.server("relay.contoso.com").write(folder.path(), "relay");
        let config = "[[listener]]\naddress = \"127.0.0.1:0\"\n[client_certificates]\ntrust = [\"root.pem\"]\n";
        let relay = Relay::start(folder, config);
        relay.apply(&format!(
            r#"
            [[tenant]]
            name = "contoso"
            domain = [{{ name = "contoso.com", verified = true }}]
            certificate = [{{ name = "relay", certificate = "relay.pem", key = "relay.key" }}]
            inbound_connector = [{{ name = "HQ", tls_sender_certificate_name = "*.contoso.com" }}]
            send_connector = [{{ name = "Out", smart_hosts = ["{}"], tls = "encryption-only", certificate = "relay" }}]
            "#,
            hop.address
        ));
        let sender = start_sender(&root.server(name), &relay);
        Self { sender, relay, hop }
    }

    /// Sends so many and takes them out behind, until each has arrived.
    fn carry(&self, load: Load) {
        let mut copies = vec![0_u32; usize::try_from(load.count).unwrap()];
        self.send(load, || {
            until_within(load.patience, "all messages in the maildir", || {
                for number in self.take(load) {
                    copies[usize::try_from(number).unwrap()] += 1;
                }
                copies.iter().all(|&copies| copies > 0).then_some(())
            });
        });
        // Nothing broke, so nothing had to be sent again.
        assert!(copies.iter().all(|&copies| copies == 1), "some arrived more than once: {copies:?}");
        until("an empty queue", || self.relay.queue().is_empty().then_some(()));
    }

    /// Hands the messages to the sender, several at a time, while `meanwhile` runs.
    fn send(&self, load: Load, meanwhile: impl FnOnce()) {
        let next = AtomicU64::new(0);
        std::thread::scope(|scope| {
            for _ in 0..CLIENTS {
                scope.spawn(|| {
                    let mut client = Client::greeted(self.sender.address);
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= load.count {
                            return;
                        }
                        let text = numbered::message(number, load.size(number));
                        let answers = client.submit(ANNA, BOB, text);
                        answers.message.unwrap_or_else(|| panic!("{:?}", answers.recipient)).expect("250");
                    }
                });
            }
            meanwhile();
        });
    }

    /// Takes out of the maildir what is there, and compares it with what was sent. The messages' numbers.
    fn take(&self, load: Load) -> Vec<u64> {
        let take_one = |file: std::path::PathBuf| {
            let octets = std::fs::read(&file).unwrap();
            let number = numbered::number_of(&octets, TRACE, |number| load.size(number));
            let number = number.unwrap_or_else(|problem| panic!("{}: {problem}", file.display()));
            std::fs::remove_file(file).unwrap();
            number
        };
        self.hop.delivered("box").into_iter().map(take_one).collect()
    }
}

impl Load {
    fn size(self, number: u64) -> usize {
        numbered::size(number, self.count, self.largest)
    }
}

/// Presents the certificate to the relay.
fn start_sender(identity: &Identity, relay: &Relay) -> Postfix {
    let settings = format!(
        "myhostname = mail.contoso.com\n\
         relayhost = [127.0.0.1]:{}\n\
         smtp_tls_security_level = encrypt\n\
         smtp_tls_cert_file = FOLDER/client.pem\n\
         smtp_tls_key_file = FOLDER/client.key\n\
         initial_destination_concurrency = 10\n",
        relay.address().port()
    );
    Postfix::start("client", identity, &settings)
}

/// Takes mail for one domain into the maildir `box`.
fn start_hop(identity: &Identity) -> Postfix {
    let settings = "myhostname = hop.elsewhere.example\n\
                    virtual_mailbox_domains = elsewhere.example\n\
                    virtual_mailbox_base = FOLDER/mail\n\
                    virtual_mailbox_maps = static:box/\n\
                    virtual_uid_maps = static:5000\n\
                    virtual_gid_maps = static:5000\n\
                    smtpd_tls_security_level = may\n\
                    smtpd_tls_ask_ccert = yes\n\
                    smtpd_tls_cert_file = FOLDER/server.pem\n\
                    smtpd_tls_key_file = FOLDER/server.key\n";
    Postfix::start("server", identity, settings)
}

/// What the relay said to each message for which Postfix gave up, as its log tells it.
fn refusals(log: &str) -> Vec<crate::client::Reply> {
    let of_bob = log.lines().filter(|line| line.contains(&format!("to=<{BOB}>")) && line.contains("status=bounced"));
    of_bob
        .map(|line| {
            let said =
                line.split_once(" said: ").and_then(|(_, rest)| rest.split_once(" (in reply to RCPT TO command"));
            let (said, _) = said.unwrap_or_else(|| panic!("no reply in {line}"));
            crate::client::Reply(said.to_owned())
        })
        .collect()
}
