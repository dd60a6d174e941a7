//! The values over which a fork runs: one for each class that the directory tells apart, and one for any other. Two values
//! that every connector and every tenant take alike are one class, and only the first of them is followed.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use core_directory::{
    AddressRange, ConnectorId, Domain, DomainScope, Field, InboundConnector, Snapshot, TenantId, TenantIndex,
};
use ipnet::IpNet;

use super::{Assumed, MAX_LEAVES, NameClass, Value};
use crate::{Fact, Query, Sender, proof};

mod certificates;

/// Most values that are compared for one fact. Beyond, the fork gives up and says so.
const MAX_COMPARED: usize = 1024;

/// Most connectors that values are compared by.
const MAX_COMPARING: usize = 1024;

/// A name in no directory (RFC 2606 §2), for any domain that is not shown.
pub(super) const ELSEWHERE: &str = "elsewhere.invalid";

/// A label that nobody registers: stands for any host below a domain.
const ANY_HOST: &str = "any-host";

/// Where classes are looked for.
pub(super) struct Classes<'a> {
    /// What is shown of the directory.
    pub snapshot: &'a Snapshot,
    /// Whether there may be more, so that any other value may still meet a connector or a domain.
    pub partial: bool,
    /// Connectors whose certificate names are not shown: any name may be theirs.
    pub unnamed: BTreeSet<(TenantId, ConnectorId)>,
}

