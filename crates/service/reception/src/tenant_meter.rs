//! What tenants use, held against their limits: messages and recipients in windows of time, sessions, and the share of the
//! queue. What a transaction asks for is set aside until it is answered, so that many at once do not exceed a limit.
//!
//! Counters lie in memory and are written to the trace each second and at the end: a crash loses a second at most, a
//! restart nothing. There is one tally for each tenant whose mail came this month. Windows begin at full minutes, hours,
//! days and months of UTC; a clock that is set back begins them anew.

mod charge;
mod exceeded;
mod tally;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use core_directory::{Field, OverLimit, TenantId, TenantLimits, Window};
use io_store::{Queue, Scope, StoreError, Trace};
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

pub(crate) use charge::Charges;
pub(crate) use exceeded::Exceeded;
use tally::{Share, Tally};

/// How often counters are written: so much of them a crash may lose.
const WRITE_INTERVAL: Duration = Duration::from_secs(1);

/// What tenants use.
pub struct TenantMeter {
    tallies: Mutex<HashMap<TenantId, Tally>>,
    trace: Arc<dyn Trace>,
    queue: Arc<dyn Queue>,
}

/// A limit with what is used of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TenantUse {
    /// The limit.
    pub limit: Field,
    /// What is used of it now: messages, recipients, sessions or octets.
    pub used: u64,
    /// How much may be used; `None` for no limit.
    pub of: Option<u64>,
    /// When counting begins anew, where it does by time.
    pub opens: Option<Timestamp>,
}

impl TenantMeter {
    /// Goes on where the program last ended. Where the trace cannot be read it begins at zero: mail does not wait for that.
    pub async fn open(trace: Arc<dyn Trace>, queue: Arc<dyn Queue>) -> Arc<Self> {
        let mut tallies: HashMap<TenantId, Tally> = HashMap::new();
        match trace.uses(Scope::Operator).await {
            Ok(records) => {
                for record in records {
                    tallies.entry(record.tenant).or_default().resume(&record);
                }
            }
            Err(error) => tracing::error!(%error, "what tenants used is not known, and their limits begin at zero"),
        }
        Arc::new(Self { tallies: Mutex::new(tallies), trace, queue })
    }

    /// Writes counters each second until `shutdown`, and a last time then: mail must have come to its end before.
    pub async fn run(self: Arc<Self>, shutdown: CancellationToken, now: fn() -> Timestamp) {
        let mut ticks = tokio::time::interval(WRITE_INTERVAL);
        loop {
            tokio::select! {
                () = shutdown.cancelled() => break,
                _ = ticks.tick() => self.write(now()),
            }
        }
        self.write(now());
    }

    /// What a tenant uses, limit by limit.
    ///
    /// # Errors
    /// The queue cannot be read.
    pub async fn used(
        &self,
        tenant: TenantId,
        limits: &TenantLimits,
        now: Timestamp,
    ) -> Result<Vec<TenantUse>, StoreError> {
        let stats = self.queue.stats(Scope::Tenant(tenant), now).await?;
        let mut tallies = self.tallies();
        let nothing = &mut Tally::default();
        let tally = tallies.get_mut(&tenant).unwrap_or(nothing);
        let mut used = Vec::new();
        for window in Window::ALL {
            let count = tally.count(window, now);
            let (messages, recipients) = exceeded::fields(window);
            let opens = Some(window.end(now));
            used.push(TenantUse { limit: messages, used: count.messages, of: limits.messages.of(window), opens });
            used.push(TenantUse { limit: recipients, used: count.recipients, of: limits.recipients.of(window), opens });
        }
        let now_open = [
            (Field::MaxSessions, tally.sessions, limits.max_sessions),
            (Field::MaxQueuedMessages, stats.total, limits.max_queued_messages),
            (Field::MaxQueuedSize, stats.octets, limits.max_queued_size),
        ];
        used.extend(now_open.map(|(limit, used, of)| TenantUse { limit, used, of, opens: None }));
        // In the order of the directory file.
        used.sort_by_key(|one| one.limit);
        Ok(used)
    }

    /// Sets a recipient aside, and with the first one of a transaction the message and the session. What is above a rate
    /// comes back where it may be held, and is an error where not.
    fn set_aside(
        &self,
        tenant: TenantId,
        limits: &TenantLimits,
        now: Timestamp,
        is_first: bool,
    ) -> Result<Option<Exceeded>, Exceeded> {
        let mut tallies = self.tallies();
        let tally = tallies.entry(tenant).or_default();
        if let Some(number) = limits.max_sessions.filter(|&number| is_first && tally.sessions >= number) {
            return Err(Exceeded::Sessions { number });
        }
        let over = tally.over_rate(limits, now, is_first);
        match over {
            Some(over) if limits.over_limit == OverLimit::Refuse => return Err(over),
            _ => tally.set_aside(is_first),
        }
        Ok(over)
    }

    /// Whether a message of this size is within the tenant's share of the queue.
    async fn check_share(
        &self,
        tenant: TenantId,
        limits: &TenantLimits,
        now: Timestamp,
        size: u64,
    ) -> Result<(), Exceeded> {
        if limits.max_queued_messages.is_none() && limits.max_queued_size.is_none() {
            return Ok(());
        }
        let known = self.tallies().entry(tenant).or_default().share_to_ask();
        let share = match known {
            Some(share) => share,
            None => match self.queue.stats(Scope::Tenant(tenant), now).await {
                Ok(stats) => {
                    let share = Share { messages: stats.total, octets: stats.octets };
                    self.tallies().entry(tenant).or_default().share_is(share);
                    share
                }
                // What cannot be counted cannot be stored either, which is said then.
                Err(_) => return Ok(()),
            },
        };
        if let Some(number) = limits.max_queued_messages.filter(|&number| share.messages >= number) {
            return Err(Exceeded::QueuedMessages { number });
        }
        match limits.max_queued_size {
            Some(octets) if share.octets.saturating_add(size) > octets => Err(Exceeded::QueuedSize { octets }),
            _ => Ok(()),
        }
    }

    /// Hands the trace what has changed, and forgets tenants without use this month.
    fn write(&self, now: Timestamp) {
        let mut records = Vec::new();
        self.tallies().retain(|tenant, tally| {
            records.extend(tally.take_records(*tenant, now));
            !tally.is_idle(now)
        });
        if !records.is_empty() {
            self.trace.record_uses(Scope::Operator, records);
        }
    }

    fn tallies(&self) -> MutexGuard<'_, HashMap<TenantId, Tally>> {
        self.tallies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for TenantMeter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TenantMeter").field("tenants", &self.tallies().len()).finish_non_exhaustive()
    }
}
