//! One connector against the evidence: everything that keeps it from admitting the mail, by certificate and by address.

use core_directory::{
    CertificateFacts, CertificateName, ConnectorIndex, ConnectorType, Field, InboundConnector, Snapshot, TenantIndex,
};

use super::{Considered, Reason, shown_names};
use crate::{Evidence, RefusalReply, RuleId, Sender, Verdict, proof};

/// One way into one connector, with everything that is missing on it.
#[derive(Clone, Debug)]
pub(super) struct Examined {
    pub connector: ConnectorIndex,
    pub way: Way,
    pub misses: Vec<Miss>,
    /// Labels that the best presented name and the value share at their ends: the more, the nearer.
    kinship: usize,
    decided: bool,
}

/// How a connector may be entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    Certificate,
    Address,
    Partner,
}

/// Something that is missing.
#[derive(Clone, Debug)]
pub(super) struct Miss {
    pub reason: Reason,
    pub field: Field,
    pub wanted: String,
    pub presented: String,
    pub rule: RuleId,
}

/// What a comparison is made of.
struct Subject<'a> {
    evidence: &'a Evidence,
    snapshot: &'a Snapshot,
    tenant: TenantIndex,
    connector: &'a InboundConnector,
}

/// The ways into this connector that the verdict's direction allows.
pub(super) fn connector(
    evidence: &Evidence,
    snapshot: &Snapshot,
    verdict: &Verdict,
    index: ConnectorIndex,
) -> Vec<Examined> {
    let entry = snapshot.connector(index);
    let subject = Subject { evidence, snapshot, tenant: entry.tenant, connector: &entry.connector };
    let decided = verdict.connector() == Some(entry.connector.id)
        && verdict.tenant().is_none_or(|tenant| tenant == snapshot.tenant(entry.tenant).id);
    let examined = |way, misses, kinship| Examined { connector: index, way, misses, kinship, decided };
    let mut ways = Vec::new();
    let receives = evidence.rcpt_to.as_ref().and_then(|domain| snapshot.holder(domain)) == Some(entry.tenant);
    if entry.connector.connector_type == ConnectorType::Partner && (receives || decided) {
        ways.push(examined(Way::Partner, subject.as_partner(), 0));
        return ways;
    }
    if let Some(value) = &entry.connector.tls_sender_certificate_name {
        let kinship = evidence.certificate.as_deref().map_or(0, |facts| kinship(value, facts));
        ways.push(examined(Way::Certificate, subject.by_certificate(value), kinship));
    }
    if !entry.connector.sender_ip_addresses.is_empty() {
        ways.push(examined(Way::Address, subject.by_address(), 0));
    }
    let entered = ways.iter().any(|way| way.misses.is_empty());
    if decided && entered {
        // Of the connector that decided only the way it was entered by, and what it then demanded.
        ways.retain(|way| way.misses.is_empty());
        ways.truncate(1);
        ways.iter_mut().for_each(|way| way.misses = subject.demands(verdict));
    } else if decided {
        ways.iter_mut().for_each(|way| way.decided = way.misses.len() == 1);
    }
    ways
}

/// What was compared at the tenant itself rather than at a connector.
pub(super) fn tenant_wide(evidence: &Evidence, snapshot: &Snapshot, verdict: &Verdict) -> Vec<Considered> {
    let Verdict::Refused(refusal) = verdict else { return Vec::new() };
    let Some(tenant) = refusal.tenant.and_then(|id| snapshot.tenant_by_id(id)) else { return Vec::new() };
    let (field, wanted, presented, reason) = match refusal.reply {
        RefusalReply::DirectSend => {
            let sender = sender_text(&evidence.mail_from);
            (Field::RejectDirectSend, "true".to_owned(), sender, Reason::DirectSend)
        }
        RefusalReply::NoRoute => {
            let recipient = evidence.rcpt_to.as_ref().map(ToString::to_string).unwrap_or_default();
            (Field::AddressSpaces, String::new(), recipient, Reason::NoRoute)
        }
        _ => return Vec::new(),
    };
    vec![Considered {
        tenant: snapshot.tenant(tenant).name.to_string(),
        connector: String::new(),
        field: field.key().into(),
        wanted,
        presented,
        reason,
        rule: refusal.rule,
    }]
}

