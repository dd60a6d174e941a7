//! The comparisons of one connector with the evidence, each a miss if it fails.

use core_directory::{
    CertificateFacts, CertificateName, ConnectorType, Field, InboundConnector, TenantIndex, ValidityWindow,
};

use super::{Case, Miss, miss, sender_text};
use crate::reasoning::{Reason, shown_names};
use crate::{RefusalReply, RuleId, Sender, proof};

/// Most values of one field that are shown.
const MAX_VALUES: usize = 8;

/// What a comparison is made of.
pub(super) struct Subject<'a> {
    pub case: Case<'a>,
    pub tenant: TenantIndex,
    pub connector: &'a InboundConnector,
}

impl Subject<'_> {
    pub fn by_certificate(&self, value: &CertificateName) -> Vec<Miss> {
        let mut misses = self.standing();
        if proof::value(self.connector).is_none() {
            let presented = "public suffix";
            let field = Field::TlsSenderCertificateName;
            misses.push(miss(Reason::OutOfBounds, field, value.to_string(), presented, RuleId::A0));
            return misses;
        }
        let Some(facts) = self.case.evidence.certificate.as_deref() else {
            let presented = if self.case.evidence.tls { "no certificate" } else { "no TLS" };
            misses.push(miss(
                Reason::NoCertificate,
                Field::TlsSenderCertificateName,
                value.to_string(),
                presented,
                RuleId::A3,
            ));
            misses.extend(self.scope());
            return misses;
        };
        let matched = self.best_name(value, facts);
        if matched.is_none() {
            let presented = match facts.names.is_empty() {
                true => "no name".to_owned(),
                false => shown_names(&facts.names).join(", "),
            };
            misses.push(miss(
                Reason::NameDiffers,
                Field::TlsSenderCertificateName,
                value.to_string(),
                presented,
                RuleId::A3,
            ));
        }
        misses.extend(self.doubt(facts, matched.unwrap_or(usize::MAX - 1)));
        if let Some(name) = matched.and_then(|at| facts.names.get(at)) {
            misses.extend(self.ownership(value, name));
        }
        misses.extend(self.scope());
        misses
    }

    /// The presented name that comes nearest: proved and owned, then by rank.
    fn best_name(&self, value: &CertificateName, facts: &CertificateFacts) -> Option<usize> {
        let tenant = self.case.snapshot.tenant(self.tenant).id;
        let matching = facts.names.iter().enumerate().filter_map(|(at, name)| {
            let rank = value.matches(name)?;
            let doubted = proof::doubt(facts, at, tenant, self.connector, self.case.evidence.at).is_some();
            let partner = self.connector.connector_type == ConnectorType::Partner;
            Some((!partner && self.is_of_another(name), doubted, rank, at))
        });
        matching.min().map(|(.., at)| at)
    }

    /// Whether the nearest verified domain at or above the name is another tenant's (rule A4).
    fn is_of_another(&self, name: &CertificateName) -> bool {
        self.case.snapshot.nearest_verified(name.domain()).is_some_and(|owner| owner.tenant != self.tenant)
    }

    pub fn by_address(&self) -> Vec<Miss> {
        let mut misses = self.standing();
        misses.extend(self.range(RuleId::A7));
        if !(self.connector.any_sender && self.is_alone_at_address()) {
            misses.extend(self.sender_by_address());
        }
        misses.extend(self.scope());
        misses
    }

    fn range(&self, rule: RuleId) -> Option<Miss> {
        let ranges = &self.connector.sender_ip_addresses;
        let wanted = ranges.iter().take(MAX_VALUES).map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let Some(address) = self.case.evidence.remote_ip else {
            return Some(miss(Reason::AddressUnknown, Field::SenderIpAddresses, wanted, "unknown", rule));
        };
        if proof::prefix_holding(self.connector, address).is_some() {
            return None;
        }
        let ignored = ranges.iter().any(|range| range.contains(address));
        let (reason, rule) = if ignored { (Reason::OutOfBounds, RuleId::A0) } else { (Reason::AddressDiffers, rule) };
        Some(miss(reason, Field::SenderIpAddresses, wanted, address.to_string(), rule))
    }

    /// Whether no other tenant's range holds the address, without which `any_sender` counts for nothing (rule A7).
    fn is_alone_at_address(&self) -> bool {
        let Some(address) = self.case.evidence.remote_ip else { return true };
        let covering = self.case.snapshot.addressed(address);
        let mut ends = covering.iter().flat_map(|bucket| [bucket.first(), bucket.last()]).flatten();
        ends.all(|&index| self.case.snapshot.connector(index).tenant == self.tenant)
    }

    fn sender_by_address(&self) -> Option<Miss> {
        let held = |domain| self.case.snapshot.holder(domain) == Some(self.tenant);
        let reason = match &self.case.evidence.mail_from {
            Sender::Null => Reason::NullSender,
            Sender::Domain(domain) if held(domain) => return None,
            Sender::Domain(_) | Sender::NoDomain => Reason::SenderNotHeld,
        };
        let domains = &self.case.snapshot.tenant(self.tenant).domains;
        let verified = domains.iter().filter(|domain| domain.verified()).take(MAX_VALUES);
        let wanted = verified.map(|domain| domain.name.to_string()).collect::<Vec<_>>().join(", ");
        Some(miss(reason, Field::Verified, wanted, sender_text(&self.case.evidence.mail_from), RuleId::A7))
    }

    /// Rule A9: what a Partner connector demands.
    pub fn as_partner(&self) -> Vec<Miss> {
        let mut misses = Vec::new();
        if !self.connector.enabled {
            misses.push(miss(Reason::Disabled, Field::Enabled, "true", "false", RuleId::A9));
        }
        if self.connector.best_scope(self.case.evidence.mail_from.domain()).is_none() {
            misses.push(self.out_of_scope(RuleId::A9));
        }
        if self.connector.require_tls && !self.case.evidence.tls {
            misses.push(miss(Reason::TlsRequired, Field::RequireTls, "true", "no TLS", RuleId::A9));
        }
        if self.connector.restrict_domains_to_ip_addresses {
            misses.extend(self.range(RuleId::A9));
        }
        if self.connector.restrict_domains_to_certificate {
            misses.extend(self.partner_certificate());
        }
        if misses.is_empty() && self.case.rejects(RefusalReply::DirectSend) {
            // It is met, but tells nobody apart.
            let field = Field::RestrictDomainsToIpAddresses;
            misses.push(miss(Reason::DirectSend, field, "true", "false", RuleId::A9));
        }
        misses
    }

    /// What `restrict_domains_to_certificate` demands; ownership is not asked of a partner.
    fn partner_certificate(&self) -> Vec<Miss> {
        let Some(value) = &self.connector.tls_sender_certificate_name else {
            let field = Field::TlsSenderCertificateName;
            return vec![miss(Reason::NameDiffers, field, String::new(), String::new(), RuleId::A9)];
        };
        let unasked = [
            Reason::Disabled,
            Reason::WrongType,
            Reason::OutOfScope,
            Reason::NotAssociated,
            Reason::DomainUnverified,
            Reason::DomainNotAccepted,
            Reason::NameOfAnother,
        ];
        let misses = self.by_certificate(value).into_iter();
        misses.filter(|miss| !unasked.contains(&miss.reason)).map(|miss| Miss { rule: RuleId::A9, ..miss }).collect()
    }

    fn standing(&self) -> Vec<Miss> {
        let mut misses = Vec::new();
        if !self.connector.enabled {
            misses.push(miss(Reason::Disabled, Field::Enabled, "true", "false", RuleId::A5));
        }
        if self.connector.connector_type == ConnectorType::Partner {
            misses.push(miss(Reason::WrongType, Field::Type, "on-premises", "partner", RuleId::A5));
        }
        misses
    }

    fn doubt(&self, facts: &CertificateFacts, name: usize) -> Option<Miss> {
        let tenant = self.case.snapshot.tenant(self.tenant).id;
        let reason = proof::doubt(facts, name, tenant, self.connector, self.case.evidence.at)?;
        let (field, wanted, presented) = match reason {
            Reason::NotPinned => {
                let pins = &self.connector.pinned_certificates;
                let wanted = pins.iter().take(4).map(ToString::to_string).collect::<Vec<_>>().join(", ");
                (Field::PinnedCertificates, wanted, facts.leaf_sha256.to_string())
            }
            Reason::NotForClients => {
                (Field::RequireClientAuth, "true".to_owned(), "server authentication only".to_owned())
            }
            Reason::Expired => {
                (Field::TlsSenderCertificateName, String::new(), self.validity(facts).not_after.to_string())
            }
            Reason::NotYetValid => {
                (Field::TlsSenderCertificateName, String::new(), self.validity(facts).not_before.to_string())
            }
            _ => (Field::TrustedRoots, String::new(), facts.issuer.clone()),
        };
        Some(miss(reason, field, wanted, presented, RuleId::A2))
    }

    /// The window that is not kept: the leaf's own, or else that of its chain.
    fn validity(&self, facts: &CertificateFacts) -> ValidityWindow {
        let tenant = self.case.snapshot.tenant(self.tenant).id;
        match facts.path_for(tenant) {
            Some(path) if facts.leaf_validity.contains(self.case.evidence.at) => path.validity,
            _ => facts.leaf_validity,
        }
    }

    /// Rule A4.
    fn ownership(&self, value: &CertificateName, name: &CertificateName) -> Option<Miss> {
        if self.is_of_another(name) {
            return Some(miss(Reason::NameOfAnother, Field::Verified, String::new(), name.to_string(), RuleId::A4));
        }
        let owner = self.case.snapshot.verified(value.domain().as_str());
        if owner.is_some_and(|owner| owner.tenant == self.tenant) {
            return None;
        }
        let registered = self.case.snapshot.accepted_domain(self.tenant, value.domain()).is_some();
        let reason = if registered { Reason::DomainUnverified } else { Reason::DomainNotAccepted };
        let presented = if registered { "not verified" } else { "not an accepted domain" };
        Some(miss(reason, Field::Verified, value.domain().to_string(), presented, RuleId::A4))
    }

    fn scope(&self) -> Option<Miss> {
        let domains = &self.case.snapshot.tenant(self.tenant).domains;
        match proof::out_of_scope(self.connector, domains, &self.case.evidence.mail_from)? {
            Reason::NotAssociated => {
                let associated = self.connector.associated_accepted_domains.iter().take(MAX_VALUES);
                let wanted = associated.map(ToString::to_string).collect::<Vec<_>>().join(", ");
                let presented = sender_text(&self.case.evidence.mail_from);
                Some(miss(Reason::NotAssociated, Field::AssociatedAcceptedDomains, wanted, presented, RuleId::A8))
            }
            _ => Some(self.out_of_scope(RuleId::A8)),
        }
    }

    fn out_of_scope(&self, rule: RuleId) -> Miss {
        let scopes = self.connector.sender_domains.iter().take(MAX_VALUES);
        let wanted = scopes.map(ToString::to_string).collect::<Vec<_>>().join(", ");
        miss(Reason::OutOfScope, Field::SenderDomains, wanted, sender_text(&self.case.evidence.mail_from), rule)
    }

    /// Rule A5: a tie that nothing decides.
    pub fn ambiguous(&self, value: &CertificateName) -> Miss {
        let sender = sender_text(&self.case.evidence.mail_from);
        miss(Reason::Ambiguous, Field::TlsSenderCertificateName, value.to_string(), sender, RuleId::A5)
    }

    /// Rule A8: what the connector that was entered demanded beyond.
    pub fn demands(&self) -> Vec<Miss> {
        let presented = sender_text(&self.case.evidence.mail_from);
        if self.case.rejects(RefusalReply::TlsRequired) {
            vec![miss(Reason::TlsRequired, Field::RequireTls, "true", "no TLS", RuleId::A8)]
        } else if self.case.rejects(RefusalReply::ForeignSender) {
            vec![miss(Reason::ForeignSender, Field::Verified, String::new(), presented, RuleId::A8)]
        } else {
            Vec::new()
        }
    }
}
