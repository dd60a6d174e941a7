//! A certificate and its key out of files, checked to belong together before anything keeps them.

use aws_lc_rs::rsa;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING, EcdsaKeyPair,
    Ed25519KeyPair, KeyPair as _,
};
use core_directory::{CertificateId, ClientCertificate, PrivateKey};

use crate::parsed::ParsedCertificate;
use crate::pem::{self, KeyFormat, PemError, key_format};
use crate::reading::UnreadableCertificate;
use crate::signature::{public_key, thumbprint};

/// Most certificates in a tenant's chain: a leaf and the intermediates that webpki would follow, with room to spare.
pub const MAX_OWN_CHAIN_LENGTH: usize = 10;

/// Why certificate and key cannot be used together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyMismatch {
    /// The chain has no certificate.
    #[error("no certificate in the chain")]
    NoCertificate,
    /// The key is of no kind that can sign here.
    #[error(
        "the private key is of a kind that is not supported; use RSA with 2048 to 8192 bits, P-256, P-384, P-521 or Ed25519"
    )]
    UnsupportedKey,
    /// The leaf cannot be read.
    #[error("the first certificate cannot be read: {0}")]
    Unreadable(#[from] UnreadableCertificate),
    /// The key belongs to another certificate.
    #[error("the private key does not fit the certificate of {subject}")]
    DoesNotFit {
        /// The leaf's subject.
        subject: String,
    },
    /// The key belongs to a certificate further down: the order is wrong.
    #[error(
        "the private key fits {fits}, but the file begins with {first}; put the certificate of the key first, then its intermediates"
    )]
    WrongOrder {
        /// Subject of the first certificate.
        first: String,
        /// Subject of the certificate that the key belongs to.
        fits: String,
    },
}

/// Why files give no client certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientCertificateError {
    /// The certificate file.
    #[error("certificate: {0}")]
    Certificate(PemError),
    /// The key file.
    #[error("key: {0}")]
    Key(PemError),
    /// A certificate of the chain.
    #[error("certificate {number} of the file cannot be read: {error}")]
    Unreadable {
        /// Its place, from 1.
        number: usize,
        /// Why.
        error: UnreadableCertificate,
    },
    /// More than [`MAX_OWN_CHAIN_LENGTH`].
    #[error(
        "{0} certificates in the file; a chain has at most {MAX_OWN_CHAIN_LENGTH}: the server's own, then its intermediates"
    )]
    TooLong(usize),
    /// They do not belong together.
    #[error(transparent)]
    Mismatch(#[from] KeyMismatch),
}

/// Reads a certificate with its intermediates and its key, each from a file's bytes (which may be the same file), PEM or DER.
/// The identity is the default one; the store gives the real one.
pub fn client_certificate(
    name: &str,
    chain_file: &[u8],
    key_file: &[u8],
) -> Result<ClientCertificate, ClientCertificateError> {
    let chain = pem::read_certificates(chain_file).map_err(ClientCertificateError::Certificate)?;
    let key = pem::read_key(key_file).map_err(ClientCertificateError::Key)?;
    if chain.len() > MAX_OWN_CHAIN_LENGTH {
        return Err(ClientCertificateError::TooLong(chain.len()));
    }
    for (index, der) in chain.iter().enumerate() {
        ParsedCertificate::parse(der)
            .map_err(|error| ClientCertificateError::Unreadable { number: index + 1, error })?;
    }
    check_key_matches(&chain, &key)?;
    let leaf_sha256 = chain.first().map(|leaf| thumbprint(leaf)).ok_or(KeyMismatch::NoCertificate)?;
    Ok(ClientCertificate { id: CertificateId::default(), name: name.into(), chain, leaf_sha256, key })
}

/// Whether the key is the one of the first certificate.
pub fn check_key_matches(chain: &[Vec<u8>], key: &PrivateKey) -> Result<(), KeyMismatch> {
    let leaf = chain.first().ok_or(KeyMismatch::NoCertificate)?;
    let own = public_half(key).ok_or(KeyMismatch::UnsupportedKey)?;
    let fits = |certificate: &[u8]| public_key(certificate).is_some_and(|public| public.bits == own);
    if fits(leaf) {
        return Ok(());
    }
    let first = ParsedCertificate::parse(leaf)?.subject;
    match chain.iter().find(|certificate| fits(certificate)) {
        Some(other) => Err(KeyMismatch::WrongOrder { first, fits: ParsedCertificate::parse(other)?.subject }),
        None => Err(KeyMismatch::DoesNotFit { subject: first }),
    }
}

/// The public key that belongs to a private one, in the form that `SubjectPublicKeyInfo` holds.
fn public_half(key: &PrivateKey) -> Option<Vec<u8>> {
    let der = key.secret_der();
    let curves = [&ECDSA_P256_SHA256_ASN1_SIGNING, &ECDSA_P384_SHA384_ASN1_SIGNING, &ECDSA_P521_SHA512_ASN1_SIGNING];
    let rsa = |pair: rsa::KeyPair| pair.public_key().as_ref().to_vec();
    let curve = |pair: EcdsaKeyPair| pair.public_key().as_ref().to_vec();
    match key_format(der)? {
        KeyFormat::Pkcs1 => rsa::KeyPair::from_der(der).ok().map(rsa),
        KeyFormat::Sec1 => {
            curves.into_iter().find_map(|kind| EcdsaKeyPair::from_private_key_der(kind, der).ok()).map(curve)
        }
        KeyFormat::Pkcs8 => (rsa::KeyPair::from_pkcs8(der).ok().map(rsa))
            .or_else(|| curves.into_iter().find_map(|kind| EcdsaKeyPair::from_pkcs8(kind, der).ok()).map(curve))
            .or_else(|| {
                let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).ok()?;
                Some(pair.public_key().as_ref().to_vec())
            }),
    }
}

#[cfg(test)]
mod tests;
