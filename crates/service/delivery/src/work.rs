//! One claimed message: attempted over its routes, judged, settled, and told of in the log and the trace.

use std::sync::Arc;
use std::time::Duration;

use core_directory::Snapshot;
use io_store::{
    ClaimNumber, ClaimedMessage, LaneKey, MessageId, Outcome, Queue, QueuedMessage, QueuedRecipient, RecipientId,
    Scope, Settled, Settlement, StoreError, Stores,
};
use jiff::Timestamp;
use service_directory::DirectoryService;
use service_outbound::{Attempt, AttemptOutcome, Body, Outbound, Recipient};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::DeliveryConfig;
use crate::clock::ClockWatch;
use crate::groups::Groups;
use crate::history;
use crate::judgement::{Judgement, KnownFailure, Results, no_route, untried};
use crate::metrics::Metrics;
use crate::notices::{Notices, Prepared, What};
use crate::schedule::later;

/// How often a settlement is tried while the store is out of reach: with the growing waits about a minute. Then the claim
/// is left to expire, and the message may be sent twice.
const SETTLE_TRIES: u32 = 8;

/// The wait after the first try; it doubles.
const SETTLE_WAIT: Duration = Duration::from_millis(500);

/// What an attempt taught about the next hop.
#[derive(Clone, Debug, Default)]
pub struct Turn {
    /// Whether it answered; `None` if it was not asked.
    pub answered: Option<bool>,
    /// Why it did not.
    pub failure: Option<KnownFailure>,
}

/// Whether a judgement comes from an attempt.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tried {
    Now,
    /// The next hop is known to be down.
    NotNow,
}

/// What all work shares.
pub struct Shared {
    pub config: DeliveryConfig,
    pub stores: Stores,
    pub directory: Arc<DirectoryService>,
    pub outbound: Arc<Outbound>,
    pub notices: Notices,
    /// Announces that something is due.
    pub wake: Arc<Notify>,
    pub metrics: Metrics,
}

impl Shared {
    /// Works on one message to the end of its claim. `watch` began before the message was read. What was learnt of its next
    /// hop.
    pub async fn work(&self, claimed: ClaimedMessage, watch: ClockWatch) -> Turn {
        let ClaimedMessage { claim, message } = claimed;
        let now = self.config.clock.now();
        let current = match self.directory.usable(now) {
            Ok(current) => current,
            Err(error) => {
                tracing::warn!(id = %message.id, tenant = %message.tenant, %error, "not tried");
                let next = self.config.schedule.next(now, 1, rand::random());
                self.give_back(claim, Some(next)).await;
                return Turn::default();
            }
        };
        if current.suspended.contains(&message.tenant) {
            // It stays due and is not claimed again before the tenant is resumed; no attempt is counted.
            tracing::debug!(id = %message.id, tenant = %message.tenant, "its tenant is suspended");
            self.give_back(claim, None).await;
            return Turn::default();
        }
        let groups = Groups::of(&message, &current.snapshot);
        if let Some(wait) = self.back_off(&message, &groups, now) {
            tracing::debug!(id = %message.id, tenant = %message.tenant, ?wait, "its next hop is left alone for now");
            self.give_back(claim, Some(later(now, wait))).await;
            return Turn::default();
        }
        let results = self.attempt(&message, &groups, &current.snapshot).await;
        let message = self.without_leap(message, watch);
        self.conclude(claim, &message, &results, Tried::Now, &current.snapshot).await;
        if let Some(damage) = results.damage() {
            self.hold_damaged(&message, damage).await;
        }
        Turn { answered: results.answered, failure: results.failure }
    }

