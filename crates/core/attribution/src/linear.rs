//! The view of a partial directory: one connector after the other, each field asked for by name, so that a field, a list
//! or a reading that is unknown can be missed at the moment it counts. Also the plain form of the rules, to which a
//! property test holds the indexed one.

use std::collections::BTreeSet;
use std::net::IpAddr;

use core_directory::{
    CertificateFacts, CertificateName, ConnectorId, ConnectorType, Domain, Field, InboundConnector, NameMatch, TenantId,
};

use crate::fork::{Assumed, NameClass, Value};
use crate::indexed::Observed;
use crate::partial_directory::{Judge, PartialDirectory, PartialTenant, Reading};
use crate::rules::{CertificatePass, Found, PartnerPass, Tie, View};
use crate::{Query, Reason, RefusalReply, Sender, proof};

/// A partial directory with what has been assumed about it.
pub(crate) struct Linear<'a> {
    assumed: &'a Assumed,
    judge: Judge,
    /// By name, as a snapshot orders them; a handle is a place in this order.
    tenants: Vec<&'a PartialTenant>,
    /// By tenant, then name.
    connectors: Vec<(usize, &'a InboundConnector)>,
}

type Result<T> = std::result::Result<T, Query>;
type Candidate = Found<usize, usize>;

impl<'a> Linear<'a> {
    pub fn new(assumed: &'a Assumed, directory: &'a PartialDirectory) -> Self {
        let mut tenants: Vec<_> = directory.tenants.iter().collect();
        tenants.sort_by(|left, right| left.tenant.name.cmp(&right.tenant.name));
        let mut connectors: Vec<(usize, &InboundConnector)> = Vec::new();
        for (index, shown) in tenants.iter().enumerate() {
            let mut own: Vec<_> = shown.tenant.inbound_connectors.iter().collect();
            own.sort_by(|left, right| left.name.cmp(&right.name));
            connectors.extend(own.into_iter().map(|connector| (index, connector)));
        }
        Self { assumed, judge: directory.judge, tenants, connectors }
    }

    fn flag(&self, query: Query) -> Result<bool> {
        match self.assumed.answers.get(&query) {
            Some(Value::Flag(flag)) => Ok(*flag),
            _ => Err(query),
        }
    }

    /// A point of Microsoft's: open for Exchange Online; our relay takes `strict`.
    fn reading(&self, reading: Reading, strict: bool) -> Result<bool> {
        match self.judge {
            Judge::Relay => Ok(strict),
            Judge::ExchangeOnline => self.flag(Query::Reading(reading)),
        }
    }

    fn query(&self, handle: usize, field: Field) -> Query {
        let (tenant, connector) = self.connectors[handle];
        let tenant = self.tenants[tenant].tenant.id;
        Query::Field { tenant, connector: connector.id, name: connector.name.clone(), field }
    }

    fn is_unknown(&self, handle: usize, field: Field) -> bool {
        let (tenant, connector) = self.connectors[handle];
        self.tenants[tenant].unknown.get(&connector.id).is_some_and(|fields| fields.contains(field))
    }

    /// What `known` says of the field, or what is assumed about it.
    fn field(&self, handle: usize, field: Field, known: impl FnOnce(&InboundConnector) -> bool) -> Result<bool> {
        if self.is_unknown(handle, field) {
            return self.flag(self.query(handle, field));
        }
        Ok(known(self.connectors[handle].1))
    }

    fn is_candidate(&self, handle: usize, wanted: ConnectorType) -> Result<bool> {
        let on_premises = self.field(handle, Field::Type, |c| c.connector_type == ConnectorType::OnPremises)?;
        Ok(on_premises == (wanted == ConnectorType::OnPremises) && self.field(handle, Field::Enabled, |c| c.enabled)?)
    }

    fn is_verified(&self, tenant: usize, domain: &Domain) -> Result<bool> {
        let shown = self.tenants[tenant];
        if shown.tenant.domains.iter().any(|own| own.verified && own.name == *domain) {
            return Ok(self.sole_owner(domain) == Some(tenant));
        }
        if shown.domains_shown {
            return Ok(false);
        }
        self.flag(Query::Holds { tenant: shown.tenant.id, domain: domain.clone() })
    }

