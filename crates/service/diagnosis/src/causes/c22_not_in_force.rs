//! C22: the connector was changed, and the change was not in force yet, or was made after the refusals. Exchange Online takes up to
//! an hour (seen by many; Microsoft names no figure). It heals by itself.

use jiff::SignedDuration;

use super::unexplained::unexplained;
use super::{Examination, telling};
use crate::answer::{Certainty, Message, Repair, RepairSide};
use crate::case::Case;
use crate::far_side::FarConnector;
use crate::refusal::Refusal;

const CODE: &str = "C22";

/// How long a change may take to be in force everywhere.
const PROPAGATION: SignedDuration = SignedDuration::from_hours(1);

pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    for refusal in unexplained(case) {
        let Some(until) = refusal.until() else { continue };
        let Some((connector, changed)) = admitting(case, refusal).and_then(|own| Some((own, own.when_changed?))) else {
            continue;
        };
        let name = &*connector.connector.name;
        let shown = changed.to_string();
        let arguments = [("connector", name), ("changed", &*shown)];
        let in_force = changed.saturating_add(PROPAGATION).unwrap_or(changed);
        let code = if changed > until {
            "cause-c22-later"
        } else if until <= in_force {
            "cause-c22"
        } else {
            let line = telling::connector_line(case, connector, "note-connector");
            examination.rule_out(CODE, (Message::new("ruled-out-c22", &arguments), vec![line]));
            continue;
        };
        let mut cause = telling::cause(case, refusal, CODE, Certainty::Likely, Message::new(code, &arguments));
        cause.precedence = 1;
        cause.proof.push(telling::connector_line(case, connector, "note-connector-changed"));
        cause.question = Some(Message::new("question-c22", &[]));
        cause.repair.push(Repair {
            side: RepairSide::ExchangeOnline,
            what: Message::new("repair-wait", &[]),
            commands: vec!["# an hour after the change, send a test message to an outside recipient".to_owned()],
        });
        examination.add(cause);
    }
    examination
}

/// The connector that would admit the mail now.
fn admitting<'a>(case: &'a Case<'_>, refusal: &Refusal<'_>) -> Option<&'a FarConnector> {
    let by_name = refusal
        .presented
        .certificate()
        .and_then(|certificate| case.by_certificate().find(|connector| connector.may_admit(certificate)));
    by_name.or_else(|| {
        let address = refusal.group.key.egress?;
        case.by_address().find(|connector| connector.holds(address))
    })
}
