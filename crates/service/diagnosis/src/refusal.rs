//! Refusals of the case: groups of refused mail, each with what was presented and how the far side's directory judges it.

use std::sync::Arc;

use core_attribution::{Fact, Judgement, PartialEvidence, RefusalReply, Verdict};
use core_directory::{CertificateFacts, CertificateName, ValidityWindow};
use jiff::Timestamp;
use proto_exchange::RefusalClass;

use crate::evidence::{Attempt, AttemptGroup, Certificate, Outcome, Proof, SendingProgram, SentCertificate, Tls};

/// Refused mail of one kind.
#[derive(Clone, Debug)]
pub(crate) struct Refusal<'a> {
    /// The attempts.
    pub(crate) group: &'a AttemptGroup,
    /// The class of their answer.
    pub(crate) class: RefusalClass,
    /// What was presented.
    pub(crate) presented: Presented,
    /// Lines that show it; empty where it is unknown.
    pub(crate) presented_proof: Vec<Proof>,
    /// The same as the far side is asked.
    pub(crate) evidence: PartialEvidence,
}

/// What certificate came with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Presented {
    /// This one: the session's own log tells.
    Sent(Arc<SentCertificate>),
    /// This one, by another log of the same server and connector at the same time.
    SentElsewhere(Arc<SentCertificate>),
    /// This one, by the connector's and the certificates' dumps: what Exchange would choose.
    Predicted(Arc<SentCertificate>),
    /// None.
    None,
    /// Not known.
    Unknown,
}

/// How a judgement ends with regard to relaying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relaying {
    /// It passes as the tenant's own mail, whatever is unknown.
    Passes,
    /// It is refused as nobody's, whatever is unknown.
    Refused,
    /// That depends.
    Depends,
}

impl Presented {
    /// The certificate, however it is known.
    pub(crate) fn certificate(&self) -> Option<&Arc<SentCertificate>> {
        match self {
            Self::Sent(certificate) | Self::SentElsewhere(certificate) | Self::Predicted(certificate) => {
                Some(certificate)
            }
            Self::None | Self::Unknown => None,
        }
    }

    /// Whether the log of the session shows it.
    pub(crate) fn is_observed(&self) -> bool {
        matches!(self, Self::Sent(_) | Self::None)
    }

    pub(crate) fn of(attempt: &Attempt) -> Self {
        match &attempt.certificate {
            Certificate::Sent(certificate) if !certificate.is_masked() => Self::Sent(certificate.clone()),
            Certificate::NotSent => Self::None,
            Certificate::Sent(_) | Certificate::SentUnnamed | Certificate::Unknown => Self::Unknown,
        }
    }
}

impl<'a> Refusal<'a> {
    pub(crate) fn new(group: &'a AttemptGroup, class: RefusalClass, presented: Presented, now: Timestamp) -> Self {
        let evidence = partial_evidence(&group.last, &presented, now);
        let mut refusal = Self { group, class, presented, presented_proof: Vec::new(), evidence };
        if refusal.presented.is_observed() {
            refusal.presented_proof = refusal.shown().proof.iter().skip(1).cloned().collect();
        }
        refusal
    }

    /// The attempt that is quoted: the first, so that every line is of the session in which refusals begin, unless the last
    /// shows more.
    pub(crate) fn shown(&self) -> &'a Attempt {
        shown(self.group)
    }

    /// The program that sent. A certificate that is predicted is Exchange's choice, where nothing else tells.
    pub(crate) fn sending_program(&self) -> SendingProgram {
        match (&self.presented, self.group.first.sender) {
            (Presented::Predicted(_), SendingProgram::Unknown) => SendingProgram::Exchange,
            (_, program) => program,
        }
    }

    /// Whether the words of the answer are told, by which the two refusals that share `5.7.64` are known apart: sendmail may log
    /// the status alone.
    pub(crate) fn tells_which(&self) -> bool {
        let Outcome::Answered(reply, _) = &self.group.last.outcome else { return true };
        let text = reply.text.to_ascii_lowercase();
        self.class != RefusalClass::TenantAttribution
            || text.contains("tenantattribution")
            || text.contains("relay access denied")
    }

    /// The first of them.
    pub(crate) fn since(&self) -> Option<Timestamp> {
        self.group.first.at
    }

    /// The last of them.
    pub(crate) fn until(&self) -> Option<Timestamp> {
        self.group.last.at
    }
}

