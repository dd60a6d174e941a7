//! C17: the smart host is not the organisation's own endpoint: an old name, an address, another organisation's or region's (Microsoft:
//! *Mail sent to the wrong Office 365 region*, `4.4.62 ATTR35`).

use proto_exchange::RefusalClass;

use super::{Examination, telling};
use crate::answer::{Certainty, Comparison, Message, Repair, RepairSide};
use crate::case::Case;
use crate::evidence::Proof;
use crate::predict;
use crate::repair::powershell;

const CODE: &str = "C17";

/// How the endpoints of Exchange Online end.
const ENDPOINTS: [&str; 2] = [".mail.protection.outlook.com", ".mx.microsoft"];

pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    if case.far.is_relay() {
        return examination;
    }
    for refusal in &case.refusals {
        let dumped = predict::send_connector(&case.evidence.configuration, refusal.group.key.connector.as_deref());
        let hosts = dumped.and_then(|own| own.object.smart_hosts.any()).into_iter().flatten();
        let wrong = hosts.clone().find(|host| !is_endpoint(host));
        let foreign = hosts.clone().find(|host| is_endpoint(host) && is_foreign(case, host));
        let said = refusal.class == RefusalClass::WrongRegion;
        let Some(host) = wrong.or(foreign) else {
            if said {
                let mut cause =
                    telling::cause(case, refusal, CODE, Certainty::Likely, Message::new("cause-c17-said", &[]));
                cause.question = Some(Message::new("question-c17", &[]));
                cause.repair.push(repair(case, refusal.group.key.connector.as_deref()));
                examination.add(cause);
            } else if let Some(right) = hosts.clone().next() {
                let reason = Message::new("ruled-out-c17", &[("host", right)]);
                examination.rule_out(CODE, (reason, Vec::new()));
            }
            continue;
        };
        let certainty = if said { Certainty::Certain } else { Certainty::Possible };
        let statement = Message::new("cause-c17", &[("host", host)]);
        let mut cause = telling::cause(case, refusal, CODE, certainty, statement);
        if let Some(own) = dumped {
            let proof = Proof::new(own.source, own.object.line, &format!("SmartHosts : {{{host}}}"));
            cause.proof.push(case.line(&proof, Some(Message::new("note-smart-host", &[])), Some(host)));
        }
        cause.comparison = Some(Comparison {
            field: "SmartHosts".to_owned(),
            wanted: endpoint(case).unwrap_or_else(|| "YOUR-DOMAIN.mail.protection.outlook.com".to_owned()),
            presented: host.to_string(),
        });
        if !said {
            cause.question = Some(Message::new("question-c17", &[]));
        }
        cause.repair.push(repair(case, refusal.group.key.connector.as_deref()));
        examination.add(cause);
    }
    examination
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

/// The endpoint of an accepted domain, other than the initial one.
fn endpoint(case: &Case<'_>) -> Option<String> {
    let mut names = case.far.domains.iter().map(|own| own.domain.name.as_str());
    let own = names.find(|name| !name.ends_with(".onmicrosoft.com"))?;
    Some(format!("{}.mail.protection.outlook.com", own.replace('.', "-")))
}

fn repair(case: &Case<'_>, connector: Option<&str>) -> Repair {
    let endpoint = endpoint(case).unwrap_or_else(|| "YOUR-DOMAIN.mail.protection.outlook.com".to_owned());
    Repair {
        side: RepairSide::ExchangeServer,
        what: Message::new("repair-smart-host", &[("host", &endpoint)]),
        commands: vec![format!(
            "Set-SendConnector -Identity {} -DNSRoutingEnabled $false -SmartHosts {}",
            powershell(connector.unwrap_or("Outbound to Office 365")),
            powershell(&endpoint)
        )],
    }
}
