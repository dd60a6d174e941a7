//! What the trace is told of messages in the queue: what became of each recipient in an attempt, what the sender is told, and
//! what was held. The log has it in fewer words.

use io_store::{NewMessage, Outcome, QueuedMessage, Scope, Settled, Settlement, Trace, TraceEvent};
use jiff::Timestamp;
use serde_json::{Value as Json, json};
use service_outbound::{Fate, SaidBy};

use crate::judgement::{RecipientResult, Results};

/// Events that are handed over at once.
const TOGETHER: usize = 250;

/// Tells what became of each recipient, and of what the sender hears.
pub fn tell(
    trace: &dyn Trace,
    at: Timestamp,
    message: &QueuedMessage,
    results: &Results,
    settlement: &Settlement,
    (settled, tells): (&Settled, &[&str]),
) {
    let next_attempt = settlement.next_attempt.filter(|_| !settled.finished);
    let outcomes = settlement.outcomes.iter().filter_map(|(id, outcome)| {
        let place = message.recipients.iter().position(|recipient| recipient.id == *id)?;
        let recipient = message.recipients.get(place)?;
        let result = results.recipients.iter().find(|result| result.place == place);
        let body = outcome_body(outcome, result, next_attempt, message.attempts.saturating_add(1));
        Some(event(at, message, word(outcome), Some(&recipient.forward_path), &body))
    });
    let notices = settlement.bounces.iter().zip(tells);
    let bounced = notices.map(|(notice, tells)| event(at, message, "bounced", None, &notice_body(notice, tells)));
    let mut events: Vec<TraceEvent> = outcomes.chain(bounced).collect();
    while !events.is_empty() {
        let rest = events.split_off(events.len().min(TOGETHER));
        trace.record_events(Scope::Tenant(message.tenant), events);
        events = rest;
    }
}

/// Tells that the relay itself holds a message.
pub fn tell_held(trace: &dyn Trace, at: Timestamp, message: &QueuedMessage, reason: &str) {
    let body = json!({ "by": "the relay", "reason": reason });
    trace.record_event(Scope::Tenant(message.tenant), event(at, message, "held", None, &body));
}

fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Delivered { .. } => "delivered",
        Outcome::Failed { .. } => "failed",
        Outcome::Deferred { .. } => "deferred",
    }
}

/// The queue keeps the beginning of a reply; here it is whole.
fn outcome_body(outcome: &Outcome, result: Option<&RecipientResult>, next: Option<Timestamp>, attempt: u32) -> Json {
    let deferred = matches!(outcome, Outcome::Deferred { .. });
    let (Outcome::Delivered { reply } | Outcome::Failed { reply } | Outcome::Deferred { reply }) = outcome;
    let next = next.filter(|_| deferred);
    let Some(result) = result else { return json!({ "reply": reply, "next_attempt": next, "attempt": attempt }) };
    json!({
        "reply": result.reply.to_string(),
        "said_by_next_hop": result.said_by == SaidBy::NextHop,
        "next_hop": result.next_hop,
        "tls": result.tls,
        "peer_proved": result.peer_proved,
        "attempt": attempt,
        "next_attempt": next,
        "expired": !deferred && result.fate == Fate::Deferred,
    })
}

fn notice_body(notice: &NewMessage, tells: &str) -> Json {
    let to = notice.recipients.first().map(|recipient| &recipient.forward_path);
    json!({ "tells": tells, "to": to, "notice_reference": notice.reference, "held": notice.hold })
}

fn event(at: Timestamp, message: &QueuedMessage, kind: &str, rcpt_to: Option<&str>, body: &Json) -> TraceEvent {
    TraceEvent {
        at,
        tenant: message.tenant,
        reference: message.reference.clone(),
        kind: kind.to_owned(),
        mail_from: message.reverse_path.clone(),
        rcpt_to: rcpt_to.map(ToOwned::to_owned),
        message_id: None,
        body: body.to_string(),
    }
}
