//! Dialogues as data: what the peer sends or the driver does, what the session does.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod both;
mod chunks;
mod failure;
mod greeting;
mod outcome;
mod transaction;

use super::*;
use crate::command::HeloName;
use crate::mail_body::MailBody;
use crate::path::{ForwardPath, ReversePath};

/// A driver that follows orders.
pub(super) struct Driver {
    pub(super) session: Session,
    /// The size that the next transactions declare, and whether they need 8BITMIME.
    message: (Option<u64>, MailBody),
}

impl Driver {
    pub(super) fn new(starttls: StartTls) -> Self {
        let helo_name = HeloName::new("relay.example").unwrap();
        Self { session: Session::new(ClientConfig { helo_name, starttls }), message: (None, MailBody::SevenBit) }
    }

    /// Does one thing, then runs until the session waits. `!start SENDER RECIPIENT…`, `!body TEXT`, `!quit`, `!reset`,
    /// `!piece TEXT`, `!end`, `!eof` and `!message SIZE BODY` are the driver's own; all else comes from the peer. What was sent stands as it is,
    /// what the session says in brackets.
    pub(super) fn step(&mut self, action: &str) -> Vec<String> {
        let mut words = action.split(' ');
        match words.next() {
            Some("!start") => {
                let sender = ReversePath::parse(words.next().unwrap()).unwrap();
                let recipients = words.map(|word| ForwardPath::parse(word).unwrap()).collect();
                if let Err(error) = self.session.start(self.transaction(sender, recipients)) {
                    return vec![format!("[{error}]")];
                }
            }
            Some("!body") => {
                let text = action.strip_prefix("!body ").unwrap();
                self.session.body(text.as_bytes()).unwrap();
                self.session.end_of_body().unwrap_or(());
            }
            Some("!quit") => self.session.quit().unwrap(),
            Some("!reset") => self.session.reset().unwrap(),
            Some("!eof") => self.session.end_of_stream(),
            Some("!message") => {
                let size = words.next().unwrap().parse().ok();
                self.message = (size, words.next().and_then(MailBody::parse).unwrap_or_default());
            }
            Some("!piece") => {
                self.session.body(action.strip_prefix("!piece ").unwrap().as_bytes()).unwrap();
            }
            Some("!end") => self.session.end_of_body().unwrap(),
            _ => self.session.feed(action.as_bytes()),
        }
        self.run()
    }

    fn transaction(&self, reverse_path: ReversePath, recipients: Vec<ForwardPath>) -> Transaction {
        Transaction {
            reverse_path,
            recipients: recipients.into_iter().map(Recipient::from).collect(),
            size: self.message.0,
            body: self.message.1,
            params: crate::Parameters::new(),
        }
    }

    fn run(&mut self) -> Vec<String> {
        let mut seen = Vec::new();
        for _ in 0..1_000 {
            match self.session.poll() {
                Output::NeedInput | Output::Idle => return seen,
                Output::Send(octets) => {
                    let text = String::from_utf8(octets.to_vec()).unwrap();
                    assert!(text.ends_with("\r\n"), "commands end in CRLF: {text:?}");
                    seen.extend(text.trim_end_matches("\r\n").split("\r\n").map(str::to_owned));
                }
                Output::StartTls => {
                    seen.push("[handshake]".to_owned());
                    self.session.tls_established().unwrap();
                }
                Output::Ready(capabilities) => seen.push(format!("[ready {}]", capabilities.lines.join(", "))),
                Output::Done(outcome) => seen.extend(told(&outcome)),
                Output::NeedBody => {
                    seen.push("[body]".to_owned());
                    return seen;
                }
                Output::Closed(reply) => {
                    seen.push(format!("[closed {reply}]"));
                    return seen;
                }
                Output::Failed(error) => {
                    seen.push(format!("[failed: {error}]"));
                    return seen;
                }
                Output::AwaitingDriver => panic!("the driver owes nothing; seen {seen:?}"),
            }
        }
        panic!("the session never comes to rest");
    }
}

/// One line for each recipient: delivered or not, and the reply that decided.
fn told(outcome: &TransactionOutcome) -> Vec<String> {
    (0..outcome.recipients.len())
        .map(|at| {
            let reply = outcome.deciding_reply(at).map_or_else(|| "nothing".to_owned(), ToString::to_string);
            format!("[{} {at}: {reply}]", if outcome.is_delivered(at) { "delivered" } else { "not delivered" })
        })
        .collect()
}

/// Plays a dialogue: each step is an action and what follows, one line each.
#[track_caller]
pub(super) fn check(starttls: StartTls, steps: &[(&str, &[&str])]) {
    let mut driver = Driver::new(starttls);
    for (at, (action, wanted)) in steps.iter().enumerate() {
        assert_eq!(driver.step(action), *wanted, "step {at}: {action:?}");
    }
}

pub(super) const BANNER: (&str, &[&str]) = ("220 mx ESMTP\r\n", &["EHLO relay.example"]);
/// A peer without extensions.
pub(super) const PLAIN: (&str, &[&str]) = ("250 mx\r\n", &["[ready ]"]);
pub(super) const PIPELINING: (&str, &[&str]) =
    ("250-mx\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 1000\r\n", &["[ready PIPELINING, 8BITMIME, SIZE 1000]"]);
