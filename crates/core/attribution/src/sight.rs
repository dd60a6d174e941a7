//! Who sees the reasoning behind a refusal, the operator apart. Naming a foreign certificate or address in a connector
//! gives no sight of who came.

use std::collections::BTreeSet;

use core_directory::{Snapshot, TenantId};

use crate::{Evidence, proof};

/// The tenants that see this refusal, and then only their own connectors: the one that holds the MAIL FROM domain; those at
/// or below whose verified domain a trusted presented name lies; and the one to which alone the operator granted the
/// remote address. A tenant's own roots are trusted as far as its own domains go.
pub fn tenants_with_sight(evidence: &Evidence, snapshot: &Snapshot) -> BTreeSet<TenantId> {
    let mut seeing = BTreeSet::new();
    seeing.extend(evidence.mail_from.domain().and_then(|domain| snapshot.holder(domain)));
    let facts = evidence.certificate.as_deref().filter(|facts| proof::flaw(facts, evidence.at).is_none());
    for (position, name) in facts.iter().flat_map(|facts| facts.names.iter().enumerate()) {
        let Some(owner) = snapshot.nearest_verified(name.domain()).map(|verified| verified.tenant) else { continue };
        let id = snapshot.tenant(owner).id;
        if facts.is_some_and(|facts| proof::distrust(facts, position, id, evidence.at).is_none()) {
            seeing.insert(owner);
        }
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
