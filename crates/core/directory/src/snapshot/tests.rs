//! Tests of the index: each table against the plain comparison that it stands for.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::{
    AddressRange, AddressSpace, CertificateName, ConnectorType, DomainScope, SmartHost, Thumbprint, route::choose,
    unmap,
};

const NAMES: [&str; 6] = ["a.example", "x.a.example", "y.x.a.example", "b.example", "x.b.example", "co.uk"];

fn domain(text: &str) -> Domain {
    Domain::parse(text).unwrap()
}

fn tenant(id: u64, domains: &[&str], inbound_connectors: Vec<InboundConnector>) -> Tenant {
    let own = |name: &&str| AcceptedDomain::new(domain(name), true);
    Tenant {
        id: TenantId(id),
        name: format!("t{id}").into(),
        domains: domains.iter().map(own).collect(),
        inbound_connectors,
        ..Tenant::default()
    }
}

fn named(name: &str, value: &str) -> InboundConnector {
    InboundConnector::new(name, Some(CertificateName::parse_presented(value).unwrap()))
}

fn addressed(name: &str, ranges: &[&str]) -> InboundConnector {
    let mut connector = InboundConnector::new(name, None);
    connector.sender_ip_addresses = ranges.iter().map(|range| AddressRange::parse(range).unwrap()).collect();
    connector
}

fn snapshot(tenants: Vec<Tenant>) -> Snapshot {
    Snapshot::new(DirectoryVersion(1), tenants)
}

/// Names of connectors.
fn names(snapshot: &Snapshot, connectors: &[ConnectorIndex]) -> Vec<String> {
    connectors.iter().map(|&index| snapshot.connector(index).connector.name.to_string()).collect()
}

#[test]
fn values_stand_where_rule_a3_looks() {
    let own = vec![
        named("exact", "mail.a.example"),
        named("owned", "a.example"),
        named("wildcard", "*.a.example"),
        named("foreign", "*.b.example"),
        named("suffix", "*.example"),
        named("uk", "*.co.uk"),
    ];
    let snapshot = snapshot(vec![tenant(1, &["a.example"], own)]);
    let check = |index: NameIndex, key: &str, expected: &[&str]| {
        assert_eq!(names(&snapshot, snapshot.named(index, key)), expected, "{index:?} {key}");
    };
    check(NameIndex::OwnedExact, "a.example", &["owned"]);
    check(NameIndex::OwnedBelow, "example", &["owned"]);
    check(NameIndex::OwnedWildcard, "a.example", &["wildcard"]);
    check(NameIndex::UnownedExact, "mail.a.example", &["exact"]);
    check(NameIndex::UnownedBelow, "a.example", &["exact"]);
    check(NameIndex::UnownedWildcard, "b.example", &["foreign"]);
    // Rule A0: nothing matches through a public suffix; for near misses it can be found all the same.
    check(NameIndex::UnownedWildcard, "example", &[]);
    check(NameIndex::UnownedWildcard, "co.uk", &[]);
    assert_eq!(names(&snapshot, snapshot.named_within("co.uk")), ["uk"]);
    assert_eq!(names(&snapshot, snapshot.named_within("a.example")), ["exact", "owned", "wildcard"]);
}

#[test]
fn a_domain_verified_twice_is_nobodys() {
    let twice = snapshot(vec![tenant(1, &["a.example"], Vec::new()), tenant(2, &["a.example"], Vec::new())]);
    assert_eq!(twice.verified("a.example"), None);
    let own_twice = snapshot(vec![tenant(1, &["a.example", "a.example"], Vec::new())]);
    assert!(own_twice.verified("a.example").is_some());
}

#[test]
fn pins_find_their_connectors() {
    let mut pinned = named("pinned", "mail.a.example");
    pinned.pinned_certificates = Box::new([Thumbprint([1; 32]), Thumbprint([2; 32]), Thumbprint([1; 32])]);
    let snapshot = snapshot(vec![tenant(1, &[], vec![named("other", "mail.a.example"), pinned])]);
    assert_eq!(names(&snapshot, snapshot.pinning(&Thumbprint([1; 32]))), ["pinned"]);
    assert_eq!(names(&snapshot, snapshot.pinning(&Thumbprint([2; 32]))), ["pinned"]);
    assert!(snapshot.pinning(&Thumbprint([3; 32])).is_empty());
}

#[test]
fn ranges_hold_addresses_longest_first() {
    let mut wide = addressed("granted", &["192.0.0.0/16"]);
    wide.addresses_granted = true;
    let mut disabled = addressed("disabled", &["192.0.2.1"]);
    disabled.enabled = false;
    let mut partner = addressed("partner", &["192.0.2.1"]);
    partner.connector_type = ConnectorType::Partner;
    let own = vec![
        addressed("ignored", &["192.0.0.0/16", "2001:db8::/32"]),
        addressed("net", &["192.0.2.0/24", "2001:db8::/48"]),
        addressed("host", &["192.0.2.1", "2001:db8::1"]),
        wide,
        disabled,
        partner,
    ];
    let snapshot = snapshot(vec![tenant(1, &[], own)]);
    let check = |address: &str, expected: &[&str]| {
        let covering = snapshot.addressed(unmap(address.parse().unwrap()));
        let found: Vec<_> = covering.iter().flat_map(|bucket| names(&snapshot, bucket)).collect();
        assert_eq!(found, expected, "{address}");
    };
    check("192.0.2.1", &["disabled", "host", "net", "granted"]);
    check("::ffff:192.0.2.1", &["disabled", "host", "net", "granted"]);
    check("192.0.2.2", &["net", "granted"]);
    check("192.0.3.1", &["granted"]);
    check("2001:db8::1", &["host", "net"]);
    check("2001:db8:1::1", &[]);
}

