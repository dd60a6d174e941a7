//! The smallest change that turns a refusal into a pass. Each proposal is tried: applied to a copy of the few tenants that
//! count, and judged again by the rules themselves; what does not turn the verdict is not proposed.

use std::collections::BTreeSet;
use std::net::IpAddr;

use core_directory::{
    AcceptedDomain, AddressRange, CertificateFacts, CertificateName, ConnectorType, Domain, DomainScope, Field,
    InboundConnector, Snapshot, Tenant, TenantIndex,
};
use serde::{Deserialize, Serialize};

use super::Reason;
use super::examine::{Examined, Miss, Way};
use crate::{Evidence, RefusalReply, Sender, Verdict, decide};

/// Edits that together turn the verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// In the order in which they are made.
    pub edits: Vec<Edit>,
}

/// One edit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// Who makes it.
    pub side: Side,
    /// What is done.
    pub kind: EditKind,
    /// The tenant whose object is edited; empty on the sender's side.
    pub tenant: String,
    /// The connector that is edited; empty where none is.
    pub connector: String,
    /// The field's key in the directory file; empty on the sender's side.
    pub field: String,
    /// The value before.
    pub from: String,
    /// The value after.
    pub to: String,
}

/// Who makes an edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// Whoever administers the tenant at the relay.
    Tenant,
    /// Whoever administers the sending server.
    Sender,
}

/// What an edit does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EditKind {
    /// Set the connector's field to a value.
    Set,
    /// Add a value to the connector's list.
    Add,
    /// Register and verify the domain.
    VerifyDomain,
    /// Present a certificate that proves the name.
    PresentCertificate,
    /// Present the certificate in date, trusted, with its intermediates, fit and with its key.
    MendCertificate,
    /// Use STARTTLS.
    UseTls,
    /// Send from a domain of the tenant's own.
    UseOwnSender,
    /// Register a connector, since the sender's tenant has none that could match.
    AddConnector,
    /// Register a tenant and its domain, since nobody holds the sender's.
    AddTenant,
}

/// Most proposals that are tried.
const MAX_TRIES: usize = 16;

/// The first proposal, nearest way first, that turns the verdict.
pub(super) fn smallest(
    evidence: &Evidence,
    snapshot: &Snapshot,
    verdict: &Verdict,
    examined: &[Examined],
) -> Option<Change> {
    if let Verdict::Refused(refusal) = verdict
        && refusal.reply == RefusalReply::NoRoute
    {
        return None;
    }
    let proposals = examined.iter().filter(|way| !way.misses.is_empty()).take(MAX_TRIES);
    let tried = proposals.filter_map(|way| Trial::new(evidence, snapshot, way).run(way));
    tried.min_by_key(|change| change.edits.len()).or_else(|| nothing_near(evidence, snapshot))
}

/// A copy of evidence and of the tenants that count, on which edits are tried.
struct Trial<'a> {
    snapshot: &'a Snapshot,
    evidence: Evidence,
    tenant: TenantIndex,
    tenant_name: String,
    domains: Vec<AcceptedDomain>,
    connector: InboundConnector,
    edits: Vec<Edit>,
}

impl<'a> Trial<'a> {
    fn new(evidence: &Evidence, snapshot: &'a Snapshot, way: &Examined) -> Self {
        let entry = snapshot.connector(way.connector);
        let tenant = snapshot.tenant(entry.tenant);
        Self {
            snapshot,
            evidence: evidence.clone(),
            tenant: entry.tenant,
            tenant_name: tenant.name.to_string(),
            domains: tenant.domains.clone(),
            connector: entry.connector.clone(),
            edits: Vec::new(),
        }
    }

    fn run(mut self, way: &Examined) -> Option<Change> {
        for miss in &way.misses {
            self.mend(miss, way.way)?;
        }
        self.passes().then_some(Change { edits: self.edits })
    }

