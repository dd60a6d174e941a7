//! Rules A1 and A4: who holds a domain, and which matches count.

use super::check;
use super::world::{domain, snapshot};

#[test]
fn holding_a_domain() {
    let check = |world: &str, name: &str, expected: Option<&str>| {
        let directory = snapshot(world);
        let holder = directory.holder(&domain(name)).map(|tenant| &*directory.tenant(tenant).name);
        assert_eq!(holder, expected, "{name} in\n{world}");
    };
    check("t: contoso.com", "contoso.com", Some("t"));
    check("t: contoso.com", "eu.contoso.com", None);
    check("t: ?contoso.com", "contoso.com", None);
    check("t: contoso.com+", "eu.contoso.com", Some("t"));
    check("t: contoso.com+", "a.b.contoso.com", Some("t"));
    check("t: contoso.com+", "evilcontoso.com", None);
    check("t: ?contoso.com+", "eu.contoso.com", None);
    // A nearer verified domain of another tenant takes what is below it, whether it holds it or not.
    check("t: contoso.com+\nu: eu.contoso.com", "eu.contoso.com", Some("u"));
    check("t: contoso.com+\nu: eu.contoso.com", "a.eu.contoso.com", None);
    check("t: contoso.com+\nu: eu.contoso.com+", "a.eu.contoso.com", Some("u"));
    check("t: contoso.com+\nu: ?eu.contoso.com", "a.eu.contoso.com", Some("t"));
    // One's own nearer domain does not.
    check("t: contoso.com+ eu.contoso.com", "a.eu.contoso.com", Some("t"));
    check("t: contoso.com+ a.eu.contoso.com\nu: eu.contoso.com", "b.a.eu.contoso.com", None);
    // Verified twice, which nothing lets happen, it is nobody's.
    check("t: contoso.com\nu: contoso.com", "contoso.com", None);
}

#[test]
fn the_values_domain_must_equal_a_verified_domain() {
    check("t: contoso.com; C = *.contoso.com", "cert=mail.contoso.com", "A5 t/C");
    check("t: mail.contoso.com; C = mail.contoso.com", "cert=mail.contoso.com", "A5 t/C");
    // Not below one, nor above one, nor one that is held only.
    check("t: contoso.com; C = *.eu.contoso.com", "cert=mail.eu.contoso.com", "5.7.64 ATTR36 C");
    check("t: contoso.com; C = mail.contoso.com", "cert=mail.contoso.com", "5.7.64 ATTR36 C");
    check("t: eu.contoso.com; C = *.contoso.com", "cert=mail.eu.contoso.com", "5.7.64 ATTR36 C");
    check("t: contoso.com+; C = *.eu.contoso.com", "cert=mail.eu.contoso.com", "5.7.64 ATTR36 C");
    check("t: ?contoso.com; C = *.contoso.com", "cert=mail.contoso.com", "5.7.64 ATTR36 C");
    check("t: other.example; C = *.contoso.com", "cert=mail.contoso.com", "5.7.64 ATTR36 C");
    check("t: contoso.com\nu: contoso.com; C = *.contoso.com", "cert=mail.contoso.com", "5.7.64 ATTR36 C");
}

#[test]
fn the_presented_name_must_not_be_anothers() {
    // u verified a domain nearer to the presented name than t's.
    let world = "t: contoso.com; C = *.contoso.com\nu: eu.contoso.com";
    check(world, "cert=mail.contoso.com", "A5 t/C");
    check(world, "cert=mail.eu.contoso.com", "5.7.64");
    check(world, "cert=eu.contoso.com", "5.7.64");
    check(world, "cert=*.eu.contoso.com", "5.7.64");
    check(world, "cert=mail.eu.contoso.com from=contoso.com", "5.7.64");
    check(world, "cert=mail.eu.contoso.com,mail.contoso.com", "A5 t/C");
    // A presented wildcard over u's host is t's name as long as t owns what is above.
    check(world, "cert=*.contoso.com", "A5 t/C");
    // The holder of the name above refuses u its exact value.
    check("t: contoso.com\nu: eu.contoso.com; C = eu.contoso.com", "cert=*.contoso.com", "5.7.64");
    check("u: eu.contoso.com; C = eu.contoso.com", "cert=*.contoso.com", "A5 u/C");
    // Unverified claims take nothing from anybody.
    check("t: contoso.com; C = *.contoso.com\nu: ?eu.contoso.com", "cert=mail.eu.contoso.com", "A5 t/C");
}

#[test]
fn a_claim_without_proof_gains_nothing() {
    let world = "contoso: contoso.com; HQ = *.contoso.com\nevil: evil.example ?contoso.com; E = *.contoso.com";
    check(world, "cert=mail.contoso.com from=evil.example", "5.7.1 contoso/HQ");
    check(world, "cert=mail.contoso.com from=contoso.com", "A5 contoso/HQ");
    let world = "contoso: contoso.com\nevil: evil.example ?contoso.com; E = *.contoso.com";
    check(world, "cert=mail.contoso.com from=evil.example", "5.7.64");
    check(world, "cert=mail.contoso.com from=contoso.com", "5.7.64");
}
