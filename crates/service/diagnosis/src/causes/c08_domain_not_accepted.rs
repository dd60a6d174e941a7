//! C08: a connector matches by the certificate's name, but neither that name's domain nor the sender's is accepted: `ATTR36`
//! (Microsoft: KB 3169958, KB 4019940).

use super::ground::{Ground, ground, owned};
use super::{Examination, telling};
use crate::answer::{Comparison, Message};
use crate::case::{Case, SenderStanding};
use crate::far_side::FarConnector;
use crate::repair;

const CODE: &str = "C08";

pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    for refusal in &case.refusals {
        let ground = match ground(case, refusal) {
            Ok(ground) => ground,
            Err(none) => {
                if let Some(reason) = owned(case, &none) {
                    examination.rule_out(CODE, reason);
                }
                continue;
            }
        };
        let sender = case.sender(refusal);
        match (&ground, &sender) {
            (Ground::UnownedName(connector), SenderStanding::Unknown) => {
                examination.add(unowned(case, refusal, &ground, connector, ""));
            }
            (Ground::UnownedName(connector), SenderStanding::Foreign(Some(domain)))
                if is_own_family(connector, domain) =>
            {
                examination.add(unowned(case, refusal, &ground, connector, domain.as_str()));
            }
            (Ground::Said, SenderStanding::Unknown) => {
                let mut cause = ground.cause(case, refusal, CODE, Message::new("cause-c08-said", &[]));
                cause.certainty = crate::answer::Certainty::Likely;
                cause.question = Some(Message::new("question-c08", &[]));
                cause.proof.extend(telling::presented_lines(case, refusal));
                examination.add(cause);
            }
            _ => {}
        }
    }
    examination
}

/// Whether the sender is of the same organisation as the connector's name: then the domain was forgotten, and the sender is
/// no stranger.
pub(super) fn is_own_family(connector: &FarConnector, sender: &core_directory::Domain) -> bool {
    let value = connector.connector.tls_sender_certificate_name.as_ref();
    value.is_some_and(|value| value.domain().registrable() == sender.registrable())
}

fn unowned(
    case: &Case<'_>,
    refusal: &crate::refusal::Refusal<'_>,
    ground: &Ground<'_>,
    connector: &FarConnector,
    sender: &str,
) -> crate::answer::Cause {
    let value = connector.value.as_deref().unwrap_or_default();
    let domain = connector.connector.tls_sender_certificate_name.as_ref().map(|name| name.domain().clone());
    let needed = domain.as_ref().map_or("", |domain| domain.as_str());
    let name = &*connector.connector.name;
    let arguments = [("connector", name), ("value", value), ("domain", needed), ("sender", sender)];
    let code = if sender.is_empty() { "cause-c08" } else { "cause-c08-sender" };
    let mut cause = ground.cause(case, refusal, CODE, Message::new(code, &arguments));
    let accepted: Vec<&str> = case.far.domains.iter().map(|own| own.domain.name.as_str()).take(8).collect();
    cause.comparison = Some(Comparison {
        field: "AcceptedDomain".to_owned(),
        wanted: needed.to_owned(),
        presented: accepted.join(", "),
    });
    ground.own_the_name(case, refusal, &mut cause);
    if cause.repair.is_empty() {
        cause.repair.extend(domain.map(|domain| repair::accept_domain(&case.far, &domain)));
    }
    cause
}
