//! Rules A0 and A7: attribution by address.

use super::check;

const TWO: &str =
    "contoso: contoso.com; HQ = 192.0.2.0/24 2001:db8::/64\nfabrikam: fabrikam.com; F = 192.0.2.7 2001:db8::7";

#[test]
fn the_senders_tenant_among_those_with_the_address() {
    for address in ["192.0.2.7", "2001:db8::7", "::ffff:192.0.2.7"] {
        check(TWO, &format!("ip={address} from=contoso.com"), "A7 contoso/HQ");
        check(TWO, &format!("ip={address} from=fabrikam.com"), "A7 fabrikam/F");
        check(TWO, &format!("ip={address} from=stranger.example"), "5.7.64");
        check(TWO, &format!("ip={address} from=<>"), "5.7.64");
        check(TWO, &format!("ip={address} from=-"), "5.7.64");
    }
    check(TWO, "ip=192.0.2.8 from=contoso.com", "A7 contoso/HQ");
    check(TWO, "ip=192.0.2.8 from=fabrikam.com", "5.7.64");
    check(TWO, "ip=198.51.100.1 from=contoso.com", "5.7.64");
    check(TWO, "ip=2001:db8:0:1::1 from=contoso.com", "5.7.64");
    check(TWO, "from=contoso.com", "5.7.64");
    check(TWO, "plain ip=192.0.2.7 from=contoso.com", "A7 contoso/HQ");
}

#[test]
fn within_it_the_longest_prefix_then_the_name() {
    let world = "t: t.example; A = 192.0.2.0/24; B = 192.0.2.0/28; D = 192.0.2.1; C = 192.0.2.1 192.0.2.0/25";
    check(world, "ip=192.0.2.1 from=t.example", "A7 t/C");
    check(world, "ip=192.0.2.2 from=t.example", "A7 t/B");
    check(world, "ip=192.0.2.100 from=t.example", "A7 t/C");
    check(world, "ip=192.0.2.200 from=t.example", "A7 t/A");
}

#[test]
fn enabled_on_premises_connectors_only() {
    check("t: t.example; A = 192.0.2.1 disabled", "ip=192.0.2.1 from=t.example", "5.7.64");
    check("t: t.example; A = partner 192.0.2.1", "ip=192.0.2.1 from=t.example", "5.7.64");
    check("t: t.example; A = 192.0.2.1 disabled; B = 192.0.2.0/24", "ip=192.0.2.1 from=t.example", "A7 t/B");
    check("t: ?t.example; A = 192.0.2.1", "ip=192.0.2.1 from=t.example", "5.7.64");
}

#[test]
fn only_if_the_certificate_gave_no_tenant() {
    let world = "t: t.example; A = *.t.example\nu: u.example; B = 192.0.2.1";
    check(world, "ip=192.0.2.1 cert=mail.t.example from=t.example", "A5 t/A");
    check(world, "ip=192.0.2.1 cert=mail.t.example from=u.example", "5.7.1 t/A");
    check(world, "ip=192.0.2.1 cert=mail.x.example from=u.example", "A7 u/B");
    check(world, "ip=192.0.2.1 cert=mail.t.example untrusted from=u.example", "A7 u/B");
}

#[test]
fn any_sender() {
    let edge = "edge: edge.example; Devices = 192.0.2.0/24 any-sender";
    check(edge, "ip=192.0.2.9", "A7 edge/Devices");
    check(edge, "ip=192.0.2.9 from=<>", "A7 edge/Devices");
    check(edge, "ip=192.0.2.9 from=-", "A7 edge/Devices");
    check(edge, "ip=198.51.100.9", "5.7.64");
    // A better match of the sender's own comes first.
    let two = "edge: edge.example; Devices = 192.0.2.9 any-sender; Own = 192.0.2.0/24";
    check(two, "ip=192.0.2.9 from=edge.example", "A7 edge/Devices");
    check(two, "ip=192.0.2.8 from=edge.example", "A7 edge/Own");
    check(two, "ip=192.0.2.9", "A7 edge/Devices");
    check(two, "ip=192.0.2.8", "5.7.64");
    check("e: e.example; A = 192.0.2.9; B = 192.0.2.0/24 any-sender", "ip=192.0.2.9", "A7 e/B");
}

/// `apply` refuses overlaps, and where one came about later the rules do not guess.
#[test]
fn any_sender_ends_where_another_tenant_has_the_address() {
    let world = "edge: edge.example; Devices = 192.0.2.0/24 any-sender\nu: u.example; B = 192.0.2.7";
    check(world, "ip=192.0.2.7", "5.7.64");
    check(world, "ip=192.0.2.7 from=<>", "5.7.64");
    check(world, "ip=192.0.2.7 from=edge.example", "A7 edge/Devices");
    check(world, "ip=192.0.2.7 from=u.example", "A7 u/B");
    check(world, "ip=192.0.2.8", "A7 edge/Devices");
    let disabled = "edge: edge.example; Devices = 192.0.2.0/24 any-sender\nu: u.example; B = 192.0.2.7 disabled";
    check(disabled, "ip=192.0.2.7", "5.7.64");
    let foreign = "edge: edge.example; Devices = 192.0.2.0/24 any-sender\nu: u.example; B = 198.51.100.1";
    check(foreign, "ip=192.0.2.8 from=u.example", "5.7.1 edge/Devices");
}

#[test]
fn wide_ranges_count_only_when_granted() {
    check("t: t.example; A = 192.0.0.0/16", "ip=192.0.2.1 from=t.example", "5.7.64");
    check("t: t.example; A = 192.0.0.0/16 granted", "ip=192.0.2.1 from=t.example", "A7 t/A");
    check("t: t.example; A = 2001:db8::/32", "ip=2001:db8::1 from=t.example", "5.7.64");
    check("t: t.example; A = 2001:db8::/32 granted", "ip=2001:db8::1 from=t.example", "A7 t/A");
    check("t: t.example; A = 192.0.0.0/16 192.0.2.0/24", "ip=192.0.2.1 from=t.example", "A7 t/A");
    check("t: t.example; A = 192.0.0.0/16 192.0.2.0/24", "ip=192.0.3.1 from=t.example", "5.7.64");
    let partner = "t: t.example; P = partner 192.0.0.0/16 restrict-ip";
    check(partner, "ip=192.0.2.1 to=t.example", "5.7.51 t/P");
    check(&format!("{partner} granted"), "ip=192.0.2.1 to=t.example", "A9 t/P");
    // An ungranted range takes nobody's any_sender away either.
    let world = "edge: e.example; D = 192.0.2.0/24 any-sender\nu: u.example; B = 192.0.0.0/16";
    check(world, "ip=192.0.2.8", "A7 edge/D");
}