/// The attempt of a group that is quoted.
pub(crate) fn shown(group: &AttemptGroup) -> &Attempt {
    if group.first.proof.len() < group.last.proof.len() { &group.last } else { &group.first }
}

/// What the far side saw of an attempt that it refused as nobody's. The refusal itself tells of the recipient: no tenant of the
/// far side holds it.
pub(crate) fn partial_evidence(attempt: &Attempt, presented: &Presented, now: Timestamp) -> PartialEvidence {
    let mut evidence = PartialEvidence::unknown(attempt.at.unwrap_or(now));
    evidence.rcpt_to = Fact::Known(None);
    evidence.remote_ip = attempt.egress.map_or(Fact::Unknown, |address| Fact::Known(Some(address)));
    evidence.mail_from = attempt.mail_from.clone();
    evidence.tls = match &attempt.tls {
        Tls::On => Fact::Known(true),
        Tls::NotOffered | Tls::NotUsed => Fact::Known(false),
        Tls::Failed(_) | Tls::Unknown => Fact::Unknown,
    };
    evidence.certificate = match presented {
        Presented::None => Fact::Known(None),
        Presented::Unknown if evidence.tls == Fact::Known(false) => Fact::Known(None),
        Presented::Unknown => Fact::Unknown,
        _ => {
            presented.certificate().map_or(Fact::Unknown, |certificate| Fact::Known(Some(Arc::new(facts(certificate)))))
        }
    };
    evidence
}

/// A certificate of a log as the rules take it. That its chain is trusted is assumed: no log of the sender tells; where names
/// match and the mail is refused all the same, the chain is what is left to doubt.
pub(crate) fn facts(certificate: &SentCertificate) -> CertificateFacts {
    let common_name = certificate.common_name();
    let texts = certificate.names.iter().map(|name| &**name).chain(common_name);
    let mut names: Vec<CertificateName> = Vec::new();
    for name in texts.filter_map(|text| CertificateName::parse_presented(text.trim_end_matches('.')).ok()) {
        if !names.contains(&name) && names.len() < core_directory::MAX_PRESENTED_NAMES {
            names.push(name);
        }
    }
    let mut facts = CertificateFacts::trusted(names);
    facts.subject = certificate.subject.to_string();
    facts.issuer = certificate.issuer.to_string();
    facts.leaf_validity = ValidityWindow {
        not_before: certificate.not_before.unwrap_or(Timestamp::MIN),
        not_after: certificate.not_after.unwrap_or(Timestamp::MAX),
    };
    facts
}

/// How a judgement ends.
pub(crate) fn relaying(judgement: &Judgement) -> Relaying {
    match judgement {
        Judgement::Determined(verdict) => of_verdict(verdict),
        Judgement::Undetermined { leaves, incomplete, .. } => {
            let mut ends = leaves.iter().map(|(_, verdict)| of_verdict(verdict));
            let first = ends.next().filter(|_| !incomplete).unwrap_or(Relaying::Depends);
            if ends.all(|end| end == first) { first } else { Relaying::Depends }
        }
    }
}

fn of_verdict(verdict: &Verdict) -> Relaying {
    match verdict {
        Verdict::Passes(_) => Relaying::Passes,
        Verdict::Refused(refusal) => match refusal.reply {
            RefusalReply::TenantAttribution | RefusalReply::Attr36 => Relaying::Refused,
            _ => Relaying::Depends,
        },
    }
}
