//! Which send connectors reach no next hop at present, and how long to leave them alone. The waiting grows with each
//! failure and ends with the first session that comes about; a connector that was changed is tried at once.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use core_directory::{SendConnector, SendConnectorId, TenantId};
use tokio::time::Instant;

/// The wait after the first failure: a restarted host is back in seconds.
const FIRST_WAIT: Duration = Duration::from_secs(5);

/// The longest wait: nobody wants to wait longer for a host that is back.
const LONGEST_WAIT: Duration = Duration::from_secs(5 * 60);

/// Connectors remembered; beyond it those whose wait is over are forgotten.
const MAX_REMEMBERED: usize = 10_000;

/// The failing connectors.
#[derive(Default)]
pub(crate) struct Health {
    failing: Mutex<HashMap<(TenantId, SendConnectorId), Failing>>,
}

struct Failing {
    /// As it was when it failed.
    connector: SendConnector,
    failures: u32,
    until: Instant,
}

impl Health {
    /// How long the connector should be left alone; `None` if it should not. Zero: its wait is over, and nobody knows yet
    /// whether it works again.
    pub(crate) fn wait(&self, tenant: TenantId, connector: &SendConnector, now: Instant) -> Option<Duration> {
        let failing = self.lock();
        let found = failing.get(&(tenant, connector.id)).filter(|failing| failing.connector == *connector)?;
        Some(found.until.saturating_duration_since(now))
    }

    /// No next hop of the connector took a session.
    pub(crate) fn failed(&self, tenant: TenantId, connector: &SendConnector, now: Instant) {
        let mut failing = self.lock();
        if failing.len() >= MAX_REMEMBERED {
            failing.retain(|_, failing| failing.until > now);
        }
        let entry = failing.entry((tenant, connector.id)).or_insert_with(|| Failing {
            connector: connector.clone(),
            failures: 0,
            until: now,
        });
        if entry.connector != *connector {
            *entry = Failing { connector: connector.clone(), failures: 0, until: now };
        }
        // Attempts that ran side by side and failed together count once.
        if entry.until <= now {
            let wait = FIRST_WAIT.saturating_mul(1 << entry.failures.min(10)).min(LONGEST_WAIT);
            entry.failures = entry.failures.saturating_add(1);
            entry.until = now + wait;
        }
    }

    /// A next hop of the connector took a session.
    pub(crate) fn worked(&self, tenant: TenantId, connector: &SendConnector) {
        self.lock().remove(&(tenant, connector.id));
    }

    /// How many connectors failed when last tried.
    pub(crate) fn failing(&self) -> usize {
        self.lock().len()
    }

    /// Those of one tenant, or all, are tried at once again.
    pub(crate) fn forget(&self, of: Option<TenantId>) {
        self.lock().retain(|(tenant, _), _| of.is_some_and(|of| of != *tenant));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(TenantId, SendConnectorId), Failing>> {
        self.failing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn waits_grow_and_end() {
        let (health, tenant) = (Health::default(), TenantId(1));
        let connector = SendConnector::new("Outbound", Box::default());
        let mut now = Instant::now();
        let seconds = |connector: &SendConnector, now| health.wait(tenant, connector, now).map(|wait| wait.as_secs());
        assert_eq!(seconds(&connector, now), None);
        for expected in [5, 10, 20, 40, 80, 160, 300, 300] {
            health.failed(tenant, &connector, now);
            health.failed(tenant, &connector, now);
            assert_eq!(seconds(&connector, now), Some(expected));
            now += Duration::from_secs(expected);
            assert_eq!(seconds(&connector, now), Some(0), "after {expected} s");
        }
        assert_eq!(health.wait(TenantId(2), &connector, now), None, "another tenant's");
        let changed = SendConnector { cut_through: false, ..connector.clone() };
        assert_eq!(seconds(&changed, now), None, "changed");
        health.failed(tenant, &changed, now);
        assert_eq!(seconds(&changed, now), Some(5));
        health.worked(tenant, &changed);
        assert_eq!(seconds(&changed, now), None);
        health.failed(tenant, &changed, now);
        health.forget(Some(TenantId(2)));
        assert_eq!(seconds(&changed, now), Some(5), "another tenant's were forgotten");
        health.forget(Some(tenant));
        assert_eq!(seconds(&changed, now), None, "forgotten");
        health.failed(tenant, &changed, now);
        health.forget(None);
        assert_eq!(seconds(&changed, now), None, "forgotten");
    }
}
