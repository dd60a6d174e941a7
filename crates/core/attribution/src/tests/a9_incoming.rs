//! Rule A9: mail to a tenant's own domain.

use super::check;

#[test]
fn whoever_sends_to_a_held_domain() {
    let world = "contoso: contoso.com+ ?claimed.com; HQ = *.contoso.com\nfabrikam: fabrikam.com";
    check(world, "to=contoso.com", "A9 contoso");
    check(world, "to=eu.contoso.com", "A9 contoso");
    check(world, "plain to=contoso.com from=<>", "A9 contoso");
    check(world, "to=contoso.com from=-", "A9 contoso");
    check(world, "to=contoso.com from=fabrikam.com", "A9 contoso");
    check(world, "to=claimed.com", "5.7.64");
    check(world, "to=eu.fabrikam.com", "5.7.64");
    check(world, "to=-", "5.7.64");
    check(world, "to=contoso.com cert=mail.stranger.example ip=192.0.2.1", "A9 contoso");
}

#[test]
fn the_most_specific_scope_counts() {
    let world = "t: t.example; Any = partner tls; Below = partner from=*.p.example 192.0.2.1 restrict-ip; \
                 Deep = partner from=*.a.p.example; Exact = partner from=x.p.example tls";
    let from = |case: &str, expected: &str| check(world, &format!("to=t.example {case}"), expected);
    from("plain from=other.example", "4.7.0 t/Any");
    from("from=other.example", "A9 t/Any");
    from("plain from=p.example", "4.7.0 t/Any");
    from("plain from=y.p.example", "5.7.51 t/Below");
    from("plain from=y.p.example ip=192.0.2.1", "A9 t/Below");
    from("plain from=b.a.p.example", "A9 t/Deep");
    from("plain from=x.p.example", "4.7.0 t/Exact");
    from("from=x.p.example", "A9 t/Exact");
    // The null sender, and one without a domain, are in the scope of everybody alone.
    from("plain from=<>", "4.7.0 t/Any");
    from("plain from=-", "4.7.0 t/Any");
    let scoped = "t: t.example; P = partner from=p.example tls";
    check(scoped, "plain from=<> to=t.example", "A9 t");
    check(scoped, "plain from=other.example to=t.example", "A9 t");
}

#[test]
fn restrictions() {
    let address = "t: t.example; P = partner 192.0.2.0/24 2001:db8::1 restrict-ip";
    check(address, "to=t.example ip=192.0.2.9", "A9 t/P");
    check(address, "to=t.example ip=2001:db8::1", "A9 t/P");
    check(address, "to=t.example ip=198.51.100.9", "5.7.51 t/P");
    check(address, "to=t.example", "5.7.51 t/P");
    let certificate = "t: t.example; P = partner *.p.example restrict-cert";
    check(certificate, "to=t.example cert=mail.p.example", "A9 t/P");
    check(certificate, "to=t.example cert=mail.q.example,*.p.example", "A9 t/P");
    check(certificate, "to=t.example cert=mail.q.example", "5.7.51 t/P");
    check(certificate, "to=t.example cert=mail.p.example untrusted", "5.7.51 t/P");
    check(certificate, "to=t.example", "5.7.51 t/P");
    check(certificate, "plain to=t.example", "4.7.0 t/P");
    let both = "t: t.example; P = partner *.p.example 192.0.2.1 restrict-cert restrict-ip";
    check(both, "to=t.example cert=mail.p.example ip=192.0.2.1", "A9 t/P");
    check(both, "to=t.example cert=mail.p.example ip=192.0.2.2", "5.7.51 t/P");
    check(both, "to=t.example cert=mail.q.example ip=192.0.2.1", "5.7.51 t/P");
    // Named but not restricted to.
    check("t: t.example; P = partner *.p.example 192.0.2.1", "to=t.example", "A9 t/P");
    check("t: t.example; P = partner restrict-cert", "to=t.example cert=a.example", "5.7.51 t/P");
}

