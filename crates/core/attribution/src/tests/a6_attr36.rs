//! Rule A6: a certificate that matches without ownership.

use super::check;

const VENDOR: &str = "contoso: contoso.com; HQ = mail.vendor.example\nfabrikam: fabrikam.com; F = mail.vendor.example";

#[test]
fn the_senders_tenant_decides() {
    let from =
        |sender: &str, expected: &str| check(VENDOR, &format!("cert=mail.vendor.example from={sender}"), expected);
    from("contoso.com", "A6 contoso/HQ");
    from("fabrikam.com", "A6 fabrikam/F");
    from("stranger.example", "5.7.64 ATTR36 HQ");
    from("<>", "5.7.64 ATTR36 HQ");
    from("-", "5.7.64 ATTR36 HQ");
    from("vendor.example", "5.7.64 ATTR36 HQ");
}

#[test]
fn remembered_for_the_refusal_alone() {
    check(VENDOR, "cert=mail.vendor.example to=contoso.com", "A9 contoso");
    let addressed = "contoso: contoso.com; HQ = mail.vendor.example\nfabrikam: fabrikam.com; F = 192.0.2.1";
    check(addressed, "cert=mail.vendor.example ip=192.0.2.1 from=fabrikam.com", "A7 fabrikam/F");
    check(addressed, "cert=mail.vendor.example ip=192.0.2.1", "5.7.64 ATTR36 HQ");
    check(addressed, "cert=other.example ip=192.0.2.1", "5.7.64");
}

#[test]
fn the_vendor_as_a_tenant_shuts_others_out() {
    let world = "contoso: contoso.com; HQ = *.vendor.example\nvendor: vendor.example; V = *.vendor.example";
    check(world, "cert=mail.vendor.example from=contoso.com", "5.7.1 vendor/V");
    let world = "contoso: contoso.com; HQ = *.vendor.example\nvendor: vendor.example";
    check(world, "cert=mail.vendor.example from=contoso.com", "5.7.64");
}

/// An owned match anywhere in the certificate is asked first, and where it is ambiguous A6 is not asked.
#[test]
fn only_where_nothing_is_owned() {
    let world =
        "contoso: contoso.com; HQ = mail.vendor.example\nu: u.example; B = *.u.example\nv: v.example; C = *.v.example";
    check(world, "cert=mail.vendor.example,a.u.example from=contoso.com", "5.7.1 u/B");
    check(world, "cert=mail.vendor.example,a.u.example,a.v.example from=contoso.com", "5.7.64");
}

#[test]
fn the_best_match_of_the_senders_tenant() {
    let world = "t: t.example; B = *.vendor.example; A = *.eu.vendor.example; Z = m.eu.vendor.example";
    check(world, "cert=m.eu.vendor.example from=t.example", "A6 t/Z");
    check(world, "cert=n.eu.vendor.example from=t.example", "A6 t/A");
    check(world, "cert=n.vendor.example from=t.example", "A6 t/B");
    check(world, "cert=*.eu.vendor.example from=t.example", "A6 t/A");
    check("t: t.example; Z = m.vendor.example", "cert=*.vendor.example from=t.example", "A6 t/Z");
    // Its own match goes before a better one of another's.
    let two = "a: a.example; A = m.vendor.example\nt: t.example; T = *.vendor.example";
    check(two, "cert=m.vendor.example from=t.example", "A6 t/T");
    check(two, "cert=m.vendor.example", "5.7.64 ATTR36 A");
}

#[test]
fn unverified_domains() {
    let world = "t: t.example ?contoso.com; C = *.contoso.com";
    check(world, "cert=mail.contoso.com from=t.example", "A6 t/C");
    check(world, "cert=mail.contoso.com from=contoso.com", "5.7.64 ATTR36 C");
    check(world, "cert=mail.contoso.com from=contoso.com to=contoso.com", "5.7.64 ATTR36 C");
}
