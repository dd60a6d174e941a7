//! C01: the certificate that is sent has another name than the connector wants: it was renewed under another name, or the
//! connector was changed (Microsoft: KB 4051495).

use core_directory::{CertificateName, Field};
use proto_exchange::RefusalClass;

use super::{Examination, c04_wrong_certificate, c20_one_server, telling};
use crate::answer::{Cause, Certainty, Comparison, Message};
use crate::case::{Case, Way};
use crate::evidence::{SendingProgram, SentCertificate};
use crate::far_side::FarConnector;
use crate::refusal::{Presented, Refusal, Relaying, facts};
use crate::repair;

const CODE: &str = "C01";

pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    for refusal in &case.refusals {
        let Some(certificate) = refusal.presented.certificate() else { continue };
        if let Some(matching) = case.by_certificate().find(|connector| connector.may_admit(certificate)) {
            examination.rule_out(CODE, matches_already(case, matching, certificate));
            continue;
        }
        // Another certificate than was meant, C04, says more; and where addresses decide, names do not.
        if c04_wrong_certificate::misfit(case, refusal, certificate).is_some() || case.way(refusal) == Way::ByAddress {
            continue;
        }
        // Other servers' certificate passes, C20: to have the connector accept this one would shut those out.
        if c20_one_server::is_one_server(case, refusal) {
            continue;
        }
        match nearest(case, refusal, certificate) {
            Some(connector) => examination.add(cause(case, refusal, certificate, connector)),
            None if case.far.connectors.is_empty() => {
                if let Some(changed) = renamed(case, refusal, certificate) {
                    examination.add(changed);
                }
            }
            None => {}
        }
    }
    examination
}

/// The connector that was meant: the one that admitted the certificate before, else one under the same registrable domain,
/// else the only one.
fn nearest<'a>(case: &'a Case<'_>, refusal: &Refusal<'_>, certificate: &SentCertificate) -> Option<&'a FarConnector> {
    let tenant = case.concerned(refusal);
    let named = case.by_certificate().filter(|connector| {
        connector.shows(Field::TlsSenderCertificateName) && tenant.is_none_or(|tenant| tenant == connector.tenant)
    });
    let named: Vec<&FarConnector> = named.collect();
    let before = case.last_worked(refusal).map(Presented::of);
    if let Some(before) = before.as_ref().and_then(Presented::certificate)
        && let Some(same) = named.iter().find(|connector| connector.may_admit(before))
    {
        return Some(same);
    }
    let own = facts(certificate).names;
    let related = |connector: &&&FarConnector| {
        let value = connector.connector.tls_sender_certificate_name.as_ref();
        value.is_some_and(|value| own.iter().any(|name| name.domain().registrable() == value.domain().registrable()))
    };
    named
        .iter()
        .find(related)
        .or(match named.as_slice() {
            [only] => Some(only),
            _ => None,
        })
        .copied()
}

fn cause(case: &Case<'_>, refusal: &Refusal<'_>, certificate: &SentCertificate, connector: &FarConnector) -> Cause {
    let presented = format!("CN={}", certificate.title());
    let wanted = connector.value.as_deref().unwrap_or_default();
    let name = &*connector.connector.name;
    let arguments = [
        ("sender", refusal.sending_program().name()),
        ("presented", &*presented),
        ("connector", name),
        ("wanted", wanted),
    ];
    let certainty = match &refusal.presented {
        // The far side says that some connector did match.
        _ if refusal.class == RefusalClass::Attr36 => Certainty::Possible,
        Presented::Sent(_) | Presented::SentElsewhere(_)
            if case.way(refusal) == Way::ByCertificate
                && !case.changed_after(connector, refusal)
                && (is_decisive(case, refusal, connector) || worked_by_name(case, refusal, connector)) =>
        {
            Certainty::Certain
        }
        _ => Certainty::Likely,
    };
    let mut cause = telling::cause(case, refusal, CODE, certainty, Message::new("cause-c01", &arguments));
    cause.comparison = Some(Comparison {
        field: "TlsSenderCertificateName".to_owned(),
        wanted: wanted.to_owned(),
        presented: certificate.title().to_owned(),
    });
    cause.proof.extend(telling::presented_lines(case, refusal));
    cause.proof.push(telling::value_line(case, connector));
    let proposal = repair::proposal(&case.far, connector.tenant, &facts(certificate).names);
    cause.repair.extend(proposal.map(|proposal| repair::set_certificate_name(&case.far, connector, &proposal)));
    if refusal.sending_program() == SendingProgram::Exchange {
        cause.repair.extend(repair::present_another(case, connector, refusal.group.key.connector.as_deref()));
    }
    cause
}

