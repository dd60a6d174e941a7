//! Certificates in the stores of servers on premises that a connector selects, or that SMTP is enabled for. Others, old ones
//! among them, do no harm.

use std::collections::BTreeMap;

use proto_exchange::CertificateIdentifier;

use super::LintReport;
use super::certificates::dates;
use super::codes::{CERTIFICATE_SELF_SIGNED, CERTIFICATE_STATUS, CERTIFICATE_TWICE, CERTIFICATE_WITHOUT_KEY};
use super::directory::line;
use super::mending::repair;
use super::on_premises::{Held, OnPremises};
use crate::answer::{Repair, RepairSide};

pub(super) fn check(side: &OnPremises<'_>, report: &mut LintReport) {
    let identifiers: Vec<&CertificateIdentifier> =
        side.connectors.iter().filter_map(|own| own.object.tls_certificate_name.whole()?.as_ref()).collect();
    let is_selected = |held: &Held<'_>| {
        let name = held.name.as_ref();
        name.is_some_and(|own| identifiers.iter().any(|wanted| wanted.names(&own.issuer, &own.subject)))
    };
    for store in side.stores.values() {
        let selected: Vec<&Held<'_>> = store.iter().filter(|held| is_selected(held)).collect();
        twice(side, &selected, report);
        // Of equal ones Exchange takes the one that lives longest: the others are not in use.
        let mut used: BTreeMap<(String, String), &Held<'_>> = BTreeMap::new();
        for held in &selected {
            let Some(name) = &held.name else { continue };
            let key = (name.issuer.to_lowercase(), name.subject.to_lowercase());
            let best = used.entry(key).or_insert(held);
            if best.observed.object.not_after < held.observed.object.not_after {
                *best = held;
            }
        }
        for held in used.values() {
            presentable(side, held, report);
        }
        for held in used.values().copied().chain(store.iter().filter(|held| serves_smtp(held) && !is_selected(held))) {
            let object = &held.observed.object;
            let proof = vec![line(side.evidence, &held.proof(), None)];
            let whose = (held.title(), held.place(side.evidence));
            dates((object.not_before, object.not_after), side.now, whose, &proof, vec![renew(held)], report);
            status(side, held, report);
        }
    }
}

fn serves_smtp(held: &Held<'_>) -> bool {
    // A certificate that signed itself is Exchange's own for use inside; it is renewed there and shown to nobody outside.
    let own = held.observed.object.is_self_signed.whole() == Some(&true);
    let services = held.observed.object.services.any();
    !own && services.is_some_and(|services| services.iter().any(|service| service.eq_ignore_ascii_case("smtp")))
}

fn twice(side: &OnPremises<'_>, selected: &[&Held<'_>], report: &mut LintReport) {
    let mut alike: BTreeMap<(String, String), Vec<&Held<'_>>> = BTreeMap::new();
    for held in selected {
        if let Some(name) = &held.name {
            alike.entry((name.issuer.to_lowercase(), name.subject.to_lowercase())).or_default().push(held);
        }
    }
    for held in alike.values().filter(|held| held.len() > 1) {
        let Some(taken) = held.iter().max_by_key(|held| held.observed.object.not_after) else { continue };
        let others = held.iter().filter(|other| other.thumbprint != taken.thumbprint);
        let commands: Vec<String> = others
            .clone()
            .map(|other| {
                format!("Remove-ExchangeCertificate {}-Thumbprint '{}'", on_server(other), digits(&other.thumbprint))
            })
            .collect();
        let repair = repair(RepairSide::ExchangeServer, "mend-remove-old-certificate", &[], commands);
        let (title, place) = (taken.title(), taken.place(side.evidence));
        let count = held.len().to_string();
        let arguments =
            [("certificate", title.as_str()), ("place", &*place), ("count", &count), ("thumbprint", &taken.thumbprint)];
        let proof = held.iter().map(|held| line(side.evidence, &held.proof(), None)).collect();
        report.add(CERTIFICATE_TWICE, &arguments, proof, vec![repair]);
    }
}

/// What a certificate that is presented to Exchange Online must be.
fn presentable(side: &OnPremises<'_>, held: &Held<'_>, report: &mut LintReport) {
    let object = &held.observed.object;
    let (title, place) = (held.title(), held.place(side.evidence));
    let arguments = [("certificate", title.as_str()), ("place", &*place)];
    let proof = vec![line(side.evidence, &held.proof(), None)];
    if object.has_private_key.whole() == Some(&false) {
        let commands = vec![format!("certutil -repairstore my {}", digits(&held.thumbprint))];
        let repair = repair(RepairSide::ExchangeServer, "mend-repair-key", &[], commands);
        report.add(CERTIFICATE_WITHOUT_KEY, &arguments, proof.clone(), vec![repair]);
    }
    let signed_itself = held.name.as_ref().is_some_and(|name| name.issuer == name.subject);
    if object.is_self_signed.whole().copied().unwrap_or(signed_itself) {
        let repair = repair(RepairSide::ExchangeServer, "mend-public-certificate", &[], renewal());
        report.add(CERTIFICATE_SELF_SIGNED, &arguments, proof, vec![repair]);
    }
}

/// Exchange's own word about chain, revocation and dates.
fn status(side: &OnPremises<'_>, held: &Held<'_>, report: &mut LintReport) {
    let Some(status) = held.observed.object.status.whole() else { return };
    // Dates are told by themselves.
    if ["valid", "dateinvalid", ""].contains(&&*status.to_ascii_lowercase()) {
        return;
    }
    let (title, place) = (held.title(), held.place(side.evidence));
    let arguments = [("certificate", title.as_str()), ("place", &*place), ("status", &**status)];
    let commands = vec![
        format!(
            "Get-ExchangeCertificate {}-Thumbprint '{}' | Test-Certificate",
            on_server(held),
            digits(&held.thumbprint)
        ),
        "# on that server, the intermediates of your authority:".to_owned(),
        "Import-Certificate -FilePath 'C:\\intermediate.cer' -CertStoreLocation Cert:\\LocalMachine\\CA".to_owned(),
    ];
    let repair = repair(RepairSide::ExchangeServer, "mend-import-intermediates", &[], commands);
    report.add(CERTIFICATE_STATUS, &arguments, vec![line(side.evidence, &held.proof(), Some(status))], vec![repair]);
}

/// A new certificate, selected by every connector that selects the old one.
fn renew(held: &Held<'_>) -> Repair {
    let title = held.title();
    repair(RepairSide::ExchangeServer, "mend-renew-certificate", &[("certificate", &title)], renewal())
}

fn renewal() -> Vec<String> {
    let steps = [
        "# import the new certificate on every sending server, with its key and intermediates, then",
        "Enable-ExchangeCertificate -Thumbprint '…' -Services SMTP",
        "# asked whether to replace the default certificate, answer N",
        "# with another issuer or subject also: Set-SendConnector, Set-ReceiveConnector -TlsCertificateName",
    ];
    steps.map(str::to_owned).into()
}

fn on_server(held: &Held<'_>) -> String {
    match held.server() {
        "" => String::new(),
        server => format!("-Server {} ", crate::repair::powershell(server)),
    }
}

/// A thumbprint as it may stand in a command.
fn digits(thumbprint: &str) -> String {
    thumbprint.chars().filter(char::is_ascii_hexdigit).collect()
}
