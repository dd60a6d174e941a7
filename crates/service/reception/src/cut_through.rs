//! Incoming mail is offered to its next hop while the client waits, so that a refusal reaches whoever sent it and no bounce is
//! needed. What the next hop does not decide in time is queued.
//!
//! ```text
//! sealed ─ one attempt, within cut_through_wait ─┬─ taken by all: 250          ├─ time up after our dot: queued under a
//!                                                ├─ refused: its words         │  lease, the attempt runs on, 250
//!                                                ├─ some taken: rest queued    └─ client gone: dropped, or told of
//!                                                └─ no answer: queued, 250
//! ```
//!
//! Must not try twice, and must not send a notice: both are delivery's.

mod decision;
mod running;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use core_attribution::Direction;
use core_directory::Snapshot;
use io_store::{LaneKey, Lease, NewRecipient, Scope, StoreError};
use proto_smtp::Reply;
use service_directory::Current;
use service_outbound::{AttemptOutcome, Fate};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::origin::Origin;
use crate::session::Shared;
use crate::spool::{Arriving, Sealed, reply_for};
use decision::{Decision, decide, passed_on};
use running::{LEASE, Running, later};

/// A message that has come in whole and is checked and sealed; its client waits for the answer.
pub(crate) struct Waiting<'a> {
    pub shared: &'a Arc<Shared>,
    /// The snapshot that it was judged by.
    pub current: Arc<Current>,
    pub arriving: Arc<Arriving>,
    pub sealed: Sealed,
    pub origin: Origin,
    /// When its final dot was read.
    pub since: Instant,
    /// How long the client waits at most.
    pub wait: Duration,
    pub shutdown: &'a CancellationToken,
}

