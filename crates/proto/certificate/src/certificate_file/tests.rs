//! Certificate files of every kind, made here, and what is read from them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::test_authority::fixture;

const LEAF: &str = include_str!("../fixtures/rsa.pem");
const KEY: &str = include_str!("../fixtures/rsa-pkcs8.key");

#[test]
fn sees_what_is_in_a_file() {
    let check = |file: &str, lines: &[usize], key_line: Option<usize>, problems: usize| {
        let read = read_certificate_file(file.as_bytes(), &[]).unwrap();
        let own: Vec<usize> = read.certificates.iter().map(|certificate| certificate.line).collect();
        assert_eq!((own.as_slice(), read.key_line, read.problems.len()), (lines, key_line, problems), "{file}");
    };
    let leaf_lines = LEAF.lines().count();
    check(LEAF, &[1], None, 0);
    check(&format!("subject=CN=x\n{LEAF}{LEAF}"), &[2, 2 + leaf_lines], None, 0);
    check(&format!("{LEAF}{KEY}"), &[1], Some(leaf_lines + 1), 0);
    check(KEY, &[], Some(1), 0);
    let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    check(&format!("{LEAF}{encrypted}"), &[1], Some(leaf_lines + 1), 0);
    check(&format!("{LEAF}-----BEGIN CERTIFICATE-----\nMIIC"), &[1], None, 1);
    check(&format!("{LEAF}-----BEGIN PKCS7-----\nMIIC\n-----END PKCS7-----\n"), &[1], None, 1);
    check(
        &format!("{LEAF}-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n{LEAF}"),
        &[1, leaf_lines + 4],
        None,
        1,
    );
}

#[test]
fn tells_the_form() {
    let der = fixture(LEAF.as_bytes());
    let read = read_certificate_file(&der, &[]).unwrap();
    assert_eq!((read.form, read.certificates.len(), read.key_line), (FileForm::Der, 1, None));
    let utf16: Vec<u8> = std::iter::once(0xfeff).chain(LEAF.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert_eq!(read_certificate_file(&utf16, &[]).unwrap().form, FileForm::Pem);
}

#[test]
fn says_why_there_is_none() {
    let check = |file: &[u8], expected: &str| {
        let error = read_certificate_file(file, &[]).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    };
    check(b"", "empty");
    check(b"hello", "neither PEM nor DER");
    check(b"-----BEGIN CERTIFICATE-----\nMIIC", "cut off");
    check(b"-----BEGIN CERTIFICATE REQUEST-----\nMIIC\n-----END CERTIFICATE REQUEST-----\n", "CERTIFICATE REQUEST");
}
