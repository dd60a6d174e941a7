//! The end of one attempt: what became of each recipient, in one transaction with the bounces it gives.

use jiff::Timestamp;

use crate::message::{Accepted, NewMessage, RecipientId};

/// Attempts kept in a message's history: five days of retries at growing intervals; the oldest go first.
pub const MAX_ATTEMPTS_KEPT: usize = 50;

/// What became of one recipient. The reply is the next hop's, or our own words where none came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The next hop took it.
    Delivered {
        /// Its reply.
        reply: String,
    },
    /// Given up: refused for good, or retried too long.
    Failed {
        /// The last reply.
        reply: String,
    },
    /// To be tried again.
    Deferred {
        /// The reply.
        reply: String,
    },
}

/// One attempt, for the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptRecord {
    /// When it ended.
    pub at: Timestamp,
    /// The host, address and port that were tried; empty if none was reached.
    pub next_hop: String,
    /// The protocol version and what was proved of the peer; empty without TLS.
    pub tls: String,
    /// How it ended, for people: a reply or what went wrong.
    pub result: String,
}

/// The end of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// What became of recipients; those not named stay as they are.
    pub outcomes: Vec<(RecipientId, Outcome)>,
    /// When the message is due again, if recipients stay pending; `None` leaves the time as it was.
    pub next_attempt: Option<Timestamp>,
    /// The attempt, if there is one to record.
    pub attempt: Option<AttemptRecord>,
    /// Whether it counts: an attempt that our own fault cut short does not.
    pub count_attempt: bool,
    /// Bounces and other notices, queued in the same transaction. They belong to the tenant of the message, or were handed
    /// over by it.
    pub bounces: Vec<NewMessage>,
    /// Whether the sender is told herewith that the message is late.
    pub delay_told: bool,
}

/// What a settlement left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// No recipient is pending: the message has left the queue, and so has its body if no other message needs it.
    pub finished: bool,
    /// The bounces in the order given.
    pub bounces: Vec<Accepted>,
}
