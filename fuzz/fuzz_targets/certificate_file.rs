//! Certificates as PEM, DER and PKCS#12, and what a certificate says.

#![no_main]

use libfuzzer_sys::fuzz_target;
use proto_certificate::{ParsedCertificate, describe, public_key, read_certificate_file, thumbprint};

fuzz_target!(|data: &[u8]| {
    let _ = (ParsedCertificate::parse(data), public_key(data), thumbprint(data));
    let Ok(file) = read_certificate_file(data, &["secret"]) else { return };
    let octets: usize = file.certificates.iter().map(|certificate| certificate.der.len()).sum();
    assert!(octets <= data.len(), "{octets} octets came out of {}", data.len());
    let chain: Vec<Vec<u8>> = file.certificates.into_iter().map(|certificate| certificate.der).collect();
    describe(&chain);
});
