//! Whom no connector names, and what would admit it: what is proposed is tried by the rules themselves.

use core_directory::{AddressRange, ConnectorId, DirectoryVersion, InboundConnector, Snapshot};

use super::world::{evidence, tenants};
use crate::admission::{self, Admission};
use crate::decide;

/// The tenant and the value that are proposed for evidence that is refused; with it the mail passes.
fn check(world: &str, case: &str, expected: Option<(&str, &str)>) {
    let mut tenants = tenants(world);
    let snapshot = Snapshot::new(DirectoryVersion(1), tenants.clone());
    let evidence = evidence(case);
    assert!(!decide(&evidence, &snapshot).passes(), "{world}\n{case} passes already");
    let sender = evidence.mail_from.domain();
    let proposed = match &evidence.certificate {
        Some(facts) => admission::by_certificate(&facts.names, sender, &snapshot),
        None => admission::by_address(evidence.remote_ip.unwrap(), sender, &snapshot),
    };
    let Some((tenant, value)) = proposed else {
        assert_eq!(expected, None, "{world}\n{case}");
        return;
    };
    let name = snapshot.tenant(tenant).name.to_string();
    let (mut connector, shown) = match value {
        Admission::CertificateName(value) => (InboundConnector::new("New", Some(value.clone())), value.to_string()),
        Admission::Address(address) => {
            let mut connector = InboundConnector::new("New", None);
            connector.sender_ip_addresses = Box::new([AddressRange::parse(&address.to_string()).unwrap()]);
            (connector, address.to_string())
        }
    };
    assert_eq!(Some((name.as_str(), shown.as_str())), expected, "{world}\n{case}");
    connector.id = ConnectorId(99);
    tenants.iter_mut().find(|tenant| *tenant.name == *name).unwrap().inbound_connectors.push(connector);
    let with = Snapshot::new(DirectoryVersion(2), tenants);
    assert!(decide(&evidence, &with).passes(), "{world}\n{case}: {shown} at {name} does not admit it");
}

#[test]
fn what_is_proposed_admits_the_mail() {
    let world = "contoso: contoso.com eu.contoso.com; HQ = 192.0.2.1\nfabrikam: fabrikam.com";
    check(
        world,
        "cert=mail.contoso.com from=stranger.example to=elsewhere.example",
        Some(("contoso", "*.contoso.com")),
    );
    check(world, "cert=a.b.contoso.com from=<> to=elsewhere.example", Some(("contoso", "*.contoso.com")));
    check(world, "cert=contoso.com from=contoso.com to=elsewhere.example", Some(("contoso", "contoso.com")));
    check(world, "cert=x.eu.contoso.com from=contoso.com to=elsewhere.example", Some(("contoso", "*.eu.contoso.com")));
    check(
        world,
        "cert=mx.vendor.example from=fabrikam.com to=elsewhere.example",
        Some(("fabrikam", "mx.vendor.example")),
    );
    check(world, "cert=mx.vendor.example from=stranger.example to=elsewhere.example", None);
    check(world, "ip=198.51.100.7 from=fabrikam.com to=elsewhere.example", Some(("fabrikam", "198.51.100.7")));
    check(world, "ip=198.51.100.7 from=<> to=elsewhere.example", None);
}

#[test]
fn whoever_is_named_is_no_candidate() {
    let world =
        "contoso: contoso.com ?claimed.example; HQ = *.contoso.com; Old = mail.claimed.example; A = 192.0.2.0/24";
    let snapshot = Snapshot::new(DirectoryVersion(1), tenants(world));
    let named = |case: &str| admission::is_named(&evidence(case).certificate.unwrap().names, &snapshot);
    for (case, expected) in [
        ("cert=mail.contoso.com", true),
        ("cert=a.b.contoso.com", true),
        ("cert=*.contoso.com", true),
        ("cert=contoso.com", false),
        ("cert=mail.claimed.example", true),
        ("cert=*.claimed.example", true),
        ("cert=other.claimed.example,mail.contoso.com", true),
        ("cert=mail.contoso.net", false),
    ] {
        assert_eq!(named(case), expected, "{case}");
    }
    for (address, expected) in [("192.0.2.77", true), ("198.51.100.1", false)] {
        assert_eq!(admission::is_addressed(address.parse().unwrap(), &snapshot), expected, "{address}");
    }
}
