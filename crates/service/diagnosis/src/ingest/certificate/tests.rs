//! Certificates as evidence.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use rcgen::{CertificateParams, KeyPair};

use crate::evidence::Evidence;
use crate::{Reader, SourceId};

/// A certificate and its key, in PEM and DER.
fn made() -> (String, Vec<u8>, String) {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(["mail.contoso.com".to_owned()]).unwrap().self_signed(&key).unwrap();
    (certificate.pem(), certificate.der().to_vec(), key.serialize_pem())
}

fn read(octets: &[u8]) -> Evidence {
    let mut reader = Reader::new(SourceId(0), "file");
    octets.chunks(100).for_each(|block| reader.feed(block));
    reader.finish()
}

#[test]
fn certificates_are_read_and_keys_are_not_kept() {
    let (pem, der, key) = made();
    let check = |octets: &[u8], certificates: usize, problems: &[(Option<u64>, &str)]| {
        let evidence = read(octets);
        let [source] = evidence.sources.as_slice() else { panic!("{:?}", evidence.sources) };
        assert_eq!(source.kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>(), ["certificate"]);
        let told: Vec<_> = source.problems.iter().map(|problem| (problem.line, problem.code)).collect();
        assert_eq!(told, problems);
        let files = &evidence.configuration.certificate_files;
        assert_eq!(files.len(), certificates);
        for file in files {
            assert_eq!(file.object.der.as_deref(), Some(&*der));
            assert_eq!(file.object.certificate_domains.whole().unwrap(), &[Box::from("mail.contoso.com")]);
            assert_eq!(file.object.thumbprint.whole().unwrap().len(), 40);
        }
        let secret = key.lines().nth(1).unwrap();
        assert!(!format!("{evidence:?}").contains(secret), "the key is in the evidence");
    };
    check(pem.as_bytes(), 1, &[]);
    check(format!("Bag Attributes\n  friendlyName: x\n{pem}{pem}").as_bytes(), 2, &[]);
    let lines = pem.lines().count() as u64;
    check(format!("{pem}{key}").as_bytes(), 1, &[(Some(lines + 1), "problem-private-key")]);
    check(key.as_bytes(), 0, &[(Some(1), "problem-private-key")]);
    check(&der, 1, &[]);
    check(format!("{pem}-----BEGIN CERTIFICATE-----\nMIICabcdefgh").as_bytes(), 1, &[(None, "problem-certificate")]);
    check(
        b"-----BEGIN CERTIFICATE-----\nMIICMIIC\n-----END CERTIFICATE-----\n",
        0,
        &[(Some(1), "problem-certificate")],
    );
    let utf16: Vec<u8> = pem.encode_utf16().flat_map(u16::to_le_bytes).collect();
    check(&utf16, 1, &[]);
}

#[test]
fn other_files_are_not_certificates() {
    let check = |octets: &[u8]| assert_eq!(read(octets).configuration.certificate_files.len(), 0, "{octets:?}");
    check(b"the file begins with -----BEGIN CERTIFICATE-----, he said");
    check(b"-----BEGIN CERTIFICATE-----\n");
    check(&[0x30, 0x82, 0x01, 0x0a]);
    check(&[0x30, 0x82, 0x01, 0x0a, 0x02, 0x01, 0x03, 0x30]);
}
