//! Which certificate each server sent through each connector, in the course of time, and where refusals begin.

use std::collections::BTreeMap;

use crate::answer::{Lane, Span};
use crate::evidence::{AttemptGroup, Certificate, Evidence, EvidenceKind, Outcome};

/// Most lanes: a server and a connector each. The first by name are shown.
const MAX_LANES: usize = 64;

/// Most stretches of one lane.
const MAX_SPANS: usize = 64;

/// The lanes, by server and connector; of each the stretches in the order in which they begin.
pub(crate) fn lanes(evidence: &Evidence) -> Vec<Lane> {
    let mut lanes: BTreeMap<(&str, &str), Vec<Span>> = BTreeMap::new();
    for group in evidence.attempts.groups().iter().filter(|group| group.key.witness == EvidenceKind::SendLog) {
        let Some(span) = span(group) else { continue };
        let lane =
            (group.key.server.as_deref().unwrap_or_default(), group.key.connector.as_deref().unwrap_or_default());
        if lanes.len() >= MAX_LANES && !lanes.contains_key(&lane) {
            continue;
        }
        let spans = lanes.entry(lane).or_default();
        let same = |known: &Span| known.thumbprint == span.thumbprint && known.certificate == span.certificate;
        let known = spans.iter().position(same);
        let is_room = spans.len() < MAX_SPANS;
        match known.and_then(|at| spans.get_mut(at)) {
            Some(known) => join(known, &span),
            None if is_room => spans.push(span),
            None => {}
        }
    }
    let lane = |((server, connector), mut spans): ((&str, &str), Vec<Span>)| {
        spans.sort_by_key(|span| span.from);
        Lane { server: server.to_owned(), connector: connector.to_owned(), spans }
    };
    lanes.into_iter().map(lane).collect()
}

/// The stretch of one group. What is not known to be a certificate, or none, is no stretch.
fn span(group: &AttemptGroup) -> Option<Span> {
    let (certificate, thumbprint) = match &group.last.certificate {
        Certificate::Sent(sent) => (sent.title().to_owned(), sent.thumbprint.to_string()),
        Certificate::NotSent => (String::new(), String::new()),
        Certificate::SentUnnamed | Certificate::Unknown => return None,
    };
    let (from, to) = (group.first.at?, group.last.at?);
    let is_refused = group.key.class.is_some();
    let is_accepted = matches!(group.last.outcome, Outcome::Accepted);
    Some(Span {
        certificate,
        thumbprint,
        from,
        to,
        accepted: if is_accepted { group.count } else { 0 },
        refused: if is_refused { group.count } else { 0 },
        refused_since: is_refused.then_some(from),
    })
}

fn join(known: &mut Span, other: &Span) {
    known.from = known.from.min(other.from);
    known.to = known.to.max(other.to);
    known.accepted += other.accepted;
    known.refused += other.refused;
    known.refused_since = [known.refused_since, other.refused_since].into_iter().flatten().min();
}
