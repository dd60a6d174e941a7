//! `GET /v1/queue`, `GET /v1/queue/{id}`, and `POST /v1/queue/hold`, `release`, `retry` and `remove`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The query of `GET /v1/queue`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QueueParameters {
    /// Only this tenant's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// Most messages, 1 to 1000; 100 if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// Only messages behind this one: `next` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// A page of the queue, by id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueuePage {
    /// The messages.
    pub messages: Vec<QueueEntry>,
    /// What to give as `after` for the next page; `None` at the end.
    pub next: Option<String>,
}

/// A message in the queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueEntry {
    /// Its id.
    pub id: String,
    /// Name of its tenant.
    pub tenant: String,
    /// `originating` or `incoming`.
    pub direction: core_attribution::Direction,
    /// The sender without angle brackets; empty is the null one.
    pub mail_from: String,
    /// The first recipient that is pending.
    pub first_recipient: String,
    /// Recipients that are pending.
    pub pending: u32,
    /// Name of the send connector that routes it.
    pub send_connector: String,
    /// Octets.
    pub size: u64,
    /// Our id in its Received field.
    pub reference: String,
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// When it is, or was, due.
    pub next_attempt: Timestamp,
    /// Attempts that count.
    pub attempts: u32,
    /// Why it is held; `None` if it is not.
    pub hold: Option<String>,
    /// Whether a node is working on it.
    pub claimed: bool,
    /// The result of the last attempt.
    pub last_reply: Option<String>,
}

/// All that is known of one message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageDetails {
    /// The message.
    pub message: QueueEntry,
    /// All its recipients.
    pub recipients: Vec<Recipient>,
    /// Which node works on it.
    pub lease: Option<Lease>,
    /// The attempts, oldest first.
    pub history: Vec<Attempt>,
}

/// A recipient of a queued message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// The address without angle brackets.
    pub address: String,
    /// `pending`, `delivered` or `failed`.
    pub state: String,
    /// What the next hop last said about it.
    pub last_reply: Option<String>,
}

/// A claim in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// The node.
    pub node: String,
    /// Until when, if it does not end before.
    pub until: Timestamp,
}

/// One attempt to deliver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// When it ended.
    pub at: Timestamp,
    /// The host, address and port; empty if none was reached.
    pub next_hop: String,
    /// The TLS version and what was proved of the peer; empty without TLS.
    pub tls: String,
    /// How it ended.
    pub result: String,
}

/// The body of `POST /v1/queue/hold`, `release`, `retry` and `remove`: all messages are changed or none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueueChange {
    /// Their ids, 1 to 1000. One that is named twice counts once.
    pub ids: Vec<String>,
    /// Why they are held, at most 1000 octets on one line; who asked, if left out. For `hold` alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What became of a [`QueueChange`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueChanged {
    /// How many messages were named, each of which is now as was asked.
    pub messages: usize,
}
