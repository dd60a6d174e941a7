//! What one transaction has set aside at its tenants. It counts when the message is accepted, and is taken back when it is
//! not, however the transaction ends.

use std::sync::Arc;

use core_directory::{TenantId, TenantLimits};
use jiff::Timestamp;

use super::{Exceeded, TenantMeter};

/// What a transaction has set aside.
pub(crate) struct Charges {
    meter: Arc<TenantMeter>,
    charges: Vec<Charge>,
}

/// At one tenant. Its limits are those in force at MAIL FROM (rule A12).
struct Charge {
    tenant: TenantId,
    limits: TenantLimits,
    recipients: u64,
}

impl Charges {
    pub fn new(meter: Arc<TenantMeter>) -> Self {
        Self { meter, charges: Vec::new() }
    }

    /// Sets one recipient aside at these tenants, or at none: `declared` is the size that the client announced. What comes back
    /// is a rate that the message is held for.
    pub async fn recipient(
        &mut self,
        tenants: &[(TenantId, TenantLimits)],
        declared: Option<u64>,
        now: Timestamp,
    ) -> Result<Option<Exceeded>, Exceeded> {
        for (tenant, limits) in tenants {
            check_size(limits, declared.unwrap_or_default())?;
            if !self.charges.iter().any(|own| own.tenant == *tenant) {
                self.meter.check_share(*tenant, limits, now, declared.unwrap_or_default()).await?;
            }
        }
        let mut held_for = None;
        for (place, (tenant, limits)) in tenants.iter().enumerate() {
            match self.set_aside(*tenant, limits, now) {
                Ok(over) => held_for = held_for.or(over),
                Err(exceeded) => {
                    for (tenant, _) in tenants.iter().take(place) {
                        self.take_one_back(*tenant);
                    }
                    return Err(exceeded);
                }
            }
        }
        Ok(held_for)
    }

    /// Whether the message is within what only its end tells: its size, and the share of the queue with it.
    pub async fn message(&self, size: u64, now: Timestamp) -> Result<(), Exceeded> {
        for own in &self.charges {
            check_size(&own.limits, size)?;
            self.meter.check_share(own.tenant, &own.limits, now, size).await?;
        }
        Ok(())
    }

    /// The message was accepted: what was set aside counts.
    pub fn accepted(self, octets: u64, now: Timestamp) {
        let mut tallies = self.meter.tallies();
        for own in &self.charges {
            tallies.entry(own.tenant).or_default().accepted(own.recipients, octets, now);
        }
    }

    fn set_aside(
        &mut self,
        tenant: TenantId,
        limits: &TenantLimits,
        now: Timestamp,
    ) -> Result<Option<Exceeded>, Exceeded> {
        match self.charges.iter_mut().find(|own| own.tenant == tenant) {
            Some(own) => {
                let over = self.meter.set_aside(tenant, limits, now, false)?;
                own.recipients += 1;
                Ok(over)
            }
            None => {
                let over = self.meter.set_aside(tenant, limits, now, true)?;
                self.charges.push(Charge { tenant, limits: *limits, recipients: 1 });
                Ok(over)
            }
        }
    }

    fn take_one_back(&mut self, tenant: TenantId) {
        let Some(place) = self.charges.iter().position(|own| own.tenant == tenant) else { return };
        let is_last = self.charges.get(place).is_some_and(|own| own.recipients <= 1);
        if let Some(tally) = self.meter.tallies().get_mut(&tenant) {
            tally.take_back(1, is_last);
        }
        if is_last {
            self.charges.remove(place);
        } else if let Some(own) = self.charges.get_mut(place) {
            own.recipients -= 1;
        }
    }
}

impl Drop for Charges {
    fn drop(&mut self) {
        let mut tallies = self.meter.tallies();
        for own in &self.charges {
            if let Some(tally) = tallies.get_mut(&own.tenant) {
                tally.take_back(own.recipients, true);
            }
        }
    }
}

fn check_size(limits: &TenantLimits, size: u64) -> Result<(), Exceeded> {
    match limits.max_message_size {
        Some(octets) if size > octets => Err(Exceeded::Size { octets }),
        _ => Ok(()),
    }
}