    /// Judges an old message of a lane whose next hop is known to be down, without an attempt of its own: it is given up, or its
    /// sender is told that it is late.
    pub async fn work_aged(&self, claimed: ClaimedMessage, failure: KnownFailure, watch: ClockWatch) {
        let ClaimedMessage { claim, message } = claimed;
        let message = self.without_leap(message, watch);
        let current = match self.directory.usable(self.config.clock.now()) {
            Ok(current) => current,
            Err(error) => {
                tracing::warn!(id = %message.id, tenant = %message.tenant, %error, "not judged");
                return self.give_back(claim, None).await;
            }
        };
        let groups = Groups::of(&message, &current.snapshot);
        let mut results = Results::default();
        for (_, places) in groups.routed.iter().filter(|(connector, _)| connector.id == message.send_connector) {
            results.defer_known(places, &failure);
        }
        self.conclude(claim, &message, &results, Tried::NotNow, &current.snapshot).await;
    }

    /// A message that was read before the clock was set forward is not older for that; in the queue the next look sees to it.
    fn without_leap(&self, mut message: QueuedMessage, mut watch: ClockWatch) -> QueuedMessage {
        let now = self.config.clock.now();
        if let Some(by) = watch.moved(now, Instant::now()).filter(|by| by.is_positive()) {
            message.accepted_at = message.accepted_at.checked_add(by).map_or(now, |at| at.min(now));
        }
        message
    }

    /// Settles an attempt that began before the message was queued.
    pub async fn settle_running(&self, message: MessageId, claim: ClaimNumber, outcome: AttemptOutcome) {
        let message = match self.queue().get(Scope::Operator, message).await {
            Ok(details) => details.message,
            Err(error) => {
                tracing::warn!(id = %message, %error, "the outcome is not recorded; the message is sent again when its claim expires");
                return;
            }
        };
        let mut results = Results::default();
        results.add(&(0..message.recipients.len()).collect::<Vec<_>>(), outcome);
        self.conclude(claim, &message, &results, Tried::Now, &self.directory.current().snapshot).await;
    }

    /// Keeps a message that can never be sent for the administrator, who may restore it or tell its sender.
    async fn hold_damaged(&self, message: &QueuedMessage, damage: &StoreError) {
        let reason = format!("the message cannot be read from the store: {damage}");
        match self.queue().hold(Scope::Operator, vec![message.id], &reason).await {
            Ok(()) => {
                tracing::error!(id = %message.id, tenant = %message.tenant, reason, "held");
                history::tell_held(&*self.stores.trace, self.config.clock.now(), message, &reason);
            }
            // Removed meanwhile, and its body with it: that is no damage, and has been told.
            Err(StoreError::NotFound { .. }) => {}
            Err(error) => {
                tracing::error!(id = %message.id, tenant = %message.tenant, reason, %error, "it cannot be held yet");
            }
        }
    }

    /// How long all the message's next hops should be left alone. A message that is to be given up is tried in any case.
    fn back_off(&self, message: &QueuedMessage, groups: &Groups<'_>, now: Timestamp) -> Option<Duration> {
        let is_bounce = message.reverse_path.is_none();
        if !groups.unrouted.is_empty() || self.config.schedule.is_over(now, message.accepted_at, is_bounce) {
            return None;
        }
        let waits = groups.routed.iter().map(|(connector, _)| self.outbound.back_off(message.tenant, connector));
        waits.map(Option::unwrap_or_default).min().filter(|wait| !wait.is_zero())
    }

    async fn attempt(&self, message: &QueuedMessage, groups: &Groups<'_>, snapshot: &Snapshot) -> Results {
        let mut results = Results::default();
        results.defer(groups.unrouted.iter().copied(), &no_route());
        let tenant = snapshot.tenant_by_id(message.tenant);
        for (connector, places) in &groups.routed {
            let recipients: Vec<_> =
                places.iter().filter_map(|&place| message.recipients.get(place)).map(recipient).collect();
            let name = connector.certificate.as_deref();
            let attempt = Attempt {
                message: Some(message.id),
                tenant: message.tenant,
                connector,
                certificate: tenant.zip(name).and_then(|(tenant, name)| snapshot.certificate(tenant, name)),
                hostname: &self.config.hostname,
                reverse_path: message.reverse_path.as_deref(),
                recipients: &recipients,
                size: message.size,
                eight_bit: message.eight_bit,
                binary: message.binary,
                smtp_utf8: message.smtp_utf8,
                ret: message.ret.as_deref(),
                envid: message.envid.as_deref(),
                body: Body::Stored {
                    bodies: Arc::clone(&self.stores.bodies),
                    scope: Scope::Tenant(message.tenant),
                    id: message.body,
                },
                dot_sent: None,
            };
            results.add(places, self.outbound.attempt(&attempt).await);
        }
        results
    }

