//! C01: the certificate that is sent has another name than the connector wants: it was renewed under another name, or the
//! connector was changed (Microsoft: KB 4051495).

use core_directory::{CertificateName, Field};

use super::Examination;
use crate::answer::{Cause, Certainty, Comparison, Message};
use crate::case::Case;
use crate::evidence::{Outcome, SentCertificate};
use crate::far_side::FarConnector;
use crate::refusal::{Presented, Refusal, Relaying, facts};
use crate::repair;

const CODE: &str = "C01";

pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    for refusal in &case.refusals {
        let Some(certificate) = refusal.presented.certificate() else { continue };
        if let Some(matching) = case.far.connectors.iter().find(|connector| admits(connector, certificate)) {
            examination.rule_out(CODE, matches_already(case, matching, certificate));
            continue;
        }
        if let Some(connector) = nearest(case, refusal, certificate) {
            examination.add(cause(case, refusal, certificate, connector));
        }
    }
    examination
}

/// Whether the connector's name matches the certificate, or may.
fn admits(connector: &FarConnector, certificate: &SentCertificate) -> bool {
    let value = connector.connector.tls_sender_certificate_name.as_ref();
    connector.admits_own_mail()
        && value.is_some_and(|value| facts(certificate).names.iter().any(|name| may_match(value, name)))
}

/// Rule A3, and the bare domain under `*.domain`, on which Microsoft is silent.
fn may_match(value: &CertificateName, name: &CertificateName) -> bool {
    let bare =
        matches!((value, name), (CertificateName::Wildcard(value), CertificateName::Exact(name)) if value == name);
    bare || value.matches(name).is_some()
}

/// The connector that was meant: the one that admitted the certificate before, else one under the same registrable domain,
/// else the only one.
fn nearest<'a>(case: &'a Case<'_>, refusal: &Refusal<'_>, certificate: &SentCertificate) -> Option<&'a FarConnector> {
    let named = |connector: &&FarConnector| {
        connector.admits_own_mail()
            && connector.shows(Field::TlsSenderCertificateName)
            && connector.connector.tls_sender_certificate_name.is_some()
    };
    let named: Vec<&FarConnector> = case.far.connectors.iter().filter(named).collect();
    let before = case.last_worked(refusal).map(Presented::of);
    if let Some(before) = before.as_ref().and_then(Presented::certificate)
        && let Some(same) = named.iter().find(|connector| admits(connector, before))
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
    let mut proof = Vec::new();
    if let Outcome::Answered(reply, _) = &refusal.group.first.outcome {
        let note = Message::new("note-first-refusal", &[]);
        let mark = reply.status.map(|[class, subject, detail]| format!("{class}.{subject}.{detail}"));
        proof.extend(refusal.group.first.proof.first().map(|first| case.line(first, Some(note), mark.as_deref())));
    }
    let sent_note = match refusal.presented {
        Presented::Predicted(_) => "note-certificate-predicted",
        _ => "note-certificate-sent",
    };
    let sent = refusal.presented_proof.first();
    proof.extend(sent.map(|line| case.line(line, Some(Message::new(sent_note, &[])), Some(certificate.title()))));
    proof.push(case.line(&connector.value_proof, Some(Message::new("note-connector-wants", &[])), Some(wanted)));
    let proposal = repair::proposal(&case.far, &facts(certificate).names);
    let repairs = proposal.map(|proposal| repair::set_certificate_name(&case.far, connector, &proposal));
    let changed_later = connector.when_changed.zip(refusal.until()).is_some_and(|(changed, until)| changed > until);
    let certainty = match &refusal.presented {
        Presented::Sent(_) | Presented::SentElsewhere(_) if !changed_later && is_decisive(case, refusal, connector) => {
            Certainty::Certain
        }
        _ => Certainty::Likely,
    };
    Cause {
        code: CODE,
        certainty,
        statement: Message::new("cause-c01", &[("presented", &presented), ("connector", name), ("wanted", wanted)]),
        comparison: Some(Comparison {
            field: "TlsSenderCertificateName".to_owned(),
            wanted: wanted.to_owned(),
            presented: certificate.title().to_owned(),
        }),
        proof,
        since: refusal.since(),
        last_worked: case.last_worked(refusal).and_then(|attempt| attempt.at),
        explains: refusal.group.count,
        repair: repairs.into_iter().collect(),
        question: None,
    }
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
