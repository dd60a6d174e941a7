//! C02: mail is admitted by address, and the address that the far side sees is not the one that is registered: a new line, a
//! second way out, a pool (Microsoft: KB 4051495). The address is the one in the far side's `Hello [a]`, never the local one.

use core_attribution::Fact;
use core_directory::Field;

use super::{Examination, telling};
use crate::answer::{Cause, Certainty, Comparison, Message};
use crate::case::{Case, Way};
use crate::far_side::FarConnector;
use crate::refusal::{Refusal, Relaying};
use crate::repair;

const CODE: &str = "C02";

pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    for refusal in &case.refusals {
        let Some(address) = refusal.group.key.egress else { continue };
        if let Some(holding) = case.by_address().find(|connector| connector.holds(address)) {
            let arguments = [("connector", &*holding.connector.name), ("address", &address.to_string())];
            let reason = Message::new("ruled-out-c02-holds", &arguments);
            examination.rule_out(CODE, (reason, vec![telling::addresses_line(case, holding)]));
            continue;
        }
        // A connector that is off, or of another type, holds it: C12.
        if case.far.connectors.iter().any(|connector| !connector.admits_own_mail() && connector.holds(address)) {
            continue;
        }
        // Without an IPv4 address there is nothing to register: C19.
        if case.way(refusal) == Way::ByCertificate || address.is_ipv6() && !case.far.is_relay() {
            continue;
        }
        if let Some(connector) = nearest(case, refusal) {
            examination.add(cause(case, refusal, connector, address));
        }
    }
    examination
}

/// The connector that was meant: the one that held the address with which mail passed before, else the only one that has
/// addresses.
fn nearest<'a>(case: &'a Case<'_>, refusal: &Refusal<'_>) -> Option<&'a FarConnector> {
    let before = case.last_worked(refusal).and_then(|attempt| attempt.egress);
    let former = before.and_then(|address| case.by_address().find(|connector| connector.holds(address)));
    former.or_else(|| {
        let tenant = case.concerned(refusal);
        let mut all = case.by_address().filter(|connector| tenant.is_none_or(|tenant| tenant == connector.tenant));
        let first = all.next()?;
        all.next().is_none().then_some(first)
    })
}

fn cause(case: &Case<'_>, refusal: &Refusal<'_>, connector: &FarConnector, address: std::net::IpAddr) -> Cause {
    let address = address.to_string();
    let registered = connector.addresses.join(", ");
    let name = &*connector.connector.name;
    let arguments = [("address", &*address), ("connector", name), ("registered", &*registered)];
    let decisive = case.way(refusal) == Way::ByAddress
        && connector.shows(Field::SenderIpAddresses)
        && !case.changed_after(connector, refusal)
        && would_pass(case, refusal, connector);
    let is_whole = connector.shows(Field::SenderIpAddresses);
    let certainty = match (decisive, is_whole) {
        (true, _) => Certainty::Certain,
        (false, true) => Certainty::Likely,
        // The address may be in the part that is not shown.
        (false, false) => Certainty::Possible,
    };
    let mut cause = telling::cause(case, refusal, CODE, certainty, Message::new("cause-c02", &arguments));
    cause.comparison = Some(Comparison {
        field: "SenderIPAddresses".to_owned(),
        wanted: registered.clone(),
        presented: address.clone(),
    });
    cause.proof.extend(telling::greeting_line(case, refusal, &address));
    cause.proof.push(telling::addresses_line(case, connector));
    cause.repair.push(repair::add_address(&case.far, connector, &address));
    if !is_whole {
        cause.question = Some(Message::new("question-c02", &[("connector", name), ("address", &*address)]));
    }
    cause
}

/// Whether the same mail passes from an address that is registered: then nothing else is wrong.
fn would_pass(case: &Case<'_>, refusal: &Refusal<'_>, connector: &FarConnector) -> bool {
    let Some(range) = connector.connector.sender_ip_addresses.first() else { return false };
    let mut evidence = refusal.evidence.clone();
    evidence.remote_ip = Fact::Known(Some(range.network().addr()));
    case.relaying(&refusal.evidence) != Relaying::Passes && case.relaying(&evidence) == Relaying::Passes
}
