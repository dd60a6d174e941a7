//! What is told to the service manager that started the node, by the protocol of `sd_notify(3)`. Started by anything else, the
//! node tells nobody. Nothing is decided here, and a manager that cannot be told is no reason to stop.

use std::time::Duration;

use io_store::{Scope, Stores};
use sd_notify::NotifyState;
use tokio_util::sync::CancellationToken;

/// Signs of life in the time after which the manager takes the node for dead: one may get lost or come late.
const SIGNS: u32 = 3;

/// The node serves: what units order themselves after it wait for.
pub fn ready(status: &str) {
    tell(&[NotifyState::Ready, NotifyState::Status(status)]);
}

/// Files are read again; [`ready`] must follow. A manager that sent the signal itself (`Type=notify-reload`) wants the time.
pub fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(error) => tracing::debug!(%error, "the monotonic clock cannot be read"),
    }
}

/// The node ends.
pub fn stopping(status: &str) {
    tell(&[NotifyState::Stopping, NotifyState::Status(status)]);
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!(%error, "the service manager cannot be told");
    }
}

/// Gives signs of life until `shutdown`, if the manager wants them. Each is honest: tasks run, and the queue's writer, through
/// which every message goes, has answered. An error is an answer too: `status` and readiness tell it, and a restart mends
/// nothing. Only silence is worth one.
pub async fn watch(stores: Stores, shutdown: CancellationToken) {
    let Some(limit) = sd_notify::watchdog_enabled() else {
        shutdown.cancelled().await;
        return;
    };
    let interval = limit / SIGNS;
    loop {
        if let Err(error) = stores.queue.accept(Scope::Operator, Vec::new()).await {
            tracing::debug!(%error, "the queue takes nothing");
        }
        tell(&[NotifyState::Watchdog]);
        if shutdown.run_until_cancelled(tokio::time::sleep(pause(interval))).await.is_none() {
            return;
        }
    }
}

/// Never so short that signs of life are all that the node does.
fn pause(interval: Duration) -> Duration {
    interval.max(Duration::from_millis(100))
}