/// No connector is shown, but the log alone shows that mail passed with one certificate and is refused with another of other
/// names. That the connector wants the old name is inferred; that nothing else changed has to be visible.
fn renamed(case: &Case<'_>, refusal: &Refusal<'_>, certificate: &SentCertificate) -> Option<Cause> {
    let worked = case.last_with_certificate(refusal).filter(|_| refusal.presented.is_observed())?;
    let presented = Presented::of(worked);
    let before = presented.certificate()?;
    let (old, new) = (facts(before).names, facts(certificate).names);
    if old.is_empty() || new.is_empty() || new.iter().any(|name| old.contains(name)) {
        return None;
    }
    // Under one domain a `*.` that the connector may want matches both.
    let is_apart =
        new.iter().all(|name| old.iter().all(|known| known.domain().registrable() != name.domain().registrable()));
    let is_same_address = worked.egress.is_some() && worked.egress == refusal.group.key.egress;
    let is_likely = is_apart && is_same_address && refusal.class != RefusalClass::Attr36;
    let certainty = if is_likely { Certainty::Likely } else { Certainty::Possible };
    let [new_title, old_title] = [certificate, before.as_ref()].map(|one| format!("CN={}", one.title()));
    let arguments = [("sender", refusal.sending_program().name()), ("presented", &*new_title), ("before", &*old_title)];
    let mut cause = telling::cause(case, refusal, CODE, certainty, Message::new("cause-c01-changed", &arguments));
    cause.proof.extend(telling::presented_lines(case, refusal));
    let passed = worked.proof.iter().find(|proof| proof.text.contains(before.title()));
    let note = Message::new("note-certificate-before", &[]);
    cause.proof.extend(passed.map(|proof| case.line(proof, Some(note), Some(before.title()))));
    cause.question = Some(Message::new("question-c01-changed", &[("presented", &new_title)]));
    cause.repair.extend(
        repair::proposal(&case.far, case.far.first_tenant(), &new)
            .map(|proposal| repair::find_certificate_name(&proposal)),
    );
    Some(cause)
}

/// Whether the rules refuse what was sent, and would let pass a certificate of the name that is wanted: then nothing else is
/// wrong.
fn is_decisive(case: &Case<'_>, refusal: &Refusal<'_>, connector: &FarConnector) -> bool {
    let Some(value) = &connector.connector.tls_sender_certificate_name else { return false };
    let name = match value {
        CertificateName::Exact(domain) => domain.to_string(),
        CertificateName::Wildcard(domain) => format!("mail.{domain}"),
    };
    let right = SentCertificate { subject: format!("CN={name}").into(), names: vec![name.into()], ..blank() };
    case.relaying(&refusal.evidence) != Relaying::Passes && case.relaying_with(refusal, &right) == Relaying::Passes
}

/// Whether mail passed the same way while the certificate had the name that is wanted, and this one is refused whatever is not
/// shown: what the accepted domains would tell of the name that is wanted, the mail that passed has told.
fn worked_by_name(case: &Case<'_>, refusal: &Refusal<'_>, connector: &FarConnector) -> bool {
    let before = case.last_with_certificate(refusal).map(Presented::of);
    before.as_ref().and_then(Presented::certificate).is_some_and(|before| connector.may_admit(before))
        && case.relaying(&refusal.evidence) == Relaying::Refused
}

fn blank() -> SentCertificate {
    SentCertificate {
        subject: "".into(),
        issuer: "".into(),
        serial_number: "".into(),
        thumbprint: "".into(),
        names: Vec::new(),
        not_before: None,
        not_after: None,
    }
}

fn matches_already(
    case: &Case<'_>,
    connector: &FarConnector,
    certificate: &SentCertificate,
) -> (Message, Vec<crate::answer::ProofLine>) {
    let value = connector.value.as_deref().unwrap_or_default();
    let arguments = [("connector", &*connector.connector.name), ("value", value), ("presented", certificate.title())];
    (Message::new("ruled-out-c01-matches", &arguments), vec![case.line(&connector.value_proof, None, Some(value))])
}
