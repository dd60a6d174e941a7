//! Send connectors to Exchange Online: which certificate they select, on which servers, and over what TLS it goes.

use core_attribution::LintCode;
use core_directory::Domain;
use proto_exchange::CertificateIdentifier;
use proto_exchange::dump::SendConnector;

use super::codes::{
    CERTIFICATE_NAME_DANGLING, CERTIFICATE_NAME_TOO_LONG, CERTIFICATE_NOT_CHOSEN, SEND_LOGGING_OFF,
    SEND_TLS_NOT_REQUIRED, SEND_TLS_NOT_VALIDATED, SERVER_LACKS_CERTIFICATE, STARTTLS_IGNORED,
};
use super::directory::line;
use super::mending::{cmdlet, repair};
use super::on_premises::{OnPremises, host};
use super::{LintReport, unjudged};
use crate::answer::{Repair, RepairSide};
use crate::evidence::{Observed, Proof};
use crate::predict::edge_servers;
use crate::repair::is_public;

pub(super) fn check(side: &OnPremises<'_>, report: &mut LintReport) {
    for observed in &side.connectors {
        switches(side, observed, report);
        match observed.object.tls_certificate_name.whole() {
            Some(Some(identifier)) => selection(side, observed, identifier, report),
            Some(None) => chosen_by_fqdn(side, observed, report),
            None => {}
        }
    }
}

/// What is on or off, each with the value that it should have.
fn switches(side: &OnPremises<'_>, observed: &Observed<SendConnector>, report: &mut LintReport) {
    let object = &observed.object;
    let mut tell = |code: LintCode, property: &str, value: &str, better: &str| {
        let proof = Proof::new(observed.source, object.line, &format!("{property} : {value}"));
        let arguments = [("connector", &*object.name), ("property", property), ("value", value)];
        let repair = set(object, &format!("-{property} {better}"), "mend-set-property", &[property, better]);
        report.add(code, &arguments, vec![line(side.evidence, &proof, Some(value))], vec![repair]);
    };
    if object.ignore_starttls.whole() == Some(&true) {
        tell(STARTTLS_IGNORED, "IgnoreSTARTTLS", "True", "$false");
    }
    if object.require_tls.whole() == Some(&false) {
        tell(SEND_TLS_NOT_REQUIRED, "RequireTLS", "False", "$true");
    }
    if let Some(level) = object.tls_auth_level.whole() {
        let level = level.as_deref().unwrap_or_default();
        if level.is_empty() || level.eq_ignore_ascii_case("encryptiononly") {
            tell(
                SEND_TLS_NOT_VALIDATED,
                "TlsAuthLevel",
                level,
                "DomainValidation -TlsDomain mail.protection.outlook.com",
            );
        }
    }
    if object.protocol_logging_level.whole().is_some_and(|level| level.eq_ignore_ascii_case("none")) {
        tell(SEND_LOGGING_OFF, "ProtocolLoggingLevel", "None", "Verbose");
    }
}

/// `Set-SendConnector` with these words; `[property, value]` go into its sentence.
pub(super) fn set(object: &SendConnector, words: &str, what: &'static str, values: &[&str; 2]) -> Repair {
    let [property, value] = values;
    let arguments = [("connector", &*object.name), ("property", *property), ("value", *value)];
    repair(RepairSide::ExchangeServer, what, &arguments, vec![cmdlet("Set-SendConnector", &object.name, words)])
}

