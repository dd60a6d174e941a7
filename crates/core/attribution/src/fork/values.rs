//! The values over which a fork runs: one for each class that the directory tells apart, and one for any other.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use core_directory::{CertificateFacts, CertificateName, Domain, DomainScope, Field, InboundConnector, Snapshot};
use ipnet::IpNet;

use super::{Assumed, MAX_LEAVES, NameClass, Value};
use crate::{Fact, Query, Sender};

/// The classes of values for `query`; none when they are more than a fork may have leaves.
pub(super) fn of_snapshot(snapshot: &Snapshot, assumed: &Assumed, query: &Query) -> Option<Vec<Value>> {
    match query {
        Query::RemoteIp => addresses(snapshot),
        Query::Certificate if assumed.evidence.tls == Fact::Known(false) => Some(vec![Value::Certificate(None)]),
        Query::Certificate => certificates(snapshot),
        Query::MailFrom => senders(snapshot),
        Query::RcptTo => recipients(snapshot),
        Query::Field { field: Field::TlsSenderCertificateName, .. } => Some(
            [NameClass::Differs, NameClass::MatchesOwned, NameClass::MatchesUnowned].map(Value::NameClass).to_vec(),
        ),
        Query::Tls
        | Query::Field { .. }
        | Query::Holds { .. }
        | Query::UnseenByCertificate(_)
        | Query::UnseenByAddress(_)
        | Query::Reading(_) => Some(vec![Value::Flag(true), Value::Flag(false)]),
    }
}

fn connectors(snapshot: &Snapshot) -> impl Iterator<Item = &InboundConnector> {
    snapshot
        .tenants()
        .flat_map(|tenant| snapshot.connectors_of(tenant).map(|index| &snapshot.connector(index).connector))
}

/// Which addresses a directory tells apart changes only where a range begins or ends: one address at each such place,
/// and of those that the same ranges hold only the first.
fn addresses(snapshot: &Snapshot) -> Option<Vec<Value>> {
    // Each range has two ends, and distinct sets of ranges are what makes leaves.
    const MOST_RANGES: usize = 4 * MAX_LEAVES;
    let ranges: BTreeSet<_> = connectors(snapshot)
        .flat_map(|connector| connector.sender_ip_addresses.iter().copied())
        .take(MOST_RANGES + 1)
        .collect();
    if ranges.len() > MOST_RANGES {
        return None;
    }
    let mut places = BTreeSet::new();
    for range in &ranges {
        places.insert(range.network().network());
        places.extend(after(range.network()));
    }
    let mut seen = BTreeSet::from([Vec::new()]);
    let mut values = Vec::new();
    for place in places {
        let holding: Vec<_> = ranges.iter().filter(|range| range.contains(place)).collect();
        if seen.insert(holding) {
            values.push(Value::RemoteIp(Some(place)));
        }
    }
    values.push(Value::RemoteIp(None));
    within_limit(values)
}

fn after(net: IpNet) -> Option<IpAddr> {
    match net.broadcast() {
        IpAddr::V4(last) => u32::from(last).checked_add(1).map(|next| Ipv4Addr::from(next).into()),
        IpAddr::V6(last) => u128::from(last).checked_add(1).map(|next| Ipv6Addr::from(next).into()),
    }
}

/// A label that nobody registers: stands for any host below a domain.
const ANY_HOST: &str = "any-host";

fn below(domain: &Domain) -> Option<Domain> {
    Domain::parse(&format!("{ANY_HOST}.{domain}")).ok()
}

fn certificates(snapshot: &Snapshot) -> Option<Vec<Value>> {
    let mut values = vec![Value::Certificate(None)];
    let mut seen = BTreeSet::new();
    for connector in connectors(snapshot) {
        let Some(value) = &connector.tls_sender_certificate_name else { continue };
        let pin = connector.pinned_certificates.first().copied();
        for name in names_for(value) {
            if seen.insert((name.clone(), pin)) {
                let mut facts = CertificateFacts::trusted(vec![name]);
                if let Some(pin) = pin {
                    facts.leaf_sha256 = pin;
                }
                values.push(Value::Certificate(Some(Arc::new(facts))));
            }
        }
        if values.len() > MAX_LEAVES {
            return None;
        }
    }
    Some(values)
}

/// Presented names that a value tells apart from others.
fn names_for(value: &CertificateName) -> Vec<CertificateName> {
    match value {
        CertificateName::Exact(domain) => {
            let parent = domain.above().next().and_then(|parent| Domain::parse(parent).ok());
            std::iter::once(value.clone()).chain(parent.map(CertificateName::Wildcard)).collect()
        }
        CertificateName::Wildcard(domain) => {
            let host = below(domain).map(CertificateName::Exact);
            host.into_iter().chain(std::iter::once(value.clone())).collect()
        }
    }
}

fn senders(snapshot: &Snapshot) -> Option<Vec<Value>> {
    let mut domains = BTreeSet::new();
    for tenant in snapshot.tenants() {
        for domain in snapshot.tenant(tenant).domains.iter().filter(|domain| domain.verified) {
            domains.insert(domain.name.clone());
            domains.extend(domain.match_subdomains.then(|| below(&domain.name)).flatten());
        }
    }
    for connector in connectors(snapshot) {
        for scope in &connector.sender_domains {
            match scope {
                DomainScope::Exact(domain) => domains.extend([domain.clone()]),
                DomainScope::Below(domain) => domains.extend(below(domain)),
                DomainScope::Any => {}
            }
        }
        if domains.len() > MAX_LEAVES {
            return None;
        }
    }
    let mut values = vec![Value::MailFrom(Sender::Null), Value::MailFrom(Sender::NoDomain)];
    values.extend(domains.into_iter().map(|domain| Value::MailFrom(Sender::Domain(domain))));
    within_limit(values)
}

/// Of the recipient's domain only its holder counts: one domain a tenant.
fn recipients(snapshot: &Snapshot) -> Option<Vec<Value>> {
    let mut values = vec![Value::RcptTo(None)];
    for tenant in snapshot.tenants() {
        let domains = &snapshot.tenant(tenant).domains;
        let held = domains.iter().find(|domain| snapshot.holder(&domain.name) == Some(tenant));
        values.extend(held.map(|domain| Value::RcptTo(Some(domain.name.clone()))));
        if values.len() > MAX_LEAVES {
            return None;
        }
    }
    Some(values)
}

fn within_limit(values: Vec<Value>) -> Option<Vec<Value>> {
    (values.len() <= MAX_LEAVES).then_some(values)
}
