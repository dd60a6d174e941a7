//! C17: the smart host is not the organisation's own endpoint: an old name, an address, another organisation's or region's (Microsoft:
//! *Mail sent to the wrong Office 365 region*, `4.4.62 ATTR35`).

use proto_exchange::RefusalClass;

use super::{Examination, telling};
use crate::answer::{Cause, Certainty, Comparison, Message, Repair, RepairSide};
use crate::case::Case;
use crate::evidence::{Proof, SendingProgram};
use crate::predict;
use crate::refusal::Refusal;
use crate::repair::{powershell, send_connector_name};

const CODE: &str = "C17";

/// How the endpoints of Exchange Online end.
const ENDPOINTS: [&str; 2] = [".mail.protection.outlook.com", ".mx.microsoft"];

/// A smart host that is set, and the setting's name and line.
struct SmartHost {
    host: String,
    setting: &'static str,
    proof: Proof,
}

pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    if case.far.is_relay() {
        return examination;
    }
    for refusal in &case.refusals {
        let hosts = smart_hosts(case, refusal);
        let wrong = hosts.iter().find(|set| !is_endpoint(&set.host));
        let foreign = hosts.iter().find(|set| is_endpoint(&set.host) && is_foreign(case, &set.host));
        match (wrong.or(foreign), hosts.first()) {
            (Some(wrong), _) => examination.add(cause(case, refusal, wrong)),
            (None, Some(right)) => {
                let reason = Message::new("ruled-out-c17", &[("host", &right.host)]);
                examination.rule_out(CODE, (reason, vec![case.line(&right.proof, None, Some(&right.host))]));
            }
            (None, None) if is_said(refusal) => {
                let statement = Message::new("cause-c17-said", &[]);
                let mut cause = telling::cause(case, refusal, CODE, Certainty::Likely, statement);
                cause.question = Some(Message::new("question-c17", &[]));
                cause.repair.push(repair(case, refusal, "SmartHosts"));
                examination.add(cause);
            }
            (None, None) => {}
        }
    }
    examination
}

/// Whether the far side says that the mail came to the wrong region.
fn is_said(refusal: &Refusal<'_>) -> bool {
    refusal.class == RefusalClass::WrongRegion
}

/// The smart hosts of the connector, or Postfix's `relayhost`.
fn smart_hosts(case: &Case<'_>, refusal: &Refusal<'_>) -> Vec<SmartHost> {
    let configuration = &case.evidence.configuration;
    let mut found = Vec::new();
    if let Some(own) = predict::send_connector(configuration, refusal.group.key.connector.as_deref()) {
        for host in own.object.smart_hosts.any().into_iter().flatten() {
            let proof = Proof::new(own.source, own.object.smart_hosts_line, &format!("SmartHosts : {{{host}}}"));
            found.push(SmartHost { host: host.to_string(), setting: "SmartHosts", proof });
        }
    }
    if matches!(refusal.sending_program(), SendingProgram::Postfix | SendingProgram::Unknown)
        && let Some(own) = configuration.postfix()
        && let Some((value, line)) = own.object.get("relayhost").filter(|(value, _)| !value.trim().is_empty())
    {
        let host = value.trim().trim_start_matches('[').split([']', ':']).next().unwrap_or_default().to_owned();
        let proof = Proof::new(own.source, line, &format!("relayhost = {value}"));
        found.push(SmartHost { host, setting: "relayhost", proof });
    }
    found
}

fn cause(case: &Case<'_>, refusal: &Refusal<'_>, wrong: &SmartHost) -> Cause {
    let certainty = if is_said(refusal) { Certainty::Certain } else { Certainty::Possible };
    let statement = Message::new("cause-c17", &[("host", &wrong.host)]);
    let mut cause = telling::cause(case, refusal, CODE, certainty, statement);
    cause.proof.push(case.line(&wrong.proof, Some(Message::new("note-smart-host", &[])), Some(&wrong.host)));
    cause.comparison =
        Some(Comparison { field: wrong.setting.to_owned(), wanted: endpoint(case), presented: wrong.host.clone() });
    if certainty != Certainty::Certain {
        cause.question = Some(Message::new("question-c17", &[]));
    }
    cause.repair.push(repair(case, refusal, wrong.setting));
    cause
}

fn is_endpoint(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']).to_ascii_lowercase();
    ENDPOINTS.iter().any(|end| host.ends_with(end))
}

/// Whether the endpoint is that of a domain that is not accepted: `fabrikam-com.mail.protection.outlook.com`.
fn is_foreign(case: &Case<'_>, host: &str) -> bool {
    let label = host.split('.').next().unwrap_or_default().to_ascii_lowercase();
    case.far.lists_domains() && !case.far.domains.iter().any(|own| own.domain.name.as_str().replace('.', "-") == label)
}

/// The endpoint of an accepted domain, other than the initial one; a placeholder where none is shown.
fn endpoint(case: &Case<'_>) -> String {
    let mut names = case.far.domains.iter().map(|own| own.domain.name.as_str());
    match names.find(|name| !name.ends_with(".onmicrosoft.com")) {
        Some(own) => format!("{}.mail.protection.outlook.com", own.replace('.', "-")),
        None => "YOUR-DOMAIN.mail.protection.outlook.com".to_owned(),
    }
}

fn repair(case: &Case<'_>, refusal: &Refusal<'_>, setting: &str) -> Repair {
    let endpoint = endpoint(case);
    let what = Message::new("repair-smart-host", &[("host", &endpoint)]);
    if setting == "relayhost" {
        let commands = vec![format!("postconf -e 'relayhost=[{endpoint}]:25'"), "postfix reload".to_owned()];
        return Repair { side: RepairSide::Postfix, what, commands };
    }
    let key = refusal.group.key.connector.as_deref();
    let dumped = predict::send_connector(&case.evidence.configuration, key);
    let (mut commands, name) = send_connector_name(dumped.map(|own| &*own.object.name).or(key));
    commands.push(format!(
        "Set-SendConnector -Identity {} -DNSRoutingEnabled $false -SmartHosts {}",
        powershell(&name),
        powershell(&endpoint)
    ));
    Repair { side: RepairSide::ExchangeServer, what, commands }
}
