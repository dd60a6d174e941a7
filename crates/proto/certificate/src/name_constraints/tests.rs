//! Tests of name constraints against the subject's CN.

#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn holds_names_to_subtrees() {
    // Whether the subtree holds all that the name stands for, and whether it holds any of it.
    let check = |subtree: &str, name: &str, all: bool, some: bool| {
        let parsed = Subtree::parse(subtree).unwrap();
        let name = CertificateName::parse_presented(name).unwrap();
        assert_eq!((parsed.holds_all(&name), parsed.holds_some(&name)), (all, some), "{name} in {subtree:?}");
    };
    check("contoso.com", "contoso.com", true, true);
    check("contoso.com", "mail.contoso.com", true, true);
    check("contoso.com", "a.b.contoso.com", true, true);
    check("contoso.com", "evilcontoso.com", false, false);
    check("Contoso.COM", "mail.contoso.com", true, true);
    check(".contoso.com", "contoso.com", false, false);
    check(".contoso.com", "mail.contoso.com", true, true);
    check("", "anything.example", true, true);
    check("", "*.example.com", true, true);
    check("contoso.com", "*.contoso.com", true, true);
    check(".contoso.com", "*.contoso.com", true, true);
    check("contoso.com", "*.mail.contoso.com", true, true);
    check("mail.contoso.com", "*.contoso.com", false, true);
    check("a.b.contoso.com", "*.contoso.com", false, true);
    check("mail.contoso.com", "*.fabrikam.com", false, false);
}

#[test]
fn refuses_what_it_cannot_read() {
    for text in [".", "a..b", "*.contoso.com", "b\u{fc}cher.example", "contoso.com."] {
        assert_eq!(Subtree::parse(text), None, "{text}");
    }
    let broken = NameConstraints { is_broken: true, ..NameConstraints::default() };
    let name = CertificateName::parse_presented("mail.contoso.com").unwrap();
    assert!(!broken.admits(&name));
    assert!(NameConstraints::default().admits(&name));
}