/// TlsCertificateName selects by issuer and subject, on every server anew.
fn selection(
    side: &OnPremises<'_>,
    observed: &Observed<SendConnector>,
    identifier: &CertificateIdentifier,
    report: &mut LintReport,
) {
    let object = &observed.object;
    let name = identifier.to_string();
    let proof = Proof::new(observed.source, object.certificate_name_line, &format!("TlsCertificateName : {name}"));
    let proof = vec![line(side.evidence, &proof, Some(&name))];
    let length = identifier.length();
    if length > CertificateIdentifier::MAX_REPLICATED_LENGTH
        && !edge_servers(&side.evidence.configuration, object).is_empty()
    {
        let arguments = [("connector", &*object.name), ("length", &*length.to_string())];
        let repair = repair(RepairSide::ExchangeServer, "mend-shorter-certificate", &[], Vec::new());
        report.add(CERTIFICATE_NAME_TOO_LONG, &arguments, proof.clone(), vec![repair]);
    }
    if !side.names_are_shown() {
        unjudged::certificates(&object.name, report);
        return;
    }
    let selected = side.selected(identifier);
    let arguments = [("connector", &*object.name), ("name", name.as_str())];
    if selected.iter().all(|(_, held)| held.is_empty()) {
        report.add(CERTIFICATE_NAME_DANGLING, &arguments, proof, vec![choose(object)]);
        return;
    }
    let sources = object.source_transport_servers.whole();
    let sources: Option<Vec<String>> = sources.map(|names| names.iter().map(|name| host(name)).collect());
    for (server, held) in &selected {
        // Whose store it is the dump does not tell, or it is not known to send.
        let sends = sources.as_ref().is_some_and(|sources| sources.iter().any(|source| source == server));
        if held.is_empty() && sends {
            let arguments = [("connector", &*object.name), ("server", *server), ("name", name.as_str())];
            report.add(SERVER_LACKS_CERTIFICATE, &arguments, proof.clone(), vec![import(server)]);
        }
    }
}

/// Selects another certificate.
fn choose(object: &SendConnector) -> Repair {
    let commands = vec![
        "Get-ExchangeCertificate | Format-List Thumbprint, Subject, Issuer, NotAfter, CertificateDomains".to_owned(),
        "$certificate = Get-ExchangeCertificate -Thumbprint '…'".to_owned(),
        cmdlet(
            "Set-SendConnector",
            &object.name,
            "-TlsCertificateName \"<I>$($certificate.Issuer)<S>$($certificate.Subject)\"",
        ),
    ];
    repair(RepairSide::ExchangeServer, "mend-choose-certificate", &[("connector", &object.name)], commands)
}

/// Brings the certificate with its key to a server.
fn import(server: &str) -> Repair {
    let named = crate::repair::powershell(server);
    let commands = vec![
        "# the certificate with its private key, exported from a server that has it".to_owned(),
        format!(
            "Import-ExchangeCertificate -Server {named} -FileData ([IO.File]::ReadAllBytes('C:\\certificate.pfx')) \
             -Password (Read-Host -AsSecureString)"
        ),
        format!("Enable-ExchangeCertificate -Server {named} -Thumbprint '…' -Services SMTP"),
        "# asked whether to replace the default certificate, answer N".to_owned(),
    ];
    repair(RepairSide::ExchangeServer, "mend-import-certificate", &[("server", server)], commands)
}

/// Without TlsCertificateName Exchange goes by Fqdn, or by the server's own name without that.
fn chosen_by_fqdn(side: &OnPremises<'_>, observed: &Observed<SendConnector>, report: &mut LintReport) {
    let object = &observed.object;
    let Some(fqdn) = object.fqdn.whole() else { return };
    let fqdn = fqdn.as_deref().unwrap_or_default();
    if Domain::parse(fqdn).is_ok_and(|domain| is_public(&domain)) {
        return;
    }
    let proof = Proof::new(observed.source, object.certificate_name_line, "TlsCertificateName :");
    let arguments = [("connector", &*object.name), ("fqdn", fqdn)];
    let words = "-Fqdn 'mail.contoso.com'";
    let by_name = vec![
        "# the name in the certificate that is to be sent, in place of the example".to_owned(),
        cmdlet("Set-SendConnector", &object.name, words),
    ];
    let older = repair(RepairSide::Exchange2010, "mend-set-fqdn", &[("connector", &object.name)], by_name);
    report.add(
        CERTIFICATE_NOT_CHOSEN,
        &arguments,
        vec![line(side.evidence, &proof, None)],
        vec![choose(object), older],
    );
}
