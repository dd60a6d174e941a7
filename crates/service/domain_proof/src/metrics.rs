//! What domain proof counts. Labels are of our own making; no tenant and no domain is one.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

use crate::Finding;

/// The families.
#[derive(Debug)]
pub(crate) struct Metrics {
    looks: Family<[(&'static str, &'static str); 1], Counter>,
    right: Counter,
    missing: Counter,
    unknown: Counter,
    /// Proofs withdrawn.
    pub withdrawn: Counter,
}

impl Metrics {
    /// All at zero.
    pub fn new() -> Self {
        let looks = Family::default();
        let of = |found| Family::get_or_create_owned(&looks, &[("found", found)]);
        Self {
            right: of("right"),
            missing: of("missing"),
            unknown: of("unknown"),
            withdrawn: Counter::default(),
            looks,
        }
    }

    /// Hands the families to a registry.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "domain_proof_looks",
            "Looks at records that prove a domain, by what was found: right, missing, unknown (the resolver could not say)",
            self.looks.clone(),
        );
        registry.register(
            "domain_proofs_withdrawn",
            "Domains that are unverified since their record was missing for too long",
            self.withdrawn.clone(),
        );
    }

    /// A record was looked for.
    pub fn looked(&self, finding: &Finding) {
        let counter = match finding {
            Finding::Right { .. } => &self.right,
            Finding::Unknown(_) => &self.unknown,
            Finding::NoSuchName | Finding::NoRecord | Finding::Others(_) => &self.missing,
        };
        counter.inc();
    }
}
