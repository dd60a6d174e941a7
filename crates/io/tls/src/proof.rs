//! Checking that a peer holds the key of the certificate it presents: the one thing that the handshake itself decides.
//!
//! A wrong signature ends the handshake. A key that cannot be checked lets it go on, and [`is_proved`] tells of the same
//! leaf afterwards that nothing is proved; both ask the same question, whose answer depends on the leaf alone. rustls' own
//! check reads the whole certificate first and refuses X.509 version 1; this one takes the key alone.

use std::sync::{Arc, LazyLock};

use proto_certificate::{PublicKey, key_is_checkable, public_key};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls13_signature_with_raw_key};
use rustls::{CertificateError, DigitallySignedStruct, Error, PeerMisbehaved, SignatureScheme};
use rustls_pki_types::{CertificateDer, SubjectPublicKeyInfoDer};

static PROVIDER: LazyLock<Arc<CryptoProvider>> = LazyLock::new(|| Arc::new(aws_lc_rs::default_provider()));

/// The cryptography that all sessions use.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::clone(&PROVIDER)
}

/// Signatures that peers may make.
pub(crate) fn schemes() -> Vec<SignatureScheme> {
    PROVIDER.signature_verification_algorithms.supported_schemes()
}

/// Whether a finished handshake proved that the peer holds the key of this chain's leaf.
pub(crate) fn is_proved(chain: &[Vec<u8>]) -> bool {
    chain.first().is_some_and(|leaf| key_is_checkable(leaf))
}

/// Checks a signature of TLS 1.2 (RFC 5246 §7.4.8): the scheme does not fix the curve, so that each algorithm of the scheme
/// is tried that fits the key.
pub(crate) fn check_tls12(
    message: &[u8],
    leaf: &CertificateDer<'_>,
    signed: &DigitallySignedStruct,
) -> Result<HandshakeSignatureValid, Error> {
    let Some(key) = checkable_key(leaf) else { return Ok(HandshakeSignatureValid::assertion()) };
    let algorithms = PROVIDER
        .signature_verification_algorithms
        .mapping
        .iter()
        .find(|(scheme, _)| *scheme == signed.scheme)
        .map(|(_, algorithms)| *algorithms)
        .ok_or(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme)?;
    let good = algorithms
        .iter()
        .filter(|algorithm| algorithm.public_key_alg_id().as_ref() == key.algorithm)
        .any(|algorithm| algorithm.verify_signature(key.bits, message, signed.signature()).is_ok());
    if good {
        Ok(HandshakeSignatureValid::assertion())
    } else {
        Err(Error::InvalidCertificate(CertificateError::BadSignature))
    }
}

/// Checks a signature of TLS 1.3 (RFC 8446 §4.4.3).
pub(crate) fn check_tls13(
    message: &[u8],
    leaf: &CertificateDer<'_>,
    signed: &DigitallySignedStruct,
) -> Result<HandshakeSignatureValid, Error> {
    let Some(key) = checkable_key(leaf) else { return Ok(HandshakeSignatureValid::assertion()) };
    let key = SubjectPublicKeyInfoDer::from(key.info);
    verify_tls13_signature_with_raw_key(message, &key, signed, &PROVIDER.signature_verification_algorithms)
}

fn checkable_key<'a>(leaf: &'a CertificateDer<'_>) -> Option<PublicKey<'a>> {
    public_key(leaf).filter(|_| key_is_checkable(leaf))
}
