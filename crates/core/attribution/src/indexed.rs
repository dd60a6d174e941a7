//! The view of a whole snapshot: by index. Every question costs a number of look-ups that depends on the certificate's
//! names and the address alone, never on how many connectors there are.

use std::net::IpAddr;

use core_directory::{
    CertificateFacts, CertificateName, ConnectorId, ConnectorIndex, Domain, InboundConnector, NameIndex, NameMatch,
    Snapshot, TenantId, TenantIndex,
};

use crate::observed::Observed;
use crate::proof;
use crate::rules::{CertificatePass, Found, PartnerPass, Tie, View};
use crate::{RefusalReply, Sender};
use matching::{Matches, OWNED, UNOWNED};

mod matching;

/// A snapshot and evidence about one recipient.
pub(crate) struct Indexed<'a, E> {
    evidence: &'a E,
    snapshot: &'a Snapshot,
    #[cfg(test)]
    pub(crate) lookups: std::cell::Cell<usize>,
}

type Candidate = Found<TenantIndex, ConnectorIndex>;
type Pass = CertificatePass<TenantIndex, ConnectorIndex>;

impl<'a, E: Observed> Indexed<'a, E> {
    pub fn new(evidence: &'a E, snapshot: &'a Snapshot) -> Self {
        Self {
            evidence,
            snapshot,
            #[cfg(test)]
            lookups: std::cell::Cell::new(0),
        }
    }

