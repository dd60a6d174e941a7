//! The cases that are also played at the wire, with the reason that the nearest connector gives.

use super::check;
use super::world::{evidence, snapshot};
use crate::{decide, reason};

/// The first comparison's connector and reason, as reasoning codes.
fn nearest(world: &str, case: &str, connector: &str, code: &str) {
    let (directory, evidence) = (snapshot(world), evidence(case));
    let reasoning = reason(&evidence, &directory, &decide(&evidence, &directory));
    let text = serde_json::to_string_pretty(&reasoning).unwrap();
    let first = reasoning.considered.first().unwrap_or_else(|| panic!("nothing considered\n{world}\n{case}"));
    let got = serde_json::to_value(first.reason).unwrap();
    assert_eq!((&*first.connector, got.as_str()), (connector, Some(code)), "\n{world}\n{case}\n{text}");
}

const HQ: &str = "contoso: contoso.com; HQ = *.contoso.com\nfabrikam: fabrikam.com";

fn refused(world: &str, case: &str, expected: &str, code: &str) {
    check(world, case, expected);
    nearest(world, case, "HQ", code);
}

fn passes(world: &str, case: &str, expected: &str) {
    refused(world, case, expected, "decided");
}

#[test]
fn names() {
    let from = "from=contoso.com";
    passes(HQ, &format!("cert=mail.contoso.com {from}"), "A5 contoso/HQ");
    passes(HQ, &format!("cert=*.contoso.com {from}"), "A5 contoso/HQ");
    passes(HQ, &format!("cert=www.example.org,mail.contoso.com cn=www.example.net {from}"), "A5 contoso/HQ");
    passes(HQ, &format!("cn=mail.contoso.com {from}"), "A5 contoso/HQ");
    passes(HQ, &format!("cert=a.b.contoso.com {from}"), "A5 contoso/HQ");
    passes(HQ, &format!("cert=MAIL.CONTOSO.COM {from}"), "A5 contoso/HQ");
    refused(HQ, &format!("cert=contoso.com {from}"), "5.7.64", "name-differs");
    refused(HQ, &format!("cert=mail.contoso.net {from}"), "5.7.64", "name-differs");
    refused(HQ, from, "5.7.64", "no-certificate");
    refused(HQ, &format!("plain {from}"), "5.7.64", "no-certificate");
}

#[test]
fn certificates() {
    let given = |words: &str, code: &str| {
        refused(HQ, &format!("cert=mail.contoso.com {words} from=contoso.com"), "5.7.64", code);
    };
    given("untrusted", "untrusted");
    given("expired", "expired");
    given("chain-expired", "expired");
    given("not-yet", "not-yet-valid");
    given("code-signing", "wrong-use");
    given("key-unproved", "key-not-proved");
    given("denied", "certificate-denied");
    passes(HQ, "cert=mail.contoso.com server-only from=contoso.com", "A5 contoso/HQ");
    let clients = "contoso: contoso.com; HQ = *.contoso.com clients";
    refused(clients, "cert=mail.contoso.com server-only", "5.7.64", "not-for-clients");
    let pinned = "contoso: contoso.com; HQ = *.contoso.com pin=ab";
    passes(pinned, "cert=mail.contoso.com leaf=ab untrusted", "A5 contoso/HQ");
    refused(pinned, "cert=mail.contoso.com leaf=cd", "5.7.64", "not-pinned");
    refused(HQ, "cn=mail.contoso.com cn-excluded", "5.7.64", "name-constraint");
}

#[test]
fn ownership() {
    let exact = "contoso: contoso.com; HQ = mail.vendor.example\nfabrikam: fabrikam.com";
    passes(exact, "cert=mail.vendor.example from=contoso.com", "A6 contoso/HQ");
    refused(exact, "cert=mail.vendor.example from=fabrikam.com", "5.7.64 ATTR36 HQ", "domain-not-accepted");
    refused(exact, "cert=mail.vendor.example from=<>", "5.7.64 ATTR36 HQ", "domain-not-accepted");
    let claimed = "contoso: ?contoso.com; HQ = *.contoso.com";
    refused(claimed, "cert=mail.contoso.com from=contoso.com", "5.7.64 ATTR36 HQ", "domain-unverified");
    let disabled = "contoso: contoso.com; HQ = *.contoso.com disabled";
    refused(disabled, "cert=mail.contoso.com from=contoso.com", "5.7.64", "disabled");
    let foreign = "contoso: contoso.com; HQ = *.contoso.com\nu: eu.contoso.com";
    refused(foreign, "cert=mail.eu.contoso.com from=contoso.com", "5.7.64", "name-of-another");
    refused(HQ, "cert=mail.contoso.com from=fabrikam.com", "5.7.1 contoso/HQ", "foreign-sender");
    let tie = "contoso: contoso.com; HQ = *.contoso.com\nu: u.example; U = *.u.example";
    refused(tie, "cert=mail.contoso.com,mail.u.example", "5.7.64", "ambiguous");
}

#[test]
fn addresses() {
    let world = "contoso: contoso.com; HQ = 192.0.2.0/24 2001:db8::1\nfabrikam: fabrikam.com";
    for address in ["192.0.2.9", "2001:db8::1"] {
        passes(world, &format!("ip={address} from=contoso.com"), "A7 contoso/HQ");
        refused(world, &format!("ip={address} from=stranger.example"), "5.7.64", "sender-not-held");
        refused(world, &format!("ip={address} from=<>"), "5.7.64", "null-sender");
        refused(world, &format!("ip={address} from=fabrikam.com"), "5.7.64", "sender-not-held");
    }
    refused(world, "ip=192.0.3.9 from=contoso.com", "5.7.64", "address-differs");
    refused(world, "from=contoso.com", "5.7.64", "address-unknown");
    let tls = "contoso: contoso.com; HQ = 192.0.2.1 tls";
    refused(tls, "plain ip=192.0.2.1 from=contoso.com", "4.7.0 contoso/HQ", "tls-required");
    let scoped = "contoso: contoso.com; HQ = 192.0.2.1 from=x.example";
    refused(scoped, "ip=192.0.2.1 from=contoso.com", "5.7.64", "out-of-scope");
    let associated = "contoso: contoso.com b.example; HQ = 192.0.2.1 for=b.example";
    refused(associated, "ip=192.0.2.1 from=contoso.com", "5.7.64", "not-associated");
    let wide = "contoso: contoso.com; HQ = 192.0.0.0/16";
    refused(wide, "ip=192.0.2.1 from=contoso.com", "5.7.64", "out-of-bounds");
}

#[test]
fn incoming() {
    let world = "contoso: contoso.com; HQ = partner 192.0.2.1 restrict-ip tls";
    passes(world, "to=contoso.com ip=192.0.2.1", "A9 contoso/HQ");
    refused(world, "to=contoso.com ip=192.0.2.2", "5.7.51 contoso/HQ", "address-differs");
    refused(world, "plain to=contoso.com ip=192.0.2.1", "4.7.0 contoso/HQ", "tls-required");
    let open = "contoso: contoso.com; reject-direct-send; HQ = partner";
    // The tenant's own switch decided, and comes first; its unrestricting partner connector follows.
    check(open, "to=contoso.com from=contoso.com", "5.7.68 contoso");
    nearest(open, "to=contoso.com from=contoso.com", "", "direct-send");
    let wrong = "contoso: contoso.com; HQ = partner *.contoso.com";
    refused(wrong, "cert=mail.contoso.com from=contoso.com", "5.7.64", "wrong-type");
}
