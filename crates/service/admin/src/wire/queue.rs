//! `GET /v1/queue`, `GET /v1/queue/{id}`, and `POST /v1/queue/hold`, `release`, `retry` and `remove`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The query of `GET /v1/queue` and `GET /v1/queue/count`, and the messages that a [`QueueChange`] selects. All conditions that
/// are given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct QueueParameters {
    /// Only this tenant's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// Only those with a pending recipient in this domain, or below it as `*.d`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<String>,
    /// Only those from this address or domain; `<>` is the null sender.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    /// Only those whose last reply has this code (`451`), this enhanced status code or its beginning (`4.7.`), or this text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_reply: Option<String>,
    /// Only those that were accepted under this reference, which the client was told behind `250`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Only those accepted more than so many seconds ago.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub older_than: Option<u64>,
    /// Only those accepted within so many seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub younger_than: Option<u64>,
    /// Only those held, or only those not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<bool>,
    /// Most messages, 1 to 1000; 100 if left out, and 1000 for a change.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 1000)]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<usize>,
    /// Only messages behind this one: `next` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl QueueParameters {
    /// Whether any condition is given; pages are none.
    #[must_use]
    pub fn is_selective(&self) -> bool {
        *self != Self { limit: self.limit, after: self.after.clone(), ..Self::default() }
    }
}

/// A page of the queue, by id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct QueuePage {
    /// The messages.
    pub messages: Vec<QueueEntry>,
    /// What to give as `after` for the next page; `None` at the end.
    pub next: Option<String>,
}

/// A message in the queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct QueueEntry {
    /// Its id.
    pub id: String,
    /// Name of its tenant.
    pub tenant: String,
    /// `originating` or `incoming`.
    #[schema(value_type = crate::openapi::mirrors::Direction)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Recipient {
    /// The address without angle brackets.
    pub address: String,
    /// `pending`, `delivered` or `failed`.
    pub state: String,
    /// What the next hop last said about it.
    pub last_reply: Option<String>,
}

/// A claim in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Lease {
    /// The node.
    pub node: String,
    /// Until when, if it does not end before.
    pub until: Timestamp,
}

/// One attempt to deliver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
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

/// The answer of `GET /v1/queue/count`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct QueueCount {
    /// Messages.
    pub messages: u64,
}

/// The body of `POST /v1/queue/hold`, `release`, `retry` and `remove`: all messages are changed or none. They are named, or
/// selected, a page at a time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QueueChange {
    /// Their ids, 1 to 1000. One that is named twice counts once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<String>,
    /// In place of ids: what they are like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub select: Option<QueueParameters>,
    /// A selection without any condition is meant.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub all: bool,
    /// Why they are held, at most 1000 octets on one line; who asked, if left out. For `hold` alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What became of a [`QueueChange`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct QueueChanged {
    /// How many messages were named or selected, each of which is now as was asked.
    pub messages: usize,
    /// Of a selection, what to give as its `after` for the next page; `None` at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
