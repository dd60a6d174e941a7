//! Dialogues as data: what the client sends, what the server does.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod chunks;
mod dialogue;
mod limits;
mod property;
mod sequence;
mod tls;

use super::*;
use crate::reply::Reply;

/// A driver that decides by the local part of an address: `no…` is refused, `later…` deferred, `bye…` gets 421.
pub(super) struct Driver {
    pub(super) session: Session,
    pub(super) body: Vec<u8>,
    /// The answer to whether a message may come.
    pub(super) data: Answer,
}

impl Driver {
    pub(super) fn new(config: ServerConfig) -> Self {
        Self { session: Session::new(config), body: Vec::new(), data: Answer::Accept }
    }

    /// Feeds the input and runs until the session wants more or closes. One line for each line sent; what the driver is
    /// told stands in brackets, in the order in which it comes.
    pub(super) fn say(&mut self, input: &[u8]) -> Vec<String> {
        self.session.feed(input);
        let mut seen = Vec::new();
        for _ in 0..10_000 {
            match self.session.poll() {
                Output::NeedInput => return seen,
                Output::Send(octets) => {
                    let text = String::from_utf8_lossy(&octets).into_owned();
                    assert!(text.ends_with("\r\n"), "replies end in CRLF: {text:?}");
                    seen.extend(text.trim_end_matches("\r\n").split("\r\n").map(str::to_owned));
                }
                Output::Closing(cause) => {
                    seen.push(format!("[closing {cause:?}]"));
                    return seen;
                }
                Output::StartTls => {
                    seen.push("[handshake]".to_owned());
                    self.session.tls_established().unwrap();
                }
                Output::AwaitingDriver => panic!("the driver owes nothing; seen {seen:?}"),
                other => {
                    let text = self.tell(other);
                    seen.push(text);
                }
            }
        }
        panic!("the session never comes to rest");
    }

    fn tell(&mut self, output: Output) -> String {
        match output {
            Output::Greeting(greeting) => {
                let ahead = if greeting.pipelined { " ahead" } else { "" };
                format!("[{} {}{ahead}]", if greeting.extended { "ehlo" } else { "helo" }, greeting.name)
            }
            Output::Mail(request) => {
                let text = format!("[mail {}{}]", request.reverse_path, request.params);
                self.decide(&request.reverse_path.to_string());
                text
            }
            Output::Rcpt(request) => {
                let text = format!("[rcpt {}{}]", request.forward_path, request.params);
                self.decide(&request.forward_path.to_string());
                text
            }
            Output::Data => {
                self.session.answer(self.data.clone()).unwrap();
                "[data]".to_owned()
            }
            Output::Body(piece) => {
                self.body.extend_from_slice(&piece);
                "[body]".to_owned()
            }
            Output::EndOfData(end) => {
                self.session.answer(Answer::Accept).unwrap();
                format!("[end {}]", end.size)
            }
            Output::Command(line) => format!("< {}", String::from_utf8_lossy(&line).trim_end()),
            Output::Reset(cause) => format!("[reset {cause:?}]"),
            other => panic!("unexpected {other:?}"),
        }
    }

    fn decide(&mut self, path: &str) {
        let answer = match path.trim_start_matches('<') {
            path if path.starts_with("no") => Answer::Reply(Reply::with_status(550, (5, 7, 64), "Relay Access Denied")),
            path if path.starts_with("later") => Answer::Reply(Reply::with_status(451, (4, 3, 0), "Later")),
            path if path.starts_with("bye") => Answer::Reply(Reply::with_status(421, (4, 3, 2), "Going down")),
            path if path.starts_with("odd") => Answer::Reply(Reply::new(354, None, "odd")),
            path if path.starts_with("fine") => Answer::Reply(Reply::with_status(251, (2, 1, 5), "Fine")),
            _ => Answer::Accept,
        };
        self.session.answer(answer).unwrap();
    }
}

/// Plays a dialogue: each step is what the client sends and what follows, one line each.
#[track_caller]
pub(super) fn check(config: ServerConfig, steps: &[(&str, &[&str])]) {
    let mut driver = Driver::new(config);
    for (at, (input, wanted)) in steps.iter().enumerate() {
        let seen = driver.say(input.as_bytes());
        assert_eq!(seen, *wanted, "step {at}: the client sent {input:?}");
    }
}

/// No limits in the way, no TLS.
pub(super) fn plain() -> ServerConfig {
    ServerConfig { max_message_size: Some(1_000), ..ServerConfig::new("mx.example.net") }
}

pub(super) const BANNER: (&str, &[&str]) = ("", &["220 mx.example.net ESMTP Postwarden"]);

pub(super) const EHLO: (&str, &[&str]) = (
    "EHLO c\r\n",
    &[
        "[ehlo c]",
        "250-mx.example.net",
        "250-PIPELINING",
        "250-SIZE 1000",
        "250-DSN",
        "250-SMTPUTF8",
        "250-8BITMIME",
        "250 ENHANCEDSTATUSCODES",
    ],
);

pub(super) const MAIL: (&str, &[&str]) = ("MAIL FROM:<a@b>\r\n", &["[mail <a@b>]", "250 2.1.0 Sender OK"]);
pub(super) const RCPT: (&str, &[&str]) = ("RCPT TO:<c@d>\r\n", &["[rcpt <c@d>]", "250 2.1.5 Recipient OK"]);
pub(super) const DATA: (&str, &[&str]) = ("DATA\r\n", &["[data]", "354 Send the message, end with CRLF.CRLF"]);
