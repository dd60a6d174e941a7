//! A row of the table and how it is played.

use std::net::IpAddr;

use serde_json::Value as Json;

use super::world::World;
use crate::client::Reply;
use crate::peers::{Letter, Peer, Shows};
use crate::pki::Identity;
use crate::program::Ran;
use crate::waiting::until;

/// The reply to most who are refused.
pub const DENIED: &str = "550 5.7.64 TenantAttribution; Relay Access Denied";
/// The reply where a connector matched, but nobody owns the name or the sender.
pub const ATTR36: &str = "550 5.7.64 Relay Access Denied ATTR36";

/// One case.
pub struct Row {
    name: &'static str,
    shows: Shows,
    from: &'static str,
    to: &'static str,
    source: Option<IpAddr>,
    expected: Expected,
    /// What Received says of the certificate.
    verified: bool,
    /// Whether a directory file and roots alone say the same.
    offline: bool,
}

/// How it should end. A verdict is `RULE TENANT/CONNECTOR` as far as there are any; of the nearest comparison,
/// `TENANT/CONNECTOR REASON` is given.
#[derive(Clone, Copy)]
pub enum Expected {
    Passes { verdict: &'static str },
    Refused { reply: &'static str, verdict: &'static str, nearest: &'static str },
}

pub fn passes(verdict: &'static str) -> Expected {
    Expected::Passes { verdict }
}

/// Refused as nobody's.
pub fn denied(nearest: &'static str) -> Expected {
    refused(DENIED, "A10", nearest)
}

pub fn refused(reply: &'static str, verdict: &'static str, nearest: &'static str) -> Expected {
    Expected::Refused { reply, verdict, nearest }
}

/// A row whose letter goes to the outside.
pub fn row(name: &'static str, shows: Shows, from: &'static str, expected: Expected) -> Row {
    Row { name, shows, from, to: "bob@elsewhere.example", source: None, expected, verified: true, offline: true }
}

/// Shows a certificate.
pub fn with(identity: Identity) -> Shows {
    Shows::Certificate(identity)
}

impl Row {
    /// Goes to this recipient.
    pub fn to(self, to: &'static str) -> Self {
        Self { to, ..self }
    }

    /// Comes from this address.
    pub fn at(self, source: &str) -> Self {
        Self { source: Some(source.parse().unwrap()), ..self }
    }

    /// Passes with a certificate that the operator's roots do not vouch for.
    pub fn unverified(self) -> Self {
        Self { verified: false, ..self }
    }

    /// Depends on what only the server knows.
    pub fn not_offline(self) -> Self {
        Self { offline: false, ..self }
    }
}

/// Plays every row by a client.
pub fn play(world: &World, peer: Peer, rows: &[Row]) {
    if !peer.is_there() {
        return;
    }
    for (number, row) in (1..).zip(rows) {
        // Reasonings are limited by source, so each row comes from an address of its own.
        let source = row.source.unwrap_or(IpAddr::from([127, 1, 10 + peer as u8, number]));
        Play { world, row, source, number, name: format!("{} ({peer:?})", row.name) }.run(peer);
    }
}

struct Play<'a> {
    world: &'a World,
    row: &'a Row,
    source: IpAddr,
    number: u8,
    name: String,
}

impl Play<'_> {
    fn run(&self, peer: Peer) {
        let (local, domain) = self.row.to.split_once('@').unwrap();
        let to = format!("{local}+{}-{peer:?}@{domain}", self.number);
        let text = format!("Subject: {}\r\n\r\nhello\r\n", self.row.name);
        let letter = Letter {
            relay: self.world.listener(self.source),
            source: self.source,
            shows: &self.row.shows,
            from: self.row.from,
            to: &to,
            text: &text,
        };
        let answers = peer.carry(letter);
        let explained = self.explain(&to, &[]);
        match self.row.expected {
            Expected::Passes { verdict } => {
                assert!(answers.recipient.0.starts_with("250 2.1.5"), "{}: {answers:?}", self.name);
                let reference = answers.message.expect("an answer to the message").queued_as();
                self.delivered(&to, &text, &reference, verdict);
                self.same("explain", &explained, 0, "passes", verdict, None);
            }
            Expected::Refused { reply, verdict, nearest } => {
                let reason = self.why(&answers.recipient, reply, &to);
                self.same("why", &reason, 0, "refused", verdict, Some(nearest));
                self.same("explain", &explained, 1, "refused", verdict, Some(nearest));
                self.same_reasoning(&reason, &explained);
            }
        }
        if self.row.offline {
            let trust = self.world.trust().to_str().unwrap();
            let offline = self.explain(&to, &["-f", "directory.toml", "--trust", trust]);
            assert!(offline.json() == explained.json(), "{}: offline {offline}\nof the server {explained}", self.name);
        }
    }

