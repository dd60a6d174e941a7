//! What is wrong with a directory, before anything of it is committed (rule A0 and the directory file's own rules).
//! Finds everything at once, changes nothing.

mod range_index;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::{
    AddressRange, ConnectorType, Domain, Field, InboundConnector, MAX_NAME_LENGTH, SendConnector, Tenant, TlsLevel,
};
use range_index::RangeIndex;

/// Whose word a change is: some things only the operator may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The operator of the relay.
    Operator,
    /// A tenant's own administrator.
    Tenant,
}

/// Kinds of directory objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectKind {
    /// The tenant itself.
    Tenant,
    /// An accepted domain.
    Domain,
    /// A certificate with its key.
    Certificate,
    /// An inbound connector.
    InboundConnector,
    /// A send connector.
    SendConnector,
}

/// Which object: its kind, its tenant's name and its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectPath {
    /// Name of the tenant.
    pub tenant: String,
    /// Kind of the object.
    pub kind: ObjectKind,
    /// Name of the object; for the tenant itself its own name again.
    pub name: String,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {field}: {code}")]
pub struct Fault {
    /// The object.
    pub path: ObjectPath,
    /// The field.
    pub field: Field,
    /// What is wrong with it.
    pub code: FaultCode,
}

/// What can be wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultCode {
    /// A name is empty, too long, or has control characters.
    #[error("a name has 1 to {MAX_NAME_LENGTH} characters and no control characters")]
    Name,
    /// Two objects of one kind have one name; case makes no difference.
    #[error("{0:?} is there twice; names are unique, and case makes no difference")]
    Duplicate(String),
    /// Verified at two tenants.
    #[error("already verified at tenant {0:?}; a domain is verified at one tenant at a time (rule A4)")]
    VerifiedElsewhere(String),
    /// Only the operator may say so.
    #[error("only the operator may set this")]
    OperatorOnly,
    /// A public suffix as accepted domain.
    #[error("{0} is a public suffix: nobody owns what strangers register below it")]
    PublicSuffix(Domain),
    /// A range too wide for a tenant (rule A0).
    #[error("{0} is wider than /24 (IPv4) or /48 (IPv6); only the operator may grant that (rule A0)")]
    WideRange(AddressRange),
    /// An any-sender range that meets another tenant's (rule A7).
    #[error(
        "{own} overlaps {other} of connector {connector:?} of tenant {tenant:?}, and any_sender takes mail from any sender (rule A7)"
    )]
    AnySenderOverlap {
        /// The range of the connector with `any_sender`.
        own: AddressRange,
        /// The other tenant's range.
        other: AddressRange,
        /// The other tenant.
        tenant: String,
        /// The other tenant's connector.
        connector: String,
    },
    /// The same as a tenant may read it, which sees no other.
    #[error(
        "{0} overlaps addresses that are used elsewhere, where any_sender takes mail from any sender (rule A7); ask the operator"
    )]
    AnySenderElsewhere(AddressRange),
    /// Another name for what is its name.
    #[error("a domain is not renamed: add the other one, and remove this one when nothing needs it")]
    NotRenamed,
    /// An on-premises connector that can match nobody.
    #[error(
        "names neither a certificate nor an address, so it identifies nobody; set tls_sender_certificate_name or sender_ip_addresses"
    )]
    IdentifiesNobody,
    /// The field means nothing without another one.
    #[error("means nothing without {0}")]
    Needs(Field),
    /// The field is for the other type of connector.
    #[error("is for connectors of type {0:?} only")]
    WrongType(&'static str),
    /// A list that must not be empty.
    #[error("must not be empty")]
    Empty,
    /// A domain that the tenant does not have.
    #[error("{0} is not an accepted domain of this tenant")]
    UnknownDomain(Domain),
    /// A certificate that the tenant does not have.
    #[error("the tenant has no certificate named {0:?}")]
    UnknownCertificate(String),
    /// The field contradicts the connector's `tls`.
    #[error("contradicts tls = {0:?}")]
    ContradictsTls(&'static str),
}

/// Everything that is wrong with these tenants together, in their order. `standing` says whose word the directory is.
pub fn validate(tenants: &[Tenant], standing: Standing) -> Vec<Fault> {
    let mut check = Check { faults: Vec::new(), tenant: "", kind: ObjectKind::Tenant, name: "" };
    check.tenants(tenants);
    for tenant in tenants {
        check.tenant = &tenant.name;
        check.domains(tenant);
        check.inbound(tenant, standing);
        check.send(tenant);
    }
    check.verified_once(tenants);
    check.any_sender(tenants, standing);
    check.faults
}

struct Check<'a> {
    faults: Vec<Fault>,
    tenant: &'a str,
    kind: ObjectKind,
    name: &'a str,
}

