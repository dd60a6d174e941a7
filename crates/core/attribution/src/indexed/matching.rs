//! Rule A3 by index: which connectors match the names of a certificate, at which rank.

use core_directory::{CertificateFacts, ConnectorIndex, ConnectorType, NameIndex, NameMatch, TenantIndex};
use smallvec::SmallVec;

use super::Indexed;
use crate::observed::Observed;
use crate::proof;

/// The tables in which rule A3 looks, for values that are owned or for those that are not (rule A4's first condition).
pub(super) struct Tables {
    owned: bool,
    exact: NameIndex,
    wildcard: NameIndex,
    below: NameIndex,
}

pub(super) const OWNED: Tables = Tables {
    owned: true,
    exact: NameIndex::OwnedExact,
    wildcard: NameIndex::OwnedWildcard,
    below: NameIndex::OwnedBelow,
};

pub(super) const UNOWNED: Tables = Tables {
    owned: false,
    exact: NameIndex::UnownedExact,
    wildcard: NameIndex::UnownedWildcard,
    below: NameIndex::UnownedBelow,
};

/// Connectors whose value matches one presented name at one rank, in order, and whose tenants may speak for the name
/// (rule A4's second condition).
pub(super) struct Match<'a> {
    pub rank: NameMatch,
    /// The index of the presented name.
    pub name: usize,
    pub connectors: &'a [ConnectorIndex],
}

/// A certificate has a name or two, and few of them match.
pub(super) type Matches<'a> = SmallVec<[Match<'a>; 4]>;

impl<'a, E: Observed> Indexed<'a, E> {
    /// Rule A3 with A4's second condition: every match in these tables, the best rank first.
    pub(super) fn matches(&self, certificate: &CertificateFacts, tables: &Tables) -> Matches<'a> {
        let mut matches = Matches::new();
        let trusted = certificate.leaf_use.is_fit()
            && certificate.operator_path.is_some_and(|path| path.validity.contains(self.evidence.at()));
        if trusted {
            self.matches_by_name(certificate, tables, &mut |found| matches.push(found));
        } else {
            // Whoever has no trusted chain must not make the relay go through all the connectors that name a well-known
            // certificate: only those are looked at to which it could prove something.
            self.matches_by_tenant_roots(certificate, tables, &mut matches);
            self.matches_by_pin(certificate, tables, &mut matches);
        }
        matches.sort_unstable_by_key(|found| (found.rank, found.name));
        matches
    }

    fn matches_by_name(&self, certificate: &CertificateFacts, tables: &Tables, add: &mut dyn FnMut(Match<'a>)) {
        for (position, name) in certificate.names.iter().enumerate() {
            let mut nearest = None;
            let mut consider = |rank: NameMatch, connectors: &'a [ConnectorIndex]| {
                if connectors.is_empty() {
                    return;
                }
                let connectors = match *nearest.get_or_insert_with(|| self.nearest_owner(name)) {
                    Some(owner) => self.snapshot.of_tenant(connectors, owner),
                    None => connectors,
                };
                add(Match { rank, name: position, connectors });
            };
            let domain = name.domain();
            let equal = if name.is_wildcard() { tables.wildcard } else { tables.exact };
            consider(NameMatch::Equal, self.named(equal, domain.as_str()));
            let labels = domain.label_count();
            for (depth, above) in (1..).zip(domain.above()) {
                consider(wildcard_rank(labels, depth), self.named(tables.wildcard, above));
            }
            if name.is_wildcard() {
                consider(NameMatch::UnderPresentedWildcard, self.named(tables.below, domain.as_str()));
            }
        }
    }

    fn matches_by_tenant_roots(&self, certificate: &CertificateFacts, tables: &Tables, matches: &mut Matches<'a>) {
        let tenants: SmallVec<[TenantIndex; 4]> =
            certificate.tenant_paths.iter().filter_map(|(id, _)| self.snapshot.tenant_by_id(*id)).collect();
        if tenants.is_empty() || !certificate.leaf_use.is_fit() {
            return;
        }
        self.matches_by_name(certificate, tables, &mut |found| {
            let own = tenants.iter().map(|&tenant| self.snapshot.of_tenant(found.connectors, tenant));
            matches.extend(own.filter(|own| !own.is_empty()).map(|connectors| Match { connectors, ..found }));
        });
    }

    fn matches_by_pin(&self, certificate: &CertificateFacts, tables: &Tables, matches: &mut Matches<'a>) {
        self.count(1);
        let pinning = self.snapshot.pinning(&certificate.leaf_sha256);
        if pinning.is_empty() {
            return;
        }
        for (position, name) in certificate.names.iter().enumerate() {
            let nearest = self.nearest_owner(name);
            for place in pinning {
                let entry = self.snapshot.connector(*place);
                if entry.owned == tables.owned
                    && entry.connector.connector_type == ConnectorType::OnPremises
                    && nearest.is_none_or(|owner| owner == entry.tenant)
                    && let Some(rank) = proof::value(&entry.connector).and_then(|value| value.matches(name))
                {
                    matches.push(Match { rank, name: position, connectors: std::slice::from_ref(place) });
                }
            }
        }
    }
}

fn wildcard_rank(labels: usize, depth: usize) -> NameMatch {
    let above = labels.saturating_sub(depth);
    NameMatch::Wildcard(std::cmp::Reverse(u8::try_from(above).unwrap_or(u8::MAX)))
}
