//! Which connectors are near enough to be shown: those that a small edit of either side would make match. Found through
//! the index, so that a refusal among a million connectors looks at a few hundred.

use core_directory::{ConnectorIndex, NameIndex, Snapshot, TenantIndex};

use crate::{Evidence, Verdict};

/// Most connectors that are looked at under one key.
const MAX_PER_KEY: usize = 256;

/// Most connectors that are looked at for one reasoning.
const MAX_CANDIDATES: usize = 1024;

/// Most presented names whose neighbourhood is looked at.
const MAX_NAMES: usize = 16;

pub(super) struct Near {
    pub connectors: Vec<ConnectorIndex>,
    /// Connectors known of and not looked at.
    pub passed_over: u64,
}

pub(super) fn candidates(evidence: &Evidence, snapshot: &Snapshot, verdict: &Verdict) -> Near {
    let mut near = Near { connectors: Vec::new(), passed_over: 0 };
    if let (Some(tenant), Some(connector)) = (verdict.tenant(), verdict.connector()) {
        let tenant = snapshot.tenant_by_id(tenant);
        near.add(tenant.and_then(|tenant| snapshot.connector_by_id(tenant, connector)));
    }
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
        for (count, connector) in connectors.into_iter().enumerate() {
            if count >= MAX_PER_KEY || self.connectors.len() >= MAX_CANDIDATES {
                self.passed_over += 1;
                if count >= MAX_PER_KEY * 16 {
                    return;
                }
            } else if !self.connectors.contains(&connector) {
                self.connectors.push(connector);
            }
        }
    }
}
