//! `kill -9` at random moments while much mail comes in and goes out: over TLS with certificates and without, to two next
//! hops, of which one refuses some recipients and the other is slow. Whatever was answered with 250 arrives, or its bounce
//! does. What arrives more than once is counted.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use crate::client::Client;
use crate::numbered::Random;
use crate::pki::{Authority, Identity};
use crate::relay::Relay;
use crate::sink::{Delivered, Sink};
use crate::waiting::until_within;

/// Where the random moments begin; told when a test fails, so that it can be played again.
const SEED: u64 = 3;
/// A relay lives at most so long, and dies while it starts, is idle, or is in the middle of anything.
const LONGEST_LIFE_MS: u64 = 400;
/// So many clients, every other one with a certificate.
const CLIENTS: usize = 4;

#[test]
fn ten_times() {
    World::start().be_killed(10, Duration::from_secs(60));
}

/// Minutes.
mod long {
    use super::*;

    #[test]
    fn two_hundred_times() {
        World::start().be_killed(200, Duration::from_secs(300));
    }
}

/// A message with its 250. It goes to one recipient at each next hop, and to one that the first refuses.
struct Accepted(String);

struct World {
    relay: Relay,
    identity: Identity,
    quick: Sink,
    slow: Sink,
}

impl World {
    fn start() -> Self {
        let quick = Sink::start(&[("RCPT TO:<refused", "550 5.1.1 nobody of that name")]);
        let slow = Sink::start(&[("MAIL", "slowly")]);
        let root = Authority::root("Root");
        let folder = Relay::folder_only();
        std::fs::write(folder.path().join("root.pem"), root.pem()).unwrap();
        let config = "[[listener]]\naddress = \"127.0.0.1:0\"\n[client_certificates]\ntrust = [\"root.pem\"]\n";
        let relay = Relay::start(folder, config);
        relay.apply(&format!(
            r#"
            [[tenant]]
            name = "contoso"
            domain = [{{ name = "contoso.com", verified = true }}]
            inbound_connector = [
              {{ name = "HQ", tls_sender_certificate_name = "*.contoso.com" }},
              {{ name = "Printers", sender_ip_addresses = ["127.0.0.1"] }},
            ]
            send_connector = [
              {{ name = "Quick", smart_hosts = ["{}"], tls = "none", address_spaces = ["quick.example", "contoso.com"] }},
              {{ name = "Slow", smart_hosts = ["{}"], tls = "none", address_spaces = ["slow.example"] }},
            ]
            "#,
            quick.address, slow.address
        ));
        Self { relay, identity: root.server("mail.contoso.com"), quick, slow }
    }

    /// Dies so often, comes to rest within the patience, and then is asked for everything that it promised.
    fn be_killed(mut self, times: usize, patience: Duration) {
        println!("seed {SEED}");
        let mut random = Random(SEED);
        let mut accepted = Vec::new();
        for round in 0..times {
            let address = self.relay.address();
            let senders: Vec<_> = (0..CLIENTS)
                .map(|client| {
                    let identity = (client % 2 == 0).then(|| self.identity.clone());
                    let name = format!("{round}-{client}");
                    std::thread::spawn(move || send_until_the_end(address, identity.as_ref(), &name))
                })
                .collect();
            std::thread::sleep(Duration::from_millis(random.below(LONGEST_LIFE_MS)));
            self.relay.kill();
            for sender in senders {
                accepted.extend(sender.join().unwrap());
            }
            self.relay.restart();
        }
        until_within(patience, "an empty queue", || self.relay.queue().is_empty().then_some(()));
        assert!(accepted.len() > times, "too little mail for a test: {} in {times} lives", accepted.len());
        self.everything_arrived(&accepted, times);
    }

    fn everything_arrived(&self, accepted: &[Accepted], times: usize) {
        let (quick, slow) = (self.quick.arrived(), self.slow.arrived());
        let by_recipient = [&quick, &slow].map(|arrived| by_recipient(arrived));
        let mut copies = 0;
        for Accepted(name) in accepted {
            for (there, domain) in by_recipient.iter().zip(["quick.example", "slow.example"]) {
                let found = there.get(&format!("<{name}@{domain}>")).map(Vec::as_slice).unwrap_or_default();
                assert!(!found.is_empty(), "{name} got its 250 and did not arrive at {domain}");
                for message in found {
                    assert!(message.octets.ends_with(text(name).as_bytes()), "{name} is torn: {}", message.text());
                }
                copies += found.len() - 1;
            }
            let bounces = by_recipient[0].get(&format!("<anna+{name}@contoso.com>")).map(Vec::as_slice);
            let told = |bounce: &&Delivered| bounce.text().contains(&format!("refused-{name}@quick.example"));
            let bounces = bounces.unwrap_or_default().iter().copied().filter(told).count();
            assert!(bounces > 0, "{name} was refused for one recipient, and its sender is not told");
            copies += bounces - 1;
        }
        println!(
            "killed {times} times: {} messages got their 250 and arrived at 2 hops, a bounce for each too; {copies} of \
             these {} arrivals were second copies",
            accepted.len(),
            accepted.len() * 3 + copies
        );
    }
}

fn by_recipient(arrived: &[Delivered]) -> HashMap<String, Vec<&Delivered>> {
    let mut map: HashMap<String, Vec<&Delivered>> = HashMap::new();
    for message in arrived {
        for recipient in &message.recipients {
            // Parameters may stand behind it.
            let path = recipient.split(' ').next().unwrap_or_default();
            map.entry(path.to_owned()).or_default().push(message);
        }
    }
    map
}

fn text(name: &str) -> String {
    format!("Subject: {name}\r\n\r\n{}", format!("{name}\r\n").repeat(50))
}

/// Sends mail until the relay is gone. What got its 250.
fn send_until_the_end(address: SocketAddr, identity: Option<&Identity>, name: &str) -> Vec<Accepted> {
    let mut accepted = Vec::new();
    let Some(mut client) = Client::greeted_if_there(address, identity) else { return accepted };
    for number in 0.. {
        let name = format!("{name}-{number}");
        let commands = format!(
            "MAIL FROM:<anna+{name}@contoso.com>\r\nRCPT TO:<{name}@quick.example>\r\nRCPT TO:<refused-{name}@quick.example>\r\n\
             RCPT TO:<{name}@slow.example>\r\nDATA\r\n"
        );
        let replies = client.exchange(&commands, 5).and_then(|_| client.exchange(&(text(&name) + ".\r\n"), 1));
        match replies {
            Some(replies) if replies.iter().all(|reply| reply.starts_with("250 2.0.0")) => {
                accepted.push(Accepted(name))
            }
            Some(replies) => panic!("{name} was refused: {replies:?}"),
            None => break,
        }
    }
    accepted
}
