//! Tests of a tenant's own certificate: what is read, and each thing that does not fit.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P521_SHA512, PKCS_ED25519};

use super::*;

const RSA: &str = include_str!("../fixtures/rsa.pem");
const PKCS8: &str = include_str!("../fixtures/rsa-pkcs8.key");
const PKCS1: &str = include_str!("../fixtures/rsa-pkcs1.key");
const EC: &str = include_str!("../fixtures/ec.pem");
const SEC1: &str = include_str!("../fixtures/ec-sec1.key");
const AUTHORITY: &str = include_str!("../fixtures/authority.pem");

#[test]
fn joins_certificate_and_key() {
    let check = |case: &str, chain: &str, key: &str, expected: Result<usize, &str>| {
        let got = client_certificate("hq", chain.as_bytes(), key.as_bytes());
        match (expected, got) {
            (Ok(length), Ok(made)) => {
                assert_eq!(made.chain.len(), length, "{case}");
                assert_eq!(made.leaf_sha256, thumbprint(&made.chain[0]), "{case}");
                assert!(!format!("{made:?}").contains(&format!("{:?}", made.key.secret_der())), "{case}: key shown");
            }
            (Err(part), Err(error)) => assert!(error.to_string().contains(part), "{case}: {error}"),
            (expected, got) => panic!("{case}: expected {expected:?}, got {got:?}"),
        }
    };
    check("PKCS#8", RSA, PKCS8, Ok(1));
    check("PKCS#1", RSA, PKCS1, Ok(1));
    check("SEC 1", EC, SEC1, Ok(1));
    check("one file", &[EC, SEC1].concat(), &[EC, SEC1].concat(), Ok(1));
    check("with intermediates", &[RSA, AUTHORITY].concat(), PKCS8, Ok(2));
    check("another key", RSA, SEC1, Err("the private key does not fit the certificate of CN=rsa.contoso.com"));
    let wrong_order = "fits CN=rsa.contoso.com, but the file begins with CN=Old Fixture CA";
    check("in the wrong order", &[AUTHORITY, RSA].concat(), PKCS8, Err(wrong_order));
    check("no key", RSA, RSA, Err("key: line 1: CERTIFICATE where a private key"));
    check("no certificate", PKCS8, PKCS8, Err("certificate: line 1: PRIVATE KEY where a certificate"));
    check("too many", &RSA.repeat(11), PKCS8, Err("11 certificates"));
    let junk = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    check("junk behind the leaf", &[RSA, junk].concat(), PKCS8, Err("certificate 2 of the file"));
    let weak = include_str!("../fixtures/rsa-1024.pem");
    let odd_key = "-----BEGIN PRIVATE KEY-----\nMAUCAQAwAA==\n-----END PRIVATE KEY-----\n";
    check("an odd key", weak, odd_key, Err("not supported"));
}

#[test]
fn knows_the_kinds_of_keys() {
    for kind in [&PKCS_ECDSA_P256_SHA256, &PKCS_ECDSA_P521_SHA512, &PKCS_ED25519] {
        let key = KeyPair::generate_for(kind).unwrap();
        let params = rcgen::CertificateParams::new(vec!["mail.contoso.com".to_owned()]).unwrap();
        let chain = params.self_signed(&key).unwrap().pem();
        let made = client_certificate("hq", chain.as_bytes(), key.serialize_pem().as_bytes());
        assert!(made.is_ok(), "{kind:?}: {made:?}");
    }
}