    /// Looks a name up; counted in tests.
    fn named(&self, index: NameIndex, key: &str) -> &'a [ConnectorIndex] {
        self.count(1);
        self.snapshot.named(index, key)
    }

    #[cfg(test)]
    fn count(&self, lookups: usize) {
        self.lookups.set(self.lookups.get() + lookups);
    }

    #[cfg(not(test))]
    #[inline]
    fn count(&self, _lookups: usize) {}

    fn nearest_owner(&self, name: &CertificateName) -> Option<TenantIndex> {
        self.count(1);
        self.snapshot.nearest_verified(name.domain()).map(|verified| verified.tenant)
    }

    fn connector(&self, index: ConnectorIndex) -> (TenantIndex, &'a InboundConnector) {
        self.count(1);
        let entry = self.snapshot.connector(index);
        (entry.tenant, &entry.connector)
    }

    /// Whether an enabled connector takes the certificate's name and the sender (rules A2, A8).
    fn takes(
        &self,
        index: ConnectorIndex,
        certificate: &CertificateFacts,
        name: usize,
        sender: &Sender,
    ) -> Option<TenantIndex> {
        let (tenant, connector) = self.connector(index);
        let tenant_data = self.snapshot.tenant(tenant);
        (connector.enabled
            && proof::doubt(certificate, name, tenant_data.id, connector, self.evidence.at()).is_none()
            && proof::out_of_scope(connector, &tenant_data.domains, sender).is_none())
        .then_some(tenant)
    }

    /// Rule A5: who ties at the best rank at which an owned connector takes the certificate.
    fn tie(
        &self,
        certificate: &CertificateFacts,
        sender: &Sender,
        holder: Option<TenantIndex>,
        matches: &Matches<'a>,
    ) -> Tie<TenantIndex, ConnectorIndex> {
        let mut best: Option<NameMatch> = None;
        let mut tie = Tie::new(holder);
        for found in matches {
            if best.is_some_and(|best| best < found.rank) {
                break;
            }
            let takes = |&index: &ConnectorIndex| Some((self.takes(index, certificate, found.name, sender)?, index));
            // The sender's tenant is looked up, so that of the rest only two tenants need to be seen.
            let own = holder.map(|holder| self.snapshot.of_tenant(found.connectors, holder)).unwrap_or_default();
            if let Some((tenant, index)) = own.iter().find_map(takes) {
                best = Some(found.rank);
                tie.add(tenant, index);
                continue;
            }
            let rest = found.connectors.iter().filter(|&&index| Some(self.snapshot.connector(index).tenant) != holder);
            for (tenant, index) in rest.filter_map(takes) {
                best = Some(found.rank);
                tie.add(tenant, index);
                if tie.is_ambiguous() {
                    break;
                }
            }
        }
        tie
    }

    /// Rule A6: among connectors that match without ownership the best of the sender's tenant; failing that, the best of
    /// any, to remember.
    fn unowned(
        &self,
        certificate: &CertificateFacts,
        sender: &Sender,
        holder: Option<TenantIndex>,
        matches: &Matches<'a>,
    ) -> Pass {
        let mut own: Option<(NameMatch, ConnectorIndex, TenantIndex)> = None;
        let mut any: Option<(NameMatch, ConnectorIndex, TenantIndex)> = None;
        for found in matches {
            let first_of = |connectors: &[ConnectorIndex]| {
                let takes = |&index: &ConnectorIndex| {
                    Some((found.rank, index, self.takes(index, certificate, found.name, sender)?))
                };
                connectors.iter().find_map(takes)
            };
            if let Some(holder) = holder {
                own = best_of(own, first_of(self.snapshot.of_tenant(found.connectors, holder)));
            }
            if own.is_none() && any.is_none_or(|(rank, ..)| rank == found.rank) {
                any = best_of(any, first_of(found.connectors));
            }
        }
        let found = |(_, connector, tenant)| Found { tenant, connector: Some(connector) };
        match (own, any) {
            (Some(own), _) => CertificatePass::Unowned(found(own)),
            (None, Some(any)) => CertificatePass::Remembered(found(any)),
            (None, None) => CertificatePass::Nothing,
        }
    }

    /// Rule A7, the part that is ours: with `any_sender` any sender passes, where no other tenant has the address.
    fn any_sender(&self, covering: &[&core_directory::Bucket], sender: &Sender) -> Option<Candidate> {
        let tenant_at = |index: &ConnectorIndex| self.snapshot.connector(*index).tenant;
        let only = covering.first().and_then(|bucket| bucket.first()).map(tenant_at)?;
        let ends = covering.iter().flat_map(|bucket| [bucket.first(), bucket.last()]).flatten();
        if ends.into_iter().any(|index| tenant_at(index) != only) {
            return None;
        }
        let all = covering.iter().flat_map(|bucket| bucket.iter());
        let any = |index: &&ConnectorIndex| self.connector(**index).1.any_sender;
        all.filter(any)
            .find(|&&index| self.admits_address(index, sender))
            .map(|&connector| Found { tenant: only, connector: Some(connector) })
    }

    fn admits_address(&self, index: ConnectorIndex, sender: &Sender) -> bool {
        let (tenant, connector) = self.connector(index);
        let domains = &self.snapshot.tenant(tenant).domains;
        connector.enabled && proof::out_of_scope(connector, domains, sender).is_none()
    }

    /// Rule A9: what a partner connector demands that is not met.
    fn partner_demand(&self, index: ConnectorIndex) -> Result<Option<RefusalReply>, E::Gap> {
        let (tenant, connector) = self.connector(index);
        if connector.require_tls && !self.evidence.tls()? {
            return Ok(Some(RefusalReply::TlsRequired));
        }
        if connector.restrict_domains_to_ip_addresses {
            let address = self.evidence.remote_ip()?;
            let inside = |address| proof::prefix_holding(connector, address).is_some();
            if !address.is_some_and(inside) {
                return Ok(Some(RefusalReply::PartnerRestriction));
            }
        }
        if connector.restrict_domains_to_certificate {
            let id = self.snapshot.tenant(tenant).id;
            let proved = self.evidence.certificate()?.is_some_and(|certificate| {
                certificate.names.iter().enumerate().any(|(position, name)| {
                    proof::value(connector).is_some_and(|value| value.matches(name).is_some())
                        && proof::doubt(certificate, position, id, connector, self.evidence.at()).is_none()
                })
            });
            if !proved {
                return Ok(Some(RefusalReply::PartnerRestriction));
            }
        }
        Ok(None)
    }
}

fn best_of<T: Ord>(left: Option<T>, right: Option<T>) -> Option<T> {
    match (left, right) {
        (Some(left), Some(right)) => Some(left.min(right)),
        (left, right) => left.or(right),
    }
}

