//! A tenant's certificate with its key, presented by the send connectors that name it.

use std::fmt;

use crate::{CertificateId, Thumbprint};

/// A certificate with its intermediates and its private key. That they belong together is checked before one is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCertificate {
    /// Given by the store.
    pub id: CertificateId,
    /// Unique within the tenant.
    pub name: Box<str>,
    /// DER, the leaf first, then its intermediates.
    pub chain: Vec<Vec<u8>>,
    /// SHA-256 of the leaf.
    pub leaf_sha256: Thumbprint,
    /// The leaf's private key.
    pub key: PrivateKey,
}

/// A private key in DER (PKCS#8, PKCS#1 or SEC 1). It never shows itself.
#[derive(Clone, PartialEq, Eq)]
pub struct PrivateKey(Vec<u8>);

impl PrivateKey {
    /// Takes the DER.
    pub fn new(der: Vec<u8>) -> Self {
        Self(der)
    }

    /// Whether there is no key: a document that leaves the key out means the one that the store has for the same leaf.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The DER, for the TLS library and the store alone.
    pub fn secret_der(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(hidden)")
    }
}
