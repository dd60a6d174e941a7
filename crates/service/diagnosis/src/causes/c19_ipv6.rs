//! C19: the connection goes out by IPv6, and Exchange Online's connectors take IPv4 addresses only (Microsoft:
//! New-InboundConnector, `SenderIPAddresses`).

use super::{Examination, telling};
use crate::answer::{Certainty, Message, Repair, RepairSide};
use crate::case::{Case, Way};

const CODE: &str = "C19";

pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    if case.far.is_relay() {
        return examination;
    }
    for refusal in &case.refusals {
        // A next hop that was reached over IPv6 was reached from an IPv6 address, whatever its greeting says.
        let next_hop = refusal.group.last.next_hop.address.filter(|address| address.is_ipv6());
        let Some(address) = refusal.group.key.egress.or(next_hop) else { continue };
        let shown = address.to_string();
        if address.is_ipv4() {
            let reason = Message::new("ruled-out-c19", &[("address", &shown)]);
            examination.rule_out(CODE, (reason, telling::greeting_line(case, refusal, &shown).into_iter().collect()));
            continue;
        }
        let certainty = match case.way(refusal) {
            Way::ByCertificate => continue,
            Way::ByAddress => Certainty::Certain,
            Way::Unknown if case.by_address().next().is_some() => Certainty::Likely,
            // Whether the address matters at all is not shown.
            Way::Unknown => Certainty::Possible,
        };
        let is_seen = refusal.group.key.egress.is_some();
        let code = if is_seen { "cause-c19" } else { "cause-c19-next-hop" };
        let statement = Message::new(code, &[("address", &shown)]);
        let mut cause = telling::cause(case, refusal, CODE, certainty, statement);
        if is_seen {
            cause.proof.extend(telling::greeting_line(case, refusal, &shown));
        }
        cause.proof.extend(case.by_address().next().map(|connector| telling::addresses_line(case, connector)));
        if certainty == Certainty::Possible {
            cause.question = Some(Message::new("question-c19", &[]));
        }
        cause.repair = repairs();
        examination.add(cause);
    }
    examination
}

/// A certificate does not depend on the address; else mail has to leave by IPv4.
fn repairs() -> Vec<Repair> {
    let postfix = Repair {
        side: RepairSide::Postfix,
        what: Message::new("repair-ipv4-only", &[]),
        commands: vec!["postconf -e smtp_address_preference=ipv4 inet_protocols=ipv4".into(), "postfix reload".into()],
    };
    let network = Repair {
        side: RepairSide::Network,
        what: Message::new("repair-ipv4-only", &[]),
        commands: vec![
            "# block or unroute port 25 over IPv6 from the mail server, so that it leaves by IPv4".to_owned(),
        ],
    };
    vec![network, postfix]
}
