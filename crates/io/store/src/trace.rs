//! The trace: why mail was refused, who knocks, and where mail went. It is written behind, never delays mail, and may lose
//! its last second; nothing that must not be lost goes here.

mod candidate;
mod event;
mod filter;
mod refusal;
mod tenant_use;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{Scope, StoreError};

pub use candidate::{Candidate, CandidateKind, Knock, MAX_SENDERS};
pub use event::TraceEvent;
pub use filter::{NotACursor, TraceCursor, TraceFilter, TracePage, message_id_key};
pub use refusal::{CountFilter, CountStep, NearMiss, RefusalCount, RefusalRecord};
pub use tenant_use::UseRecord;

/// Longest body of a record in octets; a longer one is dropped and counted. Reasoning is bounded to 64 connectors.
pub const MAX_TRACE_BODY: usize = 64 * 1024;

/// Most records in one answer.
pub const MAX_TRACE_PAGE: usize = 1000;

/// Most counts in one answer: 30 days by 300 combinations of tenant, connector and reply.
pub const MAX_COUNTS: usize = 10_000;

/// What was refused, who knocked, and what was done with mail.
///
/// The `record_` operations return at once. What does not fit the buffer, is too long or lies outside the scope is
/// dropped and counted. A read sees everything recorded before it.
#[async_trait]
pub trait Trace: Send + Sync {
    /// Records a refusal, and counts it. In a tenant's scope only that tenant may have sight.
    fn record_refusal(&self, scope: Scope, refusal: RefusalRecord);

    /// Records who was refused, as far as a connector could be made for it; `reference` is of a refusal that was recorded
    /// just before, and who may see that may see the candidate, and of it only what came by refusals that it may see. In a
    /// tenant's scope nothing is recorded: who knocks is nobody's yet.
    fn record_knocks(&self, scope: Scope, reference: &str, knocks: Vec<Knock>);

    /// Counts one more refusal of the same at `at`, and one more knock of whom it refused. One in a tenant's scope needs its
    /// sight; an unknown reference changes nothing.
    fn repeat_refusal(&self, scope: Scope, reference: &str, at: Timestamp);

    /// Records events of tenants in the scope, in their order. One outside it drops them all.
    fn record_events(&self, scope: Scope, events: Vec<TraceEvent>);

    /// Records one event.
    fn record_event(&self, scope: Scope, event: TraceEvent) {
        self.record_events(scope, vec![event]);
    }

    /// Records dropped since the store was opened.
    fn dropped(&self) -> u64;

    /// The refusal with a reference; `None` also where the scope's tenant has no sight of it. A tenant learns of no
    /// other in [`tenant_sight`](RefusalRecord::tenant_sight) and [`nearest`](RefusalRecord::nearest).
    ///
    /// # Errors
    /// `Unavailable`, `Corrupt`.
    async fn refusal(&self, scope: Scope, reference: &str) -> Result<Option<RefusalRecord>, StoreError>;

    /// Refusals, newest first, as [`refusal`](Self::refusal) shows them.
    ///
    /// # Errors
    /// `Unavailable`, `Corrupt`.
    async fn refusals(&self, scope: Scope, filter: TraceFilter) -> Result<TracePage<RefusalRecord>, StoreError>;

    /// How much was refused by time, tenant, reply and connector: at most [`MAX_COUNTS`] counts, the newest first.
    ///
    /// # Errors
    /// `Unavailable`, `Corrupt`.
    async fn refusal_counts(&self, scope: Scope, filter: CountFilter) -> Result<Vec<RefusalCount>, StoreError>;

    /// Who knocks: the trusted certificates first, then addresses, then certificates that are only claims; of each kind who
    /// came in most hours first. Their number is bounded by the engine, at about a thousand.
    ///
    /// # Errors
    /// `Unavailable`, `Corrupt`.
    async fn candidates(&self, scope: Scope) -> Result<Vec<Candidate>, StoreError>;

    /// Events, newest first.
    ///
    /// # Errors
    /// `Unavailable`, `Corrupt`.
    async fn events(&self, scope: Scope, filter: TraceFilter) -> Result<TracePage<TraceEvent>, StoreError>;

    /// Records what tenants in the scope used of their limits, each in the place of the record before of the same tenant and
    /// length of window. One outside it drops them all.
    fn record_uses(&self, scope: Scope, uses: Vec<UseRecord>);

    /// What tenants used of their limits, by tenant.
    ///
    /// # Errors
    /// `Unavailable`, `Corrupt`.
    async fn uses(&self, scope: Scope) -> Result<Vec<UseRecord>, StoreError>;

    /// Sets how many octets the records may take. From then on the oldest go as new ones come; at first as much is kept as
    /// the disk holds.
    fn limit_size(&self, octets: u64);

    /// Removes what is older than `before` in small steps, between which others write; says how many records went. In a
    /// tenant's scope it is about that tenant's events only.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn prune(&self, scope: Scope, before: Timestamp) -> Result<u64, StoreError>;

    /// Returns when everything recorded so far is written.
    ///
    /// # Errors
    /// `Unavailable`, `Full`.
    async fn flush(&self) -> Result<(), StoreError>;
}
