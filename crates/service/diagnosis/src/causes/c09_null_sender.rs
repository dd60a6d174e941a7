//! C09: the mail has the null sender (bounces, out-of-office replies, delivery reports). It has no domain that could be accepted,
//! so it passes only by a certificate whose name lies in an accepted domain (Microsoft: *Updated Requirements for SMTP Relay*).

use super::Examination;
use super::ground::{ground, owned};
use crate::answer::Message;
use crate::case::{Case, SenderStanding};

const CODE: &str = "C09";

pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    for refusal in &case.refusals {
        if case.sender(refusal) != SenderStanding::Null {
            continue;
        }
        match ground(case, refusal) {
            Ok(ground) => {
                let mut cause = ground.cause(case, refusal, CODE, Message::new("cause-c09", &[]));
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
