//! Tests of PEM and DER files: good ones, and what is said of bad ones.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use super::*;

const RSA: &str = include_str!("../fixtures/rsa.pem");
const PKCS8: &str = include_str!("../fixtures/rsa-pkcs8.key");
const PKCS1: &str = include_str!("../fixtures/rsa-pkcs1.key");
const SEC1: &str = include_str!("../fixtures/ec-sec1.key");

/// The numbers of certificates and keys, or a part of the error.
fn check(case: &str, file: &[u8], expected: Result<(usize, usize), &str>) {
    let got = read(file, "a certificate").map(|read| (read.certificates.len(), read.keys.len()));
    match (expected, got) {
        (Ok(expected), Ok(got)) => assert_eq!(got, expected, "{case}"),
        (Err(part), Err(error)) => assert!(error.to_string().contains(part), "{case}: {error}"),
        (expected, got) => panic!("{case}: expected {expected:?}, got {got:?}"),
    }
}

#[test]
fn reads_files_as_people_have_them() {
    check("certificate", RSA.as_bytes(), Ok((1, 0)));
    check("PKCS#8", PKCS8.as_bytes(), Ok((0, 1)));
    check("PKCS#1", PKCS1.as_bytes(), Ok((0, 1)));
    check("SEC 1 behind its curve", SEC1.as_bytes(), Ok((0, 1)));
    check("all together", [RSA, PKCS8, RSA, SEC1].concat().as_bytes(), Ok((2, 2)));
    check("text around it", format!("Bag Attributes\n  name: x\n{RSA}\ntrailing").as_bytes(), Ok((1, 0)));
    check("CRLF", RSA.replace('\n', "\r\n").as_bytes(), Ok((1, 0)));
    check("indented", RSA.replace('\n', "\n   ").as_bytes(), Ok((1, 0)));
    check("byte-order mark", format!("\u{feff}{RSA}").as_bytes(), Ok((1, 0)));
    let little: Vec<u8> = format!("\u{feff}{RSA}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    check("UTF-16 little end first", &little, Ok((1, 0)));
    let big: Vec<u8> = format!("\u{feff}{RSA}").encode_utf16().flat_map(u16::to_be_bytes).collect();
    check("UTF-16 big end first", &big, Ok((1, 0)));
    check("Latin-1 in a comment", &[b"# M\xfcller\n", RSA.as_bytes()].concat(), Ok((1, 0)));
    let certificate = read_certificates(RSA.as_bytes()).unwrap().remove(0);
    check("DER certificate", &certificate, Ok((1, 0)));
    check("DER PKCS#8", read_key(PKCS8.as_bytes()).unwrap().secret_der(), Ok((0, 1)));
    check("DER PKCS#1", read_key(PKCS1.as_bytes()).unwrap().secret_der(), Ok((0, 1)));
    check("DER SEC 1", read_key(SEC1.as_bytes()).unwrap().secret_der(), Ok((0, 1)));
}

#[test]
fn says_what_is_there_instead() {
    let block = |label: &str| format!("# a\n# b\n-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n");
    let traditional = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n\
                       -----END RSA PRIVATE KEY-----\n";
    check("nothing", b"", Err("the file is empty"));
    check("text", b"hello", Err("neither PEM nor DER"));
    check("encrypted", block("ENCRYPTED PRIVATE KEY").as_bytes(), Err("line 3: the private key is encrypted"));
    check("encrypted as of old", traditional.as_bytes(), Err("openssl pkey"));
    check("encrypted DER", &[0x30, 9, 0x30, 4, 6, 2, 1, 1, 4, 1, 0], Err("encrypted"));
    check("request", block("CERTIFICATE REQUEST").as_bytes(), Err("line 3: CERTIFICATE REQUEST where a certificate"));
    check("PKCS#7", block("PKCS7").as_bytes(), Err("openssl pkcs7"));
    check("PKCS#7 in DER", &[0x30, 4, 6, 2, 1, 1], Err("openssl pkcs7"));
    check("PKCS#12", &[0x30, 5, 2, 1, 3, 0x30, 0], Err("openssl pkcs12"));
    check("OpenSSL's own", block("TRUSTED CERTIFICATE").as_bytes(), Err("openssl x509"));
    check(
        "base64",
        b"\n-----BEGIN CERTIFICATE-----\nA%AA\n-----END CERTIFICATE-----",
        Err("line 2: CERTIFICATE is not"),
    );
    check("cut off", b"-----BEGIN CERTIFICATE-----\nAAAA\n", Err("cut off"));
    check("the end of another", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END X-----\n", Err("cut off"));
    check("too long", &vec![b' '; MAX_FILE_LENGTH + 1], Err("octets"));

    let certificates = |file: &str| read_certificates(file.as_bytes()).unwrap_err().to_string();
    let key = |file: &str| read_key(file.as_bytes()).unwrap_err().to_string();
    assert_eq!(certificates(&format!("#\n#\n{PKCS8}")), "line 3: PRIVATE KEY where a certificate is expected");
    assert_eq!(key(RSA), "line 1: CERTIFICATE where a private key is expected");
    assert!(key(&[PKCS1, SEC1].concat()).starts_with("2 private keys"));
}

#[test]
fn keys_are_written_under_their_label() {
    for (label, file) in [("PRIVATE KEY", PKCS8), ("RSA PRIVATE KEY", PKCS1), ("EC PRIVATE KEY", SEC1)] {
        let key = read_key(file.as_bytes()).unwrap();
        let text = write_key(&key);
        assert!(text.starts_with(&format!("-----BEGIN {label}-----\n")), "{text}");
        assert_eq!(read_key(text.as_bytes()).unwrap(), key, "{label}");
    }
}

proptest! {
    #[test]
    fn certificates_are_written_and_read(chain in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 1..4)) {
        let text = write_certificates(&chain);
        prop_assert_eq!(read_certificates(text.as_bytes()).unwrap(), chain);
    }

    #[test]
    fn is_total(file in prop::collection::vec(any::<u8>(), 0..300), text in "(-----(BEGIN|END) (CERTIFICATE|PRIVATE KEY)-----\n|[A-Za-z0-9=: ]{0,9}\n){0,9}") {
        let _ = read(&file, "a certificate");
        let _ = read(text.as_bytes(), "a certificate");
    }
}
