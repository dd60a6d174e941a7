//! Tests of validation: each fault once, and directories without one.

#![allow(clippy::unwrap_used)]
use super::*;
use crate::{AcceptedDomain, CertificateName, SmartHost};

fn tenant(name: &str) -> Tenant {
    Tenant { name: name.into(), ..Tenant::default() }
}

fn domain(name: &str) -> AcceptedDomain {
    AcceptedDomain::new(Domain::parse(name).unwrap(), true)
}

fn by_address(name: &str, ranges: &[&str]) -> InboundConnector {
    let mut connector = InboundConnector::new(name, None);
    connector.sender_ip_addresses = ranges.iter().map(|range| AddressRange::parse(range).unwrap()).collect();
    connector
}

fn by_name(name: &str, value: &str) -> InboundConnector {
    InboundConnector::new(name, Some(CertificateName::parse_value(value).unwrap()))
}

fn check(tenants: &[Tenant], standing: Standing, expected: &[&str]) {
    let found: Vec<String> = validate(tenants, standing).iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (fault, part) in found.iter().zip(expected) {
        assert!(fault.contains(part), "{fault:?} does not say {part:?}");
    }
}

#[test]
fn finds_each_fault() {
    let mut good = tenant("contoso");
    good.domains = vec![domain("contoso.com")];
    good.inbound_connectors = vec![by_name("HQ", "*.contoso.com"), by_address("Printers", &["192.0.2.0/24"])];
    good.send_connectors = vec![SendConnector::new("Out", Box::new([SmartHost::parse("hub.example.net").unwrap()]))];
    check(std::slice::from_ref(&good), Standing::Tenant, &[]);

    check(&[tenant("a"), tenant("A"), tenant("")], Standing::Operator, &["twice", "1 to 128"]);

    let mut other = tenant("fabrikam");
    other.domains = vec![domain("contoso.com"), domain("co.uk"), domain("contoso.com")];
    check(&[good.clone(), other], Standing::Operator, &["public suffix", "twice", "tenant \"contoso\""]);

    let mut wide = tenant("wide");
    wide.inbound_connectors = vec![by_address("W", &["10.0.0.0/8", "2001:db8::/32"])];
    check(std::slice::from_ref(&wide), Standing::Tenant, &["10.0.0.0/8", "2001:db8::/32"]);
    check(&[wide], Standing::Operator, &[]);

    let mut nobody = tenant("nobody");
    nobody.inbound_connectors = vec![InboundConnector::new("N", None)];
    check(&[nobody], Standing::Operator, &["identifies nobody"]);
}

#[test]
fn any_sender_needs_the_operator_and_a_range_of_its_own() {
    let mut edge = tenant("edge");
    let mut connector = by_address("Devices", &["192.0.2.0/24"]);
    connector.any_sender = true;
    edge.inbound_connectors = vec![connector];
    check(std::slice::from_ref(&edge), Standing::Operator, &[]);
    check(std::slice::from_ref(&edge), Standing::Tenant, &["only the operator"]);

    let mut other = tenant("other");
    other.inbound_connectors = vec![by_address("One", &["192.0.2.7"])];
    check(&[edge, other], Standing::Operator, &["192.0.2.0/24 overlaps 192.0.2.7"]);
}

#[test]
fn partner_restrictions_need_what_they_restrict_to() {
    let mut partner = tenant("p");
    let mut connector = InboundConnector::new("P", None);
    connector.connector_type = ConnectorType::Partner;
    connector.restrict_domains_to_ip_addresses = true;
    connector.restrict_domains_to_certificate = true;
    partner.inbound_connectors = vec![connector];
    check(&[partner], Standing::Operator, &["sender_ip_addresses", "tls_sender_certificate_name"]);
}

#[test]
fn send_connectors_must_agree_with_themselves() {
    let mut tenant = tenant("t");
    let mut connector = SendConnector::new("Out", Box::default());
    connector.certificate = Some("hq".into());
    connector.tls = TlsLevel::None;
    connector.tls_domain = Some(CertificateName::parse_value("hub.example.net").unwrap());
    tenant.send_connectors = vec![connector];
    check(&[tenant], Standing::Operator, &["tls_domain: contradicts", "no certificate named", "contradicts"]);
}
