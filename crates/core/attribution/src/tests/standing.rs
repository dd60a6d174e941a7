//! Which connectors a certificate satisfies, told without any mail.

use std::sync::Arc;

use core_directory::{
    AcceptedDomain, CertificateFacts, CertificateName, ConnectorId, Domain, InboundConnector, TenantId,
};
use jiff::Timestamp;

use crate::{Admits, Judge, MAX_STANDINGS, PartialDirectory, PartialTenant, Reason, standings};

/// A tenant that accepts `contoso.com` and has connectors with these values.
fn directory(judge: Judge, values: &[&str]) -> PartialDirectory {
    let mut tenant = core_directory::Tenant { id: TenantId(1), name: "contoso".into(), ..Default::default() };
    tenant.domains.push(AcceptedDomain::new(Domain::parse("contoso.com").unwrap(), true));
    for (number, value) in (1..).zip(values) {
        let mut connector = InboundConnector::new(value, Some(CertificateName::parse_value(value).unwrap()));
        connector.id = ConnectorId(number);
        tenant.inbound_connectors.push(connector);
    }
    PartialDirectory { judge, tenants: vec![PartialTenant::whole(tenant)] }
}

fn certificate(name: &str) -> Arc<CertificateFacts> {
    Arc::new(CertificateFacts::trusted(vec![CertificateName::parse_presented(name).unwrap()]))
}

#[test]
fn each_connector_says_whether_the_certificate_suffices() {
    let check = |judge: Judge, name: &str, value: &str, expected: Admits, reason: Option<Reason>| {
        let (standings, more) = standings(&certificate(name), &directory(judge, &[value]), Timestamp::UNIX_EPOCH);
        let [standing] = standings.as_slice() else { panic!("{standings:?}") };
        assert_eq!((standing.admits, more), (expected, 0), "{name} at {value}: {standing:?}");
        assert_eq!(standing.value.as_deref(), Some(value));
        if let Some(reason) = reason {
            assert!(standing.considered.iter().any(|one| one.reason == reason), "{name} at {value}: {standing:?}");
        }
    };
    let relay = Judge::Relay;
    check(relay, "mail.contoso.com", "*.contoso.com", Admits::Yes, None);
    check(relay, "mail.contoso.com", "mail.contoso.com", Admits::No, Some(Reason::DomainNotAccepted));
    check(relay, "mail.contoso.net", "*.contoso.com", Admits::No, None);
    check(Judge::ExchangeOnline, "a.b.contoso.com", "*.contoso.com", Admits::Depends, None);
    check(Judge::ExchangeOnline, "mail.contoso.com", "*.contoso.com", Admits::Yes, None);
}

#[test]
fn what_is_not_shown_is_no_reason() {
    let mut directory = directory(Judge::ExchangeOnline, &["*.contoso.com"]);
    let tenant = &mut directory.tenants[0];
    tenant.domains_shown = false;
    tenant.tenant.domains.clear();
    let ask = |directory: &PartialDirectory| {
        let (mut all, _) = standings(&certificate("mail.contoso.com"), directory, Timestamp::UNIX_EPOCH);
        all.remove(0)
    };
    assert_eq!(ask(&directory).admits, Admits::Depends);
    directory.tenants[0].tenant.inbound_connectors[0].enabled = false;
    let standing = ask(&directory);
    let reasons: Vec<Reason> = standing.considered.iter().map(|one| one.reason).collect();
    assert_eq!((standing.admits, reasons), (Admits::No, vec![Reason::Disabled]));
}

#[test]
fn what_matches_comes_first_and_the_number_is_bounded() {
    let values: Vec<String> = (0..MAX_STANDINGS).map(|number| format!("*.other-{number}.com")).collect();
    let mut values: Vec<&str> = values.iter().map(String::as_str).collect();
    values.push("*.contoso.com");
    let (standings, more) =
        standings(&certificate("mail.contoso.com"), &directory(Judge::Relay, &values), Timestamp::UNIX_EPOCH);
    assert_eq!((standings.len(), more), (MAX_STANDINGS, 1));
    assert_eq!(standings[0].connector, "*.contoso.com");
    assert_eq!(standings.iter().filter(|standing| standing.admits == Admits::Yes).count(), 1);
}
