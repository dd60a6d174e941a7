//! The way back from Exchange Online, and the wizard's own object: names that the certificates on premises must have.

use core_directory::CertificateName;
use proto_exchange::dump::OutboundConnector;

use super::LintReport;
use super::codes::{HYBRID_CERTIFICATE_DIFFERS, OUTBOUND_TLS_DOMAIN_UNMATCHED};
use super::directory::line;
use super::mending::{cmdlet, repair};
use super::on_premises::{Held, OnPremises};
use super::send_connectors::set;
use crate::answer::RepairSide;
use crate::evidence::{Observed, Proof};
use crate::predict;
use crate::refusal::facts;

pub(super) fn check(side: &OnPremises<'_>, report: &mut LintReport) {
    for observed in &side.evidence.configuration.outbound_connectors {
        outbound(side, observed, report);
    }
    hybrid(side, report);
}

/// With DomainValidation Exchange Online wants TlsDomain in the certificate that a server on premises shows it.
fn outbound(side: &OnPremises<'_>, observed: &Observed<OutboundConnector>, report: &mut LintReport) {
    let object = &observed.object;
    let validates = object.tls_settings.whole().and_then(Option::as_deref);
    let is_own = object.connector_type.whole().is_some_and(|kind| &**kind == "onpremises");
    if !is_own
        || object.enabled.whole() != Some(&true)
        || !validates.is_some_and(|level| level.eq_ignore_ascii_case("domainvalidation"))
    {
        return;
    }
    let Some(wanted) = object.tls_domain.whole().and_then(Option::as_deref) else { return };
    let Ok(value) = CertificateName::parse_presented(wanted) else { return };
    let receiving: Vec<&Held<'_>> = side.stores.values().flatten().filter(|held| may_receive(held)).collect();
    let names_are_shown = |held: &&Held<'_>| held.observed.object.certificate_domains.whole().is_some();
    if receiving.is_empty() || !receiving.iter().all(names_are_shown) {
        return;
    }
    let names: Vec<CertificateName> =
        receiving.iter().flat_map(|held| facts(&predict::sent(&held.observed.object)).names).collect();
    if names.iter().any(|name| value.matches(name).is_some()) {
        return;
    }
    let proof = Proof::new(observed.source, object.line, &format!("TlsDomain : {wanted}"));
    let commands = vec![
        "# a name of the certificate that your servers show, in place of the example".to_owned(),
        cmdlet("Set-OutboundConnector", &object.name, "-TlsDomain 'mail.contoso.com'"),
    ];
    let repair = repair(RepairSide::ExchangeOnline, "mend-set-tls-domain", &[("connector", &object.name)], commands);
    let arguments = [("connector", &*object.name), ("wanted", wanted)];
    report.add(
        OUTBOUND_TLS_DOMAIN_UNMATCHED,
        &arguments,
        vec![line(side.evidence, &proof, Some(wanted))],
        vec![repair],
    );
}

/// Whether a receive connector may show it: SMTP is enabled for it, or the dump does not tell.
fn may_receive(held: &Held<'_>) -> bool {
    let services = held.observed.object.services.whole();
    services.is_none_or(|services| services.iter().any(|service| service.eq_ignore_ascii_case("smtp")))
}

/// The certificate that the wizard's object names, which its next run sets again.
fn hybrid(side: &OnPremises<'_>, report: &mut LintReport) {
    let Some(observed) = side.evidence.configuration.hybrid_configurations.last() else { return };
    let Some(Some(wizards)) = observed.object.tls_certificate_name.whole() else { return };
    for connector in &side.connectors {
        let object = &connector.object;
        let Some(Some(own)) = object.tls_certificate_name.whole() else { continue };
        if own.names(&wizards.issuer, &wizards.subject) {
            continue;
        }
        let (own, wizards) = (own.to_string(), wizards.to_string());
        let proof = [
            Proof::new(connector.source, object.certificate_name_line, &format!("TlsCertificateName : {own}")),
            Proof::new(observed.source, observed.object.line, &format!("TlsCertificateName : {wizards}")),
        ];
        let proof = proof.iter().map(|proof| line(side.evidence, proof, None)).collect();
        let to_connector = repair(
            RepairSide::ExchangeServer,
            "mend-hybrid-to-connector",
            &[],
            vec![format!("Set-HybridConfiguration -TlsCertificateName {}", crate::repair::powershell(&own))],
        );
        let words = format!("-TlsCertificateName {}", crate::repair::powershell(&wizards));
        let to_hybrid = set(object, &words, "mend-set-property", &["TlsCertificateName", &wizards]);
        let arguments = [("connector", &*object.name), ("own", own.as_str()), ("wizards", wizards.as_str())];
        report.add(HYBRID_CERTIFICATE_DIFFERS, &arguments, proof, vec![to_connector, to_hybrid]);
    }
}
