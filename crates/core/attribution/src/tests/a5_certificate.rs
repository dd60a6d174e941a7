//! Rule A5: which connector a certificate chooses.

use super::check;

#[test]
fn equal_then_the_longest_wildcard_then_a_presented_wildcard() {
    let world = "t: contoso.com eu.contoso.com mail.eu.contoso.com; \
                 A = *.contoso.com; B = *.eu.contoso.com; Z = mail.eu.contoso.com";
    check(world, "cert=mail.eu.contoso.com", "A5 t/Z");
    check(world, "cert=smtp.eu.contoso.com", "A5 t/B");
    check(world, "cert=smtp.contoso.com", "A5 t/A");
    check(world, "cert=*.eu.contoso.com", "A5 t/B");
    check(world, "cert=*.contoso.com", "A5 t/A");
    let exact = "t: contoso.com mail.contoso.com; A = mail.contoso.com; B = *.contoso.com";
    check(exact, "cert=*.contoso.com", "A5 t/B");
    check("t: mail.contoso.com; A = mail.contoso.com", "cert=*.contoso.com", "A5 t/A");
}

/// The rank is over all presented names.
#[test]
fn the_best_name_decides() {
    let world = "t: contoso.com; A = *.contoso.com\nu: mail.fabrikam.com; B = mail.fabrikam.com";
    check(world, "cert=smtp.contoso.com,mail.fabrikam.com", "A5 u/B");
    check(world, "cert=mail.fabrikam.com,smtp.contoso.com from=contoso.com", "5.7.1 u/B");
    let depths = "t: contoso.com; A = *.contoso.com\nu: eu.fabrikam.com; B = *.eu.fabrikam.com";
    check(depths, "cert=smtp.contoso.com,smtp.eu.fabrikam.com", "A5 u/B");
}

#[test]
fn tenants_that_tie() {
    let world =
        "t: contoso.com; A = *.contoso.com\nu: fabrikam.com; B = *.fabrikam.com\nv: tailspin.com; C = *.tailspin.com";
    let two = "cert=mail.contoso.com,mail.fabrikam.com";
    check(world, &format!("{two} from=contoso.com"), "A5 t/A");
    check(world, &format!("{two} from=fabrikam.com"), "A5 u/B");
    check(world, two, "5.7.64");
    check(world, &format!("{two} from=<>"), "5.7.64");
    check(world, &format!("{two} from=-"), "5.7.64");
    check(world, &format!("{two} from=tailspin.com"), "5.7.64");
    check(world, "cert=mail.contoso.com,mail.fabrikam.com,mail.tailspin.com from=tailspin.com", "A5 v/C");
    // Ambiguous is refused like nothing at all, and goes on to addresses and recipients like it.
    check(world, &format!("{two} to=contoso.com"), "A9 t");
    let addressed =
        "t: contoso.com; A = *.contoso.com\nu: fabrikam.com; B = *.fabrikam.com\nv: tailspin.com; C = 192.0.2.1";
    check(addressed, &format!("{two} ip=192.0.2.1 from=tailspin.com"), "A7 v/C");
}

/// A better rank is no tie, and ambiguity at the best rank does not fall back to a worse one.
#[test]
fn only_the_best_rank_ties() {
    let world = "t: contoso.com; A = *.contoso.com\nu: fabrikam.com; B = *.fabrikam.com\nv: ex.org; C = *.ex.org\n\
                 w: eu.deep.org; D = *.eu.deep.org\nx: eu.high.org; E = *.eu.high.org";
    check(world, "cert=a.contoso.com,a.eu.deep.org from=contoso.com", "5.7.1 w/D");
    check(world, "cert=a.contoso.com,a.eu.deep.org,a.eu.high.org from=contoso.com", "5.7.64");
}

#[test]
fn within_a_tenant_the_first_by_name() {
    let world = "t: contoso.com; B = *.contoso.com; A = *.contoso.com; C = *.contoso.com";
    check(world, "cert=mail.contoso.com", "A5 t/A");
    let world = "t: contoso.com fabrikam.com; B = *.contoso.com; A = *.fabrikam.com";
    check(world, "cert=mail.contoso.com,mail.fabrikam.com", "A5 t/A");
}

#[test]
fn enabled_on_premises_connectors_only() {
    check("t: contoso.com; A = *.contoso.com disabled", "cert=mail.contoso.com", "5.7.64");
    check("t: contoso.com; A = *.contoso.com disabled; B = *.contoso.com", "cert=mail.contoso.com", "A5 t/B");
    check("t: contoso.com; A = partner *.contoso.com", "cert=mail.contoso.com", "5.7.64");
}
