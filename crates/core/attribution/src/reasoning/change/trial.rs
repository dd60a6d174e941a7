//! One proposal: the edits for everything that one way into one connector misses, made on copies.

use std::net::IpAddr;

use core_directory::{
    AcceptedDomain, AddressRange, CertificateFacts, CertificateName, ConnectorIndex, ConnectorType, Domain,
    DomainScope, Field, InboundConnector, TenantIndex,
};

use super::{Change, Edit, EditKind, Side};
use crate::reasoning::Reason;
use crate::reasoning::examine::{Case, Examined, Miss, Way};
use crate::{Evidence, Sender, proof};

/// Most accepted domains among which a sender is looked for.
const MAX_OWN_DOMAINS: usize = 64;

/// Copies of the evidence and of one connector, on which edits are tried.
pub(super) struct Trial<'a> {
    pub case: Case<'a>,
    pub evidence: Evidence,
    pub tenant: TenantIndex,
    /// Where the connector stands in the directory, if it does yet.
    pub index: Option<ConnectorIndex>,
    pub connector: InboundConnector,
    /// Domains that the tenant verifies.
    pub verified: Vec<Domain>,
    edits: Vec<Edit>,
}

impl<'a> Trial<'a> {
    pub fn of_connector(case: Case<'a>, index: ConnectorIndex) -> Self {
        let entry = case.snapshot.connector(index);
        Self { index: Some(index), ..Self::of_new_connector(case, entry.tenant, entry.connector.clone()) }
    }

    pub fn of_new_connector(case: Case<'a>, tenant: TenantIndex, connector: InboundConnector) -> Self {
        let evidence = case.evidence.clone();
        Self { case, evidence, tenant, index: None, connector, verified: Vec::new(), edits: Vec::new() }
    }

    fn tenant_name(&self) -> String {
        self.case.snapshot.tenant(self.tenant).name.to_string()
    }

    pub fn run(mut self, way: &Examined) -> Option<Change> {
        for miss in &way.misses {
            self.mend(miss, way.way)?;
        }
        self.passes().then_some(Change { edits: self.edits })
    }

    /// The new connector as the one edit, if it turns the verdict.
    pub fn run_new(mut self) -> Option<Change> {
        let (field, to) =
            match (&self.connector.tls_sender_certificate_name, self.connector.sender_ip_addresses.first()) {
                (Some(value), _) => (Field::TlsSenderCertificateName, value.to_string()),
                (None, Some(range)) => (Field::SenderIpAddresses, range.to_string()),
                (None, None) => return None,
            };
        self.connector_edit(EditKind::AddConnector, field, String::new(), to);
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
                self.set(Field::Type, "partner", "on-premises");
                // On premises a restriction would be refused.
                if std::mem::take(&mut self.connector.restrict_domains_to_ip_addresses) {
                    self.set(Field::RestrictDomainsToIpAddresses, "true", "false");
                }
                if std::mem::take(&mut self.connector.restrict_domains_to_certificate) {
                    self.set(Field::RestrictDomainsToCertificate, "true", "false");
                }
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
            // A tie goes to whoever holds the sender's domain.
            Reason::SenderNotHeld | Reason::Ambiguous => self.hold_sender()?,
            Reason::OutOfScope => {
                let sender = self.evidence.mail_from.domain()?.clone();
                let mut scopes = self.connector.sender_domains.to_vec();
                scopes.push(DomainScope::Exact(sender.clone()));
                self.connector.sender_domains = scopes.into_boxed_slice();
                self.add(Field::SenderDomains, sender.to_string());
            }
            Reason::NotAssociated => {
                let own = self.accepted_for(self.evidence.mail_from.domain()?)?;
                let mut domains = self.connector.associated_accepted_domains.to_vec();
                domains.push(own.clone());
                self.connector.associated_accepted_domains = domains.into_boxed_slice();
                self.add(Field::AssociatedAcceptedDomains, own.to_string());
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

    fn value_for(&self, name: &CertificateName, way: Way) -> Option<CertificateName> {
        if way == Way::Partner {
            // Ownership is not asked of a partner.
            return (!name.domain().is_public_suffix()).then(|| name.clone());
        }
        super::owned_value(self.case.snapshot, self.tenant, &self.verified, name)
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
        let own = self.verified.contains(&domain);
        if own || self.case.snapshot.verified(domain.as_str()).is_some() || domain.is_public_suffix() {
            return own.then_some(());
        }
        self.edits.push(Edit {
            side: Side::Tenant,
            kind: EditKind::VerifyDomain,
            tenant: self.tenant_name(),
            connector: String::new(),
            field: Field::Verified.key().into(),
            from: "false".into(),
            to: domain.to_string(),
        });
        self.verified.push(domain);
        Some(())
    }

    fn hold_sender(&mut self) -> Option<()> {
        let sender = self.evidence.mail_from.domain()?.clone();
        // A domain that another tenant holds stays with it.
        if self.case.snapshot.holder(&sender).is_some() {
            return None;
        }
        self.verify(sender)
    }

    /// The accepted domain that the sender's domain equals, or lies below with `match_subdomains`.
    fn accepted_for(&self, sender: &Domain) -> Option<Domain> {
        let takes =
            |own: &&AcceptedDomain| own.name == *sender || own.match_subdomains && sender.is_below(own.name.as_str());
        self.case.snapshot.tenant(self.tenant).domains.iter().find(takes).map(|own| own.name.clone())
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
        if self.edits.iter().any(|edit| edit.kind == EditKind::PresentCertificate) {
            // The one that is presented instead has none of the faults.
            return Some(());
        }
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
        let domains = &self.case.snapshot.tenant(self.tenant).domains;
        let held = domains.iter().filter(|own| self.case.snapshot.holder(&own.name) == Some(self.tenant));
        let in_scope = |own: &&AcceptedDomain| {
            proof::out_of_scope(&self.connector, domains, &Sender::Domain(own.name.clone())).is_none()
        };
        let own = held.take(MAX_OWN_DOMAINS).find(in_scope)?.name.clone();
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
            tenant: self.tenant_name(),
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
            tenant: self.tenant_name(),
            connector: self.connector.name.to_string(),
            field: String::new(),
            from,
            to,
        });
    }
}