    fn sole_owner(&self, domain: &Domain) -> Option<usize> {
        let claims = |shown: &&PartialTenant| shown.tenant.domains.iter().any(|d| d.verified && d.name == *domain);
        let mut owners = self.tenants.iter().enumerate().filter(|(_, shown)| claims(shown)).map(|(index, _)| index);
        let first = owners.next()?;
        owners.next().is_none().then_some(first)
    }

    /// The nearest verified domain at or above, as far as domains are shown.
    fn nearest_owner(&self, domain: &Domain) -> Option<usize> {
        domain.at_and_above().find_map(|name| self.sole_owner(&Domain::parse(name).ok()?))
    }

    /// Rule A4's first condition.
    fn owns(&self, handle: usize, value: &CertificateName) -> Result<bool> {
        let (tenant, _) = self.connectors[handle];
        if self.is_verified(tenant, value.domain())? {
            return Ok(true);
        }
        let below = self.tenants[tenant]
            .tenant
            .domains
            .iter()
            .any(|own| own.verified && value.is_wildcard() && own.name.is_below(value.domain().as_str()));
        Ok(below && self.reading(Reading::OwnedThroughSubdomain, false)?)
    }

    /// Rule A3, with Microsoft's open points.
    fn matches(&self, value: &CertificateName, name: &CertificateName) -> Result<Option<NameMatch>> {
        let strict = value.matches(name);
        if self.judge == Judge::Relay {
            return Ok(strict);
        }
        match (value, name) {
            (CertificateName::Wildcard(value), CertificateName::Exact(name)) if value == name => {
                Ok(self.reading(Reading::BareDomain, false)?.then(|| NameMatch::wildcard(value)))
            }
            (CertificateName::Wildcard(value), CertificateName::Exact(name))
                if strict.is_some() && name.label_count() > value.label_count() + 1 =>
            {
                Ok(self.reading(Reading::SeveralLabels, true)?.then_some(()).and(strict))
            }
            (_, CertificateName::Wildcard(_)) if strict.is_some_and(|rank| rank != NameMatch::Equal) => {
                Ok(self.reading(Reading::PresentedWildcard, true)?.then_some(()).and(strict))
            }
            _ => Ok(strict),
        }
    }

    /// Rule A2 for this connector, its pins and demands asked for by name.
    fn is_proved(&self, handle: usize, certificate: &CertificateFacts, name: usize) -> Result<bool> {
        let (tenant, connector) = self.connectors[handle];
        let id = self.tenants[tenant].tenant.id;
        let mut known = connector.clone();
        if self.is_unknown(handle, Field::PinnedCertificates) {
            let pinned = self.flag(self.query(handle, Field::PinnedCertificates))?;
            known.pinned_certificates = if pinned { Box::new([certificate.leaf_sha256]) } else { Box::default() };
        }
        known.require_client_auth = self.field(handle, Field::RequireClientAuth, |c| c.require_client_auth)?;
        match proof::doubt(certificate, name, id, &known, self.assumed.evidence.at) {
            None if self.judge == Judge::ExchangeOnline && !certificate.leaf_use.client => {
                self.reading(Reading::ServerUse, true)
            }
            doubt => Ok(doubt.is_none()),
        }
    }

    /// Rule A8's scope.
    fn is_in_scope(&self, handle: usize, sender: &Sender) -> Result<bool> {
        let (tenant, connector) = self.connectors[handle];
        if *sender == Sender::Null {
            return Ok(true);
        }
        let unknown_scope = self.is_unknown(handle, Field::SenderDomains);
        if unknown_scope && !self.flag(self.query(handle, Field::SenderDomains))? {
            return Ok(false);
        }
        if self.is_unknown(handle, Field::AssociatedAcceptedDomains)
            && !self.flag(self.query(handle, Field::AssociatedAcceptedDomains))?
        {
            return Ok(false);
        }
        let reason = proof::out_of_scope(connector, &self.tenants[tenant].tenant.domains, sender);
        Ok(match reason {
            Some(Reason::OutOfScope) => unknown_scope,
            Some(Reason::NotAssociated) => self.is_unknown(handle, Field::AssociatedAcceptedDomains),
            _ => true,
        })
    }