    /// What the sink got: who brought it, what Received tells, and the text as it was.
    fn delivered(&self, to: &str, text: &str, reference: &str, verdict: &str) {
        let message = self.world.sink.message_to(to);
        let tenant = verdict.split([' ', '/']).nth(1).unwrap();
        assert_eq!(message.ehlo, format!("{tenant}.out.example"), "{}", self.name);
        assert!(message.mail.starts_with(&format!("<{}>", self.row.from)), "{}: {}", self.name, message.mail);
        let (received, rest) = message.received();
        assert_eq!(String::from_utf8_lossy(rest), text, "{}", self.name);
        let address = match self.source {
            IpAddr::V4(address) => format!("from client.example ([{address}])"),
            IpAddr::V6(address) => format!("from client.example ([IPv6:{address}])"),
        };
        let (protocol, certificate) = match &self.row.shows {
            Shows::PlainText => ("with ESMTP id", ""),
            Shows::NoCertificate => ("with ESMTPS (TLS1.", ""),
            Shows::Certificate(_) if self.row.verified => ("with ESMTPS (TLS1.", "\" verified)"),
            Shows::Certificate(_) => ("with ESMTPS (TLS1.", "\" not verified)"),
        };
        for part in [&address, protocol, certificate, &format!("id {reference}")] {
            assert!(received.contains(part), "{}: {part:?} is not in {received:?}", self.name);
        }
        assert_eq!(received.contains("certificate"), !certificate.is_empty(), "{}: {received}", self.name);
    }

    /// The reasoning under the reference of a reply that must be this one.
    fn why(&self, came: &Reply, reply: &str, to: &str) -> Ran {
        assert!(came.0.starts_with(&format!("{reply} [")), "{}: expected {reply:?}, came {:?}", self.name, came.0);
        let reference = came.reference();
        // It is written behind the reply.
        let reason = until(&format!("{}: the reasoning of {reference}", self.name), || {
            let ran = self.world.relay.run(&["why", &reference, "--json"]);
            (ran.code != 1).then_some(ran)
        });
        let refusal = &reason.json()["refusal"];
        let told =
            ["reference", "remote_ip", "mail_from", "rcpt_to", "reply"].map(|key| refusal[key].as_str().unwrap());
        assert_eq!(told, [&reference, &self.source.to_string(), self.row.from, to, &came.0], "{}", self.name);
        reason
    }

    /// What `explain` says of the same client.
    fn explain(&self, to: &str, more: &[&str]) -> Ran {
        let folder = tempfile::tempdir().unwrap();
        let mut command = self.world.relay.command(&["explain", "--json", "--rcpt-to", to]);
        command.args(["--ip", &self.source.to_string(), "--mail-from", self.row.from]).args(more);
        match &self.row.shows {
            Shows::PlainText => command.arg("--no-tls"),
            Shows::NoCertificate => command.args(["--tls", "--no-certificate"]),
            Shows::Certificate(identity) => command.arg("--certificate").arg(identity.write(folder.path(), "shown").0),
        };
        Ran::of(&mut command)
    }

    /// Whether `why` and `explain` tell the same in everything.
    fn same_reasoning(&self, why: &Ran, explain: &Ran) {
        let (mut told_then, told_now) = (why.json(), explain.json());
        told_then.as_object_mut().unwrap().remove("refusal");
        assert!(told_then == told_now, "{}: why {why}\nexplain {explain}", self.name);
    }

    /// Whether a command tells the expected verdict.
    fn same(&self, who: &str, ran: &Ran, code: i32, kind: &str, verdict: &str, nearest: Option<&str>) {
        let answer = ran.json();
        let told = (ran.code, answer["verdict"].as_str().unwrap(), &*shown(&answer));
        assert_eq!(told, (code, kind, verdict), "{}: {who}: {ran}", self.name);
        let Some(nearest) = nearest else { return };
        let first = &answer["considered"][0];
        let text = |key: &str| first[key].as_str().unwrap_or_default();
        let told = format!("{}/{} {}", text("tenant"), text("connector"), text("reason"));
        assert_eq!(told, nearest, "{}: {who}, the nearest: {ran}", self.name);
    }
}

/// A verdict in short.
fn shown(answer: &Json) -> String {
    let [rule, tenant, connector] = ["rule", "tenant", "connector"].map(|key| answer[key].as_str());
    let names: Vec<&str> = [tenant, connector].into_iter().flatten().collect();
    format!("{} {}", rule.unwrap_or_default(), names.join("/")).trim_end().to_owned()
}
