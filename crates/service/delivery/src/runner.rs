//! The loop: claims what is due, starts what may start, renews what takes long, and ends in good order.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use io_store::{ClaimNumber, MessageId, Scope, StoreError, Stores};
use jiff::Timestamp;
use prometheus_client::registry::Registry;
use service_directory::DirectoryService;
use service_outbound::{AttemptOutcome, Outbound};
use tokio::sync::Notify;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use crate::lanes::{LaneKey, Lanes};
use crate::metrics::Metrics;
use crate::schedule::later;
use crate::work::Shared;
use crate::{Bouncer, DeliveryConfig};

/// Messages in one claim. Small, so that little is given back where one send connector has most of what is due; claims
/// follow each other while they bring what can be used.
const CLAIM_BATCH: usize = 20;

/// The shortest time between two claims, so that neither announcements nor short attempts make the queue search without end.
const CLAIM_PAUSE: Duration = Duration::from_millis(20);

/// How long to leave a queue alone that cannot be read, so that the log stays readable.
const UNREADABLE_PAUSE: Duration = Duration::from_secs(10);

/// How long a message waits that was claimed while its lane was full.
const CROWDED_WAIT: Duration = Duration::from_secs(1);

/// The queue runner of one node.
pub struct Delivery {
    shared: Arc<Shared>,
}

/// The loop's own state.
struct Loop {
    shared: Arc<Shared>,
    lanes: Lanes,
    running: JoinSet<()>,
    turns: HashMap<Id, (LaneKey, ClaimNumber)>,
    claim_at: Instant,
    claimed_at: Instant,
    renew_at: Instant,
}

impl Delivery {
    /// A runner that has not begun. `wake` announces new messages; bounces made here are announced on it too.
    #[must_use]
    pub fn new(
        config: DeliveryConfig,
        stores: Stores,
        directory: Arc<DirectoryService>,
        outbound: Arc<Outbound>,
        wake: Arc<Notify>,
    ) -> Self {
        let bouncer = Bouncer::new(&config.hostname, Arc::clone(&stores.bodies));
        Self {
            shared: Arc::new(Shared { config, stores, directory, outbound, bouncer, wake, metrics: Metrics::new() }),
        }
    }

    /// Settles an attempt that began before its message was queued, under the claim of the lease that it was queued with:
    /// retries, bounces, log and trace are as for any other. The attempt's recipients are the message's, in their order.
    pub async fn settle_running(&self, message: MessageId, claim: ClaimNumber, outcome: AttemptOutcome) {
        self.shared.settle_running(message, claim, outcome).await;
    }

    /// Hands what delivery counts to a registry.
    pub fn register_metrics(&self, registry: &mut Registry) {
        self.shared.metrics.register(registry);
    }

    /// Works until `shutdown`, then waits for running attempts as long as the configuration allows. One call at a time for
    /// a node: claims left from an earlier run are taken to be nobody's.
    ///
    /// # Errors
    /// The store is out of reach at the start. Later that is logged and tried again.
    pub async fn run(&self, shutdown: CancellationToken) -> Result<(), StoreError> {
        let shared = &self.shared;
        let released = shared.queue().release_node(Scope::Operator, &shared.config.node).await?;
        if released > 0 {
            tracing::info!(released, "messages under way when the program last ended are tried again");
        }
        let mut work = Loop::new(Arc::clone(shared));
        while !shutdown.is_cancelled() {
            work.start();
            work.wait(&shutdown).await;
        }
        work.end().await;
        Ok(())
    }
}

impl Loop {
    fn new(shared: Arc<Shared>) -> Self {
        let now = Instant::now();
        Self {
            lanes: Lanes::new(shared.config.concurrency, shared.config.per_connector),
            running: JoinSet::new(),
            turns: HashMap::new(),
            claim_at: now,
            claimed_at: now,
            renew_at: now + shared.config.lease / 3,
            shared,
        }
    }

    /// Starts all that may start.
    fn start(&mut self) {
        let Self { shared, lanes, running, turns, .. } = self;
        let current = shared.directory.current();
        let is_failing = |key: LaneKey| {
            let connector = current
                .snapshot
                .tenant_by_id(key.tenant())
                .and_then(|tenant| current.snapshot.send_connector(tenant, key.connector()));
            connector.is_some_and(|connector| shared.outbound.back_off(key.tenant(), connector).is_some())
        };
        while let Some(claimed) = lanes.next(is_failing) {
            let turn = (LaneKey::of(&claimed.message), claimed.claim);
            let shared = Arc::clone(shared);
            let task = running.spawn(async move { shared.work(claimed).await });
            turns.insert(task.id(), turn);
        }
    }

