//! Queues as evidence: what the last attempt of each met. A refusal empties a queue at once, so they show what was put off.

use std::sync::Arc;

use proto_exchange::RemoteReply;
use proto_exchange::dump::{QueueState, Shown};
use proto_exchange::tracking_log::RecipientStatus;

use super::Found;
use super::address::told;
use crate::evidence::{Attempt, EvidenceKind, NextHop, Outcome, Proof};

/// Longest text of an error that is no reply, in characters.
const MAX_WORDS: usize = 300;

/// What stands in the error where the front end hands on: the host that it names is then the server itself.
const HANDED_ON: &str = "Proxy session setup failed on Frontend";

/// Adds the last attempt of a queue, if it failed.
pub(super) fn take_queue(queue: &QueueState, found: &mut Found) {
    found.source.is(EvidenceKind::Queue);
    let whole = |shown: &Shown<Box<str>>| shown.whole().and_then(|value| told(value));
    let error = queue.last_error.any().map(|error| &**error).unwrap_or_default();
    let (connector, next_hop) = (whole(&queue.next_hop_connector), whole(&queue.next_hop_domain));
    take_error(&queue.identity, connector, next_hop, error, queue.last_error_line, found);
}

/// Adds the attempt that a last error tells of. `identity` is `Server\Queue`, or longer; `next_hop` is where the queue goes.
pub(super) fn take_error(
    identity: &str,
    connector: Option<Box<str>>,
    next_hop: Option<Box<str>>,
    error: &str,
    line: u64,
    found: &mut Found,
) {
    let status = RecipientStatus::parse(error);
    let outcome = match RemoteReply::find(status.last_error) {
        Some(reply) if reply.code < 400 => return,
        Some(reply) => Outcome::Answered(Arc::new(reply), None),
        None if status.last_error.is_empty() => return,
        None => Outcome::Broken(status.last_error.chars().take(MAX_WORDS).collect::<String>().into()),
    };
    let proof = Proof::new(found.source.id, line, &format!("LastError : {error}"));
    let mut attempt = Attempt::new(EvidenceKind::Queue, outcome, proof);
    attempt.at = attempt.outcome.told_at();
    attempt.server = identity.split_once('\\').and_then(|(server, _)| told(server));
    attempt.connector = connector;
    let is_far_side = !status.last_error.contains(HANDED_ON);
    let named = status.fqdn.filter(|_| is_far_side).and_then(told);
    attempt.next_hop = NextHop {
        name: named.or(next_hop).map(|name| name.to_ascii_lowercase().into()),
        address: status.ip.filter(|_| is_far_side).and_then(|address| address.parse().ok()),
    };
    found.evidence.attempts.add(attempt);
}
