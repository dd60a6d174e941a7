//! What the far side cannot have seen. A server between, the front end of Exchange, an edge or a gateway, takes the mail and passes
//! the far side's answer on: the certificate and the greeting of that session are between the two servers, and say nothing of what
//! the far side saw. Decides nothing about causes.

use std::net::IpAddr;

use proto_exchange::RefusalClass;

use crate::evidence::{Attempt, AttemptGroup, Certificate, Evidence, EvidenceKind, Tls};

/// How the names of servers and endpoints of Exchange Online end, those of earlier years and of national clouds too.
const ONLINE: [&str; 8] = [
    ".outlook.com",
    ".mx.microsoft",
    ".outlook.cn",
    ".outlook.de",
    ".office365.us",
    ".messaging.microsoft.com",
    ".frontbridge.com",
    ".bigfish.com",
];

/// The evidence as far as it is about Exchange Online itself: what sessions with servers between show is unknown there. `None`
/// where there is nothing of the kind.
pub(crate) fn seen_by_exchange_online(evidence: &Evidence) -> Option<Evidence> {
    let is_not_seen = |group: &AttemptGroup| is_between(group) || group.key.egress.is_some_and(is_inside);
    if !evidence.attempts.groups().iter().any(is_not_seen) {
        return None;
    }
    let mut seen = evidence.clone();
    seen.attempts = seen.attempts.changed(|attempt| {
        if attempt.egress.is_some_and(is_inside) {
            attempt.egress = None;
        }
        if between(attempt).is_some() {
            (attempt.egress, attempt.tls, attempt.certificate) = (None, Tls::Unknown, Certificate::Unknown);
        }
    });
    Some(seen)
}

/// The servers that passed refusals on.
pub(crate) fn servers(evidence: &Evidence) -> Vec<&str> {
    let refused = |group: &&AttemptGroup| group.key.class.is_some_and(RefusalClass::is_attribution);
    let groups = evidence.attempts.groups().iter().filter(refused);
    let mut names: Vec<&str> = groups.filter_map(|group| between(&group.last)).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Whether some mail was refused by Exchange Online itself.
pub(crate) fn refused_by_exchange_online(evidence: &Evidence) -> bool {
    let refused = |group: &&AttemptGroup| group.key.class.is_some_and(RefusalClass::is_attribution);
    let mut groups = evidence.attempts.groups().iter().filter(refused);
    groups.any(|group| group.last.next_hop.name.as_deref().is_some_and(is_online))
}

/// Whether this mail was handed to Exchange Online itself, or its next hop has no name.
pub(crate) fn is_online_group(group: &AttemptGroup) -> bool {
    group.last.next_hop.name.as_deref().is_none_or(is_online)
}

/// Whether a name is one of Exchange Online's.
pub(crate) fn is_online(name: &str) -> bool {
    ONLINE.iter().any(|end| name.ends_with(end))
}

fn is_between(group: &AttemptGroup) -> bool {
    group.key.class.is_some_and(RefusalClass::is_attribution) && between(&group.last).is_some()
}

/// The next hop, where it has a name and is none of Exchange Online's. A banner may be masked; then there is no name, and nothing
/// is said.
fn between(attempt: &Attempt) -> Option<&str> {
    let own_log = attempt.witness != EvidenceKind::ReceiveLog;
    attempt.next_hop.name.as_deref().filter(|name| own_log && name.contains('.') && !is_online(name))
}

/// Whether an address is never seen on the internet (RFC 1918, RFC 6598, RFC 4193).
fn is_inside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || (first == 100 && second & 0xc0 == 64)
        }
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local(),
    }
}