impl Classes<'_> {
    /// The classes of values for `query`; none when they are more than a fork may have leaves.
    pub fn of(&self, assumed: &Assumed, query: &Query) -> Option<Vec<Value>> {
        match query {
            Query::RemoteIp => self.addresses(),
            Query::Certificate if assumed.evidence.tls == Fact::Known(false) => Some(vec![Value::Certificate(None)]),
            Query::Certificate => self.certificates(),
            Query::MailFrom => self.senders(),
            Query::RcptTo => self.recipients(),
            Query::Field { field: Field::TlsSenderCertificateName, .. } => Some(
                [NameClass::Differs, NameClass::MatchesOwned, NameClass::MatchesUnowned].map(Value::NameClass).to_vec(),
            ),
            Query::Tls
            | Query::Field { .. }
            | Query::Precedes { .. }
            | Query::Holds { .. }
            | Query::Accepts { .. }
            | Query::UnseenByCertificate(_)
            | Query::UnseenByAddress(_)
            | Query::Reading(_) => Some(vec![Value::Flag(true), Value::Flag(false)]),
        }
    }

    fn connectors(&self) -> impl Iterator<Item = (TenantIndex, &InboundConnector)> {
        let snapshot = self.snapshot;
        snapshot.tenants().flat_map(move |tenant| {
            snapshot.connectors_of(tenant).map(move |index| (tenant, &snapshot.connector(index).connector))
        })
    }

    /// Connectors that may be enabled.
    fn enabled(&self) -> impl Iterator<Item = (TenantIndex, &InboundConnector)> {
        self.connectors().filter(|(_, connector)| self.partial || connector.enabled)
    }

    /// Which ranges hold an address changes only where a range begins or ends: one address at each such place, and of
    /// those that the same connectors hold equally narrowly only the first.
    fn addresses(&self) -> Option<Vec<Value>> {
        let mut ranges: Vec<(AddressRange, usize)> = Vec::new();
        for (place, (_, connector)) in self.connectors().enumerate() {
            ranges.extend(connector.sender_ip_addresses.iter().map(|range| (*range, place)));
            if ranges.len() > MAX_COMPARED {
                return None;
            }
        }
        let mut places = BTreeSet::new();
        for (range, _) in &ranges {
            places.insert(range.network().network());
            places.extend(after(range.network()));
        }
        let mut seen = BTreeSet::from([Vec::new()]);
        let mut values = Vec::new();
        for place in places {
            let holding = ranges.iter().filter(|(range, _)| range.contains(place));
            let mut holding: Vec<_> = holding.map(|(range, connector)| (*connector, range.prefix_len())).collect();
            holding.sort_unstable();
            if seen.insert(holding) {
                values.push(Value::RemoteIp(Some(place)));
            }
        }
        values.push(Value::RemoteIp(self.partial.then(|| unheld(&ranges)).flatten()));
        within_limit(values)
    }

    fn senders(&self) -> Option<Vec<Value>> {
        let scoped: Vec<_> = self.enabled().filter(|(_, connector)| is_scoped(connector)).collect();
        let mut domains = self.verified()?;
        for (_, connector) in &scoped {
            domains.extend(connector.associated_accepted_domains.iter().cloned());
            domains.extend(connector.sender_domains.iter().filter_map(|scope| match scope {
                DomainScope::Exact(domain) | DomainScope::Below(domain) => Some(domain.clone()),
                DomainScope::Any => None,
            }));
        }
        if scoped.len() > MAX_COMPARING || domains.len() > MAX_COMPARED {
            return None;
        }
        let hosts: Vec<_> = domains.iter().filter_map(below).collect();
        let taken = |sender: &Sender| {
            let holder = sender.domain().and_then(|domain| self.snapshot.holder(domain));
            let scopes = scoped.iter().map(|(tenant, connector)| {
                let own = &self.snapshot.tenant(*tenant).domains;
                let best = connector.best_scope(sender.domain()).map(DomainScope::specificity);
                (proof::out_of_scope(connector, own, sender).is_none(), best)
            });
            (holder, scopes.collect::<Vec<_>>())
        };
        let mut seen = BTreeSet::from([taken(&Sender::NoDomain)]);
        let mut values = vec![Value::MailFrom(Sender::Null)];
        for sender in domains.into_iter().chain(hosts).map(Sender::Domain) {
            if seen.insert(taken(&sender)) {
                values.push(Value::MailFrom(sender));
            }
        }
        let elsewhere = self.partial.then(|| Domain::parse(ELSEWHERE).ok()).flatten();
        values.push(Value::MailFrom(elsewhere.map_or(Sender::NoDomain, Sender::Domain)));
        within_limit(values)
    }

    /// Of the recipient's domain only its holder counts: one domain a tenant.
    fn recipients(&self) -> Option<Vec<Value>> {
        let mut values = Vec::new();
        for tenant in self.snapshot.tenants() {
            let domains = &self.snapshot.tenant(tenant).domains;
            let held = domains.iter().find(|domain| self.snapshot.holder(&domain.name) == Some(tenant));
            values.extend(held.map(|domain| Value::RcptTo(Some(domain.name.clone()))));
            if values.len() > MAX_LEAVES {
                return None;
            }
        }
        values.push(Value::RcptTo(self.partial.then(|| Domain::parse(ELSEWHERE).ok()).flatten()));
        within_limit(values)
    }

    /// Every verified domain.
    fn verified(&self) -> Option<BTreeSet<Domain>> {
        let mut verified = BTreeSet::new();
        for tenant in self.snapshot.tenants() {
            let domains = self.snapshot.tenant(tenant).domains.iter();
            verified.extend(domains.filter(|domain| domain.verified()).map(|domain| domain.name.clone()));
            if verified.len() > MAX_COMPARED {
                return None;
            }
        }
        Some(verified)
    }
}

fn is_scoped(connector: &InboundConnector) -> bool {
    *connector.sender_domains != [DomainScope::Any] || !connector.associated_accepted_domains.is_empty()
}

fn after(net: IpNet) -> Option<IpAddr> {
    match net.broadcast() {
        IpAddr::V4(last) => u32::from(last).checked_add(1).map(|next| Ipv4Addr::from(next).into()),
        IpAddr::V6(last) => u128::from(last).checked_add(1).map(|next| Ipv6Addr::from(next).into()),
    }
}

/// An address in none of the ranges. The unspecified ones stand for any other, since nobody connects from them.
fn unheld(ranges: &[(AddressRange, usize)]) -> Option<IpAddr> {
    let unspecified = [IpAddr::from(Ipv4Addr::UNSPECIFIED), IpAddr::from(Ipv6Addr::UNSPECIFIED)];
    unspecified.into_iter().find(|&address| !ranges.iter().any(|(range, _)| range.contains(address)))
}

fn below(domain: &Domain) -> Option<Domain> {
    Domain::parse(&format!("{ANY_HOST}.{domain}")).ok()
}

fn within_limit(values: Vec<Value>) -> Option<Vec<Value>> {
    (values.len() <= MAX_LEAVES).then_some(values)
}
