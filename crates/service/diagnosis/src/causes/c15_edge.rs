//! C15: an Edge server presents another certificate, because a `TlsCertificateName` longer than 256 characters is not replicated to
//! it, or because the certificate is not in its store (Microsoft: KB 4052493).

use proto_exchange::CertificateIdentifier;

use super::{Examination, telling};
use crate::answer::{Certainty, Message, Repair, RepairSide};
use crate::case::Case;
use crate::evidence::Proof;
use crate::predict;
use crate::refusal::Refusal;
use crate::repair;

const CODE: &str = "C15";

pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    for refusal in &case.refusals {
        let key = refusal.group.key.connector.as_deref();
        let Some(own) = predict::send_connector(&case.evidence.configuration, key) else { continue };
        let Some(Some(named)) = own.object.tls_certificate_name.whole() else { continue };
        let length = named.length();
        let edges = predict::edge_servers(&case.evidence.configuration, &own.object);
        let shown = length.to_string();
        let proof = Proof::new(own.source, own.object.certificate_name_line, &format!("TlsCertificateName : {named}"));
        let line = case.line(&proof, None, None);
        if edges.is_empty() || length <= CertificateIdentifier::MAX_REPLICATED_LENGTH {
            let code = if edges.is_empty() { "ruled-out-c15-no-edge" } else { "ruled-out-c15-length" };
            examination.rule_out(CODE, (Message::new(code, &[("length", &shown)]), vec![line]));
            continue;
        }
        let certificate = refusal.presented.certificate().filter(|_| refusal.presented.is_observed());
        let certainty = match certificate {
            Some(sent) if named.names(&sent.issuer, &sent.subject) => continue,
            Some(_) => Certainty::Certain,
            None => Certainty::Likely,
        };
        let arguments = [("length", &*shown), ("servers", &*edges.join(", "))];
        let mut cause = telling::cause(case, refusal, CODE, certainty, Message::new("cause-c15", &arguments));
        cause.precedence = 2;
        cause.proof.extend(telling::presented_lines(case, refusal));
        cause.proof.push(line);
        cause.repair.push(shorten(&own.object.name));
        examination.add(cause);
    }
    examination
}

fn shorten(connector: &str) -> Repair {
    let commands = vec![
        "# have the certificate issued with a shorter subject (the common name alone), import it on every server and Edge, then"
            .to_owned(),
        "$certificate = Get-ExchangeCertificate -Thumbprint 'THUMBPRINT'".to_owned(),
        format!(
            "Set-SendConnector -Identity {} -TlsCertificateName \"<I>$($certificate.Issuer)<S>$($certificate.Subject)\"",
            repair::powershell(connector)
        ),
        "Start-EdgeSynchronization".to_owned(),
    ];
    Repair { side: RepairSide::ExchangeServer, what: Message::new("repair-short-identifier", &[]), commands }
}

/// Whether this explains that another certificate was sent than the Send connector names.
pub(super) fn explains(case: &Case<'_>, refusal: &Refusal<'_>) -> bool {
    let key = refusal.group.key.connector.as_deref();
    let Some(own) = predict::send_connector(&case.evidence.configuration, key) else { return false };
    let named = own.object.tls_certificate_name.whole().and_then(Option::as_ref);
    named.is_some_and(|named| named.length() > CertificateIdentifier::MAX_REPLICATED_LENGTH)
        && !predict::edge_servers(&case.evidence.configuration, &own.object).is_empty()
}
