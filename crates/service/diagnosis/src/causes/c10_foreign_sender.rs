//! C10: the sender is a stranger: forwarded mail, or an application that sends under somebody else's domain. Only mail of such
//! senders is refused (Microsoft: KB 3169958).

use super::Examination;
use super::c08_domain_not_accepted::is_own_family;
use super::c18_several_recipient_domains::passed_alone;
use super::ground::{Ground, ground, owned};
use crate::answer::{Comparison, Message};
use crate::case::{Case, SenderStanding};

const CODE: &str = "C10";

pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    for refusal in &case.refusals {
        let SenderStanding::Foreign(sender) = case.sender(refusal) else { continue };
        // To one of the recipients alone it passes, C18: the sender is not what is wrong.
        if passed_alone(case, refusal).is_some() {
            continue;
        }
        let ground = match ground(case, refusal) {
            Ok(ground) => ground,
            Err(none) => {
                if let Some(reason) = owned(case, &none) {
                    examination.rule_out(CODE, reason);
                }
                continue;
            }
        };
        // The organisation's own domain, forgotten: C08.
        if let (Ground::UnownedName(connector), Some(sender)) = (&ground, &sender)
            && is_own_family(connector, sender)
        {
            continue;
        }
        let shown = sender.as_ref().map_or("", |sender| sender.as_str());
        let mut cause = ground.cause(case, refusal, CODE, Message::new("cause-c10", &[("sender", shown)]));
        let accepted: Vec<&str> = case.far.domains.iter().map(|own| own.domain.name.as_str()).take(8).collect();
        cause.comparison = Some(Comparison {
            field: "AcceptedDomain".to_owned(),
            wanted: accepted.join(", "),
            presented: shown.to_owned(),
        });
        ground.own_the_name(case, refusal, &mut cause);
        examination.add(cause);
    }
    examination
}
