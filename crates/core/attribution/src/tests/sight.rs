//! Who sees a refusal's reasoning.

use std::collections::BTreeSet;

use super::world::{evidence, snapshot};
use crate::{Answer, decide, tenants_with_sight};

fn check(world: &str, case: &str, expected: &[&str]) {
    let directory = snapshot(world);
    let seeing = tenants_with_sight(&evidence(case), &directory);
    let names: BTreeSet<_> =
        seeing.iter().map(|id| &*directory.tenant(directory.tenant_by_id(*id).unwrap()).name).collect();
    assert_eq!(names, expected.iter().copied().collect(), "\n{world}\n{case}");
}

const TWO: &str =
    "contoso: contoso.com+; HQ = *.contoso.com\nevil: evil.example ?contoso.com; E = *.contoso.com 192.0.2.1";

#[test]
fn by_the_senders_domain() {
    check(TWO, "from=contoso.com", &["contoso"]);
    check(TWO, "from=eu.contoso.com", &["contoso"]);
    check(TWO, "from=stranger.example", &[]);
    check(TWO, "from=<>", &[]);
}

#[test]
fn by_a_trusted_name_in_ones_own_domain() {
    check(TWO, "cert=contoso.com", &["contoso"]);
    check(TWO, "cert=mail.contoso.com", &["contoso"]);
    check(TWO, "cert=*.contoso.com,evil.example", &["contoso", "evil"]);
    check(TWO, "cn=mail.contoso.com", &["contoso"]);
    check("t: contoso.com\nu: eu.contoso.com", "cert=mail.eu.contoso.com", &["u"]);
    for doubt in ["untrusted", "expired", "not-yet", "chain-expired", "key-unproved", "denied", "code-signing"] {
        check(TWO, &format!("cert=mail.contoso.com {doubt}"), &[]);
    }
    check(TWO, "cn=mail.contoso.com cn-excluded", &[]);
    // Its own roots prove its own names, and no others.
    check(TWO, "cert=mail.contoso.com roots-of=1", &["contoso"]);
    check(TWO, "cert=mail.contoso.com roots-of=2", &[]);
}

#[test]
fn naming_what_is_foreign_gives_no_sight() {
    check(TWO, "cert=mail.contoso.com ip=192.0.2.1", &["contoso"]);
    check(TWO, "ip=192.0.2.1", &[]);
    let vendor = "evil: evil.example; E = mail.vendor.example";
    check(vendor, "cert=mail.vendor.example", &[]);
}

#[test]
fn by_an_address_granted_to_one_alone() {
    check("t: t.example; A = 192.0.2.1 granted", "ip=192.0.2.1", &["t"]);
    check("t: t.example; A = 192.0.2.0/24 granted; B = 192.0.2.1 granted", "ip=192.0.2.1", &["t"]);
    check("t: t.example; A = 192.0.2.1 granted", "ip=192.0.2.2", &[]);
    check("t: t.example; A = 192.0.2.1", "ip=192.0.2.1", &[]);
    check("t: t.example; A = 192.0.2.1 granted\nu: u.example; B = 192.0.2.0/24 granted", "ip=192.0.2.1", &[]);
    check("t: t.example; A = 192.0.2.1 granted\nu: u.example; B = 192.0.2.0/24", "ip=192.0.2.1", &["t"]);
}

/// What a tenant is shown names nobody else's connectors, wishes or domains.
#[test]
fn a_tenant_sees_its_own_connectors() {
    let check = |world: &str, case: &str, tenant: &str| {
        let (directory, evidence) = (snapshot(world), evidence(case));
        let answer = Answer::of_verdict(&evidence, &directory, &decide(&evidence, &directory)).for_tenant(tenant);
        let text = serde_json::to_string_pretty(&answer).unwrap();
        assert!(!text.contains("secret"), "{tenant} is shown a secret\n{world}\n{case}\n{text}");
    };
    let world = "contoso: contoso.com; HQ = 192.0.2.1\nother: secret.example; Secret = *.secret.example 192.0.2.0/24";
    check(world, "ip=192.0.2.9 from=contoso.com", "contoso");
    check(world, "from=contoso.com", "contoso");
    let attr36 = "a: a.example; Secret = m.vendor.example\ncontoso: contoso.com; HQ = 192.0.2.1";
    check(attr36, "cert=m.vendor.example from=contoso.com", "contoso");
    // The nearest connector is the other's, and so would be the change.
    let foreign = "other: secret.example; Secret = *.secret.example from=contoso.com\ncontoso: contoso.com";
    check(foreign, "ip=198.51.100.1 from=contoso.com", "contoso");
}