    /// Judges and settles, with a bounce where the sender is to be told.
    async fn conclude(
        &self,
        claim: ClaimNumber,
        message: &QueuedMessage,
        results: &Results,
        tried: Tried,
        snapshot: &Snapshot,
    ) {
        let now = self.config.clock.now();
        let mut judgement = results.judge(message, &self.config.schedule, now, rand::random());
        if tried == Tried::NotNow {
            judgement.without_attempt();
        }
        let notices = self.prepare_notices(message, &mut judgement, snapshot).await;
        let tells: Vec<_> = notices.iter().map(|prepared| prepared.tells).collect();
        judgement.settlement.bounces.extend(notices.into_iter().map(|prepared| prepared.message));
        match self.settle(claim, &judgement.settlement).await {
            Ok(settled) => {
                self.metrics.settled(&judgement.settlement, &settled);
                if let Some(error) = &results.ours {
                    tracing::error!(id = %message.id, tenant = %message.tenant, %error, "the attempt was cut short");
                }
                self.tell(message, results, &judgement.settlement, &settled, &tells);
                if !settled.bounces.is_empty() {
                    self.wake.notify_one();
                }
            }
            Err(error) => {
                self.unsettled(message, results, &judgement.settlement, &error).await;
                self.notices.discard(&judgement.settlement.bounces).await;
            }
        }
    }

    /// Says why an outcome is not in the queue. Where the message is not there any more either, that is nobody's fault; what went
    /// out all the same is told like any other.
    async fn unsettled(&self, message: &QueuedMessage, results: &Results, settlement: &Settlement, error: &StoreError) {
        let is_gone = matches!(error, StoreError::Stale { .. })
            && matches!(self.queue().get(Scope::Operator, message.id).await, Err(StoreError::NotFound { .. }));
        if !is_gone {
            tracing::warn!(id = %message.id, tenant = %message.tenant, %error, "the outcome is not recorded");
            return;
        }
        let delivered = |(_, outcome): &&(RecipientId, Outcome)| matches!(outcome, Outcome::Delivered { .. });
        let outcomes: Vec<_> = settlement.outcomes.iter().filter(delivered).cloned().collect();
        tracing::info!(
            id = %message.id, tenant = %message.tenant, delivered = outcomes.len(),
            "removed from the queue while an attempt was under way"
        );
        let settlement = Settlement { outcomes, bounces: Vec::new(), ..settlement.clone() };
        self.tell(message, results, &settlement, &Settled { finished: true, bounces: Vec::new() }, &[]);
    }

    /// The notices to the sender. While they cannot be stored no failure is settled.
    async fn prepare_notices(
        &self,
        message: &QueuedMessage,
        judgement: &mut Judgement,
        snapshot: &Snapshot,
    ) -> Vec<Prepared> {
        let retry_until = self.config.schedule.retry_until(message.accepted_at);
        let now = self.config.clock.now();
        match self.notices.prepare(message, &judgement.news, retry_until, snapshot, now).await {
            Ok(prepared) => {
                let failures = judgement.news.iter().any(|news| matches!(news.what, What::Failed { .. }));
                if failures && !prepared.iter().any(|prepared| prepared.tells == "failed") {
                    tracing::info!(id = %message.id, tenant = %message.tenant, "nobody is told of the failure: the \
                        sender is the null one or asked not to be told");
                }
                prepared
            }
            Err(error) => {
                tracing::error!(id = %message.id, tenant = %message.tenant, %error, "the sender cannot be told: \
                    what failed is tried again instead");
                judgement.wait_instead();
                Vec::new()
            }
        }
    }

