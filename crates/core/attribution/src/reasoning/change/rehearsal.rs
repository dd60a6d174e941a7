//! Judging a proposal: a copy of the few tenants, domains and connectors that the edited evidence could reach, in which the
//! edited connector takes the place of the old one.

use std::collections::{BTreeMap, BTreeSet};

use core_directory::{
    AcceptedDomain, CertificateName, ConnectorIndex, Domain, InboundConnector, NameIndex, Snapshot, Tenant, TenantIndex,
};

use super::trial::Trial;
use crate::decide;

/// Most connectors that are copied under one key, for each tenant that counts. More change no verdict, short of a tenant
/// with as many connectors under one key that are all out of the sender's scope.
const MAX_RIVALS: usize = 16;

impl Trial<'_> {
    /// Whether the mail would pass.
    pub fn passes(&self) -> bool {
        let mut copy = Copy { snapshot: self.case.snapshot, tenants: BTreeMap::new() };
        for index in self.rivals().into_iter().filter(|&index| Some(index) != self.index) {
            let entry = self.case.snapshot.connector(index);
            copy.add(entry.tenant, entry.connector.clone());
        }
        copy.add(self.tenant, self.connector.clone());
        self.copy_domains(&mut copy);
        let tenants = copy.tenants.into_values().collect();
        decide(&self.evidence, &Snapshot::new(self.case.snapshot.version(), tenants)).passes()
    }

    /// Connectors that the edited evidence could reach.
    fn rivals(&self) -> BTreeSet<ConnectorIndex> {
        let snapshot = self.case.snapshot;
        let sender = self.evidence.mail_from.domain();
        let recipient = self.evidence.rcpt_to.as_ref().and_then(|domain| snapshot.holder(domain));
        let holder = sender.and_then(|domain| snapshot.holder(domain));
        let mut rivals = BTreeSet::new();
        let mut add = |bucket: &[ConnectorIndex]| {
            // Whether anybody else has the address or the name shows at the ends, in the order of tenants.
            rivals.extend(bucket.first().into_iter().chain(bucket.last()));
            let enabled = |index: &&ConnectorIndex| snapshot.connector(**index).connector.enabled;
            rivals.extend(bucket.iter().filter(enabled).take(MAX_RIVALS));
            for tenant in holder.into_iter().chain([self.tenant]) {
                rivals.extend(snapshot.of_tenant(bucket, tenant).iter().filter(enabled).take(MAX_RIVALS));
            }
        };
        for name in self.evidence.certificate.iter().flat_map(|facts| &facts.names) {
            for above in name.domain().at_and_above() {
                add(snapshot.named(NameIndex::OwnedWildcard, above));
                add(snapshot.named(NameIndex::UnownedWildcard, above));
            }
            let tables = if name.is_wildcard() {
                [NameIndex::OwnedBelow, NameIndex::UnownedBelow]
            } else {
                [NameIndex::OwnedExact, NameIndex::UnownedExact]
            };
            tables.into_iter().for_each(|table| add(snapshot.named(table, name.domain().as_str())));
        }
        for bucket in self.evidence.remote_ip.iter().flat_map(|&address| snapshot.addressed(address)) {
            add(bucket);
        }
        for recipient in recipient.into_iter().chain([self.tenant]) {
            add(snapshot.partners(recipient, sender));
        }
        rivals
    }

    /// The verified domains that the rules would look up, and the accepted ones that a scope names.
    fn copy_domains(&self, copy: &mut Copy<'_>) {
        let envelope = [self.evidence.mail_from.domain(), self.evidence.rcpt_to.as_ref()];
        let names = self.evidence.certificate.iter().flat_map(|facts| facts.names.iter().map(CertificateName::domain));
        let asked = names.chain(envelope.into_iter().flatten()).flat_map(Domain::at_and_above).map(str::to_owned);
        let mut asked: BTreeSet<String> = asked.collect();
        asked.extend(copy.connectors().filter_map(|connector| {
            connector.tls_sender_certificate_name.as_ref().map(|value| value.domain().to_string())
        }));
        for name in &asked {
            if let Some(domain) = self.verified.iter().find(|domain| domain.as_str() == name) {
                let registered = self.case.snapshot.accepted_domain(self.tenant, domain).cloned();
                let own = registered.unwrap_or_else(|| AcceptedDomain::new(domain.clone(), true));
                copy.tenant(self.tenant)
                    .domains
                    .push(AcceptedDomain { proof: core_directory::Proof::OperatorsWord, ..own });
            } else if let (Some(owner), Ok(domain)) = (self.case.snapshot.verified(name), Domain::parse(name)) {
                let verified = AcceptedDomain::new(domain, true);
                let own = AcceptedDomain { match_subdomains: owner.match_subdomains, ..verified };
                copy.tenant(owner.tenant).domains.push(own);
            }
        }
        copy.add_associated();
    }
}

struct Copy<'a> {
    snapshot: &'a Snapshot,
    tenants: BTreeMap<TenantIndex, Tenant>,
}

impl Copy<'_> {
    fn tenant(&mut self, index: TenantIndex) -> &mut Tenant {
        self.tenants.entry(index).or_insert_with(|| {
            let whole = self.snapshot.tenant(index);
            Tenant {
                id: whole.id,
                name: whole.name.clone(),
                reject_direct_send: whole.reject_direct_send,
                ..Tenant::default()
            }
        })
    }

    fn add(&mut self, tenant: TenantIndex, connector: InboundConnector) {
        self.tenant(tenant).inbound_connectors.push(connector);
    }

    fn connectors(&self) -> impl Iterator<Item = &InboundConnector> {
        self.tenants.values().flat_map(|tenant| &tenant.inbound_connectors)
    }

    fn add_associated(&mut self) {
        for (&index, tenant) in &mut self.tenants {
            let associated = tenant.inbound_connectors.iter().flat_map(|own| own.associated_accepted_domains.iter());
            let accepted = associated.filter_map(|domain| self.snapshot.accepted_domain(index, domain));
            let missing: Vec<_> =
                accepted.filter(|own| tenant.domains.iter().all(|there| there.name != own.name)).cloned().collect();
            tenant.domains.extend(missing);
        }
    }
}
