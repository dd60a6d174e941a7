//! C06: the certificate has the right name, but its chain is not trusted at the far side: the intermediate was not sent, or it
//! signed itself, or its authority is a private one (Microsoft: KB 3212877). The Send log looks right; only Windows' CAPI2 log, or
//! the files, show it.

use super::unexplained::unexplained;
use super::{Examination, telling};
use crate::answer::{Cause, Certainty, Message, Repair, RepairSide};
use crate::case::Case;
use crate::evidence::{EventFact, SendingProgram, SentCertificate};
use crate::refusal::Refusal;

const CODE: &str = "C06";

/// The event of a chain that was judged (CAPI2, Verify Chain Policy).
const CHAIN_JUDGED: u32 = 30;

/// CERT_E_UNTRUSTEDROOT.
const UNTRUSTED_ROOT: &str = "800b0109";

pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    for refusal in unexplained(case) {
        let Some(certificate) = refusal.presented.certificate() else { continue };
        examination.add(cause(case, refusal, certificate));
    }
    examination
}

fn cause(case: &Case<'_>, refusal: &Refusal<'_>, certificate: &SentCertificate) -> Cause {
    let title = certificate.title();
    let event = untrusted(case, certificate);
    let self_signed = !certificate.issuer.is_empty() && certificate.issuer == certificate.subject;
    let alone = leaf_alone(case, certificate);
    let (certainty, code) = match (&event, self_signed, alone) {
        (Some(_), ..) => (Certainty::Certain, "cause-c06-event"),
        (None, true, _) => (Certainty::Likely, "cause-c06-self-signed"),
        (None, false, true) => (Certainty::Likely, "cause-c06-alone"),
        (None, false, false) => (Certainty::Possible, "cause-c06"),
    };
    let arguments = [("presented", title), ("issuer", &*certificate.issuer)];
    let mut cause = telling::cause(case, refusal, CODE, certainty, Message::new(code, &arguments));
    if let Some(event) = event {
        let note = Message::new("note-event", &[]);
        cause.proof.push(case.line(&event.proof, Some(note), event.result.as_deref()));
    }
    cause.proof.extend(telling::presented_lines(case, refusal));
    if certainty == Certainty::Possible {
        cause.question = Some(Message::new("question-c06", &[("issuer", &*certificate.issuer)]));
    }
    cause.repair = repairs(&certificate.issuer, refusal.sending_program());
    cause
}

/// Whether Windows itself says that the chain is not trusted.
pub(super) fn is_said(case: &Case<'_>, refusal: &Refusal<'_>) -> bool {
    refusal.presented.certificate().is_some_and(|certificate| untrusted(case, certificate).is_some())
}

/// The event that says so of this certificate.
fn untrusted<'a>(case: &Case<'a>, certificate: &SentCertificate) -> Option<&'a EventFact> {
    let names = |event: &&EventFact| {
        let subject = event.subject.as_deref().unwrap_or_default().to_lowercase();
        let names = certificate.names.iter().map(|name| &**name).chain(certificate.common_name());
        names.map(str::to_lowercase).any(|name| !name.is_empty() && subject.contains(&name))
    };
    let says = |event: &&EventFact| {
        let result = event.result.as_deref().unwrap_or_default().to_lowercase();
        event.id == CHAIN_JUDGED && result.contains(UNTRUSTED_ROOT)
    };
    case.evidence.events.iter().filter(says).find(names)
}

/// Whether the file that holds this certificate holds nothing else, though somebody else issued it.
fn leaf_alone(case: &Case<'_>, certificate: &SentCertificate) -> bool {
    let files = &case.evidence.configuration.certificate_files;
    let own = files.iter().find(|held| {
        let thumbprint = held.object.thumbprint.whole();
        thumbprint.is_some_and(|thumbprint| thumbprint.eq_ignore_ascii_case(&certificate.thumbprint))
    });
    own.is_some_and(|own| files.iter().filter(|other| other.source == own.source).count() == 1)
}

/// On the side that sends, on both where nothing tells which it is.
fn repairs(issuer: &str, program: SendingProgram) -> Vec<Repair> {
    let what = || Message::new("repair-send-chain", &[("issuer", issuer)]);
    let exchange = Repair {
        side: RepairSide::ExchangeServer,
        what: what(),
        commands: vec![
            "# on each source server: the intermediate goes into the machine's store of intermediate authorities, not into the \
             user's"
                .to_owned(),
            "certutil -addstore CA intermediate.cer".to_owned(),
            "Restart-Service MSExchangeTransport".to_owned(),
        ],
    };
    let postfix = Repair {
        side: RepairSide::Postfix,
        what: what(),
        commands: vec![
            "# the leaf first, then its intermediates, in one file".to_owned(),
            "cat leaf.pem intermediate.pem > /etc/postfix/client-chain.pem".to_owned(),
            "postconf -e smtp_tls_cert_file=/etc/postfix/client-chain.pem".to_owned(),
            "postfix reload".to_owned(),
        ],
    };
    match program {
        SendingProgram::Exchange => vec![exchange],
        SendingProgram::Postfix => vec![postfix],
        _ => vec![exchange, postfix],
    }
}
