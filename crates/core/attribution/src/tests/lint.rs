//! Lint over small directories: what is found, each beside a twin in which it is not; and that what is said to be shadowed is
//! chosen by no evidence.

use std::collections::BTreeSet;

use core_directory::{DirectoryVersion, Snapshot, Tenant, TlsLevel};
use proptest::prelude::*;

use super::partial::directory;
use super::random;
use super::world::tenants;
use crate::lint::{CODES, Lint, Mend, lint};
use crate::{Evidence, Judge, PartialDirectory, PartialTenant, Verdict, decide};

/// Codes with the connector they are about: `unowned-name HQ`; what could not be judged as `? HQ sender_ip_addresses`.
fn found(lint: &Lint) -> BTreeSet<String> {
    let told = lint.findings.iter().map(|finding| format!("{} {}", finding.code, finding.connector));
    let unjudged = lint.unjudged.iter().map(|what| format!("? {} {}", what.connector, what.field));
    told.chain(unjudged).map(|line| line.trim_end().to_owned()).collect()
}

fn lint_tenants(tenants: &[Tenant]) -> Lint {
    let tenants = tenants.iter().cloned().map(PartialTenant::whole).collect();
    lint(&PartialDirectory { judge: Judge::Relay, tenants })
}

fn check(judge: Judge, world: &str, hidden: &str, expected: &[&str]) {
    let lint = lint(&directory(judge, world, hidden));
    let expected: BTreeSet<String> = expected.iter().map(ToString::to_string).collect();
    assert_eq!(found(&lint), expected, "\n{world}\nhidden: {hidden}\n{:#?}", lint.findings);
}

fn relay(world: &str, expected: &[&str]) {
    // Every tenant has its way out, unless the case is about that.
    let world: String = world.lines().map(|line| format!("{line}; Out > * via hub.example.net\n")).collect();
    check(Judge::Relay, &world, "", expected);
}

fn online(world: &str, expected: &[&str]) {
    check(Judge::ExchangeOnline, world, "", expected);
}

#[test]
fn names_and_who_owns_them() {
    for judge in [relay, online] {
        judge("c: contoso.com; HQ = *.contoso.com", &[]);
        judge("c: contoso.com; HQ = contoso.com", &[]);
        judge("c: contoso.com; HQ = exchange.contoso.com", &["unowned-name HQ"]);
        judge("c: contoso.com exchange.contoso.com; HQ = exchange.contoso.com", &[]);
        judge("c: contoso.com; HQ = *.com", &["name-out-of-bounds HQ"]);
        judge("c: contoso.com; HQ = partner mail.fabrikam.com restrict-cert", &[]);
        judge("c: contoso.com; HQ = exchange.contoso.com disabled", &["disabled HQ"]);
        judge("c: ; HQ = *.contoso.com\nf: contoso.com", &["name-of-another-tenant HQ"]);
        judge("c: eu.contoso.com; HQ = *.eu.contoso.com\nf: contoso.com", &[]);
    }
    relay("c: contoso.com; HQ = *.eu.contoso.com", &["unowned-name HQ"]);
    relay("c: ?contoso.com; HQ = *.contoso.com", &["unverified-name HQ", "domain-unverified"]);
    relay("c: eu.contoso.com; HQ = *.contoso.com", &["unowned-name HQ"]);
    online("c: eu.contoso.com; HQ = *.contoso.com", &["name-owned-below HQ"]);
    // Without the accepted domains nothing is said of ownership.
    check(Judge::ExchangeOnline, "c: ; HQ = mail.contoso.com", "domains", &["?  domain"]);
    check(
        Judge::ExchangeOnline,
        "c: ; HQ = mail.contoso.com",
        "HQ.tls_sender_certificate_name",
        &["? HQ tls_sender_certificate_name"],
    );
}

