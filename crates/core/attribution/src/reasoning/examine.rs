//! One connector against the evidence: everything that keeps it from admitting the mail, by certificate and by address.

use core_directory::{CertificateFacts, CertificateName, ConnectorIndex, ConnectorType, Field, Snapshot, TenantIndex};

use super::{Considered, Reason};
use crate::indexed::Indexed;
use crate::rules::{CertificatePass, View};
use crate::{Evidence, RefusalReply, RuleId, Sender, Verdict};
use subject::Subject;

mod subject;

/// What is reasoned about.
#[derive(Clone, Copy)]
pub(crate) struct Case<'a> {
    pub evidence: &'a Evidence,
    pub snapshot: &'a Snapshot,
    pub verdict: &'a Verdict,
    /// What the certificate gave.
    pass: CertificatePass<TenantIndex, ConnectorIndex>,
    /// The connector that decided, or that rule A6 remembered.
    pub decided: Option<ConnectorIndex>,
}

/// One way into one connector, with everything that is missing on it.
#[derive(Clone, Debug)]
pub(super) struct Examined {
    pub connector: ConnectorIndex,
    pub way: Way,
    pub misses: Vec<Miss>,
    /// Labels that the best presented name and the value share at their ends: the more, the nearer.
    kinship: usize,
    /// Its tenant holds the sender's domain: of equals the likelier.
    of_sender: bool,
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

impl<'a> Case<'a> {
    pub fn new(evidence: &'a Evidence, snapshot: &'a Snapshot, verdict: &'a Verdict) -> Self {
        let pass =
            match evidence.certificate.as_deref().map(|facts| Indexed::new(evidence, snapshot).by_certificate(facts)) {
                Some(Ok(pass)) => pass,
                None => CertificatePass::Nothing,
            };
        let decided = match (verdict.tenant(), verdict.connector(), pass) {
            (Some(tenant), Some(connector), _) => {
                snapshot.tenant_by_id(tenant).and_then(|tenant| snapshot.connector_by_id(tenant, connector))
            }
            // What A6 remembers attributes the mail to nobody, so the verdict names no tenant.
            (None, Some(_), CertificatePass::Remembered(found)) => found.connector,
            _ => None,
        };
        Self { evidence, snapshot, verdict, pass, decided }
    }

    fn rejects(&self, reply: RefusalReply) -> bool {
        matches!(self.verdict, Verdict::Refused(refusal) if refusal.reply == reply)
    }

    /// The ways into this connector that the verdict's direction allows.
    pub(super) fn examine(&self, index: ConnectorIndex) -> Vec<Examined> {
        let entry = self.snapshot.connector(index);
        let subject = Subject { case: *self, tenant: entry.tenant, connector: &entry.connector };
        let decided = self.decided == Some(index);
        let sender = self.evidence.mail_from.domain().and_then(|domain| self.snapshot.holder(domain));
        let of_sender = sender == Some(entry.tenant);
        let examined = |way, misses, kinship| Examined { connector: index, way, misses, kinship, of_sender, decided };
        let receives =
            self.evidence.rcpt_to.as_ref().and_then(|domain| self.snapshot.holder(domain)) == Some(entry.tenant);
        if entry.connector.connector_type == ConnectorType::Partner && (receives || decided) {
            return vec![examined(Way::Partner, subject.as_partner(), 0)];
        }
        let mut ways = Vec::new();
        if let Some(value) = &entry.connector.tls_sender_certificate_name {
            let kinship = self.evidence.certificate.as_deref().map_or(0, |facts| kinship(value, facts));
            let mut misses = subject.by_certificate(value);
            if misses.is_empty() && self.pass == CertificatePass::Nothing {
                misses.push(subject.ambiguous(value));
            }
            ways.push(examined(Way::Certificate, misses, kinship));
        }
        if !entry.connector.sender_ip_addresses.is_empty() {
            ways.push(examined(Way::Address, subject.by_address(), 0));
        }
        if decided {
            self.mark_entered(&mut ways, &subject);
        }
        ways
    }

    /// Of the connector that decided only the way it was entered by, with what it then demanded.
    fn mark_entered(&self, ways: &mut Vec<Examined>, subject: &Subject<'_>) {
        let entered = match self.pass {
            CertificatePass::Owned(found) | CertificatePass::Unowned(found) if found.connector == self.decided => {
                Way::Certificate
            }
            CertificatePass::Remembered(_) if self.verdict.tenant().is_none() => {
                // Remembered is not entered: what it misses stays, and the way by address is another one.
                ways.iter_mut().for_each(|way| way.decided = way.way == Way::Certificate);
                return;
            }
            _ => Way::Address,
        };
        ways.retain(|way| way.way == entered);
        ways.iter_mut().for_each(|way| way.misses = subject.demands());
    }
}

/// What was compared at the tenant itself rather than at a connector.
pub(super) fn tenant_wide(case: &Case<'_>) -> Vec<Considered> {
    let Case { evidence, snapshot, .. } = *case;
    let Verdict::Refused(refusal) = case.verdict else { return Vec::new() };
    let Some(tenant) = refusal.tenant.and_then(|id| snapshot.tenant_by_id(id)) else { return Vec::new() };
    let (field, wanted, presented, reason) = match refusal.reply {
        RefusalReply::DirectSend => {
            let sender = sender_text(&evidence.mail_from);
            (Field::RejectDirectSend, "true".to_owned(), sender, Reason::DirectSend)
        }
        RefusalReply::Suspended => (Field::Suspended, "true".to_owned(), String::new(), Reason::Suspended),
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

impl Examined {
    /// Nearest first: what decided, then the fewest misses, then where something presented has to do with the connector,
    /// then the sender's own tenant, then the kin of the presented names.
    pub fn distance(&self) -> impl Ord + use<> {
        // Whoever shows no certificate is likelier admitted by address than by one.
        let far = |miss: &Miss| match miss.reason {
            Reason::NoCertificate => 2,
            Reason::NameDiffers | Reason::AddressDiffers if self.kinship == 0 => 1,
            _ => 0,
        };
        let far = self.misses.iter().map(far).max().unwrap_or(0);
        let kinship = std::cmp::Reverse(self.kinship);
        (!self.decided, self.misses.len(), far > 0, !self.of_sender, far, kinship, self.way, self.connector)
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
        let rule = match self.way {
            Way::Certificate => RuleId::A5,
            Way::Address => RuleId::A7,
            Way::Partner => RuleId::A9,
        };
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
