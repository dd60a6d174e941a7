//! The loop: claims what is due, starts what may start, renews what takes long, and ends in good order.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use io_store::{ClaimExcept, ClaimNumber, LaneKey, MessageId, Scope, StoreError, Stores};
use jiff::{SignedDuration, Timestamp};
use prometheus_client::registry::Registry;
use service_directory::DirectoryService;
use service_outbound::{AttemptOutcome, Outbound};
use tokio::sync::Notify;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use crate::DeliveryConfig;
use crate::clock::ClockWatch;
use crate::judgement::KnownFailure;
use crate::lanes::{LaneLimits, Lanes, lane_of};
use crate::metrics::Metrics;
use crate::notices::Notices;
use crate::parked::Parked;
use crate::schedule::later;
use crate::work::{Shared, Turn};

/// Messages in one claim. Small, so that little is given back where one send connector has most of what is due; claims
/// follow each other while they bring what can be used.
const CLAIM_BATCH: usize = 20;

/// The shortest time between two claims, so that neither announcements nor short attempts make the queue search without end.
const CLAIM_PAUSE: Duration = Duration::from_millis(20);

/// How long to leave a queue alone that cannot be read, so that the log stays readable.
const UNREADABLE_PAUSE: Duration = Duration::from_secs(10);

/// Messages that wait here for their turn, at most: some 1 kB each. Lanes and tenants have lower limits of their own.
const MAX_WAITING: usize = 1_000;

/// Old messages of parked lanes that are judged at once.
const AGED_BATCH: usize = 100;

/// The queue runner of one node.
pub struct Delivery {
    shared: Arc<Shared>,
}