    /// Ends a claim; while the store is out of reach again and again.
    async fn settle(&self, claim: ClaimNumber, settlement: &Settlement) -> Result<Settled, StoreError> {
        let mut wait = SETTLE_WAIT;
        for _ in 1..SETTLE_TRIES {
            match self.queue().settle(Scope::Operator, claim, settlement.clone()).await {
                Err(error @ (StoreError::Unavailable { .. } | StoreError::Full { .. })) => {
                    tracing::warn!(%claim, %error, "the outcome cannot be recorded yet");
                    tokio::time::sleep(wait).await;
                    wait = wait.saturating_mul(2);
                }
                result => return result,
            }
        }
        self.queue().settle(Scope::Operator, claim, settlement.clone()).await
    }

    /// Gives a claim back without an attempt; the message is due at `next`, or as it was.
    pub async fn give_back(&self, claim: ClaimNumber, next: Option<Timestamp>) {
        if let Err(error) = self.queue().settle(Scope::Operator, claim, untried(next)).await {
            tracing::warn!(%claim, %error, "a claim is left to expire");
        }
    }

    /// One line of the log for each distinct fate; the trace is told more.
    fn tell(
        &self,
        message: &QueuedMessage,
        results: &Results,
        settlement: &Settlement,
        settled: &Settled,
        tells: &[&str],
    ) {
        let now = self.config.clock.now();
        let (next_hop, tls) = (results.next_hops.join(", "), results.tls.join(", "));
        let mut told: Vec<(&Outcome, Vec<&str>)> = Vec::new();
        for (id, outcome) in &settlement.outcomes {
            let Some(recipient) = message.recipients.iter().find(|recipient| recipient.id == *id) else { continue };
            match told.iter_mut().find(|(known, _)| *known == outcome) {
                Some((_, recipients)) => recipients.push(&recipient.forward_path),
                None => told.push((outcome, vec![&recipient.forward_path])),
            }
        }
        history::tell(&*self.stores.trace, now, message, results, settlement, (settled, tells));
        for (outcome, recipients) in told {
            let (kind, reply) = words(outcome);
            let (first, more) = (recipients.first().copied().unwrap_or_default(), recipients.len().saturating_sub(1));
            tracing::info!(
                id = %message.id, tenant = %message.tenant, reference = message.reference, next_hop, tls,
                recipient = first, more, reply, "{kind}"
            );
        }
        for ((notice, accepted), tells) in settlement.bounces.iter().zip(&settled.bounces).zip(tells) {
            tracing::info!(
                id = %message.id, tenant = %message.tenant, reference = message.reference,
                bounce = %accepted.message, tells, held = notice.hold, "bounced"
            );
        }
        if let (false, Some(next)) = (settled.finished, settlement.next_attempt) {
            tracing::debug!(id = %message.id, tenant = %message.tenant, %next, "to be tried again");
        }
    }

    /// How long a lane should be left alone; see [`Outbound::back_off`].
    pub fn back_off_of(&self, snapshot: &Snapshot, lane: LaneKey) -> Option<Duration> {
        let connector = snapshot.send_connector(snapshot.tenant_by_id(lane.tenant)?, lane.connector)?;
        self.outbound.back_off(lane.tenant, connector)
    }

    /// Puts right times that a clock which was wrong left in the future.
    pub async fn mend_times(&self) -> Result<(), StoreError> {
        let now = self.config.clock.now();
        let mended = self.queue().mend_times(Scope::Operator, now, self.config.schedule.latest(now)).await?;
        if mended > 0 {
            tracing::warn!(mended, "messages that a wrong clock had put off are due now");
        }
        Ok(())
    }

    pub fn queue(&self) -> &dyn Queue {
        &*self.stores.queue
    }
}

fn recipient(queued: &QueuedRecipient) -> Recipient<'_> {
    Recipient { forward_path: &queued.forward_path, notify: queued.notify.as_deref(), orcpt: queued.orcpt.as_deref() }
}

fn words(outcome: &Outcome) -> (&'static str, &str) {
    match outcome {
        Outcome::Delivered { reply } => ("delivered", reply),
        Outcome::Failed { reply } => ("failed", reply),
        Outcome::Deferred { reply } => ("deferred", reply),
    }
}
