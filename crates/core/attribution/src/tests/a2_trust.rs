//! Rule A2: what a certificate must be to prove anything.

use super::check;

const OWN: &str = "contoso: contoso.com; HQ = *.contoso.com";

fn certificate(words: &str, expected: &str) {
    check(OWN, &format!("cert=mail.contoso.com from=contoso.com {words}"), expected);
}

#[test]
fn chain_dates_use_and_key() {
    certificate("", "A5 contoso/HQ");
    certificate("untrusted", "5.7.64");
    certificate("expired", "5.7.64");
    certificate("not-yet", "5.7.64");
    certificate("chain-expired", "5.7.64");
    certificate("server-only", "A5 contoso/HQ");
    certificate("client-only", "A5 contoso/HQ");
    certificate("code-signing", "5.7.64");
    certificate("key-unproved", "5.7.64");
    certificate("denied", "5.7.64");
}

#[test]
fn a_connector_may_demand_client_authentication() {
    let world = "contoso: contoso.com; HQ = *.contoso.com clients";
    check(world, "cert=mail.contoso.com", "A5 contoso/HQ");
    check(world, "cert=mail.contoso.com client-only", "A5 contoso/HQ");
    check(world, "cert=mail.contoso.com server-only", "5.7.64");
    let lenient = "contoso: contoso.com; A = *.contoso.com clients; B = *.contoso.com";
    check(lenient, "cert=mail.contoso.com server-only", "A5 contoso/B");
}

#[test]
fn a_tenants_own_root_proves_names_to_it_alone() {
    let two =
        "contoso: contoso.com own-roots; HQ = mail.shared.example\nfabrikam: fabrikam.com; F = mail.shared.example";
    check(two, "cert=mail.shared.example roots-of=1 from=contoso.com", "A6 contoso/HQ");
    check(two, "cert=mail.shared.example roots-of=1 from=fabrikam.com", "5.7.64 ATTR36 HQ");
    check(two, "cert=mail.shared.example roots-of=2 from=fabrikam.com", "A6 fabrikam/F");
    check(two, "cert=mail.shared.example roots-of=7 from=fabrikam.com", "5.7.64");
    certificate("roots-of=1", "A5 contoso/HQ");
    certificate("roots-of=2", "5.7.64");
    certificate("roots-of=1 code-signing", "5.7.64");
    certificate("roots-of=1 denied", "5.7.64");
}

/// Two paths, of which one will do.
#[test]
fn either_path_proves() {
    certificate("chain-expired and-roots-of=1", "A5 contoso/HQ");
    certificate("chain-expired and-roots-of=2", "5.7.64");
    let by_common_name = "cn=mail.contoso.com cn-excluded";
    check(OWN, by_common_name, "5.7.64");
    check(OWN, &format!("{by_common_name} and-roots-of=1"), "A5 contoso/HQ");
}

#[test]
fn name_constraints_hold_the_common_name() {
    check(OWN, "cert=www.contoso.net cn=mail.contoso.com cn-excluded", "5.7.64");
    check(OWN, "cert=mail.contoso.com cn=www.contoso.com cn-excluded", "A5 contoso/HQ");
}

#[test]
fn a_pin_replaces_chain_and_use_for_its_connector() {
    let world = "contoso: contoso.com; HQ = *.contoso.com pin=ab pin=cd";
    let pinned = |words: &str, expected: &str| check(world, &format!("cert=mail.contoso.com {words}"), expected);
    pinned("leaf=ab", "A5 contoso/HQ");
    pinned("leaf=cd untrusted", "A5 contoso/HQ");
    pinned("leaf=ab untrusted code-signing", "A5 contoso/HQ");
    // With pins the leaf must be among them, trusted or not.
    pinned("", "5.7.64");
    pinned("leaf=ef", "5.7.64");
    // Dates, key and the operator's list stay, and so does the key.
    pinned("leaf=ab expired", "5.7.64");
    pinned("leaf=ab not-yet", "5.7.64");
    pinned("leaf=ab key-unproved", "5.7.64");
    pinned("leaf=ab denied", "5.7.64");
    check(world, "cn=mail.contoso.com leaf=ab cn-excluded", "A5 contoso/HQ");
    // Name and ownership stay too.
    check(world, "cert=mail.contoso.net leaf=ab", "5.7.64");
    let foreign = "contoso: contoso.com; HQ = *.fabrikam.com pin=ab\nfabrikam: fabrikam.com; F = *.fabrikam.com";
    check(foreign, "cert=mail.fabrikam.com leaf=ab untrusted from=contoso.com", "5.7.64");
    check(foreign, "cert=mail.fabrikam.com leaf=ab from=contoso.com", "5.7.1 fabrikam/F");
    let unowned = "contoso: contoso.com; HQ = mail.vendor.example pin=ab";
    check(unowned, "cert=mail.vendor.example leaf=ab untrusted from=contoso.com", "A6 contoso/HQ");
    check(unowned, "cert=mail.vendor.example leaf=ab untrusted", "5.7.64 ATTR36 HQ");
    // For its connector alone.
    let other = "contoso: contoso.com; A = disabled *.contoso.com pin=ab; B = *.contoso.com";
    check(other, "cert=mail.contoso.com leaf=ab untrusted", "5.7.64");
}

/// Partner connectors ask for the same trust, by the receiving tenant's roots and pins.
#[test]
fn partners_are_held_to_it() {
    let world = "contoso: contoso.com; P = partner *.partner.example restrict-cert pin=ab";
    check(world, "cert=mail.partner.example leaf=ab untrusted to=contoso.com", "A9 contoso/P");
    check(world, "cert=mail.partner.example to=contoso.com", "5.7.51 contoso/P");
    let world = "contoso: contoso.com; P = partner *.partner.example restrict-cert clients";
    check(world, "cert=mail.partner.example server-only to=contoso.com", "5.7.51 contoso/P");
    check(world, "cert=mail.partner.example roots-of=1 to=contoso.com", "A9 contoso/P");
    check(world, "cert=mail.partner.example roots-of=2 to=contoso.com", "5.7.51 contoso/P");
}