    /// How a connector's name matches one presented name, and whether it is owned. Rules A3 and A4.
    fn name_match(&self, handle: usize, name: &CertificateName) -> Result<Option<(NameMatch, bool)>> {
        let (tenant, connector) = self.connectors[handle];
        if self.is_unknown(handle, Field::TlsSenderCertificateName) {
            let query = self.query(handle, Field::TlsSenderCertificateName);
            return match self.assumed.answers.get(&query) {
                Some(Value::NameClass(NameClass::Differs)) => Ok(None),
                Some(Value::NameClass(NameClass::MatchesOwned)) => Ok(Some((NameMatch::Equal, true))),
                Some(Value::NameClass(NameClass::MatchesUnowned)) => Ok(Some((NameMatch::Equal, false))),
                _ => Err(query),
            };
        }
        let Some(value) = &connector.tls_sender_certificate_name else { return Ok(None) };
        let Some(rank) = self.matches(value, name)? else { return Ok(None) };
        if self.nearest_owner(name.domain()).is_some_and(|owner| owner != tenant) {
            return Ok(None);
        }
        Ok(Some((rank, self.owns(handle, value)?)))
    }

    /// Every match of the certificate: connector, rank, whether owned.
    fn certificate_matches(
        &self,
        certificate: &CertificateFacts,
        sender: &Sender,
    ) -> Result<Vec<(usize, NameMatch, bool)>> {
        let mut matches = Vec::new();
        for handle in 0..self.connectors.len() {
            for (position, name) in certificate.names.iter().enumerate() {
                // The cheap and the certain first, so that no unknown is asked for in vain.
                if let Some((rank, owned)) = self.name_match(handle, name)?
                    && self.is_candidate(handle, ConnectorType::OnPremises)?
                    && self.is_in_scope(handle, sender)?
                    && self.is_proved(handle, certificate, position)?
                {
                    matches.push((handle, rank, owned));
                }
            }
        }
        Ok(matches)
    }

    fn unseen(&self, query: impl Fn(TenantId) -> Query) -> Result<Option<Candidate>> {
        for (tenant, shown) in self.tenants.iter().enumerate() {
            if !shown.connectors_shown && self.flag(query(shown.tenant.id))? {
                return Ok(Some(Found { tenant, connector: None }));
            }
        }
        Ok(None)
    }

    fn prefix_for(&self, handle: usize, address: IpAddr) -> Result<Option<u8>> {
        let (_, connector) = self.connectors[handle];
        if self.is_unknown(handle, Field::SenderIpAddresses) {
            return Ok(self.flag(self.query(handle, Field::SenderIpAddresses))?.then_some(0));
        }
        let ranges = connector.sender_ip_addresses.iter();
        let granted = ranges.filter(|range| !range.needs_grant() || connector.addresses_granted);
        Ok(granted.filter(|range| range.contains(address)).map(|range| range.prefix_len()).max())
    }

    /// On-premises connectors whose ranges hold the address, enabled or not: longest prefix first, then by name.
    fn addressed(&self, address: IpAddr) -> Result<Vec<usize>> {
        let mut holding = Vec::new();
        for handle in 0..self.connectors.len() {
            let on_premises = |c: &InboundConnector| c.connector_type == ConnectorType::OnPremises;
            if let Some(prefix) = self.prefix_for(handle, address)?
                && self.field(handle, Field::Type, on_premises)?
            {
                holding.push((std::cmp::Reverse(prefix), handle));
            }
        }
        holding.sort_unstable();
        Ok(holding.into_iter().map(|(_, handle)| handle).collect())
    }

    fn admits_address(&self, handle: usize, sender: &Sender) -> Result<bool> {
        Ok(self.field(handle, Field::Enabled, |c| c.enabled)? && self.is_in_scope(handle, sender)?)
    }

    /// Whether the tenant of a connector by address is the sender's, or stands in by the recipient (Microsoft, open).
    fn speaks_by_address(&self, tenant: usize, holder: Option<usize>) -> Result<bool> {
        if holder == Some(tenant) {
            return Ok(true);
        }
        if self.judge == Judge::Relay {
            return Ok(false);
        }
        let recipient = match self.assumed.evidence.recipient()? {
            Some(recipient) => self.holder(recipient)?,
            None => None,
        };
        Ok(recipient == Some(tenant) && self.reading(Reading::RecipientFallback, false)?)
    }

