//! How far the evidence reaches: what each kind of file can tell, what is missing that would tell more, and the next commands,
//! never more than three. A bounce tells the class of the refusal and whose mail it was; a tracking log since when, through which
//! connector and server, and which senders; a Send log which certificate was sent; the connectors' dump the field; the accepted
//! domains ownership.

use proto_exchange::RefusalClass;

use crate::answer::{Certainty, Diagnosis, Message, Missing};
use crate::case::Case;
use crate::changes;
use crate::evidence::{EvidenceKind, SendingProgram};
use crate::passed_on;
use crate::predict;
use crate::refusal::Presented;
use crate::repair::{powershell, send_connector_name};

/// Most next commands.
const MAX_NEXT: usize = 3;

/// Most servers between that are named: one is usual.
const MAX_NAMED: usize = 3;

/// Fills in what is missing, what to do next, and the remarks.
pub(crate) fn tell(case: &Case<'_>, diagnosis: &mut Diagnosis) {
    let certain = diagnosis.causes.first().is_some_and(|cause| cause.certainty == Certainty::Certain);
    diagnosis.missing = missing(case);
    diagnosis.remarks = remarks(case);
    diagnosis.next = if certain {
        // A relay of ours takes a change into force at once.
        let code = if case.far.is_relay() { "next-repair-and-test-relay" } else { "next-repair-and-test" };
        vec![Missing { what: Message::new(code, &[]), commands: Vec::new() }]
    } else {
        diagnosis.missing.iter().take(MAX_NEXT).cloned().collect()
    };
    if diagnosis.next.is_empty() && diagnosis.causes.iter().any(|cause| cause.question.is_some()) {
        diagnosis.next = vec![one("next-answer-the-question", &[])];
    }
    // Where nothing was read, the first lines say what to bring, and that there is no refusal would be said of nothing.
    let is_quiet = case.refusals.is_empty() && diagnosis.causes.is_empty();
    if diagnosis.next.is_empty() && is_quiet && is_anything_read(case) {
        diagnosis.next = vec![Missing { what: Message::new("next-bring-a-refusal", &[]), commands: Vec::new() }];
    }
}

fn has(case: &Case<'_>, kind: EvidenceKind) -> bool {
    case.evidence.sources.iter().any(|source| source.kinds.contains(&kind))
}

fn is_anything_read(case: &Case<'_>) -> bool {
    case.evidence.sources.iter().any(|source| !source.kinds.is_empty())
}

/// What would tell more, the most telling first.
fn missing(case: &Case<'_>) -> Vec<Missing> {
    let mut missing = Vec::new();
    if case.refusals.is_empty() {
        return missing;
    }
    let postfix = has(case, EvidenceKind::PostfixLog) || has(case, EvidenceKind::PostfixSettings);
    // What another program sent is in no log of Exchange, whatever files of that program lie beside.
    let unknown =
        case.refusals.iter().any(|refusal| !refusal.presented.is_observed() && !is_others(refusal.sending_program()));
    if postfix && case.evidence.configuration.postfix_settings.is_empty() {
        missing.push(one("missing-postfix-settings", &["postconf -n > postconf.txt"]));
    }
    if let Some(file) = predict::postfix_certificate_file(&case.evidence.configuration)
        && case.refusals.iter().any(|refusal| refusal.presented == Presented::Unknown)
    {
        let command = format!("openssl x509 -in '{}' > client-certificate.pem", file.replace('\'', "'\\''"));
        missing.push(one("missing-client-certificate", &[&command]));
    }
    if unknown && !has(case, EvidenceKind::SendLog) {
        missing.push(send_log(case));
    }
    if !case.far.is_relay() {
        if case.far.connectors.is_empty() {
            missing.push(one("missing-inbound-connectors", &["Get-InboundConnector | Export-Clixml inbound.xml"]));
        } else if !case.far.lists_connectors() {
            missing.push(one("missing-all-connectors", &["Get-InboundConnector | Export-Clixml inbound.xml"]));
        }
        if !case.far.lists_domains() {
            missing.push(one("missing-accepted-domains", &["Get-AcceptedDomain | Export-Clixml domains.xml"]));
        }
    }
    if unknown && !case.far.is_relay() {
        let configuration = &case.evidence.configuration;
        if configuration.send_connectors.is_empty() {
            missing.push(one("missing-send-connectors", &["Get-SendConnector | Export-Clixml send-connectors.xml"]));
        }
        if configuration.exchange_certificates.is_empty() {
            let command = "Get-TransportService | ForEach-Object { Get-ExchangeCertificate -Server $_.Name } | Export-Clixml \
                           certificates.xml";
            missing.push(one("missing-exchange-certificates", &[command]));
        }
    }
    missing
}

