//! The case: everything that was read, looked at as one. Joins what several files say of the same mail, and asks
//! `core-attribution` as the relay does. Decides nothing about causes.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use core_attribution::{Fact, PartialDirectory, PartialEvidence, Sender, judge_partial};
use core_directory::{AcceptedDomain, Domain, TenantId};
use jiff::{SignedDuration, Timestamp};
use proto_exchange::RefusalClass;

use crate::answer::{Certainty, Message, ProofLine};
use crate::evidence::{
    AcceptedMail, Attempt, AttemptGroup, Certificate, Evidence, EvidenceKind, GroupKey, Proof, SentCertificate,
};
use crate::far_side::{FarConnector, FarSide};
use crate::passed_on;
use crate::predict;
use crate::refusal::{Presented, Refusal, Relaying, relaying};
use crate::taken::{Accepted, Taken, is_same_connector, is_same_end};

/// How far apart two logs may be about the same time: clocks drift, and a log names the end of what another saw begin.
const SAME_TIME: SignedDuration = SignedDuration::from_hours(1);

/// What causes look at.
#[derive(Debug)]
pub(crate) struct Case<'a> {
    /// What was read.
    pub(crate) evidence: &'a Evidence,
    /// The time of diagnosis: certificates expire by it.
    pub(crate) now: Timestamp,
    /// The directory that decides.
    pub(crate) far: FarSide,
    /// Mail refused as nobody's (5.7.64 and its family), as the files show it that tell most of it. What poorer files say of the
    /// same mail is not counted twice.
    pub(crate) refusals: Vec<Refusal<'a>>,
    taken: Taken<'a>,
}

impl<'a> Case<'a> {
    pub(crate) fn new(evidence: &'a Evidence, far: FarSide, now: Timestamp) -> Self {
        let refused = |group: &&AttemptGroup| group.key.class.is_some_and(RefusalClass::is_attribution);
        let groups: Vec<&AttemptGroup> = evidence.attempts.groups().iter().filter(refused).collect();
        let best = groups.iter().map(|group| wealth(group.key.witness)).min();
        let richest: Vec<&AttemptGroup> =
            groups.iter().copied().filter(|group| Some(wealth(group.key.witness)) == best).collect();
        let told = groups.into_iter().filter(|group| {
            Some(wealth(group.key.witness)) == best || richest.iter().all(|richest| is_other_mail(richest, group))
        });
        let refusals = told.filter_map(|group| {
            let presented = presented(evidence, group);
            let mut refusal = Refusal::new(group, group.key.class?, presented.0, now);
            if refusal.presented_proof.is_empty() {
                refusal.presented_proof = presented.1;
            }
            Some(refusal)
        });
        let refusals: Vec<Refusal<'a>> = refusals.collect();
        let keys = refusals.iter().map(|refusal| &refusal.group.key);
        let was_relayed = |group: &AttemptGroup| was_relayed(&far, group);
        let taken = Taken::new(evidence.attempts.groups(), keys, far.is_relay(), was_relayed);
        Self { evidence, now, far, refusals, taken }
    }

    /// How the far side's directory, as it is shown, ends with this evidence.
    pub(crate) fn relaying(&self, evidence: &PartialEvidence) -> Relaying {
        self.relaying_in(evidence, &self.far.directory)
    }

    /// The same with another directory: what would be if it were changed.
    pub(crate) fn relaying_in(&self, evidence: &PartialEvidence, directory: &PartialDirectory) -> Relaying {
        relaying(&judge_partial(evidence, directory))
    }

    /// How it ends if this certificate were presented in place of what was.
    pub(crate) fn relaying_with(&self, refusal: &Refusal<'_>, certificate: &SentCertificate) -> Relaying {
        let mut evidence = refusal.evidence.clone();
        evidence.tls = Fact::Known(true);
        evidence.certificate = Fact::Known(Some(Arc::new(crate::refusal::facts(certificate))));
        self.relaying(&evidence)
    }

