//! PKCS#12 files, made here, and what is read from them; the key is not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use p12_keystore::{Certificate, EncryptionAlgorithm, KeyStore, KeyStoreEntry, PrivateKey, PrivateKeyChain};
use proptest::prelude::*;

use super::*;
use crate::pem;
use crate::test_authority::fixture;

/// A file as openssl and Windows make it: leaf with key, and its issuer.
fn file(password: &str, algorithm: EncryptionAlgorithm, rounds: u32) -> Vec<u8> {
    let key = pem::read_key(include_bytes!("../fixtures/rsa-pkcs8.key")).unwrap();
    let chain = [leaf(), issuer()].map(|der| Certificate::from_der(&der).unwrap());
    let chain = PrivateKeyChain::new("1", PrivateKey::from_der(key.secret_der()).unwrap(), chain);
    let mut store = KeyStore::new();
    store.add_entry("mail", KeyStoreEntry::PrivateKeyChain(chain));
    let writer = store.writer(password).encryption_algorithm(algorithm);
    writer.encryption_iterations(rounds).mac_iterations(2000).write().unwrap()
}

fn leaf() -> Vec<u8> {
    fixture(include_bytes!("../fixtures/rsa.pem"))
}

fn issuer() -> Vec<u8> {
    fixture(include_bytes!("../fixtures/authority.pem"))
}

const MODERN: EncryptionAlgorithm = EncryptionAlgorithm::PbeWithHmacSha256AndAes256;
const LEGACY: EncryptionAlgorithm = EncryptionAlgorithm::PbeWithShaAnd3KeyTripleDesCbc;

#[test]
fn opens_with_the_password_that_fits() {
    let check = |algorithm, own: &str, passwords: &[&str], expected: Result<(), Pkcs12Error>| {
        let read = read_pkcs12(&file(own, algorithm, 2000), passwords);
        let whole = Pkcs12 { certificates: vec![leaf(), issuer()], has_key: true };
        assert_eq!(read, expected.map(|()| whole), "{algorithm:?} {own:?} {passwords:?}");
    };
    for algorithm in [MODERN, LEGACY] {
        check(algorithm, "", &[], Ok(()));
        check(algorithm, "heslo č. 1", &["wrong", "heslo č. 1"], Ok(()));
        check(algorithm, "secret", &[], Err(Pkcs12Error::Password { tried: 0 }));
        check(algorithm, "secret", &["Secret"], Err(Pkcs12Error::Password { tried: 1 }));
    }
}

#[test]
fn refuses_what_costs_too_much() {
    let check = |file: &[u8], expected: Pkcs12Error| assert_eq!(read_pkcs12(file, &[]), Err(expected));
    // Certificates and key are stretched each.
    check(&file("", MODERN, 500_000), Pkcs12Error::TooDear);
    check(&[file("", MODERN, 1).as_slice(), SCRYPT].concat(), Pkcs12Error::TooDear);
    check(&vec![0x30; MAX_PKCS12_LENGTH + 1], Pkcs12Error::TooLong(MAX_PKCS12_LENGTH + 1));
}

proptest! {
    #[test]
    fn any_octets_are_survived(octets in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read_pkcs12(&octets, &["password"]);
    }

    #[test]
    fn a_damaged_file_is_survived(place in 0_usize..2000, octet: u8) {
        let mut damaged = file("", MODERN, 1);
        let place = place % damaged.len();
        damaged[place] = octet;
        let _ = read_pkcs12(&damaged, &[]);
    }
}

#[test]
fn a_file_that_is_no_der_is_unreadable() {
    let read = read_pkcs12(&[[0x30, 0x80].as_slice(), &[0; 60]].concat(), &[]);
    assert!(matches!(read, Err(Pkcs12Error::Unreadable(_))), "{read:?}");
}
