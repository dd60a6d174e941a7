//! C11: the sender's domain lies below an accepted one and is not accepted itself: `bounces.contoso.com`. Often only the header's
//! From is accepted, which counted until November 2023 (Microsoft: *Updated Requirements for SMTP Relay*).

use super::Examination;
use super::c18_several_recipient_domains::passed_alone;
use super::ground::{ground, owned};
use crate::answer::{Comparison, Message};
use crate::case::{Case, SenderStanding};
use crate::repair;

const CODE: &str = "C11";

pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    for refusal in &case.refusals {
        let SenderStanding::Below(sender, above) = case.sender(refusal) else { continue };
        // To one of the recipients alone it passes, C18.
        if passed_alone(case, refusal).is_some() {
            continue;
        }
        match ground(case, refusal) {
            Ok(ground) => {
                let arguments = [("sender", sender.as_str()), ("accepted", above.as_str())];
                let mut cause = ground.cause(case, refusal, CODE, Message::new("cause-c11", &arguments));
                let domain = case.far.domains.iter().find(|own| own.domain.name == above);
                cause.proof.extend(domain.map(|own| {
                    case.line(&own.proof, Some(Message::new("note-accepted-domain", &[])), Some(above.as_str()))
                }));
                cause.comparison = Some(Comparison {
                    field: "AcceptedDomain".to_owned(),
                    wanted: above.to_string(),
                    presented: sender.to_string(),
                });
                cause.repair.push(repair::accept_domain(&case.far, &sender));
                ground.own_the_name(case, refusal, &mut cause);
                examination.add(cause);
            }
            Err(none) => {
                if let Some(reason) = owned(case, &none) {
                    examination.rule_out(CODE, reason);
                }
            }
        }
    }
    examination
}
