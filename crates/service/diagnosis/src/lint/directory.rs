//! A directory, of Exchange Online or a relay: what `core-attribution` finds in it, with places and commands; and what only the
//! dump shows.

use std::collections::BTreeMap;

use core_attribution::{Finding, lint};
use core_directory::Field;

use super::codes::{CONNECTOR_BLOCKED, MATCH_SUBDOMAINS_UNUSED, NAME_UNREADABLE};
use super::mending::{self, cmdlet};
use super::{LintReport, unjudged};
use crate::answer::{ProofLine, RepairSide};
use crate::evidence::{Evidence, Proof};
use crate::far_side::{FarConnector, FarSide};

pub(super) fn check(evidence: &Evidence, side: &FarSide, report: &mut LintReport) {
    let found = lint(&side.directory);
    let places = Places::new(evidence, side);
    for finding in &found.findings {
        let mut arguments = vec![("tenant", &*finding.tenant), ("connector", &*finding.connector)];
        arguments.extend(finding.arguments.iter().map(|(name, value)| (*name, value.as_str())));
        let repair = mending::repairs(side.is_relay(), finding);
        report.add(finding.code, &arguments, places.of(finding), repair);
    }
    for what in &found.unjudged {
        unjudged::in_directory(what, side.is_relay(), report);
    }
    if !side.is_relay() {
        unreadable_names(evidence, side, report);
        blocked(evidence, report);
        subdomains(evidence, report);
    }
}

/// Where connectors and domains stand.
struct Places<'a> {
    evidence: &'a Evidence,
    connectors: BTreeMap<(&'a str, &'a str), &'a FarConnector>,
    domains: BTreeMap<&'a str, &'a Proof>,
}

impl<'a> Places<'a> {
    fn new(evidence: &'a Evidence, side: &'a FarSide) -> Self {
        let names: BTreeMap<_, _> =
            side.directory.tenants.iter().map(|shown| (shown.tenant.id, &*shown.tenant.name)).collect();
        let name = |tenant| names.get(&tenant).copied().unwrap_or_default();
        let connectors = side.connectors.iter().map(|own| ((name(own.tenant), &*own.connector.name), own)).collect();
        let domains = side.domains.iter().map(|own| (own.domain.name.as_str(), &own.proof)).collect();
        Self { evidence, connectors, domains }
    }

    fn of(&self, finding: &Finding) -> Vec<ProofLine> {
        let value = |name: &str| {
            let found = finding.arguments.iter().find(|(own, _)| *own == name);
            found.map(|(_, value)| value.as_str()).unwrap_or_default()
        };
        let place = |tenant: &str, connector: &str| {
            let shown = self.connectors.get(&(tenant, connector))?;
            Some(match finding.field {
                Some(Field::TlsSenderCertificateName) => &shown.value_proof,
                Some(Field::SenderIpAddresses | Field::AnySender) => &shown.addresses_proof,
                _ => &shown.object,
            })
        };
        let mark = [value("value"), value("range"), value("domain")].into_iter().find(|mark| !mark.is_empty());
        let own = place(&finding.tenant, &finding.connector);
        let own = own.or_else(|| self.domains.get(value("domain")).copied());
        // The one that it is compared with stands in the same tenant, unless another is named.
        let rival = [value("winner"), value("other")].into_iter().find(|name| !name.is_empty());
        let tenant = if value("othertenant").is_empty() { &*finding.tenant } else { value("othertenant") };
        let rival = rival.and_then(|rival| place(tenant, rival));
        let lines = own.map(|proof| line(self.evidence, proof, mark));
        lines.into_iter().chain(rival.map(|proof| line(self.evidence, proof, None))).collect()
    }
}

/// A line for the answer.
pub(super) fn line(evidence: &Evidence, proof: &Proof, mark: Option<&str>) -> ProofLine {
    let file = evidence.source(proof.source).map(|source| source.name.to_string()).unwrap_or_default();
    let mark = mark.filter(|mark| proof.text.contains(*mark)).map(str::to_owned);
    ProofLine { file, line: proof.line, text: proof.text.to_string(), note: None, mark }
}

/// A value that is shown whole and is no name: it can match nothing.
fn unreadable_names(evidence: &Evidence, side: &FarSide, report: &mut LintReport) {
    for shown in side.connectors.iter().filter(|shown| !shown.shows(Field::TlsSenderCertificateName)) {
        let Some(value) = shown.value.as_deref() else { continue };
        let is_whole = evidence.configuration.inbound_connectors.iter().any(|observed| {
            observed.source == shown.value_proof.source
                && observed.object.name == shown.connector.name
                && observed.object.tls_sender_certificate_name.whole().is_some()
        });
        if is_whole {
            let name = &*shown.connector.name;
            let command = cmdlet("Set-InboundConnector", name, "-TlsSenderCertificateName '*.…'");
            let repair = mending::repair(
                RepairSide::ExchangeOnline,
                "mend-fill",
                &[("field", "TlsSenderCertificateName")],
                vec![command],
            );
            let proof = vec![line(evidence, &shown.value_proof, Some(value))];
            report.add(NAME_UNREADABLE, &[("connector", name), ("value", value)], proof, vec![repair]);
        }
    }
}

fn blocked(evidence: &Evidence, report: &mut LintReport) {
    for observed in &evidence.configuration.blocked_connectors {
        let name = &*observed.object.connector;
        let commands = vec![
            "# first find out who sent through it, and close that way".to_owned(),
            format!("Remove-BlockedConnector -ConnectorId {}", crate::repair::powershell(name)),
        ];
        let repair = mending::repair(RepairSide::ExchangeOnline, "mend-unblock", &[], commands);
        let proof = Proof::new(observed.source, observed.object.line, &format!("ConnectorId : {name}"));
        report.add(CONNECTOR_BLOCKED, &[("connector", name)], vec![line(evidence, &proof, None)], vec![repair]);
    }
}

fn subdomains(evidence: &Evidence, report: &mut LintReport) {
    let online = evidence.configuration.accepted_domains.iter();
    for observed in online.filter(|own| own.object.origin == proto_exchange::dump::Origin::ExchangeOnline) {
        let object = &observed.object;
        let authoritative = object.domain_type.whole().is_some_and(|kind| &**kind == "authoritative");
        if !authoritative || object.match_subdomains.whole() != Some(&true) {
            continue;
        }
        let name = &*object.domain_name;
        let command = cmdlet("Set-AcceptedDomain", name, "-DomainType InternalRelay");
        let repair =
            mending::repair(RepairSide::ExchangeOnline, "mend-internal-relay", &[("domain", name)], vec![command]);
        let proof = Proof::new(observed.source, object.line, &format!("DomainName : {name}"));
        report.add(MATCH_SUBDOMAINS_UNUSED, &[("domain", name)], vec![line(evidence, &proof, None)], vec![repair]);
    }
}
