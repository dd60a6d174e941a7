//! C16: a printer, an application or a script sends straight to the far side, which takes mail for its own recipients from anybody
//! and for outside ones from nobody without a connector (Microsoft: *How to set up a multifunction device*).

use super::{Examination, telling};
use crate::answer::{Certainty, Message, Repair, RepairSide};
use crate::case::{Case, SenderStanding};
use crate::evidence::EvidenceKind;
use crate::refusal::Presented;

const CODE: &str = "C16";

pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    // To a relay of ours a device is a client like any other: C02 names its address.
    if case.far.is_relay() {
        return examination;
    }
    for refusal in &case.refusals {
        let key = &refusal.group.key;
        // A mail server keeps a log of what it sends, and writes bounces; of a device there is a display, or somebody else's log.
        let from_server = !matches!(key.witness, EvidenceKind::Bounce | EvidenceKind::Reply | EvidenceKind::ReceiveLog);
        if from_server || refusal.presented.certificate().is_some() || case.last_worked(refusal).is_some() {
            continue;
        }
        if key.witness == EvidenceKind::Bounce
            && let Some(server) = key.server.as_deref()
        {
            let reason = Message::new("ruled-out-c16", &[("server", server)]);
            examination
                .rule_out(CODE, (reason, telling::refusal_line(case, &refusal.group.first).into_iter().collect()));
            continue;
        }
        let admitted = key.egress.is_some_and(|address| case.by_address().any(|own| own.holds(address)));
        if admitted || !case.far.lists_connectors() {
            continue;
        }
        let sender = case.sender(refusal);
        let own_sender =
            matches!(sender, SenderStanding::Accepted(_) | SenderStanding::Below(..) | SenderStanding::Unknown);
        let certainty = match (&refusal.presented, own_sender) {
            (Presented::None, true) => Certainty::Likely,
            _ => Certainty::Possible,
        };
        let from = key.egress.map_or_else(String::new, |address| address.to_string());
        let code = if from.is_empty() { "cause-c16" } else { "cause-c16-address" };
        let mut cause = telling::cause(case, refusal, CODE, certainty, Message::new(code, &[("address", &from)]));
        cause.question = Some(Message::new("question-c16", &[]));
        let address = if from.is_empty() { "YOUR-PUBLIC-ADDRESS".to_owned() } else { from };
        cause.repair.push(repair(case, &address));
        examination.add(cause);
    }
    examination
}

fn repair(case: &Case<'_>, address: &str) -> Repair {
    let what = Message::new("repair-c16", &[]);
    if case.far.is_relay() {
        let commands = vec![
            "# in the directory file, under the tenant: [[tenant.inbound_connector]] name = \"Devices\"".to_owned(),
            format!("#   sender_ip_addresses = [\"{address}\"]"),
            "postwarden apply -f directory.toml".to_owned(),
        ];
        return Repair { side: RepairSide::Postwarden, what, commands };
    }
    let command = format!(
        "New-InboundConnector -Name 'Devices' -ConnectorType OnPremises -SenderDomains '*' -SenderIPAddresses {}",
        crate::repair::powershell(address)
    );
    Repair { side: RepairSide::ExchangeOnline, what, commands: vec![command] }
}