    /// The edit for one miss, made on the copy; none where nobody can mend it.
    fn mend(&mut self, miss: &Miss, way: Way) -> Option<()> {
        match miss.reason {
            Reason::Disabled => {
                self.connector.enabled = true;
                self.set(Field::Enabled, "false", "true");
            }
            Reason::WrongType => {
                self.connector.connector_type = ConnectorType::OnPremises;
                self.connector.restrict_domains_to_ip_addresses = false;
                self.connector.restrict_domains_to_certificate = false;
                self.set(Field::Type, "partner", "on-premises");
            }
            Reason::NameDiffers => self.mend_name(way)?,
            Reason::NoCertificate => {
                let value = self.connector.tls_sender_certificate_name.clone()?;
                self.present(value);
            }
            Reason::DomainUnverified | Reason::DomainNotAccepted => self.mend_ownership()?,
            Reason::NotPinned => {
                let leaf = self.evidence.certificate.as_ref()?.leaf_sha256;
                let mut pins = self.connector.pinned_certificates.to_vec();
                pins.push(leaf);
                self.connector.pinned_certificates = pins.into_boxed_slice();
                self.add(Field::PinnedCertificates, leaf.to_string());
            }
            Reason::NotForClients => {
                self.connector.require_client_auth = false;
                self.set(Field::RequireClientAuth, "true", "false");
            }
            Reason::Untrusted
            | Reason::Expired
            | Reason::NotYetValid
            | Reason::WrongUse
            | Reason::KeyNotProved
            | Reason::NameConstraint => self.mend_certificate()?,
            Reason::AddressDiffers => self.add_address(self.evidence.remote_ip?),
            Reason::SenderNotHeld => self.hold_sender()?,
            Reason::OutOfScope => {
                let sender = self.evidence.mail_from.domain()?.clone();
                let mut scopes = self.connector.sender_domains.to_vec();
                scopes.push(DomainScope::Exact(sender.clone()));
                self.connector.sender_domains = scopes.into_boxed_slice();
                self.add(Field::SenderDomains, sender.to_string());
            }
            Reason::NotAssociated => {
                let sender = self.evidence.mail_from.domain()?.clone();
                let mut domains = self.connector.associated_accepted_domains.to_vec();
                domains.push(sender.clone());
                self.connector.associated_accepted_domains = domains.into_boxed_slice();
                self.add(Field::AssociatedAcceptedDomains, sender.to_string());
            }
            Reason::TlsRequired => {
                self.evidence.tls = true;
                self.sender_edit(EditKind::UseTls, String::new(), String::new());
            }
            Reason::ForeignSender => self.use_own_sender(miss)?,
            // The rest no edit of this connector mends: a denied leaf, another's name, a null sender by address.
            _ => return None,
        }
        Some(())
    }

    /// The connector's value is made to match what is presented, where the tenant owns it; else the sender presents what
    /// the connector wants.
    fn mend_name(&mut self, way: Way) -> Option<()> {
        let value = self.connector.tls_sender_certificate_name.clone()?;
        let presented = self.evidence.certificate.as_ref().map(|facts| facts.names.clone()).unwrap_or_default();
        match presented.iter().find_map(|name| self.value_for(name, way)) {
            Some(new) => {
                self.set(Field::TlsSenderCertificateName, &value.to_string(), &new.to_string());
                self.connector.tls_sender_certificate_name = Some(new);
            }
            None => self.present(value),
        }
        Some(())
    }

    /// A value that matches the name and whose domain the tenant verified: `*.d` for a host directly below `d`, since that
    /// works under Microsoft's reading too; else the name itself.
    fn value_for(&self, name: &CertificateName, way: Way) -> Option<CertificateName> {
        let owned = |domain: &str| {
            self.domains.iter().any(|own| own.verified && own.name.as_str() == domain)
                && self.snapshot.verified(domain).is_some_and(|owner| owner.tenant == self.tenant)
        };
        if way == Way::Partner {
            return Some(name.clone());
        }
        if name.is_wildcard() {
            return owned(name.domain().as_str()).then(|| name.clone());
        }
        let parents = name.domain().above().filter(|parent| owned(parent));
        let wildcard = parents.take(1).find_map(|parent| Domain::parse(parent).ok()).map(CertificateName::Wildcard);
        wildcard.or_else(|| owned(name.domain().as_str()).then(|| name.clone()))
    }