#[test]
fn the_value_that_would_work() {
    let check = |judge: Judge, world: &str, expected: &[&str]| {
        let lint = lint(&directory(judge, world, ""));
        let mends: Vec<_> = lint.findings.iter().flat_map(|finding| &finding.mends).map(written).collect();
        assert_eq!(mends, expected, "{world}");
    };
    let relay = "; Out > *";
    let world = "c: contoso.com; HQ = exchange.contoso.com";
    check(Judge::ExchangeOnline, world, &["name *.contoso.com", "accept exchange.contoso.com"]);
    check(Judge::Relay, &format!("{world}{relay}"), &["name *.contoso.com", "accept exchange.contoso.com"]);
    // Several labels up `*.contoso.com` may not reach: only the domain itself works under both readings.
    let world = "c: contoso.com; HQ = mail.eu.contoso.com";
    check(Judge::ExchangeOnline, world, &["accept mail.eu.contoso.com"]);
    check(Judge::Relay, &format!("{world}{relay}"), &["name *.contoso.com", "accept mail.eu.contoso.com"]);
    check(Judge::ExchangeOnline, "c: contoso.com; HQ = *.eu.contoso.com", &["accept eu.contoso.com"]);
    check(Judge::ExchangeOnline, "c: contoso.com; HQ = mail.fabrikam.com", &["accept mail.fabrikam.com"]);
}

fn written(mend: &Mend) -> String {
    match mend {
        Mend::SetName(name) => format!("name {name}"),
        Mend::AcceptDomain(domain) => format!("accept {domain}"),
        other => format!("{other:?}"),
    }
}

#[test]
fn who_may_come() {
    for judge in [relay, online] {
        judge("c: contoso.com; HQ = no-tls", &["identifies-nobody HQ"]);
        judge("c: contoso.com; HQ = 203.0.113.1", &[]);
        judge("c: contoso.com; HQ = disabled", &["disabled HQ"]);
        judge("c: contoso.com; HQ = *.contoso.com no-tls", &["tls-not-required HQ"]);
        judge("c: contoso.com; P = partner restrict-ip", &["restriction-without-addresses P"]);
        judge("c: contoso.com; P = partner restrict-cert", &["restriction-without-name P"]);
        judge("c: contoso.com; P = partner restrict-ip 203.0.113.1", &[]);
        judge("c: contoso.com; P = partner 203.0.113.1", &["addresses-not-enforced P"]);
        judge("c: contoso.com; P = partner mail.fabrikam.com", &["name-not-enforced P"]);
        judge("c: contoso.com; P = partner tls from=fabrikam.com", &[]);
        judge("c: contoso.com; P = partner tls from=contoso.com", &["partner-for-own-servers P"]);
        judge("c: contoso.com; P = partner restrict-cert mail.contoso.com", &["partner-for-own-servers P"]);
    }
    for field in ["tls_sender_certificate_name", "sender_ip_addresses"] {
        check(
            Judge::ExchangeOnline,
            "c: contoso.com; HQ = no-tls",
            &format!("HQ.{field}"),
            &[&format!("? HQ {field}")],
        );
    }
    check(Judge::ExchangeOnline, "c: contoso.com; P = partner restrict-ip", "P.restrict_domains_to_ip_addresses", &[]);
}

#[test]
fn addresses() {
    online("c: contoso.com; HQ = 203.0.113.0/28", &[]);
    online("c: contoso.com; HQ = 203.0.113.0/27", &["range-perhaps-shared HQ"]);
    online("c: contoso.com; HQ = 203.0.0.0/16", &["range-too-wide HQ"]);
    online("c: contoso.com; HQ = 2001:db8::1", &["ipv6-not-taken HQ"]);
    online("c: contoso.com; HQ = 10.1.2.3", &["address-never-seen HQ"]);
    online("c: contoso.com; HQ = 172.32.0.1 192.169.0.1 100.128.0.1 11.0.0.1", &[]);
    online("c: contoso.com; HQ = 40.107.3.0/24", &["address-of-exchange-online HQ"]);
    online("c: contoso.com; P = partner restrict-ip 40.107.3.0/24", &[]);
    relay("c: contoso.com; HQ = 10.1.2.3 2001:db8::1 203.0.113.0/24", &[]);
    relay("c: contoso.com; HQ = 10.0.0.0/8 granted any-sender", &[]);
    relay("c: contoso.com; HQ = 203.0.113.0/24 granted any-sender", &["any-sender-public HQ"]);
    relay("c: contoso.com; HQ = 203.0.113.7 granted any-sender", &[]);
}

