//! Rules A1 and A3: how values and presented names match, each case through the whole verdict.

use super::check;

/// One tenant with one connector; everything else is fixed.
fn matches(value: &str, names: &str, expected: bool) {
    let world = format!("contoso: contoso.com; HQ = {value}");
    let verdict = if expected { "A5 contoso/HQ" } else { "5.7.64" };
    check(&world, &format!("{names} from=contoso.com"), verdict);
}

#[test]
fn equal() {
    matches("contoso.com", "cert=contoso.com", true);
    matches("*.contoso.com", "cert=*.contoso.com", true);
    matches("*.contoso.com", "cert=*.Contoso.COM", true);
    matches("*.CONTOSO.com", "cert=MAIL.contoso.com", true);
    matches("contoso.com", "cert=contoso.net", false);
}
