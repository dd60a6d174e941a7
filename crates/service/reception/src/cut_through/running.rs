//! One attempt that the client waits for, and what becomes of it when the client waits no more.
//!
//! Dropped before our final dot, an attempt delivers nothing. After it the next hop may have the message: then the attempt
//! runs on to its end, so that nothing is sent twice while an answer is open.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use io_store::{Accepted, ClaimNumber, LaneKey, Scope, Settlement};
use jiff::Timestamp;
use service_outbound::{Attempt, AttemptOutcome, Body, Recipient};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::Waiting;
use crate::session::Shared;
use crate::spool::{Arriving, Sealed};

/// How long a message is nobody else's without being renewed, as long as delivery's claims; renewals come three times as
/// often.
pub(super) const LEASE: Duration = Duration::from_secs(5 * 60);

/// An attempt under way. It goes on only while somebody waits for it.
pub(super) struct Running {
    attempt: Pin<Box<dyn Future<Output = AttemptOutcome> + Send>>,
    dot_sent: Arc<AtomicBool>,
}

impl Running {
    /// An attempt with what a message's lane says; none if there is no body for its tenant.
    pub fn begin(waiting: &Waiting<'_>, lane: LaneKey) -> Option<Self> {
        let services = &waiting.shared.services;
        let scope = Scope::Tenant(lane.tenant);
        let body = Body::Stored { bodies: Arc::clone(&services.bodies), scope, id: waiting.sealed.body(lane.tenant)? };
        let size = waiting.sealed.size;
        let snapshot = &waiting.current.snapshot;
        let tenant = snapshot.tenant_by_id(lane.tenant)?;
        let connector = snapshot.send_connector(tenant, lane.connector)?.clone();
        let (outbound, shared) = (Arc::clone(&services.outbound), Arc::clone(waiting.shared));
        let (current, arriving) = (Arc::clone(&waiting.current), Arc::clone(&waiting.arriving));
        let dot_sent = Arc::new(AtomicBool::new(false));
        let noted = Arc::clone(&dot_sent);
        let attempt = async move {
            let name = connector.certificate.as_deref();
            let attempt = Attempt {
                message: None,
                tenant: lane.tenant,
                connector: &connector,
                certificate: name.and_then(|name| current.snapshot.certificate(tenant, name)),
                hostname: &shared.hostname,
                reverse_path: arriving.reverse_path.as_deref(),
                recipients: &recipients(&arriving),
                size,
                eight_bit: arriving.eight_bit,
                binary: arriving.binary,
                smtp_utf8: arriving.smtp_utf8,
                ret: arriving.ret.as_deref(),
                envid: arriving.envid.as_deref(),
                body,
                dot_sent: Some(&noted),
            };
            outbound.attempt(&attempt).await
        };
        Some(Self { attempt: Box::pin(attempt), dot_sent })
    }

    /// The attempt's end. Safe to drop while it waits.
    pub async fn outcome(&mut self) -> AttemptOutcome {
        (&mut self.attempt).await
    }

    /// Whether the next hop may have the message. It stays as it is while nobody waits for the outcome.
    pub fn is_dot_sent(&self) -> bool {
        self.dot_sent.load(Ordering::Acquire)
    }

    /// Runs on, and settles the message that was queued meanwhile.
    pub fn go_on(mut self, shared: &Arc<Shared>, queued: Accepted, shutdown: CancellationToken) {
        let Some(claim) = queued.claim else {
            tracing::error!(message = %queued.message, "queued without its claim; it may be sent twice");
            return;
        };
        let shared_by_task = Arc::clone(shared);
        shared.running.spawn(async move {
            let shared = shared_by_task;
            let over = give_up(&shared, shutdown);
            tokio::pin!(over);
            loop {
                tokio::select! {
                    outcome = self.outcome() => return (shared.services.settle)(queued.message, claim, outcome).await,
                    () = sleep(LEASE / 3) => renew(&shared, claim).await,
                    () = &mut over => return give_back(&shared, claim).await,
                }
            }
        });
    }

    /// Runs on without a message in the queue: the client has no `250` for it, and what becomes of it is only told. The body
    /// goes when it is no longer needed.
    pub fn go_on_untold(
        mut self,
        shared: &Arc<Shared>,
        arriving: Arc<Arriving>,
        sealed: Option<Sealed>,
        shutdown: CancellationToken,
    ) {
        let shared_by_task = Arc::clone(shared);
        shared.running.spawn(async move {
            let shared = shared_by_task;
            tokio::select! {
                outcome = self.outcome() => {
                    let reply = outcome.recipients.first().map(|first| first.reply.to_string());
                    tracing::info!(
                        reference = arriving.reference, next_hop = outcome.next_hop, reply,
                        "the client did not wait for its answer, and comes again"
                    );
                    arriving.trace_outcomes(&shared.services, &outcome, |_| true);
                }
                () = give_up(&shared, shutdown) => {}
            }
            if let Some(sealed) = sealed {
                sealed.discard(&shared.services).await;
            }
        });
    }
}

/// Returns when an attempt must end because the program does.
async fn give_up(shared: &Shared, shutdown: CancellationToken) {
    shutdown.cancelled().await;
    let drain = shared.limits.load().drain;
    sleep(drain).await;
}

async fn renew(shared: &Shared, claim: ClaimNumber) {
    let until = later((shared.services.now)(), LEASE);
    if let Err(error) = shared.services.queue.renew(Scope::Operator, claim, until).await {
        tracing::warn!(%claim, %error, "the claim of an attempt that runs on is not renewed");
    }
}

/// The message is tried again: the next hop may have it by then, but nobody knows.
async fn give_back(shared: &Shared, claim: ClaimNumber) {
    let untried = Settlement {
        outcomes: Vec::new(),
        next_attempt: None,
        attempt: None,
        count_attempt: false,
        bounces: Vec::new(),
        delay_told: false,
    };
    tracing::warn!(%claim, "an attempt is cut short by the stop; it is made again");
    if let Err(error) = shared.services.queue.settle(Scope::Operator, claim, untried).await {
        tracing::warn!(%claim, %error, "a claim is left to expire");
    }
}

fn recipients(arriving: &Arriving) -> Vec<Recipient<'_>> {
    let recipients = arriving.recipients.iter().map(|recipient| recipient.value());
    recipients
        .map(|own| Recipient {
            forward_path: &own.forward_path,
            notify: own.notify.as_deref(),
            orcpt: own.orcpt.as_deref(),
        })
        .collect()
}

/// A time moved on, at most to the end of time.
pub(super) fn later(at: Timestamp, by: Duration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}
