//! The service that others hold: what is in force, and whether it may still be relied on (rule A11).

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use core_directory::Tenant;
use io_store::{AuditFilter, AuditRecord, Directories, Once, OnceRecord, Scope, StoreError};
use jiff::{SignedDuration, Timestamp};

use crate::loading::{self, DirectoryServiceError};
use crate::{
    Applied, ApplyError, ApplyRequest, Current, EditRequest, Edited, ProofRequest, ProveError, Proved, ReplaceRequest,
    apply, edit, prove, refresh,
};

/// How long a directory stays usable after the store last confirmed it. Long enough for a restart or a failover of the
/// store, short enough that a certificate or connector that was withdrawn does not count for long (rule A11).
pub const UNCONFIRMED_LIMIT: SignedDuration = SignedDuration::from_mins(10);

/// The owner of the directory in force.
pub struct DirectoryService {
    pub(crate) store: Arc<dyn Directories>,
    current: ArcSwap<Current>,
    /// Milliseconds since the epoch.
    confirmed_at: AtomicI64,
    opened: Instant,
    /// The same by a timer that nobody sets, in milliseconds since `opened`: a clock that is set back would keep an
    /// unconfirmed directory in force for as long.
    confirmed_after: AtomicU64,
    /// Held by whoever publishes, so that an older version never replaces a newer one.
    pub(crate) publishing: tokio::sync::Mutex<()>,
}

/// The store has not confirmed the directory for [`UNCONFIRMED_LIMIT`]. Towards a client `451 4.3.0` (rule A11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the store last confirmed the directory at {since:.0}, which is more than 10 minutes ago: mail waits until it can be \
     reached again; see the log for why it cannot"
)]
pub struct Unconfirmed {
    /// The last confirmation.
    pub since: Timestamp,
}

impl DirectoryService {
    /// Loads the directory and publishes it. [`run`](Self::run) keeps it up to date.
    ///
    /// # Errors
    /// What the store says, or an object that cannot be read back.
    pub async fn open(store: Arc<dyn Directories>) -> Result<Arc<Self>, DirectoryServiceError> {
        let current = loading::load(&*store).await?;
        Ok(Arc::new(Self {
            store,
            confirmed_at: AtomicI64::new(current.loaded_at.as_millisecond()),
            opened: Instant::now(),
            confirmed_after: AtomicU64::new(0),
            current: ArcSwap::from_pointee(current),
            publishing: tokio::sync::Mutex::new(()),
        }))
    }

    /// What is in force, confirmed or not: for showing. Mail is judged by [`usable`](Self::usable).
    #[must_use]
    pub fn current(&self) -> Arc<Current> {
        self.current.load_full()
    }

    /// What is in force, if the store confirmed it lately.
    ///
    /// # Errors
    /// [`Unconfirmed`] if the last confirmation is older than [`UNCONFIRMED_LIMIT`] at `now`.
    pub fn usable(&self, now: Timestamp) -> Result<Arc<Current>, Unconfirmed> {
        let since = self.confirmed_at();
        let after = Duration::from_millis(self.confirmed_after.load(Ordering::Acquire));
        if is_over(now.duration_since(since), self.opened.elapsed().saturating_sub(after)) {
            return Err(Unconfirmed { since });
        }
        Ok(self.current())
    }

    /// When the store last confirmed that what is in force is its newest version.
    #[must_use]
    pub fn confirmed_at(&self) -> Timestamp {
        Timestamp::from_millisecond(self.confirmed_at.load(Ordering::Acquire)).unwrap_or(Timestamp::MIN)
    }

    /// Makes a change and publishes it; it is in force when this returns. All or nothing.
    ///
    /// # Errors
    /// See [`ApplyError`]; nothing was changed.
    pub async fn apply(&self, request: ApplyRequest) -> Result<Applied, ApplyError> {
        apply::apply(self, request).await
    }

    /// Changes one object and publishes the change; it is in force when this returns. All or nothing.
    ///
    /// # Errors
    /// See [`ApplyError`]; nothing was changed.
    pub async fn edit(&self, request: EditRequest) -> Result<Edited, ApplyError> {
        edit::edit(self, request).await
    }