#[test]
fn of_a_bucket_one_tenants_part() {
    let own = |id| tenant(id, &[], vec![named("b", "*.v.example"), named("a", "*.v.example")]);
    let snapshot = snapshot(vec![own(3), own(1), own(2)]);
    let bucket = snapshot.named(NameIndex::UnownedWildcard, "v.example");
    assert_eq!(bucket.len(), 6);
    for index in snapshot.tenants() {
        let part = snapshot.of_tenant(bucket, index);
        assert_eq!(names(&snapshot, part), ["a", "b"]);
        assert!(part.iter().all(|&place| snapshot.connector(place).tenant == index));
    }
    assert!(snapshot.of_tenant(&[], snapshot.tenants().next().unwrap()).is_empty());
}

fn any_domain() -> impl Strategy<Value = Domain> {
    select(&NAMES[..]).prop_map(domain)
}

fn any_scope() -> impl Strategy<Value = DomainScope> {
    prop_oneof![
        1 => Just(DomainScope::Any),
        2 => any_domain().prop_map(DomainScope::Exact),
        2 => any_domain().prop_map(DomainScope::Below),
    ]
}

fn any_partner() -> impl Strategy<Value = InboundConnector> {
    (vec(any_scope(), 0..3), any::<bool>(), any::<bool>()).prop_map(|(scopes, enabled, partner)| {
        let mut connector = InboundConnector::new("", None);
        connector.connector_type = if partner { ConnectorType::Partner } else { ConnectorType::OnPremises };
        (connector.enabled, connector.sender_domains) = (enabled, scopes.into());
        connector
    })
}

fn any_route() -> impl Strategy<Value = SendConnector> {
    (vec((any_scope(), 1..4u8), 0..3), any::<bool>()).prop_map(|(spaces, enabled)| {
        let mut connector = SendConnector::new("", Box::new([SmartHost::parse("hub").unwrap()]));
        connector.enabled = enabled;
        connector.address_spaces = spaces.into_iter().map(|(scope, cost)| AddressSpace { scope, cost }).collect();
        connector
    })
}

proptest! {
    /// Rule A9's scopes by table are the plain ones.
    #[test]
    fn partners_are_those_of_the_best_scope(mut own in vec(any_partner(), 0..5), sender in proptest::option::of(any_domain())) {
        (0..).zip(&mut own).for_each(|(at, connector)| connector.name = format!("c{at}").into());
        let enabled = own.iter().filter(|c| c.enabled && c.connector_type == ConnectorType::Partner);
        let best = enabled.clone().filter_map(|c| c.best_scope(sender.as_ref())).map(DomainScope::specificity).max();
        let expected: Vec<_> = enabled
            .filter(|c| best.is_some() && c.best_scope(sender.as_ref()).map(DomainScope::specificity) == best)
            .map(|c| c.name.to_string())
            .collect();
        let snapshot = snapshot(vec![tenant(1, &[], own)]);
        let found = snapshot.partners(snapshot.tenants().next().unwrap(), sender.as_ref());
        prop_assert_eq!(names(&snapshot, found), expected);
    }

    /// Rule A13 by table is the plain choice.
    #[test]
    fn routes_are_the_plain_choice(mut own in vec(any_route(), 0..5), recipient in any_domain()) {
        // Neither the order of names nor that of ids is the order of the list.
        (0..).zip(&mut own).for_each(|(at, connector): (u64, _)| {
            (connector.id, connector.name) = (SendConnectorId(at), format!("c{}", at * 7 % 5).into());
        });
        let expected = choose(&own, &recipient).map(|connector| connector.id);
        let mut tenant = tenant(1, &[], Vec::new());
        tenant.send_connectors = own;
        let snapshot = snapshot(vec![tenant]);
        let found = snapshot.route(snapshot.tenants().next().unwrap(), &recipient).map(|connector| connector.id);
        prop_assert_eq!(found, expected);
    }

    /// Rule A1's holder by table is the plain one.
    #[test]
    fn holders_are_the_plain_ones(own in vec((any_domain(), 1..3u64, any::<bool>()), 0..6), asked in any_domain()) {
        let mut tenants = [tenant(1, &[], Vec::new()), tenant(2, &[], Vec::new())];
        let mut claims: Vec<(Domain, u64, bool)> = Vec::new();
        for (name, id, match_subdomains) in own {
            if claims.iter().all(|(other, ..)| *other != name) {
                let verified = AcceptedDomain::new(name.clone(), true);
                let place = tenants.iter_mut().find(|tenant| tenant.id.0 == id).unwrap();
                place.domains.push(AcceptedDomain { match_subdomains, ..verified });
                claims.push((name, id, match_subdomains));
            }
        }
        // All verified domains at or above, the nearest first.
        claims.retain(|(name, ..)| *name == asked || asked.is_below(name.as_str()));
        claims.sort_by_key(|(name, ..)| std::cmp::Reverse(name.label_count()));
        let nearest = claims.first().map(|(_, id, _)| *id);
        let unbroken = claims.iter().take_while(|(_, id, _)| Some(*id) == nearest);
        let holds = unbroken.clone().any(|(name, _, with_subdomains)| *name == asked || *with_subdomains);
        let snapshot = snapshot(tenants.to_vec());
        let found = snapshot.holder(&asked).map(|holder| snapshot.tenant(holder).id.0);
        prop_assert_eq!(found, nearest.filter(|_| holds));
    }
}
