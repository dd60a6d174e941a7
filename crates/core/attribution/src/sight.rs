//! Who sees the reasoning behind a refusal, the operator apart. Naming a foreign certificate or address in a connector
//! gives no sight of who came.

use std::collections::BTreeSet;

use core_directory::{Snapshot, TenantId};

use crate::Evidence;

/// The tenants that see this refusal, and then only their own connectors: the one that holds the MAIL FROM domain; those at
/// or below whose verified domain a trusted presented name lies; and the one to which alone the operator granted the
/// remote address.
pub fn tenants_with_sight(evidence: &Evidence, snapshot: &Snapshot) -> BTreeSet<TenantId> {
    let mut seeing = BTreeSet::new();
    seeing.extend(evidence.mail_from.domain().and_then(|domain| snapshot.holder(domain)));
    if let Some(facts) = evidence.certificate.as_deref().filter(|facts| {
        let trusted = |path: &core_directory::TrustedPath| path.validity.contains(evidence.at);
        facts.key_proved && !facts.denied && facts.operator_path.as_ref().is_some_and(trusted)
    }) {
        seeing.extend(facts.names.iter().filter_map(|name| Some(snapshot.nearest_verified(name.domain())?.tenant)));
    }
    if let Some(address) = evidence.remote_ip {
        let covering = snapshot.addressed(address);
        let granted = covering
            .iter()
            .flat_map(|bucket| bucket.iter())
            .filter(|&&index| snapshot.connector(index).connector.addresses_granted);
        let tenants: BTreeSet<_> = granted.map(|&index| snapshot.connector(index).tenant).collect();
        if tenants.len() == 1 {
            seeing.extend(tenants);
        }
    }
    seeing.into_iter().map(|tenant| snapshot.tenant(tenant).id).collect()
}
