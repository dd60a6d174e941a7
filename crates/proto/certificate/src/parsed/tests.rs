//! Tests of what is read off single certificates, the odd ones among them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use rcgen::{DnType, DnValue, ExtendedKeyUsagePurpose};

use super::*;
use crate::test_authority::{Authority, fixture};

#[test]
fn tells_what_a_certificate_says() {
    let rsa = ParsedCertificate::parse(&fixture(include_bytes!("../fixtures/rsa.pem"))).unwrap();
    assert_eq!((rsa.subject.as_str(), rsa.key.as_str(), rsa.version), ("CN=rsa.contoso.com", "RSA 2048", 3));
    assert!(rsa.self_signed && rsa.is_ca);
    assert_eq!((rsa.sha1.len(), rsa.sha256.to_string().len()), (40, 64));

    let two = ParsedCertificate::parse(&fixture(include_bytes!("../fixtures/two-common-names.pem"))).unwrap();
    assert_eq!(two.subject, "CN=Mail.Contoso.COM, OU=IT + OU=Mail, CN=first.contoso.com, O=Contoso\\, s.r.o., C=CZ");
    assert_eq!(two.issuer, "CN=Old Fixture CA");
    assert_eq!(two.common_name.as_deref(), Some("Mail.Contoso.COM"));
    assert_eq!(two.extended_key_usage, ["clientAuth"]);
    assert_eq!(two.allowed_use, LeafUse { server: false, client: true });
    assert_eq!(two.key, "EC P-256");
    assert!(!two.self_signed && !two.is_ca);

    let old = ParsedCertificate::parse(&fixture(include_bytes!("../fixtures/version-1.pem"))).unwrap();
    assert_eq!((old.version, old.allowed_use, old.extended_key_usage.len()), (1, LeafUse::ANY, 0));
    let weak = ParsedCertificate::parse(&fixture(include_bytes!("../fixtures/rsa-1024.pem"))).unwrap();
    assert_eq!(weak.key, "RSA 1024");
}

#[test]
fn writes_names_that_disturb_nothing() {
    let root = Authority::root("Root");
    let check = |value: DnValue, expected: &str| {
        let leaf = root.leaf(&[], &|params| {
            params.distinguished_name = rcgen::DistinguishedName::new();
            params.distinguished_name.push(DnType::CommonName, value.clone());
        });
        assert_eq!(ParsedCertificate::parse(&leaf).unwrap().subject, expected);
    };
    let text = |text: &str| DnValue::Utf8String(text.to_owned());
    check(text("plain"), "CN=plain");
    check(text("a,b+c\"d\\e<f>g;h"), "CN=a\\,b\\+c\\\"d\\\\e\\<f\\>g\\;h");
    check(text(" #a "), "CN=\\ #a\\ ");
    check(text("#a"), "CN=\\#a");
    check(text("a\r\nb\u{1b}[31m\0"), "CN=a\\0d\\0ab\\1b[31m\\00");
    check(text("a\u{202e}b"), "CN=a\\e2\\80\\aeb");
    check(text("Müller"), "CN=Müller");
    check(DnValue::BmpString("Müller".try_into().unwrap()), "CN=Müller");
    check(DnValue::UniversalString("Müller".try_into().unwrap()), "CN=Müller");
    check(DnValue::TeletexString("M".try_into().unwrap()), "CN=M");
    check(text(&"x".repeat(2000)), &format!("CN={}…", "x".repeat(1021)));
}

#[test]
fn writes_names_as_windows_does() {
    let two = ParsedCertificate::parse(&fixture(include_bytes!("../fixtures/two-common-names.pem"))).unwrap();
    let subject = "CN=Mail.Contoso.COM, OU=IT + OU=Mail, CN=first.contoso.com, O=\"Contoso, s.r.o.\", C=CZ";
    assert_eq!((two.windows_subject.as_str(), two.windows_issuer.as_str()), (subject, "CN=Old Fixture CA"));
    let root = Authority::root("Root");
    let check = |kind: DnType, value: &str, expected: &str| {
        let leaf = root.leaf(&[], &|params| {
            params.distinguished_name = rcgen::DistinguishedName::new();
            params.distinguished_name.push(kind.clone(), value);
        });
        assert_eq!(ParsedCertificate::parse(&leaf).unwrap().windows_subject, expected);
    };
    check(DnType::StateOrProvinceName, "Washington", "S=Washington");
    check(DnType::OrganizationName, "thawte, Inc.", "O=\"thawte, Inc.\"");
    check(DnType::CommonName, "a \"b\"", "CN=\"a \"\"b\"\"\"");
    check(DnType::CommonName, " a", "CN=\" a\"");
    check(DnType::CommonName, "a\r\nb", "CN=\"a\\0d\\0ab\"");
    check(DnType::CustomDnType(vec![2, 5, 4, 65]), "a", "OID.2.5.4.65=a");
}

#[test]
fn describes_a_chain() {
    let root = Authority::root("Root");
    let leaf = root.leaf(&["mail.contoso.com"], &|params| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::Other(vec![1, 2, 3])];
    });
    assert_eq!(ParsedCertificate::parse(&leaf).unwrap().extended_key_usage, ["1.2.3"]);
    let chain = describe(&[leaf, b"junk".to_vec()]);
    assert_eq!((chain[0].subject.as_str(), chain[0].issuer.as_str()), ("CN=mail.contoso.com", "CN=Root"));
    assert!(chain[1].validity.is_none() && chain[1].subject.contains("no X.509 certificate"), "{chain:?}");
}