    /// Puts a directory that was kept elsewhere in the place of the one in force, whole, and publishes it. All or nothing.
    ///
    /// # Errors
    /// See [`ApplyError`]; nothing was changed.
    pub async fn replace(&self, request: ReplaceRequest) -> Result<Applied, ApplyError> {
        apply::replace(self, request).await
    }

    /// The audit trail, newest first.
    ///
    /// # Errors
    /// What the store says.
    pub async fn audit(&self, scope: Scope, filter: AuditFilter) -> Result<Vec<AuditRecord>, StoreError> {
        self.store.audit(scope, filter).await
    }

    /// Puts into the directory what was found out about a tenant's domain, and publishes it. Where that changes nothing,
    /// nothing is committed. A domain that another tenant had proved by DNS goes over in the same commit.
    ///
    /// # Errors
    /// See [`ProveError`]; nothing was changed.
    pub async fn prove(&self, request: ProofRequest) -> Result<Proved, ProveError> {
        prove::prove(self, request).await
    }

    /// What an actor made under a key, if it is still kept.
    ///
    /// # Errors
    /// What the store says.
    pub async fn made_once(
        &self,
        scope: Scope,
        actor: &str,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<OnceRecord>, StoreError> {
        self.store.once(scope, actor, key, now).await
    }

    /// Keeps the answer to a request under its key, for whoever sends it again.
    ///
    /// # Errors
    /// What the store says.
    pub async fn keep_answer(
        &self,
        scope: Scope,
        actor: &str,
        once: Once,
        answer: String,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.store.keep_answer(scope, actor, once, answer, at).await
    }

    /// The tenants as files would hold them, private keys included: all of them, or the one with this name, or none if there
    /// is none. By name.
    #[must_use]
    pub fn export(&self, tenant: Option<&str>) -> Vec<Tenant> {
        let current = self.current();
        let named = |own: &&Tenant| tenant.is_none_or(|name| *own.name == *name);
        let mut tenants: Vec<Tenant> = current.tenants.iter().filter(named).cloned().collect();
        tenants.sort_by(|left, right| left.name.cmp(&right.name));
        tenants
    }

    /// Asks the store for its version each [`POLL_INTERVAL`](crate::POLL_INTERVAL) and loads what others changed, until
    /// `shutdown`.
    pub async fn run(self: Arc<Self>, shutdown: tokio_util::sync::CancellationToken) {
        refresh::run(&self, shutdown).await;
    }

    /// Puts a directory in force that the store has just given or taken.
    pub(crate) fn publish(&self, current: Current) {
        self.current.store(Arc::new(current));
        self.confirm();
    }

    /// Notes that the store confirmed what is in force.
    pub(crate) fn confirm(&self) {
        self.confirmed_at.store(Timestamp::now().as_millisecond(), Ordering::Release);
        let after = u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.confirmed_after.store(after, Ordering::Release);
    }
}

/// Whether the last confirmation is too long ago, by the clock or by the timer. The clock goes on while the machine sleeps,
/// the timer while the clock is set back; a clock that is set ahead is made good by the next confirmation, a second later.
fn is_over(by_clock: SignedDuration, by_timer: Duration) -> bool {
    by_clock > UNCONFIRMED_LIMIT || by_timer > UNCONFIRMED_LIMIT.unsigned_abs()
}

impl std::fmt::Debug for DirectoryService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DirectoryService").field("version", &self.current().version()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_keeps_nothing_in_force() {
        const YEAR: i64 = 365 * 24 * 60 * 60;
        let check = |by_clock: i64, by_timer: u64, expected: bool| {
            let over = is_over(SignedDuration::from_secs(by_clock), Duration::from_secs(by_timer));
            assert_eq!(over, expected, "{by_clock} s by the clock, {by_timer} s by the timer");
        };
        check(1, 1, false);
        check(600, 600, false);
        check(601, 601, true);
        check(-YEAR, 1, false);
        check(-YEAR, 601, true);
        check(YEAR, 1, true);
        check(601, 1, true);
    }
}
