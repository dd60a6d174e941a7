//! On what ground a connector would admit refused mail, were it not for the domains: what the causes about accepted domains
//! (C08 to C11, C18) have in common. A connector that matches by certificate and does not own its name, or one that matches by
//! address, admits only senders in accepted domains (Microsoft: KB 3169958, *Updated Requirements for SMTP Relay*). Where no file
//! shows address or certificate, mail of accepted senders that passes the same way to the same recipients shows the same.

use core_attribution::{Fact, Sender};
use proto_exchange::RefusalClass;

use super::telling;
use crate::answer::{Cause, Certainty, Message, ProofLine};
use crate::case::Case;
use crate::evidence::{AttemptGroup, EvidenceKind};
use crate::far_side::FarConnector;
use crate::refusal::{Refusal, Relaying, facts};
use crate::repair;

/// The ground.
pub(super) enum Ground<'a> {
    /// The connector's name matches the certificate, and its domain is not accepted.
    UnownedName(&'a FarConnector),
    /// The connector's addresses hold the sender's.
    Address(&'a FarConnector),
    /// Mail of accepted senders passes, from the same server to a domain for which this mail was refused: the sender makes the
    /// difference.
    Passing,
    /// The far side says that a connector matched (ATTR36); which, no file shows.
    Said,
}

/// Why no such cause applies.
pub(super) enum NoGround<'a> {
    /// The name matches and its domain is accepted: then any sender passes.
    Owned(&'a FarConnector),
    /// Nothing that is shown matches, or what is shown is too little.
    NotShown,
}

/// On what ground the refused mail could have passed.
pub(super) fn ground<'a>(case: &'a Case<'_>, refusal: &Refusal<'_>) -> Result<Ground<'a>, NoGround<'a>> {
    let matching = refusal.presented.certificate().and_then(|certificate| {
        let mut named = case.by_certificate().filter(|connector| connector.may_admit(certificate));
        let first = named.next()?;
        Some(std::iter::once(first).chain(named).find(|connector| owns(case, connector)).unwrap_or(first))
    });
    match matching {
        Some(connector) if owns(case, connector) => return Err(NoGround::Owned(connector)),
        Some(connector) if case.far.lists_domains() => return Ok(Ground::UnownedName(connector)),
        _ => {}
    }
    if let Some(address) = refusal.group.key.egress
        && let Some(connector) = case.by_address().find(|connector| connector.holds(address))
    {
        return Ok(Ground::Address(connector));
    }
    if passing(case, refusal).is_some() {
        return Ok(Ground::Passing);
    }
    if refusal.class == RefusalClass::Attr36 { Ok(Ground::Said) } else { Err(NoGround::NotShown) }
}

/// Mail of an accepted sender that passed the same way since the refusals began, with the same certificate or as little shown of
/// it. Its recipient's domain must be one for which this mail was refused: mail to other organisations within the far side passes
/// without any connector.
fn passing<'a>(case: &Case<'a>, refusal: &Refusal<'_>) -> Option<&'a AttemptGroup> {
    let refused = &refusal.group.key;
    case.still_works(refusal).into_iter().find(|group| {
        let key = &group.key;
        let is_same = key.witness == refused.witness && key.server == refused.server;
        let is_alike = key.certificate == refused.certificate && key.egress == refused.egress && key.tls == refused.tls;
        let sender = group.last.mail_from.known().and_then(Sender::domain);
        is_same
            && is_alike
            && sender.is_some_and(|sender| case.far.holder(sender).is_some())
            && group.recipients.iter().any(|domain| refusal.group.recipients.contains(domain))
    })
}

/// Whether the rules refuse this mail and would let the same pass from a sender in an accepted domain: then nothing else is wrong.
fn passes_for_accepted(case: &Case<'_>, refusal: &Refusal<'_>) -> bool {
    let Some(accepted) = case.far.domains.iter().find(|own| own.domain.verified()) else { return false };
    let mut evidence = refusal.evidence.clone();
    evidence.mail_from = Fact::Known(Sender::Domain(accepted.domain.name.clone()));
    case.relaying(&refusal.evidence) != Relaying::Passes && case.relaying(&evidence) == Relaying::Passes
}

/// Rule A4's first condition.
fn owns(case: &Case<'_>, connector: &FarConnector) -> bool {
    let value = connector.connector.tls_sender_certificate_name.as_ref();
    value.is_some_and(|value| case.far.owns(connector.tenant, value.domain()))
}