    /// Rule A7, the part that is ours.
    fn any_sender(&self, covering: &[usize], sender: &Sender) -> Result<Option<Candidate>> {
        let tenants: BTreeSet<_> = covering.iter().map(|&handle| self.connectors[handle].0).collect();
        if tenants.len() != 1 || self.judge == Judge::ExchangeOnline {
            return Ok(None);
        }
        for &handle in covering {
            if self.field(handle, Field::AnySender, |c| c.any_sender)? && self.admits_address(handle, sender)? {
                return Ok(Some(Found { tenant: self.connectors[handle].0, connector: Some(handle) }));
            }
        }
        Ok(None)
    }

    /// Rule A9: what a partner connector demands that is not met.
    fn partner_demand(&self, handle: usize) -> Result<Option<RefusalReply>> {
        if self.field(handle, Field::RequireTls, |c| c.require_tls)? && !self.assumed.evidence.tls()? {
            return Ok(Some(RefusalReply::TlsRequired));
        }
        if self.field(handle, Field::RestrictDomainsToIpAddresses, |c| c.restrict_domains_to_ip_addresses)? {
            let inside = match self.assumed.evidence.remote_ip()? {
                Some(address) if self.is_unknown(handle, Field::SenderIpAddresses) => {
                    self.prefix_for(handle, address)?.is_some()
                }
                Some(address) => {
                    self.connectors[handle].1.sender_ip_addresses.iter().any(|range| range.contains(address))
                }
                None => false,
            };
            if !inside {
                return Ok(Some(RefusalReply::PartnerRestriction));
            }
        }
        if self.field(handle, Field::RestrictDomainsToCertificate, |c| c.restrict_domains_to_certificate)?
            && !self.partner_certificate(handle)?
        {
            return Ok(Some(RefusalReply::PartnerRestriction));
        }
        Ok(None)
    }

