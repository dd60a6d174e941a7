//! C23: another refusal that is taken for this one: the connector is blocked as abused (`5.7.711`), or the tenant is, for mail from
//! domains that it never registered (`5.7.750`). The far side says which.

use proto_exchange::RefusalClass;

use super::{Examination, telling};
use crate::answer::{Certainty, Message, Repair, RepairSide};
use crate::case::Case;
use crate::evidence::Proof;
use crate::repair::powershell;

const CODE: &str = "C23";

/// Most blocked connectors that are named: an organisation has a few.
const MAX_BLOCKED: usize = 8;

pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    for group in case.of_class(RefusalClass::BlockedConnector) {
        let statement = Message::new("cause-c23-blocked", &[]);
        let mut cause = telling::cause_of_group(case, group, CODE, Certainty::Certain, statement);
        cause.proof.extend(case.evidence.configuration.blocked_connectors.iter().take(MAX_BLOCKED).map(|blocked| {
            let shown = format!("ConnectorId : {}", blocked.object.connector);
            let proof = Proof::new(blocked.source, blocked.object.line, &shown);
            case.line(&proof, Some(Message::new("note-connector-blocked", &[])), Some(&blocked.object.connector))
        }));
        cause.repair.push(unblock(case));
        examination.add(cause);
    }
    for group in case.of_class(RefusalClass::UnregisteredDomain) {
        let sender = group.key.mail_from.as_deref().unwrap_or_default();
        let code = if sender.is_empty() { "cause-c23-unregistered" } else { "cause-c23-unregistered-sender" };
        let statement = Message::new(code, &[("sender", sender)]);
        let mut cause = telling::cause_of_group(case, group, CODE, Certainty::Certain, statement);
        let what = Message::new("repair-register", &[]);
        let commands = vec![
            "# in the Microsoft 365 admin center, Settings, Domains: add and verify every domain that sends".to_owned(),
            "Get-AcceptedDomain | Format-Table DomainName, DomainType".to_owned(),
            "# then ask Microsoft's support to lift the block".to_owned(),
        ];
        cause.repair.push(Repair { side: RepairSide::ExchangeOnline, what, commands });
        examination.add(cause);
    }
    examination
}

/// Lifts the block, once what caused it is stopped. Which connectors are blocked a dump may show.
fn unblock(case: &Case<'_>) -> Repair {
    let mut commands = vec!["Get-BlockedConnector".to_owned()];
    commands.push("# find what sent the spam through the connector and stop it first, then:".to_owned());
    let blocked = case.evidence.configuration.blocked_connectors.iter().map(|blocked| &*blocked.object.connector);
    let mut named: Vec<&str> = blocked.filter(|id| !id.is_empty()).take(MAX_BLOCKED).collect();
    if named.is_empty() {
        named.push("CONNECTOR-ID");
    }
    commands.extend(named.iter().map(|id| format!("Remove-BlockedConnector -ConnectorId {}", powershell(id))));
    Repair { side: RepairSide::ExchangeOnline, what: Message::new("repair-unblock", &[]), commands }
}
