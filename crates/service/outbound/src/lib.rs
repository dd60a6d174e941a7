//! One attempt to hand a message to a next hop: connect or reuse a warm connection, one or more transactions, and what
//! became of each recipient, with a transcript.
//!
//! [`Outbound::attempt`] never decides when to try again, never bounces and never touches the queue: it answers for each
//! recipient *delivered*, *failed* or *deferred*, in whose words, and says how the attempt ended. A refusal of the session
//! itself (banner, EHLO, STARTTLS, TLS, 421, 500 to 504, 53x) defers, since a configuration is at fault there and not the
//! message. After our final dot a lost connection defers too: the message may then arrive twice, but is never lost.

#![forbid(unsafe_code)]

mod attempt;
mod body;
mod classify;
mod connect;
mod connection;
mod envelope;
mod failure;
mod handshake;
mod health;
mod limits;
mod link;
mod metrics;
mod outbound;
mod pool;
mod setup;
#[cfg(test)]
mod tests;
mod transcript;

pub use attempt::{Attempt, AttemptOutcome, Ending, Fate, Recipient, RecipientOutcome, SaidBy};
pub use body::Body;
pub use failure::{ConnectionFailure, Stage};
pub use limits::{
    IDLE_LIMIT, MAX_CONNECTIONS_PER_HOP, MAX_IDLE, MAX_IDLE_PER_HOP, MAX_MESSAGES_PER_CONNECTION, Timeouts,
};
pub use outbound::{Outbound, OutboundConfig};
pub use transcript::{Transcript, TranscriptEvent, TranscriptLine};