    fn partner_certificate(&self, handle: usize) -> Result<bool> {
        let Some(certificate) = self.assumed.evidence.certificate()? else { return Ok(false) };
        for (position, name) in certificate.names.iter().enumerate() {
            let matched = if self.is_unknown(handle, Field::TlsSenderCertificateName) {
                self.name_match(handle, name)?.is_some()
            } else {
                match &self.connectors[handle].1.tls_sender_certificate_name {
                    Some(value) => self.matches(value, name)?.is_some(),
                    None => false,
                }
            };
            if matched && self.is_proved(handle, certificate, position)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// How specific a Partner connector's scope is for the sender, if it holds it.
    fn partner_scope(&self, handle: usize, sender: &Sender) -> Result<Option<usize>> {
        let (_, connector) = self.connectors[handle];
        if self.is_unknown(handle, Field::SenderDomains) {
            return Ok(self.flag(self.query(handle, Field::SenderDomains))?.then_some(0));
        }
        Ok(connector.best_scope(sender.domain()).map(core_directory::DomainScope::specificity))
    }
}

impl View for Linear<'_> {
    type Gap = Query;
    type Tenant = usize;
    type Connector = usize;

    fn remote_ip(&self) -> Result<Option<IpAddr>> {
        self.assumed.evidence.remote_ip()
    }

    fn tls(&self) -> Result<bool> {
        self.assumed.evidence.tls()
    }

    fn certificate(&self) -> Result<Option<&CertificateFacts>> {
        self.assumed.evidence.certificate()
    }

    fn sender(&self) -> Result<&Sender> {
        self.assumed.evidence.sender()
    }

    fn recipient(&self) -> Result<Option<&Domain>> {
        self.assumed.evidence.recipient()
    }

    fn by_certificate(&self, certificate: &CertificateFacts) -> Result<CertificatePass<usize, usize>> {
        if certificate.names.is_empty() {
            return Ok(CertificatePass::Nothing);
        }
        let sender = self.sender()?;
        let matches = self.certificate_matches(certificate, sender)?;
        if matches.is_empty() {
            return Ok(self
                .unseen(Query::UnseenByCertificate)?
                .map_or(CertificatePass::Nothing, CertificatePass::Owned));
        }
        let holder = match sender {
            Sender::Domain(domain) => self.holder(domain)?,
            Sender::Null | Sender::NoDomain => None,
        };
        let owned = matches.iter().filter(|(_, _, owned)| *owned);
        if let Some(best) = owned.clone().map(|(_, rank, _)| *rank).min() {
            let at_best = |tie: &mut Tie<usize, usize>| {
                for (handle, _, _) in owned.clone().filter(|(_, rank, _)| *rank == best) {
                    tie.add(self.connectors[*handle].0, *handle);
                }
            };
            let (mut tie, mut alone) = (Tie::new(holder), Tie::new(None));
            at_best(&mut tie);
            at_best(&mut alone);
            if alone.is_ambiguous() && !self.reading(Reading::TieToSender, true)? {
                return Ok(CertificatePass::Nothing);
            }
            return Ok(tie.winner().map_or(CertificatePass::Nothing, CertificatePass::Owned));
        }
        let best = |of: Option<usize>| {
            let tenant_of = |handle: usize| self.connectors[handle].0;
            let mine = matches.iter().filter(|(handle, _, _)| of.is_none_or(|tenant| tenant == tenant_of(*handle)));
            mine.map(|(handle, rank, _)| (*rank, *handle))
                .min()
                .map(|(_, handle)| Found { tenant: tenant_of(handle), connector: Some(handle) })
        };
        Ok(match (holder.and_then(|holder| best(Some(holder))), best(None)) {
            (Some(own), _) => CertificatePass::Unowned(own),
            (None, Some(any)) => CertificatePass::Remembered(any),
            (None, None) => CertificatePass::Nothing,
        })
    }

    fn by_address(&self, address: IpAddr) -> Result<Option<Candidate>> {
        let covering = self.addressed(address)?;
        if !covering.is_empty() {
            let sender = self.sender()?;
            let holder = match sender {
                Sender::Domain(domain) => self.holder(domain)?,
                Sender::Null | Sender::NoDomain => None,
            };
            for &handle in &covering {
                let tenant = self.connectors[handle].0;
                if self.speaks_by_address(tenant, holder)? && self.admits_address(handle, sender)? {
                    return Ok(Some(Found { tenant, connector: Some(handle) }));
                }
            }
            if let Some(found) = self.any_sender(&covering, sender)? {
                return Ok(Some(found));
            }
        }
        self.unseen(Query::UnseenByAddress)
    }

    fn holder(&self, domain: &Domain) -> Result<Option<usize>> {
        if let Some(owner) = self.sole_owner(domain) {
            return Ok(Some(owner));
        }
        let mut nearer = None;
        for above in domain.above() {
            let Ok(above) = Domain::parse(above) else { continue };
            let Some(owner) = self.sole_owner(&above) else { continue };
            if *nearer.get_or_insert(owner) != owner {
                break;
            }
            let own = |d: &&core_directory::AcceptedDomain| d.verified && d.name == above;
            if self.tenants[owner].tenant.domains.iter().filter(own).any(|d| d.match_subdomains) {
                return Ok(Some(owner));
            }
        }
        for (index, shown) in self.tenants.iter().enumerate().filter(|(_, shown)| !shown.domains_shown) {
            if self.flag(Query::Holds { tenant: shown.tenant.id, domain: domain.clone() })? {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    fn requires_tls(&self, found: Candidate) -> Result<bool> {
        match found.connector {
            Some(handle) => self.field(handle, Field::RequireTls, |c| c.require_tls),
            None => Ok(false),
        }
    }

    fn partner(&self, tenant: usize) -> Result<PartnerPass<usize>> {
        let sender = self.sender()?;
        let mut scoped = Vec::new();
        for handle in (0..self.connectors.len()).filter(|&handle| self.connectors[handle].0 == tenant) {
            if self.is_candidate(handle, ConnectorType::Partner)?
                && let Some(specificity) = self.partner_scope(handle, sender)?
            {
                scoped.push((specificity, handle));
            }
        }
        let best = scoped.iter().map(|(specificity, _)| *specificity).max();
        let mut pass = PartnerPass::NoneInScope;
        for (_, handle) in scoped.into_iter().filter(|(specificity, _)| Some(*specificity) == best) {
            let identifies = self
                .field(handle, Field::RestrictDomainsToIpAddresses, |c| c.restrict_domains_to_ip_addresses)?
                || self.field(handle, Field::RestrictDomainsToCertificate, |c| c.restrict_domains_to_certificate)?;
            pass = pass.or(handle, self.partner_demand(handle)?, identifies);
        }
        Ok(pass)
    }

    fn rejects_direct_send(&self, tenant: usize) -> Result<bool> {
        Ok(self.tenants[tenant].tenant.reject_direct_send)
    }

    fn tenant_id(&self, tenant: usize) -> TenantId {
        self.tenants[tenant].tenant.id
    }

    fn connector_id(&self, handle: usize) -> ConnectorId {
        self.connectors[handle].1.id
    }
}