/// Ownership is not asked: a partner's name is a partner's.
#[test]
fn a_partners_name_is_not_the_tenants() {
    let world = "t: t.example; P = partner *.u.example restrict-cert from=u.example\nu: u.example";
    check(world, "to=t.example cert=mail.u.example from=u.example", "A9 t/P");
    check(world, "to=t.example cert=mail.x.example from=u.example", "5.7.51 t/P");
}

#[test]
fn one_that_is_met_suffices() {
    let world =
        "t: t.example; A = partner 192.0.2.1 restrict-ip; B = partner 198.51.100.1 restrict-ip; C = partner disabled";
    check(world, "to=t.example ip=192.0.2.1", "A9 t/A");
    check(world, "to=t.example ip=198.51.100.1", "A9 t/B");
    check(world, "to=t.example ip=203.0.113.1", "5.7.51 t/A");
    // Of several that are met one that tells who sends.
    let open = "t: t.example; A = partner; B = partner 192.0.2.1 restrict-ip";
    check(open, "to=t.example ip=192.0.2.1", "A9 t/B");
    check(open, "to=t.example ip=192.0.2.2", "A9 t/A");
}

#[test]
fn if_none_is_met_the_one_that_got_furthest() {
    let world = "t: t.example; A = partner tls; B = partner 192.0.2.1 restrict-ip; C = partner 192.0.2.2 restrict-ip";
    check(world, "plain to=t.example ip=203.0.113.1", "5.7.51 t/B");
    check(world, "plain to=t.example ip=192.0.2.2", "A9 t/C");
    check("t: t.example; A = partner tls; B = partner tls", "plain to=t.example", "4.7.0 t/A");
    check("t: t.example; P = partner tls 192.0.2.1 restrict-ip", "plain to=t.example", "4.7.0 t/P");
}

#[test]
fn only_the_receivers_enabled_partner_connectors() {
    let world = "t: t.example; A = tls 192.0.2.1; D = partner tls disabled\nu: u.example; P = partner tls";
    check(world, "plain to=t.example", "A9 t");
    check(world, "plain to=u.example", "4.7.0 u/P");
}

#[test]
fn originating_mail_is_not_asked() {
    let world = "t: t.example; HQ = *.t.example\nu: u.example; P = partner 192.0.2.1 restrict-ip";
    check(world, "to=u.example cert=mail.t.example from=t.example", "A5 t/HQ");
    check(world, "to=u.example from=t.example", "5.7.51 u/P");
}

#[test]
fn direct_send() {
    let world = "t: t.example+; reject-direct-send; HQ = 192.0.2.1; P = partner from=t.example 192.0.2.2 restrict-ip\n\
                 u: u.example";
    check(world, "to=t.example from=t.example ip=192.0.2.1", "A7 t/HQ");
    check(world, "to=t.example from=t.example ip=192.0.2.2", "A9 t/P");
    check(world, "to=t.example from=t.example ip=192.0.2.3", "5.7.51 t/P");
    check(world, "to=t.example from=eu.t.example", "5.7.68 t");
    check(world, "to=t.example from=u.example", "A9 t");
    check(world, "to=t.example from=<>", "A9 t");
    check(world, "to=t.example from=-", "A9 t");
    check(world, "to=u.example from=t.example", "A9 u");
    check("t: t.example; reject-direct-send", "to=t.example from=t.example", "5.7.68 t");
    check("t: t.example", "to=t.example from=t.example", "A9 t");
    // Only a partner that tells who sends lifts it.
    let open = "t: t.example; reject-direct-send; P = partner tls";
    check(open, "to=t.example from=t.example", "5.7.68 t");
    check(open, "plain to=t.example from=t.example", "4.7.0 t/P");
    let named = "t: t.example; reject-direct-send; P = partner *.p.example restrict-cert";
    check(named, "to=t.example from=t.example cert=mail.p.example", "A9 t/P");
    // A remembered certificate attributes nothing.
    let unowned = "t: t.example; reject-direct-send; A = mail.vendor.example from=x.example";
    check(unowned, "to=t.example from=t.example cert=mail.vendor.example", "5.7.68 t");
}
