//! How often a tenant may ask: each time the DNS is asked on its behalf, and servers of its choice at that. Knows no clock.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use core_directory::TenantId;
use jiff::{SignedDuration, Timestamp};

/// How often the domains of one tenant may be verified within a minute. Somebody who waits for a record tries a few times;
/// a tenant with many domains verifies them by a script that waits when told to.
pub const VERIFICATIONS_PER_MINUTE: u32 = 20;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// Counts within the minute that began with each tenant's first request.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    minutes: Mutex<HashMap<TenantId, Minute>>,
}

#[derive(Clone, Copy, Debug)]
struct Minute {
    begun: Timestamp,
    count: u32,
}

impl Pace {
    /// Counts one request, or says how long to wait.
    pub fn admit(&self, tenant: TenantId, now: Timestamp) -> Result<(), SignedDuration> {
        let mut minutes = self.minutes.lock().unwrap_or_else(PoisonError::into_inner);
        // A minute that begins in the future is one of a clock that was set back. Only tenants of the last minute stay.
        minutes.retain(|_, minute| minute.begun <= now && now.duration_since(minute.begun) < MINUTE);
        let minute = minutes.entry(tenant).or_insert(Minute { begun: now, count: 0 });
        if minute.count >= VERIFICATIONS_PER_MINUTE {
            return Err(MINUTE.saturating_sub(now.duration_since(minute.begun)));
        }
        minute.count += 1;
        Ok(())
    }
}
