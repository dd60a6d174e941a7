//! Which connectors are near enough to be shown: those that a small edit of either side would make match. Found through
//! the index, so that a refusal among a million connectors looks at a few hundred.

use std::collections::BTreeSet;

use core_directory::{ConnectorIndex, NameIndex, Snapshot, TenantIndex};

use super::Case;
use crate::{Evidence, Verdict};

/// Most connectors that are looked at under one key.
const MAX_PER_KEY: usize = 256;

/// Most connectors that are looked at for one reasoning.
const MAX_CANDIDATES: usize = 1024;

/// Most presented names whose neighbourhood is looked at.
const MAX_NAMES: usize = 16;

/// Most connectors that are counted under one key beyond those that are looked at.
const MAX_COUNTED: usize = 16 * MAX_PER_KEY;

#[derive(Default)]
pub(super) struct Near {
    /// In the order in which they were found, each once.
    pub connectors: Vec<ConnectorIndex>,
    found: BTreeSet<ConnectorIndex>,
    passed_over: BTreeSet<ConnectorIndex>,
}

pub(super) fn candidates(case: &Case<'_>) -> Near {
    let Case { evidence, snapshot, verdict, decided, .. } = *case;
    let mut near = Near::default();
    near.add(decided);
    if let Some(address) = evidence.remote_ip {
        near.add(snapshot.addressed(address).into_iter().flatten().copied());
    }
    if let Some(certificate) = &evidence.certificate {
        for name in certificate.names.iter().take(MAX_NAMES) {
            for above in name.domain().at_and_above() {
                for index in [
                    NameIndex::OwnedExact,
                    NameIndex::OwnedWildcard,
                    NameIndex::OwnedBelow,
                    NameIndex::UnownedExact,
                    NameIndex::UnownedWildcard,
                    NameIndex::UnownedBelow,
                ] {
                    near.add(snapshot.named(index, above).iter().copied());
                }
            }
            near.add(snapshot.named_within(name.domain().registrable()).iter().copied());
        }
    }
    for tenant in tenants(evidence, snapshot, verdict) {
        near.add(snapshot.connectors_of(tenant));
    }
    // A small directory is shown whole: the connector that should have matched may share nothing with what was presented.
    if snapshot.connector_count() <= super::MAX_CONSIDERED {
        for tenant in snapshot.tenants() {
            near.add(snapshot.connectors_of(tenant));
        }
    }
    near
}

/// Tenants that the envelope points to.
fn tenants(evidence: &Evidence, snapshot: &Snapshot, verdict: &Verdict) -> Vec<TenantIndex> {
    let sender = evidence.mail_from.domain().and_then(|domain| snapshot.holder(domain));
    let recipient = evidence.rcpt_to.as_ref().and_then(|domain| snapshot.holder(domain));
    let judged = verdict.tenant().and_then(|tenant| snapshot.tenant_by_id(tenant));
    sender.into_iter().chain(recipient).chain(judged).collect()
}

impl Near {
    fn add(&mut self, connectors: impl IntoIterator<Item = ConnectorIndex>) {
        for (count, connector) in connectors.into_iter().take(MAX_COUNTED).enumerate() {
            if self.found.contains(&connector) {
                continue;
            }
            if count >= MAX_PER_KEY || self.connectors.len() >= MAX_CANDIDATES {
                self.passed_over.insert(connector);
            } else {
                self.passed_over.remove(&connector);
                self.found.insert(connector);
                self.connectors.push(connector);
            }
        }
    }

    /// How many connectors are known of that were not looked at.
    pub fn passed_over(&self) -> usize {
        self.passed_over.len()
    }
}
