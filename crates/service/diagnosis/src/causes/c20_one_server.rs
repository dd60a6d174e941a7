//! C20: of several source servers one is set up differently: its mail is refused, while the same connector's mail passes from the
//! others.

use std::collections::BTreeMap;

use super::{Examination, telling};
use crate::answer::{Certainty, Message};
use crate::case::{Case, SenderStanding};
use crate::evidence::{AttemptGroup, Certificate, EvidenceKind};
use crate::refusal::{Presented, Refusal};
use crate::repair;

const CODE: &str = "C20";

pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    for refusal in &case.refusals {
        let Some(server) = refusal.group.key.server.as_deref() else { continue };
        if case.still_works(refusal).iter().any(|group| group.key.certificate == refusal.group.key.certificate) {
            // The same server's mail passes as well, with the same certificate: not the server is the difference.
            continue;
        }
        let passing = passing_elsewhere(case, refusal);
        let Some(other) = passing.values().next() else {
            // What shows failures only does not show that nothing passes.
            if matches!(refusal.group.key.witness, EvidenceKind::Bounce | EvidenceKind::Reply | EvidenceKind::Queue) {
                continue;
            }
            let reason = Message::new("ruled-out-c20", &[("server", server)]);
            examination.rule_out(CODE, (reason, Vec::new()));
            continue;
        };
        let other_certificate = differs(&other.key.certificate, &refusal.group.key.certificate);
        let other_address = differs(&other.key.egress, &refusal.group.key.egress);
        let to_same = other.recipients.iter().any(|domain| refusal.group.recipients.contains(domain));
        let certainty =
            if (other_certificate || other_address) && to_same { Certainty::Certain } else { Certainty::Likely };
        let others: Vec<&str> = passing.keys().copied().take(4).collect();
        let sent = refusal.presented.certificate().filter(|_| other_certificate);
        let presented = sent.map_or_else(String::new, |sent| format!("CN={}", sent.title()));
        let arguments = [("server", server), ("others", &*others.join(", ")), ("presented", &*presented)];
        let code = if presented.is_empty() { "cause-c20-address" } else { "cause-c20" };
        let mut cause = telling::cause(case, refusal, CODE, certainty, Message::new(code, &arguments));
        cause.precedence = 3;
        cause.proof.extend(telling::presented_lines(case, refusal));
        let note = || Message::new("note-passes-elsewhere", &[]);
        cause.proof.extend(other.last.proof.iter().take(2).map(|proof| case.line(proof, Some(note()), None)));
        let connector = refusal.group.key.connector.as_deref().unwrap_or_default();
        if let Some(right) = Presented::of(&other.last).certificate().filter(|_| other_certificate) {
            cause.repair = repair::same_certificate(server, connector, right);
        } else if let Some(address) = refusal.group.key.egress.filter(|_| other_address) {
            let connector = case.by_address().next();
            cause.repair.extend(connector.map(|own| repair::add_address(&case.far, own, &address.to_string())));
        }
        examination.add(cause);
    }
    examination
}

/// Whether both are shown and are not the same.
fn differs<T: PartialEq>(left: &Option<T>, right: &Option<T>) -> bool {
    left.as_ref().zip(right.as_ref()).is_some_and(|(left, right)| left != right)
}

/// Whether the mail of other servers passes, over the same connector and with another certificate, while this is refused: then
/// the server is what is wrong, and not what the far side wants.
pub(super) fn is_one_server(case: &Case<'_>, refusal: &Refusal<'_>) -> bool {
    refusal.group.key.server.is_some()
        && passing_elsewhere(case, refusal).values().any(|other| {
            other.key.certificate != refusal.group.key.certificate
                && matches!(other.last.certificate, Certificate::Sent(_))
        })
}

/// Other servers, by name, whose mail over the same connector passed since the refusals began.
fn passing_elsewhere<'a>(case: &Case<'a>, refusal: &Refusal<'_>) -> BTreeMap<&'a str, &'a AttemptGroup> {
    let key = &refusal.group.key;
    // A sender that is not accepted may be what is refused, whichever server sends.
    let accepted = matches!(case.sender(refusal), SenderStanding::Accepted(_) | SenderStanding::Unknown);
    let passed = case.evidence.attempts.groups().iter().filter(|group| {
        group.key.witness == key.witness
            && group.key.connector == key.connector
            && group.key.server != key.server
            && matches!(group.last.outcome, crate::evidence::Outcome::Accepted)
            && group.last.at.zip(refusal.since()).is_some_and(|(passed, since)| passed >= since)
            && (accepted || group.key.mail_from == key.mail_from)
            && case.is_same_end(&group.key, key)
            && case.was_relayed(group)
    });
    passed.filter_map(|group| Some((group.key.server.as_deref()?, group))).collect()
}