    /// The last attempt before the refusals began that passed over the same server and connector, where one is shown.
    pub(crate) fn last_worked(&self, refusal: &Refusal<'_>) -> Option<&'a Attempt> {
        let since = refusal.since()?;
        let attempts = self.passed(refusal).flat_map(|group| [&*group.last, &*group.first]);
        attempts.filter(|attempt| attempt.at.is_some_and(|at| at < since)).max_by_key(|attempt| attempt.at)
    }

    /// Groups of mail that passed over the same server and connector after the refusals had begun: some mail still passes.
    pub(crate) fn still_works(&self, refusal: &Refusal<'_>) -> Vec<&'a AttemptGroup> {
        let Some(since) = refusal.since() else { return Vec::new() };
        self.passed(refusal).filter(|group| group.last.at.is_some_and(|at| at >= since)).collect()
    }

    /// Connectors that admit by address.
    pub(crate) fn by_address(&self) -> impl Iterator<Item = &FarConnector> {
        self.far.connectors.iter().filter(|own| own.admits_own_mail() && !own.connector.sender_ip_addresses.is_empty())
    }

    /// Connectors that admit by certificate.
    pub(crate) fn by_certificate(&self) -> impl Iterator<Item = &FarConnector> {
        let named = |own: &&FarConnector| own.connector.tls_sender_certificate_name.is_some();
        self.far.connectors.iter().filter(|own| own.admits_own_mail()).filter(named)
    }

    /// Whether mail that passed can show that the sender was admitted. To recipients of the organisation's own, and of any other at
    /// Exchange Online, mail passes from anybody.
    pub(crate) fn was_relayed(&self, group: &AttemptGroup) -> bool {
        was_relayed(&self.far, group)
    }

    /// Mail to the same recipients' domains that passed the same way after the last of the refusals.
    pub(crate) fn healed(&self, refusal: &Refusal<'_>) -> Option<&'a AttemptGroup> {
        let until = refusal.until()?;
        let mut passed = self.passed(refusal).filter(|group| group.last.at.is_some_and(|at| at > until));
        passed.find(|group| {
            group.key.several_domains == refusal.group.key.several_domains
                && group.recipients.iter().any(|domain| refusal.group.recipients.contains(domain))
        })
    }

    /// How sure a cause of these refusals can be at most. Dumps of several organisations do not tell which is meant; and what
    /// passed later with the same certificate, address and sender was not refused for what stands in the dumps.
    pub(crate) fn most(&self, refusal: &Refusal<'_>) -> Certainty {
        let same = |group: &AttemptGroup| {
            let (passed, refused) = (&group.key, &refusal.group.key);
            passed.certificate == refused.certificate
                && passed.egress == refused.egress
                && passed.mail_from == refused.mail_from
                && passed.tls == refused.tls
        };
        let passes = self.healed(refusal).is_some_and(|healed| {
            let again = self.passed(refusal).filter(|group| group.last.at >= healed.last.at);
            again.into_iter().any(same)
        });
        if passes || self.far.organizations().len() > 1 { Certainty::Possible } else { Certainty::Certain }
    }

    /// How this mail was admitted while it worked, or, where that is not shown, how alone it can be.
    pub(crate) fn way(&self, refusal: &Refusal<'_>) -> Way {
        if let Some(before) = self.last_worked(refusal) {
            if let Some(certificate) = Presented::of(before).certificate()
                && self.by_certificate().any(|connector| connector.may_admit(certificate))
            {
                return Way::ByCertificate;
            }
            if before.egress.is_some_and(|address| self.by_address().any(|connector| connector.holds(address))) {
                return Way::ByAddress;
            }
        }
        let tenant = self.concerned(refusal);
        let concerns = |connector: &&FarConnector| tenant.is_none_or(|tenant| tenant == connector.tenant);
        let (certificate, address) =
            (self.by_certificate().any(|own| concerns(&own)), self.by_address().any(|own| concerns(&own)));
        match (certificate, address) {
            (false, true) if self.far.lists_connectors() => Way::ByAddress,
            (true, false) if self.far.lists_connectors() => Way::ByCertificate,
            _ => Way::Unknown,
        }
    }

    /// The last attempt that passed the same way before the refusals began and shows its certificate. Files that show none may
    /// tell of later mail.
    pub(crate) fn last_with_certificate(&self, refusal: &Refusal<'_>) -> Option<&'a Attempt> {
        let since = refusal.since()?;
        let attempts = self.passed(refusal).flat_map(|group| [&*group.last, &*group.first]);
        let before = attempts.filter(|attempt| attempt.at.is_some_and(|at| at < since));
        before.filter(|attempt| matches!(attempt.certificate, Certificate::Sent(_))).max_by_key(|attempt| attempt.at)
    }

    /// Of the tenants of a relay the one whose mail it was: it holds the sender's domain. None where that is not shown, or where
    /// there is only one.
    pub(crate) fn concerned(&self, refusal: &Refusal<'_>) -> Option<TenantId> {
        let sender = refusal.evidence.mail_from.known()?.domain().filter(|_| self.far.is_relay())?;
        let holds = |own: &AcceptedDomain| {
            own.verified() && (own.name == *sender || own.match_subdomains && sender.is_below(own.name.as_str()))
        };
        let mut tenants = self.far.directory.tenants.iter();
        tenants.find(|shown| shown.tenant.domains.iter().any(holds)).map(|shown| shown.tenant.id)
    }

    /// Whether the connector was changed after the last of the refusals: then it is not the one that refused.
    pub(crate) fn changed_after(&self, connector: &FarConnector, refusal: &Refusal<'_>) -> bool {
        connector.when_changed.zip(refusal.until()).is_some_and(|(changed, until)| changed > until)
    }

    /// How the sender of the refused mail stands to the far side's accepted domains.
    pub(crate) fn sender(&self, refusal: &Refusal<'_>) -> SenderStanding {
        let Fact::Known(sender) = &refusal.evidence.mail_from else { return SenderStanding::Unknown };
        let domain = match sender {
            Sender::Null => return SenderStanding::Null,
            Sender::NoDomain => return SenderStanding::Foreign(None),
            Sender::Domain(domain) => domain,
        };
        if self.far.holder(domain).is_some() {
            return SenderStanding::Accepted(domain.clone());
        }
        if !self.far.lists_domains() {
            return SenderStanding::Unknown;
        }
        let own = self.far.domains.iter().map(|own| &own.domain.name);
        match own.filter(|own| domain.is_below(own.as_str())).max_by_key(|own| own.label_count()) {
            Some(above) => SenderStanding::Below(domain.clone(), above.clone()),
            None => SenderStanding::Foreign(Some(domain.clone())),
        }
    }

    /// Groups whose answer is of this class, in whatever file.
    pub(crate) fn of_class(&self, class: RefusalClass) -> impl Iterator<Item = &'a AttemptGroup> {
        self.evidence.attempts.groups().iter().filter(move |group| group.key.class == Some(class))
    }

    /// A line for the answer.
    pub(crate) fn line(&self, proof: &Proof, note: Option<Message>, mark: Option<&str>) -> ProofLine {
        let file = self.evidence.source(proof.source).map(|source| source.name.to_string()).unwrap_or_default();
        let mark = mark.filter(|mark| !mark.is_empty() && proof.text.contains(*mark)).map(str::to_owned);
        ProofLine { file, line: proof.line, text: proof.text.to_string(), note, mark }
    }

    /// The address that the far side saw of mail of the refused sender that it took, where headers show one alone, and where they
    /// do. Of somebody else's mail, which may have come from anywhere, nothing is to be learnt.
    pub(crate) fn address_in_headers(&self, refusal: &Refusal<'_>) -> Option<(IpAddr, &'a Proof)> {
        let sender = refusal.evidence.mail_from.known().and_then(Sender::domain)?;
        let server = refusal.group.key.server.as_deref().filter(|server| server.parse::<IpAddr>().is_err());
        let own = |mail: &&AcceptedMail| {
            mail.mail_from.as_ref() == Some(sender)
                && server.is_none_or(|server| mail.path.iter().any(|host| host.eq_ignore_ascii_case(server)))
        };
        let mails = self.evidence.accepted.iter().filter(own);
        let mut seen = mails.filter_map(|mail| Some((mail.egress?, mail)));
        let (address, mail) = seen.next()?;
        let shown = address.to_string();
        let proof = mail.proof.iter().find(|proof| proof.text.contains(&shown)).or(mail.proof.first())?;
        seen.all(|(other, _)| other == address).then_some((address, proof))
    }

    /// Whether passed mail was handed to the side that refused the other.
    pub(crate) fn is_same_end(&self, passed: &GroupKey, refused: &GroupKey) -> bool {
        is_same_end(passed, refused, self.far.is_relay())
    }

    /// Mail that passed the same way as the refused: from there, through that connector, to that far side.
    fn passed(&self, refusal: &Refusal<'_>) -> impl Iterator<Item = &'a AttemptGroup> {
        self.accepted(refusal).filter(|accepted| accepted.was_relayed).map(|accepted| accepted.group)
    }

    /// The same, with mail that passes from anybody: that one message was taken and another was not may tell all the same.
    pub(crate) fn taken(&self, refusal: &Refusal<'_>) -> impl Iterator<Item = &'a AttemptGroup> {
        self.accepted(refusal).map(|accepted| accepted.group)
    }

    fn accepted(&self, refusal: &Refusal<'_>) -> impl Iterator<Item = Accepted<'a>> {
        let found = self.taken.on_the_way_of(&refusal.group.key);
        (0..found.len()).filter_map(move |place| found.get(place).copied())
    }
}

fn was_relayed(far: &FarSide, group: &AttemptGroup) -> bool {
    let passes_anyway = |domain: &Domain| far.holder(domain).is_some() || domain.as_str().ends_with(".onmicrosoft.com");
    group.recipients.is_empty() || !group.recipients.iter().all(passes_anyway)
}

/// By what mail is admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// By the certificate's name.
    ByCertificate,
    /// By the address.
    ByAddress,
    /// Either may have been meant.
    Unknown,
}

/// How a sender stands to the accepted domains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SenderStanding {
    /// Its domain is accepted.
    Accepted(Domain),
    /// Its domain is not accepted, one above it is.
    Below(Domain, Domain),
    /// It is in no accepted domain; without one, such as an address literal, `None`.
    Foreign(Option<Domain>),
    /// `<>`.
    Null,
    /// The sender, or the accepted domains, are not shown.
    Unknown,
}

/// How much a kind of file can tell about an attempt: the less, the more.
fn wealth(witness: EvidenceKind) -> u8 {
    match witness {
        EvidenceKind::SendLog => 0,
        EvidenceKind::ReceiveLog => 1,
        EvidenceKind::PostfixLog | EvidenceKind::EximLog | EvidenceKind::SendmailLog => 2,
        EvidenceKind::TrackingLog => 3,
        EvidenceKind::Queue => 4,
        EvidenceKind::Bounce => 5,
        _ => 6,
    }
}

/// Whether two groups of refused mail, told by different kinds of file, cannot be of the same mail: they are of other times, or of
/// other connectors. A queue knows its connector by another name.
fn is_other_mail(left: &AttemptGroup, right: &AttemptGroup) -> bool {
    let by_name = |group: &AttemptGroup| group.key.witness != EvidenceKind::Queue && group.key.connector.is_some();
    let other_connector =
        by_name(left) && by_name(right) && !is_same_connector(&left.key.connector, &right.key.connector);
    other_connector || is_same_time(left, right) == Some(false)
}

/// What was presented with a group: by its own log, by another of the same way and time, or by prediction.
fn presented(evidence: &Evidence, group: &AttemptGroup) -> (Presented, Vec<Proof>) {
    let own = Presented::of(&group.last);
    if own != Presented::Unknown {
        return (own, Vec::new());
    }
    let elsewhere = evidence.attempts.groups().iter().filter(|other| {
        other.key.witness == EvidenceKind::SendLog
            && matches!(&other.last.certificate, Certificate::Sent(certificate) if !certificate.is_masked())
            && is_same_connector(&other.key.connector, &group.key.connector)
            && passed_on::is_online_group(other)
            && is_same_time(other, group) == Some(true)
    });
    let mut certificates: BTreeMap<&str, (&Arc<SentCertificate>, &AttemptGroup)> = BTreeMap::new();
    for other in elsewhere {
        if let Certificate::Sent(certificate) = &other.last.certificate {
            certificates.insert(&certificate.thumbprint, (certificate, other));
        }
    }
    // Two certificates at the same time: which of them came with this mail is not known.
    if certificates.len() == 1
        && let Some((certificate, other)) = certificates.into_values().next()
    {
        return (Presented::SentElsewhere(certificate.clone()), other.last.proof.iter().skip(1).cloned().collect());
    }
    let predicted = if group.key.witness == EvidenceKind::PostfixLog {
        predict::of_postfix(evidence)
    } else {
        predict::certificate(&evidence.configuration, group.key.connector.as_deref())
    };
    match predicted {
        Some((certificate, proof)) => (Presented::Predicted(certificate), proof),
        None => (Presented::Unknown, Vec::new()),
    }
}

/// Whether two groups speak of the same time; `None` where a time is not known.
fn is_same_time(left: &AttemptGroup, right: &AttemptGroup) -> Option<bool> {
    let span = |group: &AttemptGroup| Some((group.first.at?, group.last.at?));
    let ((left_from, left_to), (right_from, right_to)) = (span(left)?, span(right)?);
    let begins_before = |from: Timestamp, to: Timestamp| from.saturating_sub(SAME_TIME).is_ok_and(|from| from <= to);
    Some(begins_before(left_from, right_to) && begins_before(right_from, left_to))
}
