//! Signatures: which keys can be checked at all, and whether one certificate signed another.

use core_directory::Thumbprint;
use rustls_pki_types::{SignatureVerificationAlgorithm, alg_id};
use webpki::ALL_VERIFICATION_ALGS;

use crate::der::{PublicKey, SignedParts};

/// RSA moduli in bits that the cryptographic library checks: below is too weak, above too slow.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// What checking a signature showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignatureCheck {
    /// The key made it.
    Good,
    /// The key did not make it.
    Wrong,
    /// Key or algorithm is of a kind that cannot be checked.
    Uncheckable,
}

/// The public key in a certificate, cut out without reading names, dates or extensions, so that version 1 certificates and
/// odd ones give theirs too.
pub fn public_key(certificate: &[u8]) -> Option<PublicKey<'_>> {
    SignedParts::cut(certificate).map(|parts| parts.public_key)
}

/// Whether a TLS signature by the key of this leaf can be checked. It depends on the leaf alone, so that nobody can make
/// somebody else's certificate uncheckable: rule A2 lets an uncheckable key pass the handshake, proving nothing.
pub fn key_is_checkable(leaf: &[u8]) -> bool {
    public_key(leaf).is_some_and(|key| is_checkable(&key))
}

/// Whether signatures by this key can be checked.
pub(crate) fn is_checkable(key: &PublicKey<'_>) -> bool {
    if key.algorithm == alg_id::RSA_ENCRYPTION.as_ref() {
        return key.rsa_modulus_bits().is_some_and(|bits| RSA_BITS.contains(&bits));
    }
    let curves = [alg_id::ECDSA_P256, alg_id::ECDSA_P384, alg_id::ECDSA_P521, alg_id::ED25519];
    curves.iter().any(|known| known.as_ref() == key.algorithm)
}

/// Whether the holder of `issuer` signed the certificate that `parts` were cut from.
pub(crate) fn check_signature(parts: &SignedParts<'_>, issuer: &PublicKey<'_>) -> SignatureCheck {
    let fits = |algorithm: &&&dyn SignatureVerificationAlgorithm| {
        algorithm.signature_alg_id().as_ref() == parts.algorithm
            && algorithm.public_key_alg_id().as_ref() == issuer.algorithm
    };
    if issuer.rsa_modulus_bits().is_some_and(|bits| !RSA_BITS.contains(&bits)) {
        return SignatureCheck::Uncheckable;
    }
    // What names the algorithm beside the signature is not signed itself (RFC 5280 §4.1.1.2).
    if parts.algorithm != parts.signed_algorithm {
        return SignatureCheck::Wrong;
    }
    match ALL_VERIFICATION_ALGS.iter().find(fits) {
        None => SignatureCheck::Uncheckable,
        Some(algorithm) => match algorithm.verify_signature(issuer.bits, parts.signed, parts.signature) {
            Ok(()) => SignatureCheck::Good,
            Err(_) => SignatureCheck::Wrong,
        },
    }
}

/// SHA-256 over the whole certificate.
pub fn thumbprint(certificate: &[u8]) -> Thumbprint {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, certificate);
    let mut bytes = [0; 32];
    bytes.iter_mut().zip(digest.as_ref()).for_each(|(to, from)| *to = *from);
    Thumbprint(bytes)
}

/// SHA-1 over the whole certificate as upper-case hexadecimal digits: what Windows and Exchange call the thumbprint. For
/// people to compare by eye; it proves nothing.
pub(crate) fn sha1_text(certificate: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, certificate);
    digest.as_ref().iter().map(|byte| format!("{byte:02X}")).collect()
}