impl<'a> Check<'a> {
    fn fault(&mut self, field: Field, code: FaultCode) {
        let path = ObjectPath { tenant: self.tenant.into(), kind: self.kind, name: self.name.into() };
        self.faults.push(Fault { path, field, code });
    }

    fn tenants(&mut self, tenants: &'a [Tenant]) {
        let mut seen = BTreeSet::new();
        for tenant in tenants {
            (self.tenant, self.kind) = (&tenant.name, ObjectKind::Tenant);
            self.name(&tenant.name, &mut seen);
        }
    }

    fn name(&mut self, name: &'a str, seen: &mut BTreeSet<String>) {
        self.name = name;
        let length = name.chars().count();
        if length == 0 || length > MAX_NAME_LENGTH || name.chars().any(char::is_control) {
            self.fault(Field::Name, FaultCode::Name);
        }
        if !seen.insert(name.to_lowercase()) {
            self.fault(Field::Name, FaultCode::Duplicate(name.into()));
        }
    }

    fn domains(&mut self, tenant: &'a Tenant) {
        self.kind = ObjectKind::Domain;
        let mut seen = BTreeSet::new();
        for domain in &tenant.domains {
            self.name(domain.name.as_str(), &mut seen);
            if domain.name.is_public_suffix() {
                self.fault(Field::Name, FaultCode::PublicSuffix(domain.name.clone()));
            }
        }
        self.kind = ObjectKind::Certificate;
        let mut seen = BTreeSet::new();
        for certificate in &tenant.certificates {
            self.name(&certificate.name, &mut seen);
        }
    }

    fn inbound(&mut self, tenant: &'a Tenant, standing: Standing) {
        self.kind = ObjectKind::InboundConnector;
        let mut seen = BTreeSet::new();
        for connector in &tenant.inbound_connectors {
            self.name(&connector.name, &mut seen);
            self.addresses(connector, standing);
            self.identity(connector);
            self.scope(tenant, connector);
        }
    }

    fn addresses(&mut self, connector: &InboundConnector, standing: Standing) {
        for &range in &connector.sender_ip_addresses {
            if range.needs_grant() && !(connector.addresses_granted || standing == Standing::Operator) {
                self.fault(Field::SenderIpAddresses, FaultCode::WideRange(range));
            }
        }
    }

    fn identity(&mut self, connector: &InboundConnector) {
        let (named, addressed) =
            (connector.tls_sender_certificate_name.is_some(), !connector.sender_ip_addresses.is_empty());
        let partner = connector.connector_type == ConnectorType::Partner;
        if !partner && !named && !addressed {
            self.fault(Field::TlsSenderCertificateName, FaultCode::IdentifiesNobody);
        }
        let by_address = connector.restrict_domains_to_ip_addresses;
        let by_name = connector.restrict_domains_to_certificate;
        if by_address && !partner {
            self.fault(Field::RestrictDomainsToIpAddresses, FaultCode::WrongType("partner"));
        }
        if by_name && !partner {
            self.fault(Field::RestrictDomainsToCertificate, FaultCode::WrongType("partner"));
        }
        if connector.any_sender && partner {
            self.fault(Field::AnySender, FaultCode::WrongType("on-premises"));
        }
        for (set, missing, field, needed) in [
            (by_address && partner, !addressed, Field::RestrictDomainsToIpAddresses, Field::SenderIpAddresses),
            (by_name && partner, !named, Field::RestrictDomainsToCertificate, Field::TlsSenderCertificateName),
            (connector.any_sender && !partner, !addressed, Field::AnySender, Field::SenderIpAddresses),
            (
                !connector.pinned_certificates.is_empty(),
                !named,
                Field::PinnedCertificates,
                Field::TlsSenderCertificateName,
            ),
            (connector.require_client_auth, !named, Field::RequireClientAuth, Field::TlsSenderCertificateName),
        ] {
            if set && missing {
                self.fault(field, FaultCode::Needs(needed));
            }
        }
    }