impl Subject<'_> {
    fn by_certificate(&self, value: &CertificateName) -> Vec<Miss> {
        let mut misses = self.standing();
        let Some(facts) = self.evidence.certificate.as_deref() else {
            let presented = if self.evidence.tls { "no certificate" } else { "no TLS" };
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
        let matched = facts.names.iter().enumerate().filter_map(|(at, name)| Some((value.matches(name)?, at))).min();
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
        misses.extend(self.doubt(facts, matched.map_or(usize::MAX - 1, |(_, at)| at)));
        if let Some(name) = matched.and_then(|(_, at)| facts.names.get(at)) {
            misses.extend(self.ownership(value, name));
        }
        misses.extend(self.scope());
        misses
    }

    fn by_address(&self) -> Vec<Miss> {
        let mut misses = self.standing();
        let ranges = &self.connector.sender_ip_addresses;
        let wanted = ranges.iter().take(8).map(ToString::to_string).collect::<Vec<_>>().join(", ");
        match self.evidence.remote_ip {
            None => {
                misses.push(miss(Reason::AddressUnknown, Field::SenderIpAddresses, wanted, "unknown", RuleId::A7));
            }
            Some(address) if !ranges.iter().any(|range| range.contains(address)) => {
                let presented = address.to_string();
                misses.push(miss(Reason::AddressDiffers, Field::SenderIpAddresses, wanted, presented, RuleId::A7));
            }
            Some(_) => {}
        }
        if !self.connector.any_sender {
            misses.extend(self.sender_by_address());
        }
        misses.extend(self.scope());
        misses
    }

    fn sender_by_address(&self) -> Option<Miss> {
        let held = |domain| self.snapshot.holder(domain) == Some(self.tenant);
        let reason = match &self.evidence.mail_from {
            Sender::Null => Reason::NullSender,
            Sender::Domain(domain) if held(domain) => return None,
            Sender::Domain(_) | Sender::NoDomain => Reason::SenderNotHeld,
        };
        let domains = &self.snapshot.tenant(self.tenant).domains;
        let verified = domains.iter().filter(|domain| domain.verified).take(8);
        let wanted = verified.map(|domain| domain.name.to_string()).collect::<Vec<_>>().join(", ");
        Some(miss(reason, Field::Verified, wanted, sender_text(&self.evidence.mail_from), RuleId::A7))
    }

    /// Rule A9: what a Partner connector demands.
    fn as_partner(&self) -> Vec<Miss> {
        let mut misses = Vec::new();
        if !self.connector.enabled {
            misses.push(miss(Reason::Disabled, Field::Enabled, "true", "false", RuleId::A9));
        }
        if self.connector.best_scope(self.evidence.mail_from.domain()).is_none() {
            misses.push(self.out_of_scope(RuleId::A9));
        }
        if self.connector.require_tls && !self.evidence.tls {
            misses.push(miss(Reason::TlsRequired, Field::RequireTls, "true", "no TLS", RuleId::A9));
        }
        if self.connector.restrict_domains_to_ip_addresses {
            let address = self.by_address().into_iter();
            misses.extend(
                address
                    .filter(|miss| miss.field == Field::SenderIpAddresses)
                    .map(|miss| Miss { rule: RuleId::A9, ..miss }),
            );
        }
        if let (true, Some(value)) =
            (self.connector.restrict_domains_to_certificate, &self.connector.tls_sender_certificate_name)
        {
            // Ownership is not asked of a partner.
            let unasked = [
                Reason::Disabled,
                Reason::WrongType,
                Reason::OutOfScope,
                Reason::NotAssociated,
                Reason::DomainUnverified,
                Reason::DomainNotAccepted,
                Reason::NameOfAnother,
            ];
            let certificate = self.by_certificate(value).into_iter();
            misses.extend(
                certificate
                    .filter(|miss| !unasked.contains(&miss.reason))
                    .map(|miss| Miss { rule: RuleId::A9, ..miss }),
            );
        }
        misses
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
        let tenant = self.snapshot.tenant(self.tenant).id;
        let reason = proof::doubt(facts, name, tenant, self.connector, self.evidence.at)?;
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
                (Field::TlsSenderCertificateName, String::new(), facts.leaf_validity.not_after.to_string())
            }
            Reason::NotYetValid => {
                (Field::TlsSenderCertificateName, String::new(), facts.leaf_validity.not_before.to_string())
            }
            _ => (Field::TrustedRoots, String::new(), facts.issuer.clone()),
        };
        Some(miss(reason, field, wanted, presented, RuleId::A2))
    }

    /// Rule A4.
    fn ownership(&self, value: &CertificateName, name: &CertificateName) -> Option<Miss> {
        let nearest = self.snapshot.nearest_verified(name.domain());
        if nearest.is_some_and(|owner| owner.tenant != self.tenant) {
            return Some(miss(Reason::NameOfAnother, Field::Verified, String::new(), name.to_string(), RuleId::A4));
        }
        let owner = self.snapshot.verified(value.domain().as_str());
        if owner.is_some_and(|owner| owner.tenant == self.tenant) {
            return None;
        }
        let registered = self.snapshot.accepted_domain(self.tenant, value.domain()).is_some();
        let reason = if registered { Reason::DomainUnverified } else { Reason::DomainNotAccepted };
        let presented = if registered { "not verified" } else { "not an accepted domain" };
        Some(miss(reason, Field::Verified, value.domain().to_string(), presented, RuleId::A4))
    }

    fn scope(&self) -> Option<Miss> {
        let domains = &self.snapshot.tenant(self.tenant).domains;
        match proof::out_of_scope(self.connector, domains, &self.evidence.mail_from)? {
            Reason::NotAssociated => {
                let associated = self.connector.associated_accepted_domains.iter().take(8);
                let wanted = associated.map(ToString::to_string).collect::<Vec<_>>().join(", ");
                let presented = sender_text(&self.evidence.mail_from);
                Some(miss(Reason::NotAssociated, Field::AssociatedAcceptedDomains, wanted, presented, RuleId::A8))
            }
            _ => Some(self.out_of_scope(RuleId::A8)),
        }
    }

    fn out_of_scope(&self, rule: RuleId) -> Miss {
        let scopes = self.connector.sender_domains.iter().take(8);
        let wanted = scopes.map(ToString::to_string).collect::<Vec<_>>().join(", ");
        miss(Reason::OutOfScope, Field::SenderDomains, wanted, sender_text(&self.evidence.mail_from), rule)
    }

    /// Rule A8: what the connector that was entered demanded beyond.
    fn demands(&self, verdict: &Verdict) -> Vec<Miss> {
        let Verdict::Refused(refusal) = verdict else { return Vec::new() };
        let presented = sender_text(&self.evidence.mail_from);
        match refusal.reply {
            RefusalReply::TlsRequired => {
                vec![miss(Reason::TlsRequired, Field::RequireTls, "true", "no TLS", RuleId::A8)]
            }
            RefusalReply::ForeignSender => {
                vec![miss(Reason::ForeignSender, Field::Verified, String::new(), presented, RuleId::A8)]
            }
            _ => Vec::new(),
        }
    }
}

