//! Why there was no session with a next hop, or why it was lost: where, in words that an administrator can act on.

use std::fmt;

use proto_smtp::Reply;

/// How far a connection came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nothing was tried: the send connector cannot be used as it is.
    Setup,
    /// Resolving the smart host's name.
    Resolve,
    /// The TCP connection.
    Connect,
    /// The banner, or the reply to EHLO.
    Greeting,
    /// STARTTLS: not offered or refused.
    StartTls,
    /// The handshake, or the judgement of the next hop's certificate.
    Tls,
    /// In a transaction, before our final dot.
    Transaction,
    /// After our final dot: the next hop may have the message.
    EndOfData,
}

/// A connection that was not made or was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionFailure {
    /// How far it came.
    pub stage: Stage,
    /// The host, address and port, as far as known.
    pub next_hop: String,
    /// What happened.
    pub text: String,
    /// The reply that refused the session, if one did.
    pub reply: Option<Reply>,
}

impl ConnectionFailure {
    pub(crate) fn new(stage: Stage, next_hop: &str, text: impl fmt::Display) -> Self {
        Self { stage, next_hop: next_hop.to_owned(), text: text.to_string(), reply: None }
    }

    /// What it means for a recipient, in our own words.
    #[must_use]
    pub fn to_reply(&self) -> Reply {
        let status = match self.stage {
            Stage::Setup => (4, 3, 5),
            Stage::Resolve => (4, 4, 3),
            Stage::Connect => (4, 4, 1),
            Stage::StartTls | Stage::Tls => (4, 7, 5),
            Stage::Greeting | Stage::Transaction | Stage::EndOfData => (4, 4, 2),
        };
        Reply::with_status(451, status, self.to_string())
    }
}

/// `hub.example.net [192.0.2.1]:25: what happened`.
impl fmt::Display for ConnectionFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.next_hop.is_empty() {
            write!(f, "{}: ", self.next_hop)?;
        }
        f.write_str(&self.text)
    }
}