    fn scope(&mut self, tenant: &Tenant, connector: &InboundConnector) {
        if connector.sender_domains.is_empty() {
            self.fault(Field::SenderDomains, FaultCode::Empty);
        }
        for domain in &connector.associated_accepted_domains {
            if !tenant.domains.iter().any(|own| own.name == *domain) {
                self.fault(Field::AssociatedAcceptedDomains, FaultCode::UnknownDomain(domain.clone()));
            }
        }
    }

    fn send(&mut self, tenant: &'a Tenant) {
        self.kind = ObjectKind::SendConnector;
        let mut seen = BTreeSet::new();
        for connector in &tenant.send_connectors {
            self.name(&connector.name, &mut seen);
            if connector.address_spaces.is_empty() {
                self.fault(Field::AddressSpaces, FaultCode::Empty);
            }
            self.send_tls(tenant, connector);
        }
    }

    fn send_tls(&mut self, tenant: &Tenant, connector: &SendConnector) {
        if connector.tls_domain.is_some() && connector.tls != TlsLevel::DomainValidation {
            self.fault(Field::TlsDomain, FaultCode::ContradictsTls(connector.tls.name()));
        }
        let Some(name) = &connector.certificate else { return };
        if !tenant.certificates.iter().any(|own| own.name == *name) {
            self.fault(Field::Certificate, FaultCode::UnknownCertificate(name.to_string()));
        }
        if connector.tls == TlsLevel::None {
            self.fault(Field::Certificate, FaultCode::ContradictsTls(connector.tls.name()));
        }
    }

    fn verified_once(&mut self, tenants: &'a [Tenant]) {
        self.kind = ObjectKind::Domain;
        let mut holders: BTreeMap<&Domain, &str> = BTreeMap::new();
        for tenant in tenants {
            self.tenant = &tenant.name;
            for domain in tenant.domains.iter().filter(|domain| domain.verified()) {
                self.name = domain.name.as_str();
                match holders.insert(&domain.name, &tenant.name) {
                    Some(other) if other != &*tenant.name => {
                        self.fault(Field::Verified, FaultCode::VerifiedElsewhere(other.into()));
                    }
                    _ => {}
                }
            }
        }
    }

    fn any_sender(&mut self, tenants: &'a [Tenant], standing: Standing) {
        self.kind = ObjectKind::InboundConnector;
        let index = RangeIndex::new(tenants);
        for tenant in tenants {
            for connector in tenant.inbound_connectors.iter().filter(|connector| connector.any_sender) {
                (self.tenant, self.name) = (&tenant.name, &connector.name);
                if standing != Standing::Operator && !connector.addresses_granted {
                    self.fault(Field::AnySender, FaultCode::OperatorOnly);
                }
                self.overlaps(tenant, connector, &index);
            }
        }
    }

    /// One fault for each connector of another tenant.
    fn overlaps(&mut self, tenant: &Tenant, connector: &InboundConnector, index: &RangeIndex<'_>) {
        let mut told = BTreeSet::new();
        for &own in &connector.sender_ip_addresses {
            for foreign in index.overlapping(own).filter(|foreign| foreign.tenant.name != tenant.name) {
                if told.insert((&foreign.tenant.name, &foreign.connector.name)) {
                    let code = FaultCode::AnySenderOverlap {
                        own,
                        other: foreign.range,
                        tenant: foreign.tenant.name.to_string(),
                        connector: foreign.connector.name.to_string(),
                    };
                    self.fault(Field::AnySender, code);
                }
            }
        }
    }
}

impl ObjectKind {
    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Domain => "domain",
            Self::Certificate => "certificate",
            Self::InboundConnector => "inbound connector",
            Self::SendConnector => "send connector",
        }
    }
}

impl fmt::Display for ObjectPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tenant {:?}", self.tenant)?;
        match self.kind {
            ObjectKind::Tenant => Ok(()),
            kind => write!(f, ", {} {:?}", kind.label(), self.name),
        }
    }
}
