//! What is done now and then: bodies that nobody needs, a trace that would grow without end, and bounces that nobody lets go on.

use std::time::Duration;

use io_store::{Scope, Stores};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::config::Trace;

/// How often. What is cleared is small; an hour keeps it so.
const INTERVAL: Duration = Duration::from_secs(60 * 60);

/// How often surplus bounces are looked for. Strangers make them, and a tenth of an hour of a flood has room.
const BOUNCES_INTERVAL: Duration = Duration::from_secs(6 * 60);

/// How old a body without a message must be while the node runs: longer than any message takes to arrive, which the least
/// rate of reception's limits keeps under 22 hours.
const ORPHAN_AGE: SignedDuration = SignedDuration::from_hours(24);

/// Removes what an earlier run left behind: no session of this node is under way yet.
pub async fn at_start(stores: &Stores) -> Result<(), io_store::StoreError> {
    let orphans = stores.bodies.collect_orphans(Scope::Operator, Timestamp::now()).await?;
    if orphans.bodies > 0 {
        tracing::info!(bodies = orphans.bodies, octets = orphans.octets, "removed bodies that were never accepted");
    }
    Ok(())
}

/// Does it each hour until `shutdown`; `trace` says how long its records are kept.
pub async fn run(stores: Stores, trace: watch::Receiver<Trace>, shutdown: CancellationToken) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut bounces = tokio::time::interval(BOUNCES_INTERVAL);
    bounces.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            _ = ticks.tick() => {
                let age = trace.borrow().max_age;
                once(&stores, age).await;
            }
            _ = bounces.tick() => remove_bounces(&stores).await,
        }
    }
}

async fn remove_bounces(stores: &Stores) {
    match service_delivery::remove_unvouched(&*stores.queue, Timestamp::now()).await {
        Ok(0) => {}
        Ok(removed) => tracing::info!(removed, "removed held bounces of incoming mail that nobody let go on"),
        Err(error) => tracing::warn!(%error, "held bounces of incoming mail could not be removed; it is tried again"),
    }
}

async fn once(stores: &Stores, trace_age: Duration) {
    let now = Timestamp::now();
    let before = |age: SignedDuration| now.checked_sub(age).unwrap_or(Timestamp::MIN);
    let trace_age = SignedDuration::try_from(trace_age).unwrap_or(SignedDuration::MAX);
    if let Err(error) = stores.bodies.collect_orphans(Scope::Operator, before(ORPHAN_AGE)).await {
        tracing::warn!(%error, "bodies that nobody needs could not be removed; it is tried again in an hour");
    }
    match stores.trace.prune(Scope::Operator, before(trace_age)).await {
        Ok(0) => {}
        Ok(removed) => tracing::info!(removed, "removed old records of the trace"),
        Err(error) => {
            tracing::warn!(%error, "old records of the trace could not be removed; it is tried again in an hour")
        }
    }
}