    /// A value in a domain that is not verified: a wildcard over a verified domain above it, where there is one; else the
    /// domain is verified.
    fn mend_ownership(&mut self) -> Option<()> {
        let value = self.connector.tls_sender_certificate_name.clone()?;
        let names = self.evidence.certificate.as_ref().map(|facts| facts.names.clone()).unwrap_or_default();
        let matching = names.iter().filter(|name| value.matches(name).is_some());
        if let Some(new) = matching.filter_map(|name| self.value_for(name, Way::Certificate)).next() {
            self.set(Field::TlsSenderCertificateName, &value.to_string(), &new.to_string());
            self.connector.tls_sender_certificate_name = Some(new);
        } else {
            self.verify(value.domain().clone())?;
        }
        Some(())
    }

    fn verify(&mut self, domain: Domain) -> Option<()> {
        if self.snapshot.verified(domain.as_str()).is_some() || domain.is_public_suffix() {
            return None;
        }
        match self.domains.iter_mut().find(|own| own.name == domain) {
            Some(own) => own.verified = true,
            None => self.domains.push(AcceptedDomain::new(domain.clone(), true)),
        }
        self.edits.push(Edit {
            side: Side::Tenant,
            kind: EditKind::VerifyDomain,
            tenant: self.tenant_name.clone(),
            connector: String::new(),
            field: Field::Verified.key().into(),
            from: "false".into(),
            to: domain.to_string(),
        });
        Some(())
    }

    fn hold_sender(&mut self) -> Option<()> {
        let sender = self.evidence.mail_from.domain()?.clone();
        // A domain that another tenant holds stays with it.
        if self.snapshot.holder(&sender).is_some() {
            return None;
        }
        self.verify(sender)
    }

    fn add_address(&mut self, address: IpAddr) {
        let Ok(range) = AddressRange::parse(&address.to_string()) else { return };
        let mut ranges = self.connector.sender_ip_addresses.to_vec();
        ranges.push(range);
        self.connector.sender_ip_addresses = ranges.into_boxed_slice();
        self.add(Field::SenderIpAddresses, range.to_string());
    }

    fn present(&mut self, value: CertificateName) {
        let name = match &value {
            CertificateName::Exact(_) => Some(value.clone()),
            CertificateName::Wildcard(domain) => {
                Domain::parse(&format!("mail.{domain}")).ok().map(CertificateName::Exact)
            }
        };
        let mut facts = CertificateFacts::trusted(name.into_iter().collect());
        if let Some(&pin) = self.connector.pinned_certificates.first() {
            facts.leaf_sha256 = pin;
        }
        self.evidence.tls = true;
        self.evidence.certificate = Some(std::sync::Arc::new(facts));
        self.sender_edit(EditKind::PresentCertificate, String::new(), value.to_string());
    }

    fn mend_certificate(&mut self) -> Option<()> {
        let facts = self.evidence.certificate.as_deref()?;
        if facts.denied {
            return None;
        }
        let mut mended = CertificateFacts::trusted(facts.names.clone());
        mended.leaf_sha256 = facts.leaf_sha256;
        let subject = facts.subject.clone();
        self.evidence.certificate = Some(std::sync::Arc::new(mended));
        self.sender_edit(EditKind::MendCertificate, subject, String::new());
        Some(())
    }

    fn use_own_sender(&mut self, miss: &Miss) -> Option<()> {
        let own = self.domains.iter().find(|domain| domain.verified)?.name.clone();
        self.sender_edit(EditKind::UseOwnSender, miss.presented.clone(), own.to_string());
        self.evidence.mail_from = Sender::Domain(own);
        Some(())
    }

