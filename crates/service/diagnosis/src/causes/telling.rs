//! How causes tell what they found: the frame of a cause, and the lines that several of them quote.

use crate::answer::{Cause, Certainty, Message, ProofLine};
use crate::case::Case;
use crate::evidence::{Attempt, AttemptGroup, EventFact, Outcome};
use crate::far_side::FarConnector;
use crate::refusal::{Presented, Refusal};

/// A cause of these refusals, with the line of the first of them as its first proof. The rest is added by the cause.
pub(super) fn cause(
    case: &Case<'_>,
    refusal: &Refusal<'_>,
    code: &'static str,
    certainty: Certainty,
    statement: Message,
) -> Cause {
    let proof = refusal_line(case, &refusal.group.first).into_iter().collect();
    let mut cause = bare(code, certainty.min(case.most(refusal)), statement, proof);
    cause.since = refusal.since();
    cause.last_worked = case.last_worked(refusal).and_then(|attempt| attempt.at);
    cause.explains = refusal.group.count;
    cause
}

/// A cause of attempts that are no refusal of the 5.7.64 family.
pub(super) fn cause_of_group(
    case: &Case<'_>,
    group: &AttemptGroup,
    code: &'static str,
    certainty: Certainty,
    statement: Message,
) -> Cause {
    let mut cause = bare(code, certainty, statement, refusal_line(case, &group.first).into_iter().collect());
    cause.since = group.first.at;
    cause.explains = group.count;
    cause
}

/// A cause that an event shows.
pub(super) fn cause_of_event(
    event: &EventFact,
    code: &'static str,
    certainty: Certainty,
    statement: Message,
    line: ProofLine,
) -> Cause {
    let mut cause = bare(code, certainty, statement, vec![line]);
    cause.since = event.at;
    cause
}

/// A cause with nothing but its lines.
pub(super) fn bare(code: &'static str, certainty: Certainty, statement: Message, proof: Vec<ProofLine>) -> Cause {
    Cause {
        code,
        certainty,
        statement,
        comparison: None,
        proof,
        since: None,
        last_worked: None,
        explains: 0,
        repair: Vec::new(),
        question: None,
        precedence: 0,
    }
}

/// The line with the answer, its status marked.
pub(super) fn refusal_line(case: &Case<'_>, attempt: &Attempt) -> Option<ProofLine> {
    let mark = match &attempt.outcome {
        Outcome::Answered(reply, _) => {
            reply.status.map(|[class, subject, detail]| format!("{class}.{subject}.{detail}"))
        }
        Outcome::Broken(text) => Some(text.to_string()),
        Outcome::Accepted | Outcome::NotShown => None,
    };
    let note = Message::new("note-first-refusal", &[]);
    attempt.proof.first().map(|proof| case.line(proof, Some(note), mark.as_deref()))
}

/// The lines that show what was presented: sent, or predicted, and said to be so.
pub(super) fn presented_lines(case: &Case<'_>, refusal: &Refusal<'_>) -> Vec<ProofLine> {
    let note = match refusal.presented {
        Presented::Predicted(_) => "note-certificate-predicted",
        Presented::None => "note-no-certificate",
        _ => "note-certificate-sent",
    };
    let mark = refusal.presented.certificate().map(|certificate| certificate.title().to_owned());
    let lines = refusal.presented_proof.iter();
    let shown = lines.map(|proof| case.line(proof, Some(Message::new(note, &[])), mark.as_deref()));
    // Only the lines that name it; a log's row of another kind would tell nothing here.
    let mut telling: Vec<ProofLine> = shown.collect();
    if telling.iter().any(|line| line.mark.is_some()) {
        telling.retain(|line| line.mark.is_some());
    }
    telling.truncate(2);
    telling
}

/// What the connector wants of a certificate.
pub(super) fn value_line(case: &Case<'_>, connector: &FarConnector) -> ProofLine {
    let note = Message::new("note-connector-wants", &[]);
    case.line(&connector.value_proof, Some(note), connector.value.as_deref())
}

/// The addresses that the connector admits.
pub(super) fn addresses_line(case: &Case<'_>, connector: &FarConnector) -> ProofLine {
    case.line(&connector.addresses_proof, Some(Message::new("note-connector-addresses", &[])), None)
}

/// The connector itself.
pub(super) fn connector_line(case: &Case<'_>, connector: &FarConnector, note: &'static str) -> ProofLine {
    case.line(&connector.object, Some(Message::new(note, &[])), Some(&connector.connector.name))
}

/// The far side's greeting, which tells what address it sees.
pub(super) fn greeting_line(case: &Case<'_>, refusal: &Refusal<'_>, address: &str) -> Option<ProofLine> {
    let shown = [refusal.shown(), &refusal.group.last].into_iter().flat_map(|attempt| &attempt.proof);
    // The rows of a session over IPv6 hold the address in brackets as the local endpoint too.
    let mut greetings = shown.clone().filter(|proof| proof.text.contains(&format!(" Hello [{address}]")));
    let greeting =
        greetings.next().or_else(|| shown.clone().find(|proof| proof.text.contains(&format!("[{address}]"))))?;
    Some(case.line(greeting, Some(Message::new("note-address-seen", &[])), Some(address)))
}