/// Whether a program that sent is known, and is not Exchange.
fn is_others(program: SendingProgram) -> bool {
    !matches!(program, SendingProgram::Exchange | SendingProgram::Unknown)
}

fn one(code: &'static str, commands: &[&str]) -> Missing {
    Missing { what: Message::new(code, &[]), commands: commands.iter().map(|command| (*command).to_owned()).collect() }
}

/// How to have a Send log, and where it will lie.
fn send_log(case: &Case<'_>) -> Missing {
    let configuration = &case.evidence.configuration;
    let named = case.refusals.iter().find_map(|refusal| refusal.group.key.connector.as_deref());
    let dumped = predict::send_connector(configuration, named);
    let known = dumped.map(|own| &*own.object.name).or(named);
    let (mut commands, name) = send_connector_name(known);
    if dumped.and_then(|own| own.object.protocol_logging_level.whole()).is_none_or(|level| &**level != "verbose") {
        commands.push(format!("Set-SendConnector -Identity {} -ProtocolLoggingLevel Verbose", powershell(&name)));
    }
    let proxied = dumped.and_then(|own| own.object.frontend_proxy_enabled.whole()).copied();
    let front_end = proxied.unwrap_or_default();
    let services = configuration.transport_services.iter().filter(|own| own.object.is_front_end == front_end);
    let paths = services.filter_map(|own| {
        let path = own.object.send_protocol_log_path.whole()?.as_deref()?;
        Some(format!("# on {}: {path}", own.object.name))
    });
    commands.extend(paths.take(8));
    if !commands.iter().any(|command| command.starts_with('#')) {
        let folder = if front_end { "FrontEnd" } else { "Hub" };
        commands.push(format!(
            "# Exchange 2013 and later, on each source server: $env:ExchangeInstallPath\\TransportRoles\\Logs\\{folder}\\ProtocolLog\\SmtpSend"
        ));
        if proxied.is_none() {
            commands.push("# with FrontendProxyEnabled it is in ...\\Logs\\FrontEnd\\ProtocolLog\\SmtpSend".to_owned());
        }
        commands
            .push("# Exchange 2010: $env:ExchangeInstallPath\\TransportRoles\\Logs\\ProtocolLog\\SmtpSend".to_owned());
    }
    Missing { what: Message::new("missing-send-log", &[]), commands }
}

fn remarks(case: &Case<'_>) -> Vec<Message> {
    let mut remarks = Vec::new();
    let mut say = |code| remarks.push(Message::new(code, &[]));
    if case.evidence.are_witnesses_left_out {
        say("remark-beyond");
    }
    if case.refusals.is_empty() && is_anything_read(case) {
        say("remark-no-refusal");
    }
    if let Some(refusal) = case.refusals.first() {
        match refusal.group.key.witness {
            EvidenceKind::Bounce | EvidenceKind::Reply => say("remark-ceiling-bounce"),
            EvidenceKind::TrackingLog | EvidenceKind::Queue => say("remark-ceiling-tracking"),
            EvidenceKind::PostfixLog | EvidenceKind::EximLog | EvidenceKind::SendmailLog => say("remark-ceiling-mta"),
            _ => {}
        }
        if case.refusals.iter().any(|refusal| !refusal.tells_which()) {
            say("remark-status-only");
        }
        if case.refusals.iter().any(|refusal| matches!(refusal.presented, Presented::Predicted(_))) {
            say("remark-predicted");
        }
        if !case.far.is_relay() {
            say("remark-other-tenants");
        }
        if has(case, EvidenceKind::MessageTrace) {
            say("remark-trace");
        }
    }
    if let [first, second, ..] = case.far.organizations() {
        let both = [("first", &**first), ("second", &**second)];
        remarks.push(Message::new("remark-several-organizations", &both));
    }
    if let Some(at) = case.refusals.iter().find_map(|refusal| case.healed(refusal)?.last.at) {
        remarks.push(Message::new("remark-passes-again", &[("time", &at.to_string())]));
    }
    let between = if case.far.is_relay() { Vec::new() } else { passed_on::servers(case.evidence) };
    for server in between.iter().take(MAX_NAMED) {
        remarks.push(Message::new("remark-passed-on", &[("server", server)]));
    }
    let mut say = |code| remarks.push(Message::new(code, &[]));
    if case.refusals.iter().any(|refusal| refusal.class == RefusalClass::WrongRegion) {
        say("remark-wrong-region");
    }
    if case.evidence.attempts.beyond > 0 {
        let count = case.evidence.attempts.beyond.to_string();
        remarks.push(Message::new("remark-attempts-beyond", &[("count", &count)]));
    }
    remarks.extend(changes::remarks(case.evidence));
    remarks
}