    fn set(&mut self, field: Field, from: &str, to: &str) {
        self.connector_edit(EditKind::Set, field, from.into(), to.into());
    }

    fn add(&mut self, field: Field, value: String) {
        self.connector_edit(EditKind::Add, field, String::new(), value);
    }

    fn connector_edit(&mut self, kind: EditKind, field: Field, from: String, to: String) {
        self.edits.push(Edit {
            side: Side::Tenant,
            kind,
            tenant: self.tenant_name.clone(),
            connector: self.connector.name.to_string(),
            field: field.key().into(),
            from,
            to,
        });
    }

    fn sender_edit(&mut self, kind: EditKind, from: String, to: String) {
        self.edits.push(Edit {
            side: Side::Sender,
            kind,
            tenant: String::new(),
            connector: String::new(),
            field: String::new(),
            from,
            to,
        });
    }

    /// Judges the copy: the edited tenant with its edited connector, and the domains of those who own what is named.
    fn passes(&self) -> bool {
        let mut tenants = Vec::new();
        for index in self.tenants_that_count() {
            let whole = self.snapshot.tenant(index);
            let mut tenant = Tenant {
                id: whole.id,
                name: whole.name.clone(),
                reject_direct_send: whole.reject_direct_send,
                domains: whole.domains.clone(),
                ..Tenant::default()
            };
            if index == self.tenant {
                tenant.domains.clone_from(&self.domains);
                tenant.inbound_connectors = vec![self.connector.clone()];
            }
            tenants.push(tenant);
        }
        decide(&self.evidence, &Snapshot::new(self.snapshot.version(), tenants)).passes()
    }

    fn tenants_that_count(&self) -> BTreeSet<TenantIndex> {
        let envelope = [self.evidence.mail_from.domain(), self.evidence.rcpt_to.as_ref()];
        let names = self.evidence.certificate.iter().flat_map(|facts| facts.names.iter().map(CertificateName::domain));
        let owners = names.filter_map(|domain| self.snapshot.nearest_verified(domain)).map(|owner| owner.tenant);
        let holders = envelope.into_iter().flatten().filter_map(|domain| self.snapshot.holder(domain));
        owners.chain(holders).chain(std::iter::once(self.tenant)).collect()
    }
}

/// No connector is near: who holds the sender's domain gets a new one; nobody does, and a tenant is missing.
fn nothing_near(evidence: &Evidence, snapshot: &Snapshot) -> Option<Change> {
    let sender = evidence.mail_from.domain();
    let holder = sender.and_then(|domain| snapshot.holder(domain));
    let edit = |kind, tenant: String, field: &str, to: String| Edit {
        side: Side::Tenant,
        kind,
        tenant,
        connector: String::new(),
        field: field.into(),
        from: String::new(),
        to,
    };
    let Some(tenant) = holder else {
        let domain = sender?.to_string();
        return Some(Change { edits: vec![edit(EditKind::AddTenant, String::new(), "domain", domain)] });
    };
    let owned =
        |name: &CertificateName| snapshot.nearest_verified(name.domain()).is_some_and(|owner| owner.tenant == tenant);
    let trusted = evidence.certificate.iter().filter(|facts| facts.operator_path.is_some() && !facts.denied);
    let name = trusted.flat_map(|facts| &facts.names).find(|name| owned(name));
    let name = name.map(|name| {
        match name.domain().above().find(|parent| snapshot.verified(parent).is_some_and(|owner| owner.tenant == tenant))
        {
            Some(parent) if !name.is_wildcard() => format!("*.{parent}"),
            _ => name.to_string(),
        }
    });
    let (field, to) = match (name, evidence.remote_ip) {
        (Some(name), _) => (Field::TlsSenderCertificateName, name),
        (None, Some(address)) => (Field::SenderIpAddresses, address.to_string()),
        (None, None) => return None,
    };
    let name = snapshot.tenant(tenant).name.to_string();
    Some(Change { edits: vec![edit(EditKind::AddConnector, name, field.key(), to)] })
}
