//! The store: what Postwarden keeps, as five object-safe traits of domain operations.
//!
//! [`Directories`] keeps what tenants registered, [`Tokens`] who may change it from afar, [`Bodies`] the octets of messages, [`Queue`] their envelopes,
//! [`Trace`] why mail was refused and where it went. Engines implement them; callers hold [`Stores`] and never learn
//! which engine it is. [`conformance`] is the suite that every engine must pass.
//!
//! This crate knows no database, no SMTP session and no clock: every time is an argument, and engines keep times to
//! the microsecond. No query language, connection or transaction shows in the traits, and an engine may serve several
//! nodes at once. Identities stay below 2^63, so that a signed 64-bit column holds them.

pub mod conformance;

mod audit;
mod bodies;
mod directories;
mod error;
mod message;
mod once;
mod queue;
mod queue_filter;
mod scope;
mod secret;
mod settlement;
mod tokens;
mod trace;

use std::sync::Arc;

pub use audit::{AuditEntry, AuditFilter, AuditRecord, AuditSummary, MAX_AUDIT_PAGE};
pub use bodies::{BODY_CHUNK, Bodies, BodyId, BodyReader, BodyWriter, Orphans};
pub use directories::{
    Committed, Directories, DirectoryImage, MAX_ALLOCATION, MAX_OBJECT_BODY, ObjectChange, ObjectKind, ObjectPut,
    ObjectRecord,
};
pub use error::StoreError;
pub use message::{
    Accepted, ClaimNumber, ClaimedMessage, Direction, Lease, MessageDetails, MessageId, NewMessage, NewRecipient,
    NotAMessageId, QueuedMessage, QueuedRecipient, RecipientId, RecipientState,
};
pub use once::{MAX_ONCE, MAX_ONCE_ANSWER, MAX_ONCE_OF_ACTOR, ONCE_KEPT, Once, OnceRecord};
pub use queue::{
    Ages, ClaimExcept, LaneKey, MAX_CLAIM, MAX_HOLD_REASON, MAX_QUEUE_PAGE, QUEUE_AGES, Queue, QueueChange,
    QueueChanged, QueueStats, QueueSummary,
};
pub use queue_filter::{DestinationFilter, QueueFilter, ReplyFilter, SenderFilter, domain_of};
pub use scope::Scope;
pub use secret::{SECRET_LENGTH, Secret};
pub use settlement::{AttemptRecord, MAX_ATTEMPTS_KEPT, Outcome, Settled, Settlement};
pub use tokens::{
    MAX_TOKEN_PAGE, MAX_TOKENS, NewToken, TokenDigest, TokenRecord, TokenRole, TokenUse, Tokens, USE_NOTED_FOR,
};
pub use trace::{
    Candidate, CandidateKind, CountFilter, CountStep, Knock, MAX_COUNTS, MAX_SENDERS, MAX_TRACE_BODY, MAX_TRACE_PAGE,
    NearMiss, NotACursor, RefusalCount, RefusalRecord, Trace, TraceCursor, TraceEvent, TraceFilter, TracePage,
    UseRecord, message_id_key,
};

/// The parts of one opened store.
#[derive(Clone)]
pub struct Stores {
    /// What tenants registered.
    pub directories: Arc<dyn Directories>,
    /// Who may see and change it from afar.
    pub tokens: Arc<dyn Tokens>,
    /// The envelopes that wait.
    pub queue: Arc<dyn Queue>,
    /// The octets of the messages that wait.
    pub bodies: Arc<dyn Bodies>,
    /// Why mail was refused, where it went.
    pub trace: Arc<dyn Trace>,
}