/// The loop's own state.
struct Loop {
    shared: Arc<Shared>,
    lanes: Lanes,
    parked: Parked,
    watch: ClockWatch,
    running: JoinSet<Turn>,
    turns: HashMap<Id, (Option<LaneKey>, ClaimNumber)>,
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
        let notices = Notices::new(&config.hostname, Arc::clone(&stores.bodies));
        Self {
            shared: Arc::new(Shared { config, stores, directory, outbound, notices, wake, metrics: Metrics::new() }),
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
        shared.mend_times().await?;
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
            lanes: Lanes::new(LaneLimits {
                concurrency: shared.config.concurrency,
                per_tenant: shared.config.per_tenant,
                per_lane: shared.config.per_connector,
            }),
            parked: Parked::new(now, shared.config.aged_search),
            watch: ClockWatch::new(shared.config.clock.now(), now),
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
        let Self { shared, lanes, running, turns, watch, .. } = self;
        let watch = *watch;
        let current = shared.directory.current();
        let is_failing = |key| shared.back_off_of(&current.snapshot, key).is_some();
        while let Some(claimed) = lanes.next(is_failing) {
            let turn = (Some(lane_of(&claimed.message)), claimed.claim);
            let shared = Arc::clone(shared);
            let task = running.spawn(async move { shared.work(claimed, watch).await });
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

    fn finished(&mut self, finished: Result<(Id, Turn), JoinError>) {
        let (id, turn) = match finished {
            Ok(finished) => finished,
            Err(error) => {
                tracing::error!(%error, "an attempt ended in an error of our own; its message is tried again when the claim expires");
                (error.id(), Turn::default())
            }
        };
        if let Some((Some(lane), _)) = self.turns.remove(&id) {
            self.lanes.finished(lane, turn.answered);
            if turn.failure.is_some() && self.is_left_alone(lane) {
                self.park(lane, turn.failure);
            }
            if self.lanes.runs_dry(lane) {
                self.claim_soon();
            }
        }
    }

    /// Whether a lane's next hop is down and its wait not over.
    fn is_left_alone(&self, lane: LaneKey) -> bool {
        let current = self.shared.directory.current();
        self.shared.back_off_of(&current.snapshot, lane).is_some_and(|wait| !wait.is_zero())
    }

    /// Gives back what waits in a lane, and claims nothing from it for now.
    fn park(&mut self, lane: LaneKey, failure: Option<KnownFailure>) {
        self.parked.add(lane, failure);
        let waiting = self.lanes.drain(lane);
        let shared = Arc::clone(&self.shared);
        tokio::spawn(
            async move { join_all(waiting.iter().map(|claimed| shared.give_back(claimed.claim, None))).await },
        );
    }

    fn claim_soon(&mut self) {
        self.claim_at = self.claim_at.min(self.claimed_at + CLAIM_PAUSE);
    }

    /// Claims what is due, as much as can be used.
    async fn claim(&mut self) {
        self.claimed_at = Instant::now();
        self.claim_at = self.claimed_at + self.shared.config.poll;
        let claimed = match self.look_after_clock().await {
            Ok(()) => self.claim_all().await,
            Err(error) => Err(error),
        };
        if let Err(error) = claimed {
            tracing::error!(%error, "the queue cannot be read; no mail is delivered until it can");
            self.claim_at = self.claimed_at + UNREADABLE_PAUSE.max(self.shared.config.poll);
        }
    }

    async fn claim_all(&mut self) -> Result<(), StoreError> {
        let left_alone: Vec<_> = self.lanes.keys().filter(|lane| self.is_left_alone(*lane)).collect();
        left_alone.into_iter().for_each(|lane| self.park(lane, None));
        while self.lanes.waiting() < MAX_WAITING {
            let except = self.except();
            let now = self.shared.config.clock.now();
            let (node, until) = (&self.shared.config.node, later(now, self.shared.config.lease));
            let claimed = self.shared.queue().claim(Scope::Operator, node, now, CLAIM_BATCH, until, &except).await?;
            let is_whole = claimed.len() >= CLAIM_BATCH;
            claimed.into_iter().for_each(|claimed| self.lanes.push(claimed));
            self.start();
            if !is_whole {
                break;
            }
        }
        if self.parked.is_search_due(self.claimed_at) { self.claim_aged().await } else { Ok(()) }
    }

    /// What a claim passes over: what is left alone, what has enough, and what is suspended (rule A14).
    fn except(&mut self) -> ClaimExcept {
        let current = self.shared.directory.current();
        let back_off = |lane| self.shared.back_off_of(&current.snapshot, lane);
        self.parked.retain(|lane| back_off(lane).is_some_and(|wait| !wait.is_zero()));
        let mut except = self.lanes.full(|lane| back_off(lane).is_some());
        except.lanes.extend(self.parked.lanes());
        except.tenants.extend(&current.suspended);
        except
    }

    /// Claims what has grown old in lanes that are left alone.
    async fn claim_aged(&mut self) -> Result<(), StoreError> {
        let shared = &self.shared;
        let now = shared.config.clock.now();
        let (node, until) = (&shared.config.node, later(now, shared.config.lease));
        let suspended = &shared.directory.current().suspended;
        let (mut lanes, ages) = (self.parked.lanes(), shared.config.schedule.ages(now));
        lanes.retain(|lane| !suspended.contains(&lane.tenant));
        let aged = shared.queue().claim_aged(Scope::Operator, node, now, AGED_BATCH, until, &lanes, ages).await?;
        if aged.len() >= AGED_BATCH {
            self.parked.search_soon(self.claimed_at);
        }
        for claimed in aged {
            let failure = self.parked.failure(lane_of(&claimed.message)).unwrap_or_else(KnownFailure::unknown);
            let (claim, shared, watch) = (claimed.claim, Arc::clone(shared), self.watch);
            let judging = async move {
                shared.work_aged(claimed, failure, watch).await;
                Turn::default()
            };
            self.turns.insert(self.running.spawn(judging).id(), (None, claim));
        }
        Ok(())
    }

    /// Puts right what a clock that was moved did to the queue: no mail waits for ever, and none grows old, by that.
    async fn look_after_clock(&mut self) -> Result<(), StoreError> {
        let now = self.shared.config.clock.now();
        let Some(by) = self.watch.moved(now, self.claimed_at) else { return Ok(()) };
        if by.is_negative() {
            self.shared.mend_times().await?;
            tracing::warn!(by = %by.abs(), "the clock was set back; what would wait for ever is due now");
        } else {
            self.make_young(now, by).await?;
        }
        self.watch = ClockWatch::new(now, self.claimed_at);
        Ok(())
    }

    /// Takes a leap of the clock from the age of all messages.
    async fn make_young(&mut self, now: Timestamp, by: SignedDuration) -> Result<(), StoreError> {
        // What waits here was read with its old times.
        let waiting = self.lanes.drain_all();
        join_all(waiting.iter().map(|claimed| self.shared.give_back(claimed.claim, None))).await;
        // What is under way looks expired, and would be attempted a second time beside it.
        self.renewal().await;
        let before = now.checked_sub(by).unwrap_or(Timestamp::MIN);
        let messages = self.shared.queue().rejuvenate(Scope::Operator, before, by, now).await?;
        tracing::warn!(%by, messages, "the clock was set forward; no message counts as older for that");
        Ok(())
    }

    /// Renews all claims, beside the loop: group commit makes one write of them.
    fn renew(&mut self) {
        tokio::spawn(self.renewal());
    }

    /// The renewal of all claims.
    fn renewal(&mut self) -> impl Future<Output = ()> + Send + 'static {
        self.renew_at = Instant::now() + self.shared.config.lease / 3;
        let claims: Vec<_> = self.turns.values().map(|(_, claim)| *claim).chain(self.lanes.claims()).collect();
        let shared = Arc::clone(&self.shared);
        async move {
            let until = later(shared.config.clock.now(), shared.config.lease);
            let renewals = claims.iter().map(|claim| shared.queue().renew(Scope::Operator, *claim, until));
            for error in join_all(renewals).await.into_iter().filter_map(Result::err) {
                match error {
                    // Settled in the meantime, or taken away by an administrator.
                    StoreError::Stale { claim } => tracing::debug!(%claim, "a claim is no longer in force"),
                    error => tracing::warn!(%error, "a claim is not renewed"),
                }
            }
        }
    }

    /// Gives back what waits, waits for what runs, and leaves no claim behind.
    async fn end(mut self) {
        let waiting = self.lanes.drain_all();
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