    /// Waits for the next thing to do, and does it.
    async fn wait(&mut self, shutdown: &CancellationToken) {
        let wake = Arc::clone(&self.shared.wake);
        tokio::select! {
            () = shutdown.cancelled() => {}
            Some(finished) = self.running.join_next_with_id() => self.finished(finished),
            () = wake.notified() => self.claim_soon(),
            () = sleep_until(self.claim_at) => self.claim().await,
            () = sleep_until(self.renew_at) => self.renew(),
        }
    }

    fn finished(&mut self, finished: Result<(Id, ()), JoinError>) {
        let id = finished.as_ref().map_or_else(JoinError::id, |(id, ())| *id);
        if let Err(error) = &finished {
            tracing::error!(%error, "an attempt ended in an error of our own; its message is tried again when the claim expires");
        }
        if let Some((lane, _)) = self.turns.remove(&id) {
            self.lanes.finished(lane);
        }
        if self.lanes.waiting() < CLAIM_BATCH {
            self.claim_soon();
        }
    }

    fn claim_soon(&mut self) {
        self.claim_at = self.claim_at.min(self.claimed_at + CLAIM_PAUSE);
    }

    /// Claims what is due, as much as can be used.
    async fn claim(&mut self) {
        self.claimed_at = Instant::now();
        self.claim_at = self.claimed_at + self.shared.config.poll;
        while self.lanes.waiting() < self.shared.config.concurrency {
            let now = Timestamp::now();
            let (node, until) = (&self.shared.config.node, later(now, self.shared.config.lease));
            let claimed = match self.shared.queue().claim(Scope::Operator, node, now, CLAIM_BATCH, until, &[]).await {
                Ok(claimed) => claimed,
                Err(error) => {
                    tracing::error!(%error, "the queue cannot be read; no mail is delivered until it can");
                    self.claim_at = self.claimed_at + UNREADABLE_PAUSE.max(self.shared.config.poll);
                    return;
                }
            };
            let whole = claimed.len() >= CLAIM_BATCH;
            let crowded: Vec<_> = claimed.into_iter().filter_map(|claimed| self.lanes.push(claimed).err()).collect();
            let next = later(now, CROWDED_WAIT);
            join_all(crowded.iter().map(|claimed| self.shared.give_back(claimed.claim, Some(next)))).await;
            self.start();
            if !whole || !crowded.is_empty() {
                return;
            }
        }
    }

    /// Renews all claims, beside the loop: group commit makes one write of them.
    fn renew(&mut self) {
        self.renew_at = Instant::now() + self.shared.config.lease / 3;
        let claims: Vec<_> = self.turns.values().map(|(_, claim)| *claim).chain(self.lanes.claims()).collect();
        let shared = Arc::clone(&self.shared);
        tokio::spawn(async move {
            let until = later(Timestamp::now(), shared.config.lease);
            let renewals = claims.iter().map(|claim| shared.queue().renew(Scope::Operator, *claim, until));
            for error in join_all(renewals).await.into_iter().filter_map(Result::err) {
                match error {
                    // Settled in the meantime, or taken away by an administrator.
                    StoreError::Stale { claim } => tracing::debug!(%claim, "a claim is no longer in force"),
                    error => tracing::warn!(%error, "a claim is not renewed"),
                }
            }
        });
    }

    /// Gives back what waits, waits for what runs, and leaves no claim behind.
    async fn end(mut self) {
        let waiting = self.lanes.drain();
        join_all(waiting.iter().map(|claimed| self.shared.give_back(claimed.claim, None))).await;
        let running = self.running.len();
        let ended =
            timeout(self.shared.config.drain, async { while self.running.join_next().await.is_some() {} }).await;
        if ended.is_err() {
            tracing::warn!(running = self.running.len(), of = running, "attempts are cut short; they are made again");
            self.running.shutdown().await;
            let node = &self.shared.config.node;
            if let Err(error) = self.shared.queue().release_node(Scope::Operator, node).await {
                tracing::warn!(%error, "claims are left to expire");
            }
        }
    }
}
