//! What an attempt is asked to do, and what it answers.

use std::sync::atomic::AtomicBool;

use core_directory::{ClientCertificate, SendConnector, TenantId};
use io_store::{MessageId, StoreError};
use proto_smtp::Reply;

use crate::{Body, ConnectionFailure, Transcript};

/// One message to be handed to the next hop of one send connector.
pub struct Attempt<'a> {
    /// The message in the queue, for the protocol log; none while it is not there.
    pub message: Option<MessageId>,
    /// Whose message it is. Two tenants never share a connection.
    pub tenant: TenantId,
    /// The tenant's send connector.
    pub connector: &'a SendConnector,
    /// The tenant's certificate that the connector names, if it names one.
    pub certificate: Option<&'a ClientCertificate>,
    /// The node's host name, for EHLO where the connector has no `fqdn`.
    pub hostname: &'a str,
    /// The reverse-path without angle brackets; `None` is the null one.
    pub reverse_path: Option<&'a str>,
    /// The recipients, at least one.
    pub recipients: &'a [Recipient<'a>],
    /// Octets of the body.
    pub size: u64,
    /// It has octets above 127 (BODY=8BITMIME, RFC 6152). A next hop without 8BITMIME cannot take it: `5.6.3`.
    pub eight_bit: bool,
    /// Its lines keep to no rules (BODY=BINARYMIME, RFC 3030). It goes by BDAT, to a next hop with CHUNKING and
    /// BINARYMIME; another cannot take it: `5.6.3`.
    pub binary: bool,
    /// It came with SMTPUTF8 and its sender or header is not ASCII (RFC 6531). A next hop without SMTPUTF8 cannot take it:
    /// `5.6.7`. What a recipient's address needs is seen here.
    pub smtp_utf8: bool,
    /// The RET parameter as it came (RFC 3461 §4.3), for a next hop with DSN.
    pub ret: Option<&'a str>,
    /// The ENVID parameter as it came (RFC 3461 §4.4), for a next hop with DSN.
    pub envid: Option<&'a str>,
    /// The message, with our Received field.
    pub body: Body,
    /// Set before our final dot goes out: from then on the message may be delivered, and whoever drops the attempt will not
    /// know.
    pub dot_sent: Option<&'a AtomicBool>,
}

/// One recipient of an attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recipient<'a> {
    /// The forward-path without angle brackets.
    pub forward_path: &'a str,
    /// The NOTIFY parameter as it came (RFC 3461 §4.1), for a next hop with DSN.
    pub notify: Option<&'a str>,
    /// The ORCPT parameter as it came (RFC 3461 §4.2), for a next hop with DSN.
    pub orcpt: Option<&'a str>,
}

/// A recipient that asks for nothing.
impl<'a> From<&'a str> for Recipient<'a> {
    fn from(forward_path: &'a str) -> Self {
        Self { forward_path, ..Self::default() }
    }
}

/// What became of a recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The next hop took responsibility.
    Delivered,
    /// It never will.
    Failed,
    /// Not now.
    Deferred,
}

/// Whose words a reply is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaidBy {
    /// The next hop's.
    NextHop,
    /// Ours.
    Us,
}

/// What became of one recipient, and in whose words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipientOutcome {
    /// What became of it.
    pub fate: Fate,
    /// The reply that decided, with all its lines.
    pub reply: Reply,
    /// Whose it is.
    pub said_by: SaidBy,
}

impl RecipientOutcome {
    /// A fate that we decided.
    pub(crate) fn ours(fate: Fate, reply: Reply) -> Self {
        Self { fate, reply, said_by: SaidBy::Us }
    }
}

/// How an attempt ended as a whole.
#[derive(Debug)]
pub enum Ending {
    /// A next hop answered for every recipient, with whatever it answered.
    Answered,
    /// No next hop did: the last failure. Whoever tries again waits first.
    Unreachable(ConnectionFailure),
    /// The connection was lost after our final dot: the next hop may have the message.
    InDoubt(ConnectionFailure),
    /// The send connector cannot be used as it is; nothing was tried.
    Unusable(ConnectionFailure),
    /// The body could not be read: our own fault, and no attempt that counts.
    BodyUnreadable(StoreError),
}

/// The answer of an attempt.
#[derive(Debug)]
pub struct AttemptOutcome {
    /// What became of each recipient, in their order.
    pub recipients: Vec<RecipientOutcome>,
    /// The last host tried: `hub.example.net [192.0.2.1]:25`; empty if none was reached.
    pub next_hop: String,
    /// TLS with that host, for people; `None` without.
    pub tls: Option<String>,
    /// That host's certificate was good and trusted, whether the send connector asks for that or not.
    pub peer_proved: bool,
    /// That host offers DSN: what the sender wished to be told went on to it, and it answers for notices of success. Where it
    /// is false nobody behind us does (RFC 3461 §5.2.2).
    pub dsn_passed_on: bool,
    /// What was said.
    pub transcript: Transcript,
    /// How it ended.
    pub ending: Ending,
}
