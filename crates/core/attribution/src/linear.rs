//! The view of a partial directory: one connector after the other, each field asked for by name, so that a field, a list
//! or a reading that is unknown can be missed at the moment it counts. Also the plain form of the rules, to which a
//! property test holds the indexed one.

use std::net::IpAddr;

use core_directory::{CertificateFacts, ConnectorId, ConnectorType, Domain, Field, InboundConnector, TenantId};

use crate::fork::{Assumed, Value};
use crate::observed::Observed;
use crate::partial_directory::{Judge, PartialDirectory, PartialTenant, Reading};
use crate::rules::{CertificatePass, Found, PartnerPass, View};
use crate::{Query, Sender, proof};

mod address;
mod certificate;
mod partner;

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

    /// Whether the connector's hidden field is more specific than those of the others that match: it stands before them all
    /// or behind, since in between it is behind whatever decides or before it.
    fn precedes(&self, handle: usize, field: Field) -> Result<bool> {
        let (tenant, connector) = self.connectors[handle];
        let tenant = self.tenants[tenant].tenant.id;
        self.flag(Query::Precedes { tenant, connector: connector.id, name: connector.name.clone(), field })
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

    /// Whether the connector is known to be disabled or of the other type, so that nothing else need be asked about it.
    fn is_ruled_out(&self, handle: usize, wanted: ConnectorType) -> bool {
        let (_, connector) = self.connectors[handle];
        !connector.enabled && !self.is_unknown(handle, Field::Enabled)
            || connector.connector_type != wanted && !self.is_unknown(handle, Field::Type)
    }

    fn is_verified(&self, tenant: usize, domain: &Domain) -> Result<bool> {
        let shown = self.tenants[tenant];
        if shown.tenant.domains.iter().any(|own| own.verified() && own.name == *domain) {
            return Ok(self.sole_owner(domain) == Some(tenant));
        }
        if shown.domains_shown {
            return Ok(false);
        }
        let (tenant, domain) = (shown.tenant.id, domain.clone());
        // Nobody holds a registrable domain through one above it, so there the two questions are one.
        let registrable = domain.registrable() == domain.as_str();
        let holds = Query::Holds { tenant, domain: domain.clone() };
        if registrable || self.assumed.answers.get(&holds) == Some(&Value::Flag(false)) {
            return self.flag(holds);
        }
        self.flag(Query::Accepts { tenant, domain })
    }

    /// Whether a tenant whose domains are not shown holds the domain.
    fn may_hold(&self, tenant: TenantId, domain: &Domain) -> Result<bool> {
        let accepts = Query::Accepts { tenant, domain: domain.clone() };
        if self.assumed.answers.get(&accepts) == Some(&Value::Flag(true)) {
            return Ok(true);
        }
        self.flag(Query::Holds { tenant, domain: domain.clone() })
    }

    fn sole_owner(&self, domain: &Domain) -> Option<usize> {
        let claims = |shown: &&PartialTenant| shown.tenant.domains.iter().any(|d| d.verified() && d.name == *domain);
        let mut owners = self.tenants.iter().enumerate().filter(|(_, shown)| claims(shown)).map(|(index, _)| index);
        let first = owners.next()?;
        owners.next().is_none().then_some(first)
    }

    /// The nearest verified domain at or above, as far as domains are shown.
    fn nearest_owner(&self, domain: &Domain) -> Option<usize> {
        domain.at_and_above().find_map(|name| self.sole_owner(&Domain::parse(name).ok()?))
    }

    /// The tenant that holds the MAIL FROM domain.
    fn sender_holder(&self) -> Result<Option<usize>> {
        match self.sender()? {
            Sender::Domain(domain) => self.holder(domain),
            Sender::Null | Sender::NoDomain => Ok(None),
        }
    }

    /// Rule A8's scope.
    fn is_in_scope(&self, handle: usize) -> Result<bool> {
        let (tenant, connector) = self.connectors[handle];
        let sender = self.sender()?;
        if *sender == Sender::Null {
            return Ok(true);
        }
        if !self.field(handle, Field::SenderDomains, |c| c.best_scope(sender.domain()).is_some())? {
            return Ok(false);
        }
        let shown = self.tenants[tenant];
        let associated = Field::AssociatedAcceptedDomains;
        let open = !shown.domains_shown && proof::may_be_associated(connector, sender);
        if self.is_unknown(handle, associated)
            || open && !proof::is_associated(connector, &shown.tenant.domains, sender)
        {
            return self.flag(self.query(handle, associated));
        }
        Ok(proof::is_associated(connector, &shown.tenant.domains, sender))
    }

    fn unseen(&self, query: impl Fn(TenantId) -> Query) -> Result<Option<Candidate>> {
        for (tenant, shown) in self.tenants.iter().enumerate() {
            if !shown.connectors_shown && self.flag(query(shown.tenant.id))? {
                return Ok(Some(Found { tenant, connector: None }));
            }
        }
        Ok(None)
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
        self.certificate_pass(certificate)
    }

    fn by_address(&self, address: IpAddr) -> Result<Option<Candidate>> {
        self.address_pass(address)
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
            let own = |d: &&core_directory::AcceptedDomain| d.verified() && d.name == above;
            if self.tenants[owner].tenant.domains.iter().filter(own).any(|d| d.match_subdomains) {
                return Ok(Some(owner));
            }
        }
        for (index, shown) in self.tenants.iter().enumerate().filter(|(_, shown)| !shown.domains_shown) {
            if self.may_hold(shown.tenant.id, domain)? {
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
        self.partner_pass(tenant)
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
