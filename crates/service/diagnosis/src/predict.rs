//! Which certificate a send connector would present, by the dumps of connectors and certificates. A prediction, and marked so
//! wherever it is used: only a Send log shows what was sent.

use std::sync::Arc;

use proto_exchange::dump::{DumpedCertificate, SendConnector};

use crate::evidence::{Configuration, Evidence, Observed, Proof, SentCertificate};

/// The settings by which Postfix presents a certificate, those that count first.
pub(crate) const POSTFIX_CERTIFICATES: [&str; 4] =
    ["smtp_tls_chain_files", "smtp_tls_cert_file", "smtp_tls_eccert_file", "smtp_tls_dcert_file"];

/// The certificate that Exchange would choose for the connector of this name, or for the only one that leads to Exchange
/// Online. `TlsCertificateName` selects by issuer and subject, and of several that are equal the one that lives longest
/// (Microsoft: *TLS Certificates in Exchange Hybrid*). Without it the choice goes by `Fqdn`, which several certificates
/// may hold: then nothing is predicted unless one alone does.
pub(crate) fn certificate(
    configuration: &Configuration,
    connector: Option<&str>,
) -> Option<(Arc<SentCertificate>, Vec<Proof>)> {
    let observed = send_connector(configuration, connector)?;
    let chosen = match observed.object.tls_certificate_name.whole()? {
        Some(identifier) => {
            let named = configuration.exchange_certificates.iter().filter(|held| {
                let (issuer, subject) = (held.object.issuer.whole(), held.object.subject.whole());
                issuer.zip(subject).is_some_and(|(issuer, subject)| identifier.names(issuer, subject))
            });
            named.max_by_key(|held| held.object.not_after)?
        }
        None => {
            let fqdn = observed.object.fqdn.whole()?.as_deref()?;
            let holds = |held: &&Observed<DumpedCertificate>| {
                let names = held.object.certificate_domains.any().into_iter().flatten();
                names.clone().any(|name| name.eq_ignore_ascii_case(fqdn))
            };
            let mut by_name = configuration.exchange_certificates.iter().filter(holds);
            let first = by_name.next()?;
            by_name.all(|other| other.object.thumbprint == first.object.thumbprint).then_some(first)?
        }
    };
    let text = observed.object.tls_certificate_name.whole().and_then(Option::as_ref).map(ToString::to_string);
    let connector_text = format!("TlsCertificateName : {}", text.unwrap_or_default());
    let sent = sent(&chosen.object);
    let proof = vec![
        Proof::new(observed.source, observed.object.certificate_name_line, &connector_text),
        Proof::new(chosen.source, chosen.object.line, &format!("Subject : {}", sent.subject)),
    ];
    Some((Arc::new(sent), proof))
}

/// The certificate that Postfix is set to present, where its file is among the evidence: by the file's name, else the only file
/// with certificates that there is. The first in the file is the leaf (Postfix: `smtp_tls_cert_file`).
pub(crate) fn of_postfix(evidence: &Evidence) -> Option<(Arc<SentCertificate>, Vec<Proof>)> {
    let set = postfix_certificate_file(&evidence.configuration)?;
    let base = |path: &str| path.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    let files = &evidence.configuration.certificate_files;
    let is_it = |held: &&Observed<DumpedCertificate>| {
        evidence.source(held.source).is_some_and(|source| base(&source.name) == base(set))
    };
    let is_only = || files.iter().all(|held| files.first().is_some_and(|first| first.source == held.source));
    let leaf = files.iter().find(is_it).or_else(|| files.first().filter(|_| is_only()))?;
    let sent = sent(&leaf.object);
    let proof = Proof::new(leaf.source, leaf.object.line, &format!("Subject : {}", sent.subject));
    Some((Arc::new(sent), vec![proof]))
}

/// The file that Postfix reads its client certificate from, where it is set to.
pub(crate) fn postfix_certificate_file(configuration: &Configuration) -> Option<&str> {
    let settings = &configuration.postfix()?.object;
    let mut values = POSTFIX_CERTIFICATES.iter().filter_map(|name| settings.get(name));
    let (value, _) = values.find(|(value, _)| !value.trim().is_empty())?;
    value.split([',', ' ', '\t']).find(|file| !file.is_empty())
}

/// The connector of this name, or of this GUID, by which queues know it; without a name the only enabled one that leads to
/// Exchange Online.
pub(crate) fn send_connector<'a>(
    configuration: &'a Configuration,
    name: Option<&str>,
) -> Option<&'a Observed<SendConnector>> {
    let all = &configuration.send_connectors;
    if let Some(name) = name {
        // A log that names another connector is about another one: what is dumped tells nothing of it.
        return all.iter().rfind(|own| is_called(&own.object, name));
    }
    let mut online = all.iter().filter(|own| leads_online(&own.object));
    let first = online.next()?;
    online.all(|other| other.object.name == first.object.name).then_some(first)
}

/// Whether a send connector has this name, or GUID, as queues show it.
fn is_called(connector: &SendConnector, name: &str) -> bool {
    let guid = connector.guid.as_deref();
    connector.name.eq_ignore_ascii_case(name) || guid.is_some_and(|guid| guid.eq_ignore_ascii_case(name))
}

/// Whether a send connector leads to Exchange Online: by its smart hosts, its TlsDomain, or the hybrid address space.
pub(crate) fn leads_online(connector: &SendConnector) -> bool {
    let texts = [connector.smart_hosts.any(), connector.address_spaces.any()].into_iter().flatten().flatten();
    let domain = connector.tls_domain.any().and_then(Option::as_ref);
    connector.enabled.whole() != Some(&false)
        && texts.chain(domain).any(|text| {
            let text = text.to_ascii_lowercase();
            text.contains("protection.outlook.com")
                || text.contains("mx.microsoft")
                || text.contains(".mail.onmicrosoft.com")
        })
}

/// A certificate of a store as a log would tell it.
pub(crate) fn sent(held: &DumpedCertificate) -> SentCertificate {
    SentCertificate {
        subject: held.subject.any().cloned().unwrap_or_default(),
        issuer: held.issuer.any().cloned().unwrap_or_default(),
        serial_number: held.serial_number.any().cloned().unwrap_or_default(),
        thumbprint: held.thumbprint.any().cloned().unwrap_or_default(),
        names: held.certificate_domains.any().cloned().unwrap_or_default(),
        not_before: held.not_before,
        not_after: held.not_after,
    }
}

/// Edge servers that the dumps show, and that the connector's mail leaves by, where its source servers are shown.
pub(crate) fn edge_servers<'a>(configuration: &'a Configuration, connector: &SendConnector) -> Vec<&'a str> {
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
