//! Queues as evidence: what the last attempt of each met. A refusal empties a queue at once, so they show what was put off.

use std::sync::Arc;

use proto_exchange::RemoteReply;
use proto_exchange::dump::QueueState;
use proto_exchange::tracking_log::RecipientStatus;

use super::Found;
use super::address::told;
use crate::evidence::{Attempt, EvidenceKind, NextHop, Outcome, Proof};

/// What stands in the error where the front end hands on: the host that it names is then the server itself.
const HANDED_ON: &str = "Proxy session setup failed on Frontend";

/// Adds the last attempt of a queue, if it failed.
pub(super) fn take_queue(queue: &QueueState, found: &mut Found) {
    let Some(error) = queue.last_error.any().filter(|error| !error.trim().is_empty()) else { return };
    let status = RecipientStatus::parse(error);
    let outcome = match RemoteReply::find(status.last_error) {
        Some(reply) if reply.code < 400 => return,
        Some(reply) => Outcome::Answered(Arc::new(reply), None),
        None => Outcome::Broken(status.last_error.into()),
    };
    let proof = Proof::new(found.source.id, queue.last_error_line, &format!("LastError : {error}"));
    let mut attempt = Attempt::new(EvidenceKind::Queue, outcome, proof);
    attempt.at = match &attempt.outcome {
        Outcome::Answered(reply, _) => reply.at,
        _ => None,
    };
    attempt.server = queue.identity.split_once('\\').and_then(|(server, _)| told(server));
    attempt.connector = queue.next_hop_connector.whole().and_then(|guid| told(guid));
    let is_far_side = !status.last_error.contains(HANDED_ON);
    let far_side = status.fqdn.filter(|_| is_far_side);
    let name = far_side.or(queue.next_hop_domain.whole().map(|domain| &**domain));
    attempt.next_hop = NextHop {
        name: name.and_then(|name| told(&name.to_ascii_lowercase())),
        address: status.ip.filter(|_| is_far_side).and_then(|address| address.parse().ok()),
    };
    found.evidence.attempts.add(attempt);
}