impl Waiting<'_> {
    /// The answer to the client: `250` only when the next hop has the message, or it is durable in the queue. None: the
    /// client was `gone` before.
    pub async fn answer(self, gone: impl Future<Output = ()>) -> Option<Reply> {
        let Some(lane) = self.lane().filter(|lane| self.may_be_offered(*lane)) else {
            return Some(self.queue(&BTreeSet::new()).await);
        };
        // What could not be queued is not offered either: the client keeps it.
        if let Err(error) = self.shared.services.queue.accept(Scope::Operator, Vec::new()).await {
            return Some(self.put_off(&error).await);
        }
        let Some(mut running) = Running::begin(&self, lane) else {
            return Some(self.queue(&BTreeSet::new()).await);
        };
        tokio::select! {
            biased;
            outcome = running.outcome() => return Some(self.conclude(&outcome).await),
            () = gone => {
                self.shared.metrics.offered("client_gone");
                self.client_gone(running).await;
                return None;
            }
            () = tokio::time::sleep_until(self.since + self.wait) => {}
        }
        self.shared.metrics.offered("slow");
        if running.is_dot_sent() {
            return Some(self.queue_under_lease(running).await);
        }
        // Its connection is closed before delivery makes another.
        drop(running);
        tracing::debug!(reference = self.arriving.reference, "its next hop is slow; queued");
        Some(self.queue(&BTreeSet::new()).await)
    }

    /// Whose mail it is and by which send connector it goes, if it is all Incoming, goes one way and is not to be held.
    fn lane(&self) -> Option<LaneKey> {
        if !self.arriving.holds.is_empty() {
            return None;
        }
        let mut lanes = self.arriving.recipients.iter().map(|recipient| {
            let (attribution, route) = (recipient.attribution(), recipient.route());
            let is_incoming = attribution.direction == Direction::Incoming && route.handed_over_by.is_none();
            is_incoming.then_some(LaneKey { tenant: attribution.tenant, connector: route.send_connector })
        });
        let first = lanes.next()??;
        lanes.all(|lane| lane == Some(first)).then_some(first)
    }

    fn may_be_offered(&self, lane: LaneKey) -> bool {
        let (snapshot, outbound) = (&self.current.snapshot, &self.shared.services.outbound);
        let tenant = snapshot.tenant_by_id(lane.tenant);
        let Some(connector) = tenant.and_then(|tenant| snapshot.send_connector(tenant, lane.connector)) else {
            return false;
        };
        connector.cut_through
            && !self.wait.is_zero()
            && !self.shutdown.is_cancelled()
            && outbound.back_off(lane.tenant, connector).is_none()
            && !outbound.is_busy(lane.tenant, connector)
            // Delivery tells the sender where the next hop does not (RFC 3461 §5.2.2).
            && !self.arriving.recipients.iter().any(|recipient| wants_success(recipient.value()))
    }

    /// The next hop answered, or it is known that it does not.
    async fn conclude(self, outcome: &AttemptOutcome) -> Reply {
        let decision = decide(outcome);
        self.shared.metrics.offered(decision.word(self.arriving.recipients.len()));
        match decision {
            Decision::Taken(done) if done.len() == self.arriving.recipients.len() => self.taken(outcome).await,
            Decision::Taken(done) => {
                self.arriving.trace_outcomes(&self.shared.services, outcome, |fate| fate == Fate::Delivered);
                self.queue(&done).await
            }
            Decision::Refused(reply) | Decision::PutOff(reply) => self.refused(outcome, &reply).await,
            Decision::Open => self.queue(&BTreeSet::new()).await,
            Decision::OurFault(error) => self.put_off(&error).await,
        }
    }

    /// The next hop has it all.
    async fn taken(self, outcome: &AttemptOutcome) -> Reply {
        let (arriving, size) = (&self.arriving, self.sealed.size);
        let AttemptOutcome { next_hop, tls, .. } = outcome;
        let reply = Reply::with_status(250, (2, 0, 0), format!("Delivered as {}", arriving.reference));
        tracing::info!(
            reference = arriving.reference, remote = %self.origin, size, next_hop, tls, "accepted by the next hop"
        );
        self.shared.metrics.accepted(arriving.recipients.len(), size);
        arriving.trace_arrival(&self.shared.services, &self.current.snapshot, true);
        arriving.trace_outcomes(&self.shared.services, outcome, |_| true);
        self.sealed.discard(&self.shared.services).await;
        reply
    }

    /// The next hop wants it of nobody, for now or for good. The client hears it in its words.
    async fn refused(self, outcome: &AttemptOutcome, reply: &Reply) -> Reply {
        let (arriving, next_hop) = (&self.arriving, &outcome.next_hop);
        let told = reply.to_string();
        tracing::info!(
            reference = arriving.reference, remote = %self.origin, next_hop, reply = told,
            "refused by the next hop, and so to the client"
        );
        arriving.trace_arrival(&self.shared.services, &self.current.snapshot, false);
        arriving.trace_outcomes(&self.shared.services, outcome, |_| true);
        self.sealed.discard(&self.shared.services).await;
        passed_on(reply, &self.shared.hostname, (self.shared.services.now)(), &arriving.reference)
    }

    /// Into the queue, due at once, for all who are not done with.
    async fn queue(self, done: &BTreeSet<usize>) -> Reply {
        let Self { shared, current, arriving, sealed, origin, .. } = self;
        let size = sealed.size;
        match sealed.queue(&shared.services, &arriving, done, None).await {
            Ok(_) => accepted(shared, &current.snapshot, &arriving, origin, size),
            Err(error) => put_off(&error, &arriving, origin),
        }
    }

    /// Into the queue, where nobody touches it while the attempt runs on.
    async fn queue_under_lease(self, running: Running) -> Reply {
        let Self { shared, current, arriving, sealed, origin, shutdown, .. } = self;
        let (size, services) = (sealed.size, &shared.services);
        let lease = Lease { node: shared.hostname.clone(), until: later((services.now)(), LEASE) };
        match sealed.queue(services, &arriving, &BTreeSet::new(), Some(lease)).await {
            Ok(queued) => {
                if let Some(queued) = queued.first() {
                    running.go_on(shared, *queued, shutdown.clone());
                }
                accepted(shared, &current.snapshot, &arriving, origin, size)
            }
            Err(error) => {
                arriving.trace_arrival(services, &current.snapshot, false);
                running.go_on_untold(shared, Arc::clone(&arriving), None, shutdown.clone());
                put_off(&error, &arriving, origin)
            }
        }
    }

    /// Nobody would hear an answer: the client comes again with the message, unless the next hop takes it.
    async fn client_gone(self, running: Running) {
        let Self { shared, current, arriving, sealed, shutdown, .. } = self;
        if running.is_dot_sent() {
            arriving.trace_arrival(&shared.services, &current.snapshot, false);
            running.go_on_untold(shared, arriving, Some(sealed), shutdown.clone());
        } else {
            drop(running);
            sealed.discard(&shared.services).await;
        }
    }

    async fn put_off(self, error: &StoreError) -> Reply {
        self.sealed.discard(&self.shared.services).await;
        put_off(error, &self.arriving, self.origin)
    }
}

fn wants_success(recipient: &NewRecipient) -> bool {
    let notify = recipient.notify.as_deref().unwrap_or_default();
    notify.split(',').any(|word| word.eq_ignore_ascii_case("SUCCESS"))
}

/// It is durable.
fn accepted(shared: &Shared, snapshot: &Snapshot, arriving: &Arriving, remote: Origin, size: u64) -> Reply {
    let reference = &arriving.reference;
    shared.metrics.accepted(arriving.recipients.len(), size);
    arriving.trace_arrival(&shared.services, snapshot, true);
    tracing::info!(%reference, %remote, size, "accepted");
    Reply::with_status(250, (2, 0, 0), format!("Queued as {reference}"))
}

/// The store does not take it; the client keeps it.
pub(crate) fn put_off(error: &StoreError, arriving: &Arriving, remote: Origin) -> Reply {
    let reference = &arriving.reference;
    match error {
        // The store says once that it is full.
        StoreError::Full { .. } => tracing::info!(%reference, %remote, "put off for want of room"),
        _ => tracing::error!(%error, %reference, %remote, "a message could not be spooled; the client keeps it"),
    }
    reply_for(error)
}
