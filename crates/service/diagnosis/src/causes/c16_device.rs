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
    for refusal in &case.refusals {
        let key = &refusal.group.key;
        // A mail server keeps a log of what it sends; of a device there is a bounce, a display, or somebody else's log.
        let from_server = !matches!(key.witness, EvidenceKind::Bounce | EvidenceKind::Reply | EvidenceKind::ReceiveLog);
        if from_server || refusal.presented.certificate().is_some() || case.last_worked(refusal).is_some() {
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
        cause.repair.push(Repair {
            side: RepairSide::ExchangeOnline,
            what: Message::new("repair-c16", &[]),
            commands: vec![format!(
                "New-InboundConnector -Name 'Devices' -ConnectorType OnPremises -SenderDomains '*' -SenderIPAddresses {}",
                crate::repair::powershell(&address)
            )],
        });
        examination.add(cause);
    }
    examination
}
