//! What delivery counts: what became of recipients in attempts, and who was told. Labels are of our own making.

use io_store::{Outcome, Settled, Settlement};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

/// The families, and their members, so that counting is one addition.
pub struct Metrics {
    recipients: Family<[(&'static str, &'static str); 1], Counter>,
    delivered: Counter,
    failed: Counter,
    deferred: Counter,
    finished: Counter,
    bounces: Counter,
}

impl Metrics {
    /// All at zero.
    pub fn new() -> Self {
        let recipients = Family::default();
        let of = |fate| Family::get_or_create_owned(&recipients, &[("fate", fate)]);
        Self {
            delivered: of("delivered"),
            failed: of("failed"),
            deferred: of("deferred"),
            finished: Counter::default(),
            bounces: Counter::default(),
            recipients,
        }
    }

    /// Hands the families to a registry.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "delivery_recipients",
            "Recipients by what an attempt brought: delivered, failed (refused for good or given up), deferred (tried again)",
            self.recipients.clone(),
        );
        registry.register(
            "delivery_messages_finished",
            "Messages that left the queue because no recipient waits any more",
            self.finished.clone(),
        );
        registry.register(
            "delivery_bounces",
            "Notices to senders that were queued, held ones included",
            self.bounces.clone(),
        );
    }

    /// An attempt was settled.
    pub fn settled(&self, settlement: &Settlement, settled: &Settled) {
        for (_, outcome) in &settlement.outcomes {
            let counter = match outcome {
                Outcome::Delivered { .. } => &self.delivered,
                Outcome::Failed { .. } => &self.failed,
                Outcome::Deferred { .. } => &self.deferred,
            };
            counter.inc();
        }
        self.finished.inc_by(u64::from(settled.finished));
        self.bounces.inc_by(u64::try_from(settled.bounces.len()).unwrap_or(u64::MAX));
    }
}
