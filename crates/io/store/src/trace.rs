//! The trace: why mail was refused and where it went. It is written behind, never delays mail, and may lose its last
//! second; nothing that must not be lost goes here.

use std::net::IpAddr;

use async_trait::async_trait;
use core_directory::TenantId;
use jiff::Timestamp;

use crate::{Scope, StoreError};

/// Longest body of a record in octets; a longer one is dropped and counted. Reasoning is bounded to 64 connectors.
pub const MAX_TRACE_BODY: usize = 64 * 1024;

/// Most records in one answer.
pub const MAX_TRACE_PAGE: usize = 1000;

/// One refusal, found again by the reference that its reply carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusalRecord {
    /// The random reference in the reply.
    pub reference: String,
    /// When it was refused.
    pub at: Timestamp,
    /// The tenants that may see it beside the operator. Empty for most of what strangers try.
    pub tenant_sight: Vec<TenantId>,
    /// The client; `None` when a balancer did not say.
    pub remote_ip: Option<IpAddr>,
    /// The sender without angle brackets; `None` is the null one.
    pub mail_from: Option<String>,
    /// The recipient without angle brackets.
    pub rcpt_to: String,
    /// The reply.
    pub reply: String,
    /// The reasoning in JSON, at most [`MAX_TRACE_BODY`] octets.
    pub body: String,
    /// How often the same was refused again without a record of its own.
    pub repeats: u32,
    /// When it was last refused.
    pub last_at: Timestamp,
}

/// Something that happened to an accepted message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceEvent {
    /// When.
    pub at: Timestamp,
    /// Whose message.
    pub tenant: TenantId,
    /// Our id in the message's Received field.
    pub reference: String,
    /// What, in one word: accepted, delivered, deferred, failed and the like.
    pub kind: String,
    /// The sender without angle brackets; `None` is the null one.
    pub mail_from: Option<String>,
    /// The recipient without angle brackets; `None` if the event concerns all.
    pub rcpt_to: Option<String>,
    /// The rest in JSON, at most [`MAX_TRACE_BODY`] octets.
    pub body: String,
}

/// Which records to return; what is `None` does not matter. Addresses are compared without regard to ASCII case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TraceFilter {
    /// With this reference.
    pub reference: Option<String>,
    /// From this sender; the empty text is the null one.
    pub mail_from: Option<String>,
    /// To this recipient.
    pub rcpt_to: Option<String>,
    /// At this time or later.
    pub since: Option<Timestamp>,
    /// Most records, the newest; [`MAX_TRACE_PAGE`] at the most.
    pub limit: usize,
}

/// What was refused and what was done.
///
/// The `record_` operations return at once. What does not fit the buffer, is too long or lies outside the scope is
/// dropped and counted. A read sees everything recorded before it.
#[async_trait]
pub trait Trace: Send + Sync {
    /// Records a refusal. In a tenant's scope only that tenant may have sight.
    fn record_refusal(&self, scope: Scope, refusal: RefusalRecord);

    /// Counts one more refusal of the same at `at`. One in a tenant's scope needs its sight; an unknown reference
    /// changes nothing.
    fn repeat_refusal(&self, scope: Scope, reference: &str, at: Timestamp);

    /// Records an event of a tenant in the scope.
    fn record_event(&self, scope: Scope, event: TraceEvent);

    /// Records dropped since the store was opened.
    fn dropped(&self) -> u64;

    /// The refusal with a reference; `None` also where the scope's tenant has no sight of it. A tenant learns of no
    /// other in [`tenant_sight`](RefusalRecord::tenant_sight).
    ///
    /// # Errors
    /// `Unavailable`, `Corrupt`.
    async fn refusal(&self, scope: Scope, reference: &str) -> Result<Option<RefusalRecord>, StoreError>;

    /// Refusals, newest first, as [`refusal`](Self::refusal) shows them.
    ///
    /// # Errors
    /// `Unavailable`, `Corrupt`.
    async fn refusals(&self, scope: Scope, filter: TraceFilter) -> Result<Vec<RefusalRecord>, StoreError>;

    /// Events, newest first.
    ///
    /// # Errors
    /// `Unavailable`, `Corrupt`.
    async fn events(&self, scope: Scope, filter: TraceFilter) -> Result<Vec<TraceEvent>, StoreError>;

    /// Removes what is older than `before`, and the oldest beyond `max_rows` refusals and `max_rows` events; says how
    /// many went. In a tenant's scope it is about that tenant's events only.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn prune(&self, scope: Scope, before: Timestamp, max_rows: u64) -> Result<u64, StoreError>;

    /// Returns when everything recorded so far is written.
    ///
    /// # Errors
    /// `Unavailable`, `Full`.
    async fn flush(&self) -> Result<(), StoreError>;
}