impl<E: Observed> View for Indexed<'_, E> {
    type Gap = E::Gap;
    type Tenant = TenantIndex;
    type Connector = ConnectorIndex;

    fn remote_ip(&self) -> Result<Option<IpAddr>, E::Gap> {
        self.evidence.remote_ip()
    }

    fn tls(&self) -> Result<bool, E::Gap> {
        self.evidence.tls()
    }

    fn certificate(&self) -> Result<Option<&CertificateFacts>, E::Gap> {
        self.evidence.certificate()
    }

    fn sender(&self) -> Result<&Sender, E::Gap> {
        self.evidence.sender()
    }

    fn recipient(&self) -> Result<Option<&Domain>, E::Gap> {
        self.evidence.recipient()
    }

    fn by_certificate(&self, certificate: &CertificateFacts) -> Result<Pass, E::Gap> {
        if proof::flaw(certificate, self.evidence.at()).is_some() {
            return Ok(CertificatePass::Nothing);
        }
        // The sender is asked for only if it counts.
        let of_sender = || {
            let sender = self.evidence.sender()?;
            Ok((sender, sender.domain().and_then(|domain| self.snapshot.holder(domain))))
        };
        let matches = self.matches(certificate, &OWNED);
        if !matches.is_empty() {
            let (sender, holder) = of_sender()?;
            let tie = self.tie(certificate, sender, holder, &matches);
            if !tie.is_empty() {
                return Ok(tie.winner().map_or(CertificatePass::Nothing, CertificatePass::Owned));
            }
        }
        let matches = self.matches(certificate, &UNOWNED);
        if matches.is_empty() {
            return Ok(CertificatePass::Nothing);
        }
        let (sender, holder) = of_sender()?;
        Ok(self.unowned(certificate, sender, holder, &matches))
    }

    fn by_address(&self, address: IpAddr) -> Result<Option<Candidate>, E::Gap> {
        let covering = self.snapshot.addressed(address);
        self.count(covering.len() + 1);
        if covering.is_empty() {
            return Ok(None);
        }
        let sender = self.evidence.sender()?;
        if let Some(tenant) = sender.domain().and_then(|domain| self.snapshot.holder(domain)) {
            let own = covering.iter().flat_map(|bucket| self.snapshot.of_tenant(bucket, tenant));
            if let Some(&connector) = own.into_iter().find(|&&index| self.admits_address(index, sender)) {
                return Ok(Some(Found { tenant, connector: Some(connector) }));
            }
        }
        Ok(self.any_sender(&covering, sender))
    }

    fn holder(&self, domain: &Domain) -> Result<Option<TenantIndex>, E::Gap> {
        self.count(1);
        Ok(self.snapshot.holder(domain))
    }

    fn requires_tls(&self, found: Candidate) -> Result<bool, E::Gap> {
        Ok(found.connector.is_some_and(|index| self.connector(index).1.require_tls))
    }

    fn partner(&self, tenant: TenantIndex) -> Result<PartnerPass<ConnectorIndex>, E::Gap> {
        let sender = self.evidence.sender()?.domain();
        self.count(1);
        let mut pass = PartnerPass::NoneInScope;
        for &connector in self.snapshot.partners(tenant, sender) {
            let entry = &self.snapshot.connector(connector).connector;
            let identifies = entry.restrict_domains_to_ip_addresses || entry.restrict_domains_to_certificate;
            pass = pass.or(connector, self.partner_demand(connector)?, identifies);
            if matches!(pass, PartnerPass::Met { identifies: true, .. }) {
                break;
            }
        }
        Ok(pass)
    }

    fn rejects_direct_send(&self, tenant: TenantIndex) -> Result<bool, E::Gap> {
        Ok(self.snapshot.tenant(tenant).reject_direct_send)
    }

    fn tenant_id(&self, tenant: TenantIndex) -> TenantId {
        self.snapshot.tenant(tenant).id
    }

    fn connector_id(&self, connector: ConnectorIndex) -> ConnectorId {
        self.snapshot.connector(connector).connector.id
    }
}