impl Ground<'_> {
    /// How sure a cause is that stands on it: what the far side said, or what both sides show.
    pub(super) fn certainty(&self, case: &Case<'_>, refusal: &Refusal<'_>) -> Certainty {
        let changed = |connector: &FarConnector| case.changed_after(connector, refusal);
        match self {
            Self::UnownedName(connector) | Self::Address(connector)
                if changed(connector) || !passes_for_accepted(case, refusal) =>
            {
                Certainty::Likely
            }
            Self::UnownedName(_) if refusal.presented.is_observed() => Certainty::Certain,
            Self::Address(_) => Certainty::Certain,
            Self::Passing if case.far.lists_domains() => Certainty::Certain,
            Self::Said if case.far.lists_domains() => Certainty::Certain,
            Self::UnownedName(_) | Self::Passing | Self::Said => Certainty::Likely,
        }
    }

    /// The lines that show it.
    pub(super) fn lines(&self, case: &Case<'_>, refusal: &Refusal<'_>) -> Vec<ProofLine> {
        match self {
            Self::UnownedName(connector) => {
                let mut lines = telling::presented_lines(case, refusal);
                lines.push(telling::value_line(case, connector));
                lines
            }
            Self::Address(connector) => {
                let address = refusal.group.key.egress.map(|address| address.to_string()).unwrap_or_default();
                let mut lines: Vec<ProofLine> = telling::greeting_line(case, refusal, &address).into_iter().collect();
                lines.push(telling::addresses_line(case, connector));
                lines
            }
            Self::Passing | Self::Said => Vec::new(),
        }
    }

    /// A cause on this ground.
    pub(super) fn cause(
        &self,
        case: &Case<'_>,
        refusal: &Refusal<'_>,
        code: &'static str,
        statement: Message,
    ) -> Cause {
        let mut cause = telling::cause(case, refusal, code, self.certainty(case, refusal), statement);
        // That mail of other senders passed is no sign that this ever did.
        let before = case.last_worked(refusal).filter(|attempt| attempt.mail_from == refusal.evidence.mail_from);
        cause.last_worked = before.and_then(|attempt| attempt.at);
        cause.proof.extend(sender_line(case, refusal));
        cause.proof.extend(self.lines(case, refusal));
        cause.proof.extend(passing(case, refusal).and_then(|group| passing_line(case, group)));
        cause
    }

    /// The repair that helps every sender: a connector whose certificate name lies in an accepted domain.
    pub(super) fn own_the_name(&self, case: &Case<'_>, refusal: &Refusal<'_>, cause: &mut Cause) {
        let connector = match self {
            Self::UnownedName(connector) => Some(*connector),
            // Mail that comes by address needs a certificate first.
            Self::Address(_) | Self::Passing => None,
            Self::Said => case.by_certificate().next(),
        };
        let names = refusal.presented.certificate().map(|certificate| facts(certificate).names).unwrap_or_default();
        let proposal = connector.and_then(|own| repair::proposal(&case.far, own.tenant, &names));
        let Some((connector, proposal)) = connector.zip(proposal) else {
            cause.repair.push(repair::own_certificate(&case.far, case.concerned(refusal)));
            if refusal.group.key.witness == EvidenceKind::PostfixLog {
                cause.repair.push(repair::postfix_certificate());
            }
            return;
        };
        if let Some(domain) = &proposal.needs_domain {
            cause.repair.push(repair::accept_domain(&case.far, domain));
        }
        let current = connector.connector.tls_sender_certificate_name.as_ref();
        if current != Some(&proposal.value) {
            cause.repair.push(repair::set_certificate_name(&case.far, connector, &proposal));
        }
    }
}

/// The line that shows that mail of an accepted sender passes.
fn passing_line(case: &Case<'_>, group: &AttemptGroup) -> Option<ProofLine> {
    let mark = format!("@{}", group.key.mail_from.as_deref()?);
    // The line with the answer may hold the same words in a Message-ID.
    let named = group.last.proof.iter().skip(1).find(|proof| proof.text.contains(&mark));
    let proof = named.or(group.last.proof.first())?;
    Some(case.line(proof, Some(Message::new("note-passes-for-accepted", &[])), named.map(|_| &*mark)))
}

/// The line that shows the sender, other than the refusal's own.
fn sender_line(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<ProofLine> {
    let sender = refusal.group.key.mail_from.as_deref().filter(|sender| !sender.is_empty())?;
    let mark = if sender == "<>" { "<>".to_owned() } else { format!("@{sender}") };
    let proof = refusal.group.first.proof.iter().skip(1).find(|proof| proof.text.contains(&mark))?;
    Some(case.line(proof, Some(Message::new("note-sender", &[])), Some(&mark)))
}

/// Says why it is not one of these, where that can be said.
pub(super) fn owned(case: &Case<'_>, no_ground: &NoGround<'_>) -> Option<(Message, Vec<ProofLine>)> {
    let NoGround::Owned(connector) = no_ground else { return None };
    let value = connector.value.as_deref().unwrap_or_default();
    let arguments = [("connector", &*connector.connector.name), ("value", value)];
    Some((Message::new("ruled-out-owned", &arguments), vec![telling::value_line(case, connector)]))
}
