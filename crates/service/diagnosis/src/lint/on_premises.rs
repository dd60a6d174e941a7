//! The sending side as its dumps show it: Send connectors to Exchange Online, the certificates of each server's store, and
//! which of them a connector would present.

use std::collections::BTreeMap;

use jiff::Timestamp;
use proto_certificate::ParsedCertificate;
use proto_exchange::CertificateIdentifier;
use proto_exchange::dump::{DumpedCertificate, SendConnector};

use crate::evidence::{Configuration, Evidence, Observed, Proof};
use crate::predict;

/// Most certificates of stores that are looked at: beyond it a case holds the stores of thousands of servers.
const MAX_HELD: usize = 4096;

/// What of the sending side is shown.
pub(super) struct OnPremises<'a> {
    pub(super) evidence: &'a Evidence,
    pub(super) now: Timestamp,
    /// Connectors that lead to Exchange Online, each as it was read last.
    pub(super) connectors: Vec<&'a Observed<SendConnector>>,
    /// Certificates by server; the empty name where dumps do not tell.
    pub(super) stores: BTreeMap<String, Vec<Held<'a>>>,
}

/// A certificate in a server's store.
#[derive(Clone, Debug)]
pub(super) struct Held<'a> {
    pub(super) observed: &'a Observed<DumpedCertificate>,
    /// Issuer and subject as Windows writes them, where the dump shows them or carries the certificate.
    pub(super) name: Option<CertificateIdentifier>,
    pub(super) thumbprint: String,
}

impl<'a> OnPremises<'a> {
    pub(super) fn new(evidence: &'a Evidence, now: Timestamp) -> Self {
        let configuration = &evidence.configuration;
        let mut stores: BTreeMap<String, Vec<Held<'a>>> = BTreeMap::new();
        for observed in configuration.exchange_certificates.iter().take(MAX_HELD) {
            let server = observed.object.server.as_deref().map(host).unwrap_or_default();
            let held = Held::new(observed);
            let store = stores.entry(server).or_default();
            // The same certificate may stand in two dumps of one server.
            if held.thumbprint.is_empty() || !store.iter().any(|known| known.thumbprint == held.thumbprint) {
                store.push(held);
            }
        }
        Self { evidence, now, connectors: connectors(configuration), stores }
    }

    /// Whether the stores show issuer and subject of every certificate: else one that is looked for may be among them.
    pub(super) fn names_are_shown(&self) -> bool {
        !self.stores.is_empty() && self.stores.values().flatten().all(|held| held.name.is_some())
    }

    /// The certificates that an identifier selects, with their server.
    pub(super) fn selected(&self, identifier: &CertificateIdentifier) -> Vec<(&str, Vec<&Held<'a>>)> {
        let named =
            |held: &&Held<'a>| held.name.as_ref().is_some_and(|own| identifier.names(&own.issuer, &own.subject));
        self.stores.iter().map(|(server, store)| (server.as_str(), store.iter().filter(named).collect())).collect()
    }

    /// The certificate that a connector presents: of those that its TlsCertificateName selects the one that lives longest
    /// (Microsoft: *TLS Certificates in Exchange Hybrid*).
    pub(super) fn presented(&self, connector: &SendConnector) -> Option<&Held<'a>> {
        let identifier = connector.tls_certificate_name.whole()?.as_ref()?;
        let named =
            |held: &&Held<'_>| held.name.as_ref().is_some_and(|own| identifier.names(&own.issuer, &own.subject));
        self.stores.values().flatten().filter(named).max_by_key(|held| held.observed.object.not_after)
    }
}

/// Of several dumps of one connector the one that was read last.
fn connectors(configuration: &Configuration) -> Vec<&Observed<SendConnector>> {
    let mut latest: BTreeMap<String, &Observed<SendConnector>> = BTreeMap::new();
    for observed in &configuration.send_connectors {
        latest.insert(observed.object.name.to_lowercase(), observed);
    }
    latest.into_values().filter(|observed| predict::leads_online(&observed.object)).collect()
}

/// The host of `server.contoso.local`, or of `CN=…`-less names as dumps have them, in lower case.
pub(super) fn host(name: &str) -> String {
    name.split('.').next().unwrap_or_default().trim().to_lowercase()
}

impl<'a> Held<'a> {
    fn new(observed: &'a Observed<DumpedCertificate>) -> Self {
        let object = &observed.object;
        let parsed = object.der.as_deref().and_then(|der| ParsedCertificate::parse(der).ok());
        let shown = object.issuer.whole().zip(object.subject.whole());
        let name =
            shown.map(|(issuer, subject)| CertificateIdentifier { issuer: issuer.clone(), subject: subject.clone() });
        let name = name.or_else(|| {
            let parsed = parsed.as_ref()?;
            let (issuer, subject) = (parsed.windows_issuer.clone().into(), parsed.windows_subject.clone().into());
            Some(CertificateIdentifier { issuer, subject })
        });
        let thumbprint = object.thumbprint.whole().map(|text| text.to_uppercase());
        let thumbprint = thumbprint.or_else(|| parsed.as_ref().map(|parsed| parsed.sha1.clone())).unwrap_or_default();
        Self { observed, name, thumbprint }
    }

    /// What people call it.
    pub(super) fn title(&self) -> String {
        predict::sent(&self.observed.object).title().to_owned()
    }

    /// Its server; empty where the dump does not tell.
    pub(super) fn server(&self) -> &str {
        self.observed.object.server.as_deref().unwrap_or_default()
    }

    /// Whose store it is in, for people: the server, or the file where the dump does not tell.
    pub(super) fn place(&self, evidence: &Evidence) -> String {
        let file = || evidence.source(self.observed.source).map(|source| source.name.to_string());
        Some(self.server().to_owned()).filter(|server| !server.is_empty()).or_else(file).unwrap_or_default()
    }

    /// The line.
    pub(super) fn proof(&self) -> Proof {
        let subject = self.name.as_ref().map(|name| &*name.subject).unwrap_or_default();
        Proof::new(self.observed.source, self.observed.object.line, &format!("Subject : {subject}"))
    }
}
