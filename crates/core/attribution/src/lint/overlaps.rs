//! Names and ranges that meet without being equal, within a tenant and between tenants: who wins, and by which rule. Of those
//! that a connector meets the nearest is told, which is the one that it competes with.

use std::collections::{BTreeMap, BTreeSet};

use core_directory::{AddressRange, CertificateName, ConnectorType, Field};
use ipnet::IpNet;

use super::Lint;
use super::finding::{
    ADDRESSES_OF_SEVERAL_TENANTS, ANY_SENDER_SHARED, LintCode, Mend, NAMES_OVERLAP, NAMES_OVERLAP_BETWEEN_TENANTS,
    RANGES_OVERLAP, RANGES_OVERLAP_BETWEEN_TENANTS,
};
use super::ground::{Ground, Subject};

const NAME: Field = Field::TlsSenderCertificateName;
const ADDRESSES: Field = Field::SenderIpAddresses;

/// Places of connectors, the first of each tenant: more of one tenant tell nothing new.
type Places = BTreeMap<usize, usize>;

pub(super) fn check(ground: &Ground<'_>, shadowed: &BTreeSet<usize>, lint: &mut Lint) {
    let live = |place: &usize| {
        let candidate = |subject: &Subject<'_>| subject.is_enabled() && subject.is(ConnectorType::OnPremises);
        ground.subjects.get(*place).is_some_and(candidate) && !shadowed.contains(place)
    };
    let places: Vec<usize> = (0..ground.subjects.len()).filter(live).collect();
    names(ground, &places, lint);
    ranges(ground, &places, lint);
}

/// `*.d` and what lies below `d`: the longer value wins (rule A5).
fn names(ground: &Ground<'_>, places: &[usize], lint: &mut Lint) {
    let mut wildcards: BTreeMap<&str, Places> = BTreeMap::new();
    let values = places.iter().filter_map(|place| {
        let subject = ground.subjects.get(*place)?;
        let value = subject.connector.tls_sender_certificate_name.as_ref().filter(|_| subject.knows(&[NAME]))?;
        Some((*place, subject, value))
    });
    let values: Vec<_> = values.collect();
    for (place, subject, value) in &values {
        if let CertificateName::Wildcard(domain) = value {
            wildcards.entry(domain.as_str()).or_default().entry(subject.at).or_insert(*place);
        }
    }
    for (_, subject, value) in &values {
        // Whose value's domain is not its own is told already, and never wins.
        if ground.owner(value.domain().as_str()) != Some(subject.at) && subject.shown.domains_shown {
            continue;
        }
        let above = || value.domain().above().filter_map(|name| wildcards.get(name));
        let own = above().find_map(|places| places.get(&subject.at));
        let foreign =
            above().find_map(|places| places.iter().find(|(at, _)| **at != subject.at).map(|(_, place)| place));
        for (place, code) in [(own, NAMES_OVERLAP), (foreign, NAMES_OVERLAP_BETWEEN_TENANTS)] {
            if let Some(other) = place.and_then(|place| ground.subjects.get(*place)) {
                tell_name(subject, value, other, code, lint);
            }
        }
    }
}

fn tell_name(subject: &Subject<'_>, value: &CertificateName, other: &Subject<'_>, code: LintCode, lint: &mut Lint) {
    let Some(wider) = &other.connector.tls_sender_certificate_name else { return };
    let arguments = vec![
        ("value", value.to_string()),
        ("other", other.connector.name.to_string()),
        ("othertenant", other.shown.tenant.name.to_string()),
        ("othervalue", wider.to_string()),
    ];
    lint.findings.push(subject.finding(code, Some(NAME), arguments, Vec::new()));
}

/// Ranges that hold one another: within a tenant the longest prefix wins, between tenants the sender's domain (rule A7).
fn ranges(ground: &Ground<'_>, places: &[usize], lint: &mut Lint) {
    let mut nets: BTreeMap<IpNet, Places> = BTreeMap::new();
    let known = |place: &usize| ground.subjects.get(*place).filter(|subject| subject.knows(&[ADDRESSES]));
    for place in places {
        let Some(subject) = known(place) else { continue };
        for range in &subject.connector.sender_ip_addresses {
            nets.entry(range.network()).or_default().entry(subject.at).or_insert(*place);
        }
    }
    let mut told = BTreeSet::new();
    for place in places {
        let Some(subject) = known(place) else { continue };
        for range in &subject.connector.sender_ip_addresses {
            let holding = || supernets(range.network()).filter_map(|net| Some((net, nets.get(&net)?)));
            let wider = |(net, places): (IpNet, &Places)| {
                let found = places.get(&subject.at).filter(|other| *other != place)?;
                (net != range.network()).then_some((net, *found))
            };
            let foreign = |(net, places): (IpNet, &Places)| {
                // Of two equal ranges the one that comes later tells.
                let other = |(at, _): &(&usize, &usize)| {
                    if net == range.network() { **at < subject.at } else { **at != subject.at }
                };
                places.iter().find(other).map(|(_, place)| (net, *place))
            };
            let own = holding().find_map(wider).map(|found| (found, false));
            let foreign = holding().find_map(foreign).map(|found| (found, true));
            for ((net, other), between) in own.into_iter().chain(foreign) {
                if told.insert((*place, other)) {
                    tell_range(ground, subject, *range, (net, other, between), lint);
                }
            }
        }
    }
}

/// The network itself, then each that holds it, the nearest first. /0 is nobody's.
fn supernets(net: IpNet) -> impl Iterator<Item = IpNet> {
    std::iter::successors(Some(net), IpNet::supernet).filter(|net| net.prefix_len() > 0)
}

fn tell_range(
    ground: &Ground<'_>,
    subject: &Subject<'_>,
    range: AddressRange,
    (net, other, between): (IpNet, usize, bool),
    lint: &mut Lint,
) {
    let Some(other) = ground.subjects.get(other) else { return };
    let open =
        |subject: &Subject<'_>| subject.connector.any_sender && ground.is_relay() && subject.knows(&[Field::AnySender]);
    let (code, mends) = match between {
        false => (RANGES_OVERLAP, Vec::new()),
        true if open(subject) || open(other) => {
            (ANY_SENDER_SHARED, vec![Mend::SetFlag(Field::AnySender, false), Mend::NarrowRange(range)])
        }
        true if ground.is_relay() => (RANGES_OVERLAP_BETWEEN_TENANTS, Vec::new()),
        true => (ADDRESSES_OF_SEVERAL_TENANTS, vec![Mend::Fill(NAME), Mend::DropRange(range)]),
    };
    let arguments = vec![
        ("range", range.to_string()),
        ("other", other.connector.name.to_string()),
        ("othertenant", other.shown.tenant.name.to_string()),
        ("otherrange", AddressRange::parse(&net.to_string()).map_or_else(|_| net.to_string(), |net| net.to_string())),
    ];
    // What `any_sender` suffers is told of the connector that has it.
    let about = if code == ANY_SENDER_SHARED && !open(subject) { other } else { subject };
    lint.findings.push(about.finding(code, Some(ADDRESSES), arguments, mends));
}
