//! Rule A8: what is asked of originating mail, and what is a condition of the match.

use super::check;

const TWO: &str = "contoso: contoso.com+; HQ = *.contoso.com 192.0.2.1; In = 198.51.100.1 tls\nfabrikam: fabrikam.com+";

#[test]
fn by_certificate_any_sender_but_anothers() {
    let from = |sender: &str, expected: &str| check(TWO, &format!("cert=mail.contoso.com from={sender}"), expected);
    from("contoso.com", "A5 contoso/HQ");
    from("eu.contoso.com", "A5 contoso/HQ");
    from("stranger.example", "A5 contoso/HQ");
    from("<>", "A5 contoso/HQ");
    from("-", "A5 contoso/HQ");
    from("fabrikam.com", "5.7.1 contoso/HQ");
    from("eu.fabrikam.com", "5.7.1 contoso/HQ");
}

#[test]
fn to_any_recipient() {
    for recipient in ["elsewhere.example", "contoso.com", "fabrikam.com", "-"] {
        check(TWO, &format!("cert=mail.contoso.com from=contoso.com to={recipient}"), "A5 contoso/HQ");
        check(TWO, &format!("cert=mail.contoso.com from=fabrikam.com to={recipient}"), "5.7.1 contoso/HQ");
        check(TWO, &format!("cert=mail.contoso.com ip=192.0.2.1 from=contoso.com to={recipient}"), "A5 contoso/HQ");
    }
}

#[test]
fn a_connector_admits_by_certificate_or_address() {
    check(TWO, "ip=192.0.2.1 from=contoso.com", "A7 contoso/HQ");
    check(TWO, "ip=192.0.2.1 cert=mail.fabrikam.com from=contoso.com", "A7 contoso/HQ");
    check(TWO, "ip=203.0.113.1 cert=mail.contoso.com from=contoso.com", "A5 contoso/HQ");
}

/// `require_tls` of the chosen connector decides, and its refusal is final.
#[test]
fn tls() {
    check(TWO, "plain ip=192.0.2.1 from=contoso.com", "4.7.0 contoso/HQ");
    check(TWO, "plain ip=198.51.100.1 from=contoso.com", "4.7.0 contoso/In");
    check(TWO, "plain ip=198.51.100.1 from=contoso.com to=fabrikam.com", "4.7.0 contoso/In");
    check(TWO, "ip=198.51.100.1 from=contoso.com", "A7 contoso/In");
    check("t: t.example; A = *.t.example 192.0.2.1 no-tls", "plain ip=192.0.2.1 from=t.example", "A7 t/A");
    // A less specific connector that would do without is not asked.
    let world = "t: t.example; A = 192.0.2.1 tls; B = 192.0.2.0/24";
    check(world, "plain ip=192.0.2.1 from=t.example", "4.7.0 t/A");
    check(world, "plain ip=192.0.2.2 from=t.example", "A7 t/B");
    // TLS is asked before the sender.
    let any = "t: t.example; A = 192.0.2.1 tls any-sender\nu: u.example";
    check(any, "plain ip=192.0.2.1 from=u.example", "4.7.0 t/A");
    check(any, "ip=192.0.2.1 from=u.example", "5.7.1 t/A");
}

#[test]
fn sender_domains_are_a_condition_of_the_match() {
    let world = "t: t.example; A = *.t.example from=t.example from=*.sub.example";
    let from = |sender: &str, expected: &str| check(world, &format!("cert=mail.t.example from={sender}"), expected);
    from("t.example", "A5 t/A");
    from("a.sub.example", "A5 t/A");
    from("a.b.sub.example", "A5 t/A");
    from("sub.example", "5.7.64");
    from("other.example", "5.7.64");
    from("-", "5.7.64");
    from("<>", "A5 t/A");
    // Out of scope is no candidate, so that the next one may be it, of whatever rank or tenant.
    let two = "t: t.example mail.t.example; A = mail.t.example from=x.example; B = *.t.example";
    check(two, "cert=mail.t.example from=x.example", "A5 t/A");
    check(two, "cert=mail.t.example from=y.example", "A5 t/B");
    let tie = "t: t.example; A = *.t.example from=x.example\nu: u.example; B = *.u.example";
    check(tie, "cert=mail.t.example,mail.u.example from=y.example", "A5 u/B");
    check(tie, "cert=mail.t.example,mail.u.example from=x.example", "5.7.64");
    let unowned = "t: t.example; A = mail.vendor.example from=x.example";
    check(unowned, "cert=mail.vendor.example from=x.example", "5.7.64 ATTR36 A");
    check(unowned, "cert=mail.vendor.example from=t.example", "5.7.64");
    let address = "t: t.example u.example; A = 192.0.2.1 from=u.example; B = 192.0.2.0/24";
    check(address, "ip=192.0.2.1 from=u.example", "A7 t/A");
    check(address, "ip=192.0.2.1 from=t.example", "A7 t/B");
}

#[test]
fn associated_accepted_domains_are_one_too() {
    let world = "t: t.example+ u.example v.example; A = *.t.example for=t.example for=u.example";
    let from = |sender: &str, expected: &str| check(world, &format!("cert=mail.t.example from={sender}"), expected);
    from("t.example", "A5 t/A");
    from("a.t.example", "A5 t/A");
    from("u.example", "A5 t/A");
    from("a.u.example", "5.7.64");
    from("v.example", "5.7.64");
    from("stranger.example", "5.7.64");
    from("-", "5.7.64");
    from("<>", "A5 t/A");
    let both = "t: t.example u.example; A = *.t.example for=t.example for=u.example from=u.example";
    check(both, "cert=mail.t.example from=u.example", "A5 t/A");
    check(both, "cert=mail.t.example from=t.example", "5.7.64");
    let any = "t: t.example; A = 192.0.2.1 any-sender for=t.example";
    check(any, "ip=192.0.2.1", "5.7.64");
    check(any, "ip=192.0.2.1 from=<>", "A7 t/A");
}
