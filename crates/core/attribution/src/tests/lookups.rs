//! What a verdict costs does not depend on the number of connectors: look-ups are counted, in small and large directories.

use core_directory::{
    AcceptedDomain, AddressRange, CertificateName, ConnectorId, ConnectorType, DirectoryVersion, InboundConnector,
    Snapshot, Tenant, TenantId,
};

use super::world::{domain, evidence};
use crate::indexed::Indexed;
use crate::{MAX_CONSIDERED, decide, reason, rules};

fn tenant(at: u32, connectors: Vec<InboundConnector>) -> Tenant {
    Tenant {
        id: TenantId(u64::from(at) + 1),
        name: format!("t{at:06}").into(),
        domains: vec![AcceptedDomain::new(domain(&format!("t{at}.example")), true)],
        inbound_connectors: connectors,
        ..Tenant::default()
    }
}

fn named(at: u32, kind: u64, value: &str) -> InboundConnector {
    let mut connector = InboundConnector::new(&format!("C{kind}"), Some(CertificateName::parse_value(value).unwrap()));
    connector.id = ConnectorId(u64::from(at) * 8 + kind);
    connector
}

fn addressed(at: u32, kind: u64, range: String) -> InboundConnector {
    let mut connector = InboundConnector::new(&format!("C{kind}"), None);
    connector.id = ConnectorId(u64::from(at) * 8 + kind);
    connector.sender_ip_addresses = Box::new([AddressRange::parse(&range).unwrap()]);
    connector
}

/// Exact names, wildcards, IPv4 and IPv6, a partner: all their own.
fn distinct(connectors: u32) -> Snapshot {
    let tenants = (0..connectors / 5).map(|at| {
        let mut partner = named(at, 4, &format!("*.partner{at}.example"));
        partner.connector_type = ConnectorType::Partner;
        partner.restrict_domains_to_certificate = true;
        let own = vec![
            named(at, 0, &format!("t{at}.example")),
            named(at, 1, &format!("*.t{at}.example")),
            addressed(at, 2, format!("10.{}.{}.{}/32", at >> 16, at >> 8 & 255, at & 255)),
            addressed(at, 3, format!("2001:db8:{:x}:{:x}::/64", at >> 16, at & 0xffff)),
            partner,
        ];
        tenant(at, own)
    });
    Snapshot::new(DirectoryVersion(1), tenants.collect())
}

/// Everybody names one vendor's certificate and one address that many share.
fn shared(connectors: u32) -> Snapshot {
    let tenants = (0..connectors / 4).map(|at| {
        let mut pinned = named(at, 3, "*.vendor.example");
        pinned.pinned_certificates = Box::new([core_directory::Thumbprint([7; 32])]);
        let own = vec![
            named(at, 0, "*.vendor.example"),
            named(at, 1, "mail.vendor.example"),
            addressed(at, 2, "192.0.2.0/24".into()),
            pinned,
        ];
        tenant(at, own)
    });
    Snapshot::new(DirectoryVersion(1), tenants.collect())
}

fn lookups(directory: &Snapshot, case: &str) -> usize {
    let evidence = evidence(case);
    let view = Indexed::new(&evidence, directory);
    let Ok(_) = rules::decide(&view);
    view.lookups.get()
}

fn check(small: &Snapshot, large: &Snapshot, case: &str) {
    let counts = [small, large].map(|directory| lookups(directory, case));
    assert_eq!(counts[0], counts[1], "look-ups among few and among many connectors: {case}");
    assert!(counts[0] < 100, "{} look-ups: {case}", counts[0]);
}

const SMALL: u32 = 100;
const LARGE: u32 = 100_000;

#[test]
fn each_its_own() {
    let (small, large) = (distinct(SMALL), distinct(LARGE));
    for case in [
        "cert=t3.example from=t3.example",
        "cert=mail.t3.example,www.t3.example from=t4.example",
        "cert=*.t3.example from=<>",
        "cert=a.b.c.t3.example",
        "cert=mail.t3.example,mail.t4.example",
        "cert=mail.stranger.example,www.stranger.example",
        "cert=mail.t3.example untrusted ip=10.0.0.3 from=t3.example",
        "ip=10.0.0.3 from=t3.example",
        "ip=10.0.0.3 from=t4.example",
        "ip=2001:db8:0:3::1 from=t3.example",
        "ip=198.51.100.1",
        "cert=mail.partner3.example to=t3.example",
        "to=t3.example",
    ] {
        check(&small, &large, case);
    }
}

#[test]
fn all_the_same() {
    let (small, large) = (shared(SMALL), shared(LARGE));
    for case in [
        "cert=mail.vendor.example from=t3.example",
        "cert=mail.vendor.example",
        "cert=*.vendor.example from=<>",
        "cert=mail.vendor.example untrusted from=t3.example",
        "cert=mail.vendor.example untrusted leaf=08 from=t3.example",
        "cert=mail.vendor.example expired from=t3.example",
        "cert=mail.vendor.example code-signing from=t3.example",
        "cert=mail.vendor.example roots-of=4 from=t3.example",
        "cert=mail.vendor.example denied",
        "ip=192.0.2.7 from=t3.example",
        "ip=192.0.2.7",
        "ip=192.0.2.7 from=<>",
    ] {
        check(&small, &large, case);
    }
}

/// The vendor registers its own domain: from then on nobody else's connector counts, and nobody goes through them.
#[test]
fn all_but_the_owner_shut_out() {
    let with_owner = |connectors: u32| {
        let mut tenants: Vec<_> =
            (0..connectors).map(|at| tenant(at, vec![named(at, 0, "*.vendor.example")])).collect();
        let mut vendor = tenant(connectors, Vec::new());
        vendor.domains.push(AcceptedDomain::new(domain("vendor.example"), true));
        tenants.push(vendor);
        Snapshot::new(DirectoryVersion(1), tenants)
    };
    let (small, large) = (with_owner(SMALL), with_owner(LARGE));
    check(&small, &large, "cert=mail.vendor.example from=t3.example");
    check(&small, &large, "cert=mail.vendor.example from=<>");
}

/// A refusal among many is explained by few, and the rest is counted.
#[test]
fn reasoning_is_bounded() {
    let directory = shared(4 * 1000);
    let evidence = evidence("cert=mail.vendor.example ip=192.0.2.7");
    let reasoning = reason(&evidence, &directory, &decide(&evidence, &directory));
    let mut shown: Vec<_> = reasoning.considered.iter().map(|one| (&one.tenant, &one.connector)).collect();
    shown.sort_unstable();
    shown.dedup();
    assert_eq!(shown.len(), MAX_CONSIDERED);
    // The vendor's name and the address each lead to all of theirs, of which no more than this is counted.
    assert_eq!(reasoning.not_shown, 4000 - 64, "{} are not shown", reasoning.not_shown);
}
