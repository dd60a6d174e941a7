//! C18: one message to recipients in several domains, by address, from a sender that is not accepted: the far side cannot choose
//! and refuses, even where each recipient alone would pass (Microsoft Japan, *Three key points for connector settings*).

use super::ground::{Ground, ground};
use super::{Examination, telling};
use crate::answer::{Certainty, Message};
use crate::case::{Case, SenderStanding};
use crate::evidence::{AttemptGroup, GroupKey};
use crate::refusal::Refusal;

const CODE: &str = "C18";

pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    for refusal in &case.refusals {
        let (SenderStanding::Foreign(Some(sender)) | SenderStanding::Below(sender, _)) = case.sender(refusal) else {
            continue;
        };
        let Ok(ground @ Ground::Address(_)) = ground(case, refusal) else { continue };
        if !refusal.group.key.several_domains {
            let reason = Message::new("ruled-out-c18", &[("sender", sender.as_str())]);
            examination.rule_out(CODE, (reason, Vec::new()));
            continue;
        }
        // Refused alone too: then the sender is the reason.
        if let Some(alone) = case.refusals.iter().find(|other| is_alone(&other.group.key, refusal)) {
            let reason = Message::new("ruled-out-c18-alone", &[("sender", sender.as_str())]);
            examination.rule_out(CODE, (reason, telling::refusal_line(case, &alone.group.first).into_iter().collect()));
            continue;
        }
        let domains: Vec<&str> = refusal.group.recipients.iter().map(|domain| domain.as_str()).collect();
        let arguments = [("sender", sender.as_str()), ("recipients", &*domains.join(", "))];
        let mut cause = ground.cause(case, refusal, CODE, Message::new("cause-c18", &arguments));
        // That the same mail passes alone is the proof; without it the sender is as good a reason.
        match passed_alone(case, refusal).and_then(|group| group.last.proof.first()) {
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

/// Mail of the same sender that passed the same way to recipients in one domain, which is one of those that were refused
/// together: then the sender alone is not the reason.
pub(super) fn passed_alone<'a>(case: &Case<'a>, refusal: &Refusal<'_>) -> Option<&'a AttemptGroup> {
    let refused = &refusal.group.recipients;
    let to_one_of_them = |group: &&AttemptGroup| group.recipients.iter().any(|domain| refused.contains(domain));
    let since = refusal.since()?;
    let still = case.taken(refusal).filter(|group| group.last.at.is_some_and(|at| at >= since));
    still.filter(|group| is_alone(&group.key, refusal)).find(to_one_of_them)
}

/// Whether a group is mail of the same sender to one domain, where the refused mail went to several.
fn is_alone(key: &GroupKey, refusal: &Refusal<'_>) -> bool {
    refusal.group.key.several_domains && !key.several_domains && key.mail_from == refusal.group.key.mail_from
}