#[test]
fn scopes() {
    relay("c: contoso.com; HQ = 203.0.113.1 from=contoso.com", &[]);
    relay("c: contoso.com; HQ = 203.0.113.1 from=fabrikam.com", &["scope-met-by-nobody HQ"]);
    relay("c: contoso.com; HQ = 203.0.113.1 from=*.contoso.com", &["scope-met-by-nobody HQ"]);
    relay("c: contoso.com+; HQ = 203.0.113.1 from=*.contoso.com", &[]);
    relay("c: contoso.com+; HQ = 203.0.113.1 from=eu.contoso.com", &[]);
    relay("c: contoso.com; HQ = *.contoso.com from=fabrikam.com", &[]);
    relay("c: contoso.com; HQ = 203.0.113.1 any-sender from=fabrikam.com", &[]);
    relay("c: contoso.com; HQ = 203.0.113.1 for=fabrikam.com", &["scope-met-by-nobody HQ"]);
    relay("c: contoso.com; HQ = 203.0.113.1 for=contoso.com", &[]);
    check(Judge::ExchangeOnline, "c: ; HQ = 203.0.113.1 from=fabrikam.com", "domains", &["?  domain"]);
}

#[test]
fn shadows() {
    relay("c: contoso.com; A = *.contoso.com; B = *.contoso.com", &["shadowed B"]);
    relay("c: contoso.com; A = *.contoso.com disabled; B = *.contoso.com", &["disabled A"]);
    relay("c: contoso.com; A = *.contoso.com from=contoso.com; B = *.contoso.com", &[]);
    relay("c: contoso.com; A = *.contoso.com; B = *.contoso.com from=contoso.com", &["shadowed B"]);
    relay("c: contoso.com; A = *.contoso.com pin=ab; B = *.contoso.com", &[]);
    relay("c: contoso.com; A = *.contoso.com clients; B = *.contoso.com", &[]);
    relay("c: contoso.com; A = *.contoso.com; B = *.contoso.com clients", &["shadowed B"]);
    relay("c: contoso.com; A = *.contoso.com; B = *.contoso.com 203.0.113.1", &["name-shadowed B"]);
    relay("c: contoso.com; A = 203.0.113.1; B = 203.0.113.1", &["shadowed B"]);
    relay("c: contoso.com; A = 203.0.113.1; B = 203.0.113.1 any-sender", &[]);
    relay("c: contoso.com; A = 203.0.113.1; B = 203.0.113.1 203.0.113.2", &["range-shadowed B"]);
    relay("c: contoso.com; A = 203.0.113.1; B = 203.0.113.1 *.contoso.com", &["range-shadowed B"]);
    check(Judge::ExchangeOnline, "c: contoso.com; A = *.contoso.com; B = *.contoso.com", "A.sender_domains", &[]);
}

#[test]
fn overlaps() {
    relay("c: contoso.com mail.contoso.com; A = *.contoso.com; B = mail.contoso.com", &["names-overlap B"]);
    relay("c: contoso.com fabrikam.com; A = *.contoso.com; B = *.fabrikam.com", &[]);
    relay(
        "c: contoso.com; A = *.contoso.com\nf: eu.contoso.com; B = *.eu.contoso.com",
        &["names-overlap-between-tenants B"],
    );
    relay("c: contoso.com; A = 203.0.113.0/28; B = 203.0.113.1", &["ranges-overlap B"]);
    relay("c: contoso.com; A = 203.0.113.0/28; B = 203.0.113.16/28", &[]);
    let two = "c: contoso.com; A = 203.0.113.1\nf: fabrikam.com; B = 203.0.113.0/28";
    relay(two, &["ranges-overlap-between-tenants A"]);
    online(two, &["addresses-of-several-tenants A"]);
    relay("c: contoso.com; A = 203.0.113.1\nf: fabrikam.com; B = 203.0.113.1", &["ranges-overlap-between-tenants B"]);
    relay("c: contoso.com; A = 203.0.113.1\nf: fabrikam.com; B = 203.0.113.2", &[]);
    relay("c: contoso.com; A = 203.0.113.1 any-sender\nf: fabrikam.com; B = 203.0.113.1", &["any-sender-shared A"]);
}

