//! Keeping up with the store: its version is asked for each second, and what other nodes changed is loaded.

use std::time::Duration;

use io_store::Scope;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::loading::{self, DirectoryServiceError};
use crate::service::DirectoryService;

/// How often the store is asked for its version: a change is in force everywhere within a second.
pub const POLL_INTERVAL: Duration = Duration::from_secs(1);

pub(crate) async fn run(service: &DirectoryService, shutdown: CancellationToken) {
    let mut ticks = tokio::time::interval(POLL_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut failing = false;
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let outcome = tokio::select! {
            () = shutdown.cancelled() => return,
            outcome = poll(service) => outcome,
        };
        match outcome {
            Ok(()) if failing => {
                tracing::info!(version = %service.current().version(), "the directory is confirmed again");
                failing = false;
            }
            Ok(()) => {}
            Err(error) if !failing => {
                let since = service.confirmed_at();
                tracing::error!(%error, %since, "the directory cannot be confirmed; after 10 minutes mail is put off");
                failing = true;
            }
            Err(_) => {}
        }
    }
}

/// Confirms what is in force, or loads what has changed.
pub(crate) async fn poll(service: &DirectoryService) -> Result<(), DirectoryServiceError> {
    let _publishing = service.publishing.lock().await;
    catch_up(service).await
}

/// The same for whoever already holds the right to publish.
pub(crate) async fn catch_up(service: &DirectoryService) -> Result<(), DirectoryServiceError> {
    let version = service.store.version(Scope::Operator).await?;
    if version == service.current().version() {
        service.confirm();
        return Ok(());
    }
    let loaded = loading::load(&*service.store).await?;
    tracing::info!(version = %loaded.version(), "the directory has changed in the store and is in force");
    service.publish(loaded);
    Ok(())
}
