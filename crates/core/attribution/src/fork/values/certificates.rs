//! The classes of certificates: which connectors a certificate of one name would satisfy.
//!
//! A certificate of several names satisfies what its names do one by one; only where tenants tie can it end otherwise, and
//! then as if it had none.

use std::collections::BTreeSet;
use std::sync::Arc;

use core_directory::{CertificateFacts, CertificateName, Domain, InboundConnector, LeafUse, TenantId, TenantIndex};

use super::{Classes, ELSEWHERE, MAX_COMPARED, MAX_COMPARING, Value, below, within_limit};
use crate::proof;

impl Classes<'_> {
    pub(super) fn certificates(&self) -> Option<Vec<Value>> {
        let named: Vec<_> = self
            .connectors()
            .filter_map(|(tenant, connector)| Some((tenant, connector, proof::value(connector)?)))
            .collect();
        if named.len() > MAX_COMPARING {
            return None;
        }
        let names = self.names(named.iter().map(|(_, _, value)| *value))?;
        let mut seen = BTreeSet::new();
        let mut values = vec![Value::Certificate(None)];
        for name in names {
            let matching: Vec<_> = named.iter().filter(|(_, _, value)| self.may_match(value, &name)).collect();
            let connectors = matching.iter().map(|(tenant, connector, _)| (*tenant, *connector));
            for facts in self.certificates_of(&name, connectors) {
                let nearest = self.snapshot.nearest_verified(name.domain()).map(|owner| owner.tenant);
                let satisfied = matching.iter().enumerate().filter(|(_, (tenant, connector, _))| {
                    let tenant = self.snapshot.tenant(*tenant).id;
                    proof::doubt(&facts, 0, tenant, connector, jiff::Timestamp::UNIX_EPOCH).is_none()
                });
                let satisfied: Vec<_> = satisfied
                    .map(|(_, (tenant, connector, value))| {
                        (*tenant, connector.name.clone(), value.matches(&name), self.depth(value, &name))
                    })
                    .collect();
                if !satisfied.is_empty() && seen.insert((nearest, satisfied)) {
                    values.push(Value::Certificate(Some(Arc::new(facts))));
                }
            }
            if values.len() > super::MAX_LEAVES {
                return None;
            }
        }
        if self.partial
            && let Ok(elsewhere) = Domain::parse(ELSEWHERE)
        {
            // Any other name may be that of a connector whose name is hidden, so what those tell apart beside it counts too.
            let hidden = self
                .connectors()
                .filter(|(tenant, connector)| self.unnamed.contains(&(self.snapshot.tenant(*tenant).id, connector.id)));
            let others = self.certificates_of(&CertificateName::Exact(elsewhere), hidden);
            values.extend(others.into_iter().map(|facts| Value::Certificate(Some(Arc::new(facts)))));
        }
        within_limit(values)
    }

    /// At, below and as a wildcard over every domain that a value or a tenant names, and the wildcard over each exact value.
    fn names<'v>(&self, values: impl Iterator<Item = &'v CertificateName>) -> Option<BTreeSet<CertificateName>> {
        let mut domains = self.verified()?;
        let mut names = BTreeSet::new();
        for value in values {
            domains.insert(value.domain().clone());
            let parent = value.domain().above().next().and_then(|parent| Domain::parse(parent).ok());
            names.extend(parent.filter(|_| !value.is_wildcard()).map(CertificateName::Wildcard));
        }
        for domain in domains {
            let host = below(&domain);
            // Microsoft may take a host directly below and one further below differently.
            let deep = host.as_ref().filter(|_| self.partial).and_then(below);
            names.extend(host.into_iter().chain(deep).map(CertificateName::Exact));
            names.insert(CertificateName::Exact(domain.clone()));
            names.insert(CertificateName::Wildcard(domain));
        }
        (names.len() <= 4 * MAX_COMPARED).then_some(names)
    }

    /// Whether the value matches the name, or would by a reading of Microsoft's.
    fn may_match(&self, value: &CertificateName, name: &CertificateName) -> bool {
        value.matches(name).is_some() || self.partial && value.is_wildcard() && value.domain() == name.domain()
    }

    /// What Microsoft's readings may tell apart beyond the match: how far the name lies below the value.
    fn depth(&self, value: &CertificateName, name: &CertificateName) -> Option<(bool, usize)> {
        let below = name.domain().label_count().saturating_sub(value.domain().label_count());
        self.partial.then(|| (name.is_wildcard(), below.min(2)))
    }

    /// Certificates with this name that these connectors tell apart: by pin, by trust and by use.
    fn certificates_of<'c>(
        &self,
        name: &CertificateName,
        connectors: impl Iterator<Item = (TenantIndex, &'c InboundConnector)>,
    ) -> Vec<CertificateFacts> {
        let trusted = CertificateFacts::trusted(vec![name.clone()]);
        let mut variants = vec![trusted.clone()];
        let mut roots: BTreeSet<TenantId> = BTreeSet::new();
        let (mut pins, mut client_auth) = (BTreeSet::new(), false);
        for (tenant, connector) in connectors {
            let tenant = self.snapshot.tenant(tenant);
            roots.extend((!tenant.trusted_roots.is_empty()).then_some(tenant.id));
            pins.extend(connector.pinned_certificates.iter().copied());
            client_auth |= connector.require_client_auth;
        }
        let path = trusted.operator_path;
        for (id, path) in roots.into_iter().filter_map(|id| Some((id, path?))) {
            variants.push(CertificateFacts { operator_path: None, tenant_paths: vec![(id, path)], ..trusted.clone() });
        }
        if client_auth {
            let server_only = |facts: &CertificateFacts| CertificateFacts {
                leaf_use: LeafUse { server: true, client: false },
                ..facts.clone()
            };
            variants.extend(variants.iter().map(server_only).collect::<Vec<_>>());
        }
        if !pins.is_empty() {
            variants.push(CertificateFacts { operator_path: None, ..trusted });
            let unpinned = variants.clone();
            variants.extend(pins.into_iter().flat_map(|pin| {
                unpinned.iter().map(move |facts| CertificateFacts { leaf_sha256: pin, ..facts.clone() })
            }));
        }
        variants
    }
}