#[test]
fn ways_out() {
    let check = |world: &str, expected: &[&str]| check(Judge::Relay, world, "", expected);
    check("c: contoso.com; HQ = *.contoso.com", &["no-route"]);
    check("c: contoso.com; P = partner tls from=fabrikam.com", &[]);
    check("c: contoso.com; HQ = *.contoso.com; Out > * disabled", &["no-route"]);
    check("c: contoso.com; HQ = *.contoso.com; A > *;2; B > *;1", &["route-never-chosen A"]);
    check("c: contoso.com; HQ = *.contoso.com; A > *; B > *", &["route-never-chosen B"]);
    check("c: contoso.com; HQ = *.contoso.com; A > *;1; B > *;1,fabrikam.com;5", &[]);
    online("c: contoso.com; HQ = *.contoso.com", &[]);
    let mut own = tenants("c: contoso.com; HQ = *.contoso.com; Out > *");
    own[0].send_connectors[0].certificate = Some("hq".into());
    assert_eq!(found(&lint_tenants(&own)), BTreeSet::from(["certificate-over-optional-tls Out".to_owned()]));
    own[0].send_connectors[0].tls = TlsLevel::EncryptionOnly;
    assert_eq!(found(&lint_tenants(&own)), BTreeSet::new());
}

#[test]
fn codes_are_distinct_and_the_worst_comes_first() {
    let names: BTreeSet<_> = CODES.iter().map(|code| code.name()).collect();
    assert_eq!(names.len(), CODES.len());
    let lint = lint_tenants(&tenants("c: ?contoso.com; HQ = *.contoso.com no-tls; Off = disabled"));
    let severities: Vec<_> = lint.findings.iter().map(|finding| finding.code.severity).collect();
    assert!(severities.is_sorted_by(|left, right| left >= right), "{:?}", lint.findings);
}

/// Every connector of which something passes by, or that A6 remembers.
fn chosen(evidence: &Evidence, snapshot: &Snapshot) -> Option<core_directory::ConnectorId> {
    match decide(evidence, snapshot) {
        Verdict::Passes(attribution) => attribution.connector,
        Verdict::Refused(refusal) => refusal.connector,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn what_is_shadowed_is_chosen_by_nobody(world in random::world(), evidence in random::evidence(3)) {
        let snapshot = Snapshot::new(DirectoryVersion(1), world.clone());
        let Some(chosen) = chosen(&evidence, &snapshot) else { return Ok(()) };
        let lint = lint_tenants(&world);
        for finding in lint.findings.iter().filter(|finding| finding.code.name() == "shadowed") {
            let tenant = world.iter().find(|tenant| tenant.name == finding.tenant).unwrap();
            let connector = tenant.inbound_connectors.iter().find(|own| own.name == finding.connector).unwrap();
            prop_assert_ne!(connector.id, chosen, "{:?}", finding);
        }
    }

    #[test]
    fn lint_is_total_whoever_judges(world in random::world(), online: bool) {
        let judge = if online { Judge::ExchangeOnline } else { Judge::Relay };
        let shown = world.into_iter().map(PartialTenant::whole).collect();
        let lint = lint(&PartialDirectory { judge, tenants: shown });
        for finding in &lint.findings {
            prop_assert!(CODES.contains(&finding.code));
        }
    }
}
