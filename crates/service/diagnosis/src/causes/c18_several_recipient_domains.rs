//! C18: one message to recipients in several domains, by address, from a sender that is not accepted: the far side cannot choose
//! and refuses, even where each recipient alone would pass (Microsoft Japan, *Three key points for connector settings*).

use super::Examination;
use super::ground::{Ground, ground};
use crate::answer::{Certainty, Message};
use crate::case::{Case, SenderStanding};

const CODE: &str = "C18";

pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    for refusal in &case.refusals {
        let (SenderStanding::Foreign(Some(sender)) | SenderStanding::Below(sender, _)) = case.sender(refusal) else {
            continue;
        };
        if !matches!(ground(case, refusal), Ok(Ground::Address(_))) {
            continue;
        }
        if !refusal.group.key.several_domains {
            let reason = Message::new("ruled-out-c18", &[("sender", sender.as_str())]);
            examination.rule_out(CODE, (reason, Vec::new()));
            continue;
        }
        let Ok(ground) = ground(case, refusal) else { continue };
        let domains: Vec<&str> = refusal.group.recipients.iter().map(|domain| domain.as_str()).collect();
        let arguments = [("sender", sender.as_str()), ("recipients", &*domains.join(", "))];
        let mut cause = ground.cause(case, refusal, CODE, Message::new("cause-c18", &arguments));
        // That the same mail passes alone is the proof; without it the sender is as good a reason.
        let same = case.still_works(refusal);
        let alone =
            same.iter().find(|group| !group.key.several_domains && group.key.mail_from == refusal.group.key.mail_from);
        match alone.and_then(|group| group.last.proof.first()) {
            Some(passed) => {
                cause.precedence = 1;
                cause.proof.push(case.line(passed, Some(Message::new("note-passed-alone", &[])), None));
            }
            None => {
                cause.certainty = Certainty::Possible;
                cause.question = Some(Message::new("question-c18", &[]));
            }
        }
        ground.own_the_name(case, refusal, &mut cause);
        examination.add(cause);
    }
    examination
}