impl Examined {
    /// Nearest first: what decided, then the fewest misses, then the kin of the presented names.
    pub fn distance(&self) -> impl Ord + use<> {
        let far = self.misses.iter().any(|miss| matches!(miss.reason, Reason::NameDiffers | Reason::AddressDiffers));
        let kinship = std::cmp::Reverse(self.kinship);
        (!self.decided, self.misses.len(), far && self.kinship == 0, kinship, self.way, self.connector)
    }

    pub fn considered(&self, snapshot: &Snapshot) -> Vec<Considered> {
        let entry = snapshot.connector(self.connector);
        let one = |miss: &Miss| Considered {
            tenant: snapshot.tenant(entry.tenant).name.to_string(),
            connector: entry.connector.name.to_string(),
            field: miss.field.key().into(),
            wanted: miss.wanted.clone(),
            presented: miss.presented.clone(),
            reason: miss.reason,
            rule: miss.rule,
        };
        if !self.misses.is_empty() {
            return self.misses.iter().map(one).collect();
        }
        let field = match self.way {
            Way::Certificate => Field::TlsSenderCertificateName,
            Way::Address => Field::SenderIpAddresses,
            Way::Partner => Field::SenderDomains,
        };
        let wanted = match (self.way, &entry.connector.tls_sender_certificate_name) {
            (Way::Certificate, Some(value)) => value.to_string(),
            (Way::Address, _) => {
                let ranges = entry.connector.sender_ip_addresses.iter().take(8);
                ranges.map(ToString::to_string).collect::<Vec<_>>().join(", ")
            }
            _ => String::new(),
        };
        let reason = if self.decided { Reason::Decided } else { Reason::CameLater };
        let rule = if self.way == Way::Partner { RuleId::A9 } else { RuleId::A5 };
        vec![one(&Miss { reason, field, wanted, presented: String::new(), rule })]
    }
}

fn miss(reason: Reason, field: Field, wanted: impl Into<String>, presented: impl Into<String>, rule: RuleId) -> Miss {
    Miss { reason, field, wanted: wanted.into(), presented: presented.into(), rule }
}

pub(super) fn sender_text(sender: &Sender) -> String {
    match sender {
        Sender::Null => "<>".into(),
        Sender::Domain(domain) => domain.to_string(),
        Sender::NoDomain => "no domain".into(),
    }
}

/// Labels that the value and its nearest presented name have in common from the right.
fn kinship(value: &CertificateName, facts: &CertificateFacts) -> usize {
    let shared = |name: &CertificateName| {
        let pairs = value.domain().as_str().rsplit('.').zip(name.domain().as_str().rsplit('.'));
        pairs.take_while(|(left, right)| left == right).count()
    };
    // A shared top-level domain is no kinship.
    facts.names.iter().map(shared).max().filter(|&labels| labels > 1).unwrap_or(0)
}
