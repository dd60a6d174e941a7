//! C05: the certificate cannot be used: its private key is missing, or the transport service may not read it. The handshake fails
//! and the mail waits; that is no 5.7.64, but is taken for it (Microsoft: KB 4051498).

use super::{Examination, telling};
use crate::answer::{Certainty, Message, Repair, RepairSide};
use crate::case::Case;
use crate::evidence::{Certificate, EvidenceKind, Tls};
use crate::predict;
use crate::refusal::Presented;

const CODE: &str = "C05";

/// What the handshake says of a key that is missing, or may not be used.
const KEY_ERRORS: [&str; 2] = ["NoCredentials", "UnknownCredentials"];

pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    for group in case.evidence.attempts.groups() {
        let Tls::Failed(error) = &group.key.tls else { continue };
        if group.key.witness != EvidenceKind::SendLog {
            continue;
        }
        let connector = group.key.connector.as_deref().unwrap_or_default();
        let arguments = [("connector", connector), ("error", &**error)];
        if !KEY_ERRORS.contains(&&**error) {
            examination.rule_out(CODE, (Message::new("ruled-out-c05-error", &arguments), Vec::new()));
            continue;
        }
        let statement = Message::new("cause-c05", &arguments);
        let mut cause = telling::cause_of_group(case, group, CODE, Certainty::Certain, statement);
        let sent = match &group.last.certificate {
            Certificate::Sent(certificate) => Some(certificate.clone()),
            _ => {
                predict::certificate(&case.evidence.configuration, Some(connector)).map(|(certificate, _)| certificate)
            }
        };
        let (thumbprint, serial) =
            sent.as_ref().map_or(("", ""), |certificate| (&*certificate.thumbprint, &*certificate.serial_number));
        cause.repair = vec![repair(thumbprint, serial)];
        examination.add(cause);
    }
    without_key(case, &mut examination);
    examination
}

/// The store's dump says so, and no log shows more.
fn without_key(case: &Case<'_>, examination: &mut Examination) {
    let predicted = predict::certificate(&case.evidence.configuration, None);
    let Some((certificate, proof)) = predicted else { return };
    let keyless = case.evidence.configuration.exchange_certificates.iter().find(|held| {
        held.object.has_private_key.whole() == Some(&false)
            && held.object.thumbprint.whole().is_some_and(|thumbprint| **thumbprint == *certificate.thumbprint)
    });
    if keyless.is_none()
        || !examination.causes.is_empty()
        || case.refusals.iter().any(|refusal| matches!(refusal.presented, Presented::Sent(_)))
    {
        return;
    }
    let statement = Message::new("cause-c05-store", &[("subject", &certificate.subject)]);
    let lines = proof.iter().map(|line| case.line(line, Some(Message::new("note-certificate-predicted", &[])), None));
    let mut cause = telling::bare(CODE, Certainty::Likely, statement, lines.collect());
    cause.repair = vec![repair(&certificate.thumbprint, &certificate.serial_number)];
    examination.add(cause);
}

/// Has the key joined to the certificate again, or the certificate imported with its key.
fn repair(thumbprint: &str, serial: &str) -> Repair {
    // It comes from a log, and PowerShell looks into double quotes: digits only.
    let is_number = !serial.is_empty() && serial.bytes().all(|octet| octet.is_ascii_hexdigit());
    let serial = if is_number { serial } else { "SERIALNUMBER" };
    let thumbprint = if thumbprint.is_empty() { "THUMBPRINT" } else { thumbprint };
    let commands = vec![
        "# on each source server, in an elevated prompt: is there a private key, and can it be joined to the certificate?".to_owned(),
        format!("certutil -repairstore my \"{serial}\""),
        "# if not: import the certificate again from a .pfx that holds the key, then".to_owned(),
        format!("Enable-ExchangeCertificate -Thumbprint {} -Services SMTP", crate::repair::powershell(thumbprint)),
    ];
    Repair { side: RepairSide::ExchangeServer, what: Message::new("repair-private-key", &[]), commands }
}
