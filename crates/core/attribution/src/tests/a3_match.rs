//! Rules A0, A1 and A3: which values match which presented names, each case through the whole verdict.

use super::check;

/// A tenant that owns what its one connector names: whether the certificate passes shows whether value and name match.
fn matches(value: &str, certificate: &str, expected: bool) {
    let world = format!("contoso: {}; HQ = {value}", value.trim_start_matches("*."));
    check(&world, certificate, if expected { "A5 contoso/HQ" } else { "5.7.64" });
}

#[test]
fn equal() {
    matches("contoso.com", "cert=contoso.com", true);
    matches("mail.contoso.com", "cert=mail.contoso.com", true);
    matches("*.contoso.com", "cert=*.contoso.com", true);
    matches("*.contoso.com", "cert=*.Contoso.COM", true);
    matches("*.CONTOSO.com", "cert=MAIL.contoso.com", true);
    matches("mail.bücher.example", "cert=mail.xn--bcher-kva.example", true);
    matches("contoso.com", "cert=contoso.net", false);
    matches("mail.contoso.com", "cert=smtp.contoso.com", false);
}

#[test]
fn a_wildcard_value_takes_names_strictly_below() {
    matches("*.contoso.com", "cert=mail.contoso.com", true);
    matches("*.contoso.com", "cert=a.b.contoso.com", true);
    matches("*.contoso.com", "cert=a.b.c.d.contoso.com", true);
    matches("*.contoso.com", "cert=contoso.com", false);
    matches("*.contoso.com", "cert=evilcontoso.com", false);
    matches("*.contoso.com", "cert=mail.contoso.com.evil.example", false);
    matches("*.contoso.com", "cert=com", false);
}

#[test]
fn a_wildcard_value_takes_wildcards_at_or_below() {
    matches("*.contoso.com", "cert=*.eu.contoso.com", true);
    matches("*.contoso.com", "cert=*.a.eu.contoso.com", true);
    matches("*.eu.contoso.com", "cert=*.contoso.com", false);
    matches("*.contoso.com", "cert=*.com", false);
}

#[test]
fn a_presented_wildcard_takes_values_one_label_below() {
    matches("mail.contoso.com", "cert=*.contoso.com", true);
    matches("a.mail.contoso.com", "cert=*.contoso.com", false);
    matches("contoso.com", "cert=*.contoso.com", false);
    matches("contoso.com", "cert=*.com", true);
}

#[test]
fn any_name_of_the_certificate_counts() {
    matches("*.contoso.com", "cert=www.fabrikam.com,mail.contoso.com", true);
    matches("*.contoso.com", "cn=mail.contoso.com", true);
    matches("*.contoso.com", "cert=www.fabrikam.com cn=mail.contoso.com", true);
    matches("*.contoso.com", "cert=www.fabrikam.com cn=mail.fabrikam.com", false);
    matches("*.contoso.com", "", false);
    let many: Vec<_> = (0..255).map(|n| format!("h{n}.example")).collect();
    matches("*.contoso.com", &format!("cert={},mail.contoso.com", many.join(",")), true);
}

/// Rule A0: what `apply` would refuse, the rules ignore.
#[test]
fn public_suffixes_match_nobody() {
    check("evil: evil.example; All = *.com", "cert=mail.contoso.com from=evil.example", "5.7.64");
    check("evil: evil.example; All = *.co.uk", "cert=mail.contoso.co.uk from=evil.example", "5.7.64");
    check("evil: com evil.example; All = *.com", "cert=mail.contoso.com from=evil.example", "5.7.64");
    check("evil: evil.example; All = com", "cert=*.com,com from=evil.example", "5.7.64");
    check("evil: evil.example; All = *.com pin=ab", "cert=mail.contoso.com leaf=ab from=evil.example", "5.7.64");
    let partner = "contoso: contoso.com; P = partner *.com restrict-cert no-tls";
    check(partner, "cert=mail.evil.com from=evil.com to=contoso.com", "5.7.51 contoso/P");
}
