//! C15: an Edge server presents another certificate, because a `TlsCertificateName` longer than 256 characters is not replicated to
//! it, or because the certificate is not in its store (Microsoft: KB 4052493).

use proto_exchange::CertificateIdentifier;
use proto_exchange::dump::SendConnector;

use super::{Examination, telling};
use crate::answer::{Certainty, Message, Repair, RepairSide};
use crate::case::Case;
use crate::evidence::Proof;
use crate::predict;

const CODE: &str = "C15";

pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    let configuration = &case.evidence.configuration;
    let Some(own) = predict::send_connector(configuration, None) else { return examination };
    let Some(Some(named)) = own.object.tls_certificate_name.whole() else { return examination };
    let length = named.length();
    let too_long = length > CertificateIdentifier::MAX_REPLICATED_LENGTH;
    let edges = edge_servers(case, &own.object);
    let shown = length.to_string();
    let text = format!("TlsCertificateName : {named}");
    let line = case.line(&Proof::new(own.source, own.object.certificate_name_line, &text), None, None);
    if edges.is_empty() || !too_long {
        let code = if edges.is_empty() { "ruled-out-c15-no-edge" } else { "ruled-out-c15-length" };
        if !case.refusals.is_empty() {
            examination.rule_out(CODE, (Message::new(code, &[("length", &shown)]), vec![line]));
        }
        return examination;
    }
    for refusal in &case.refusals {
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
        cause.proof.push(line.clone());
        cause.repair.push(Repair {
            side: RepairSide::ExchangeServer,
            what: Message::new("repair-short-identifier", &[]),
            commands: vec![
                "# have the certificate issued with a shorter subject (the common name alone), import it on every server and Edge, then"
                    .to_owned(),
                "$certificate = Get-ExchangeCertificate -Thumbprint 'THUMBPRINT'".to_owned(),
                format!(
                    "Set-SendConnector -Identity {} -TlsCertificateName \"<I>$($certificate.Issuer)<S>$($certificate.Subject)\"",
                    crate::repair::powershell(&own.object.name)
                ),
                "Start-EdgeSynchronization".to_owned(),
            ],
        });
        examination.add(cause);
    }
    examination
}

/// Whether this explains that another certificate was sent than the Send connector names.
pub(super) fn explains(case: &Case<'_>) -> bool {
    let Some(own) = predict::send_connector(&case.evidence.configuration, None) else { return false };
    let named = own.object.tls_certificate_name.whole().and_then(Option::as_ref);
    named.is_some_and(|named| named.length() > CertificateIdentifier::MAX_REPLICATED_LENGTH)
        && !edge_servers(case, &own.object).is_empty()
}

/// Edge servers that the dumps show, and that the connector's mail leaves by, where its source servers are shown.
fn edge_servers<'a>(case: &Case<'a>, connector: &SendConnector) -> Vec<&'a str> {
    let configuration = &case.evidence.configuration;
    let by_role = configuration.exchange_servers.iter().filter(|server| {
        server.object.server_role.any().is_some_and(|role| role.to_ascii_lowercase().contains("edge"))
    });
    let mut names: Vec<&str> = by_role.map(|server| &*server.object.name).collect();
    let hybrid = configuration.hybrid_configurations.iter();
    names.extend(
        hybrid.flat_map(|own| own.object.edge_transport_servers.any().into_iter().flatten()).map(|name| &**name),
    );
    names.sort_unstable();
    names.dedup();
    if let Some(sources) = connector.source_transport_servers.whole() {
        names.retain(|name| sources.iter().any(|source| is_same_server(source, name)));
    }
    names
}

/// Whether two names are of one server: dumps write it with its domain or without.
fn is_same_server(left: &str, right: &str) -> bool {
    let host = |name: &str| name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    host(left) == host(right)
}
