//! One attempt to hand one message to a next hop for one recipient, as a log shows it.

use std::net::IpAddr;

use crate::stamp::Stamp;

/// Whose line it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Program {
    /// Postfix.
    Postfix,
    /// Exim.
    Exim,
    /// sendmail.
    Sendmail,
}

/// A line of the log that adds something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quoted {
    /// The line, from 1.
    pub line: u64,
    /// What stands there.
    pub text: String,
}

/// The next hop.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relay {
    /// In lower case.
    pub name: Option<String>,
    /// Its address.
    pub address: Option<IpAddr>,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Result {
    /// The next hop took the message.
    Accepted,
    /// The next hop answered with this, and, where the log tells, to what: `MAIL FROM`, `RCPT TO`, `DATA`, `end of data`.
    Refused(String, Option<&'static str>),
    /// There was no answer: the program's own words.
    Broken(String),
}

/// What became of TLS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Tls {
    /// The session ran over it.
    On,
    /// It was not offered.
    NotOffered,
    /// It was offered and not used.
    NotUsed,
    /// The handshake, or the judgement of the server's certificate, failed: the program's words.
    Failed(String),
    /// The log does not tell.
    #[default]
    Unknown,
}

/// The session under a delivery, as far as the log tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// TLS.
    pub tls: Tls,
    /// Whether a client certificate was presented. Known only from Postfix with TLS 1.3: `client-signature` stands in its
    /// summary if one was, and a fresh handshake whose summary shows the server's signature without it had none. Below TLS 1.3,
    /// and of a session that was taken up again, no summary tells.
    pub presented_certificate: Option<bool>,
    /// The lines that show it.
    pub lines: Vec<Quoted>,
}

/// A delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Whose log.
    pub program: Program,
    /// The line.
    pub line: Quoted,
    /// When.
    pub stamp: Option<Stamp>,
    /// The machine, where the log names it.
    pub host: Option<String>,
    /// Postfix: the transport, with the instance where it is not the first; Exim: the transport.
    pub transport: Option<String>,
    /// The message's id in the queue.
    pub id: String,
    /// The recipient.
    pub recipient: Option<String>,
    /// MAIL FROM, by the message's id; empty: the null sender.
    pub sender: Option<String>,
    /// The line that shows it, where it is another.
    pub sender_line: Option<Quoted>,
    /// Whether another recipient of the same message was seen in another domain.
    pub several_domains: bool,
    /// The next hop.
    pub relay: Relay,
    /// The session.
    pub session: Session,
    /// What became of it.
    pub result: Result,
}

impl Relay {
    /// Reads `host[192.0.2.1]:25`, `host. [192.0.2.1]`, `host [192.0.2.1]`, `host`; `none` is none.
    pub(crate) fn parse(text: &str) -> Self {
        let (name, rest) = text.split_once('[').unwrap_or((text, ""));
        let address = rest.split_once(']').map_or("", |(address, _)| address);
        let address = address.strip_prefix("IPv6:").unwrap_or(address).parse().ok();
        let name = name.trim().trim_end_matches('.').to_ascii_lowercase();
        Self { name: Some(name).filter(|name| !name.is_empty() && name != "none"), address }
    }
}
