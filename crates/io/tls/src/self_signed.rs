//! A certificate made on the spot, for `serve` without a configuration. It encrypts and proves nothing.

use std::time::{Duration, SystemTime};

use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, PKCS_ECDSA_P256_SHA256};

use crate::TlsError;

/// How long it is valid. Nobody renews it, and a new one is made at each start.
const VALID_FOR: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

/// How far it reaches back, for peers whose clock is behind.
const VALID_BEFORE: Duration = Duration::from_secs(24 * 3600);

/// A certificate with its key, both in PEM.
#[derive(Clone, PartialEq, Eq)]
pub struct SelfSigned {
    /// The certificate.
    pub certificate: String,
    /// Its key. Keep it secret.
    pub key: String,
}

/// Makes a self-signed certificate for `hostname`.
pub fn self_signed(hostname: &str) -> Result<SelfSigned, TlsError> {
    let mut params = CertificateParams::new(vec![hostname.to_owned()]).map_err(|error| TlsError::Setting {
        detail: format!("no certificate can be made for the host name {hostname:?}: {error}"),
    })?;
    let now = SystemTime::now();
    params.not_before = (now - VALID_BEFORE).into();
    params.not_after = (now + VALID_FOR).into();
    params.distinguished_name.push(DnType::CommonName, hostname);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(TlsError::internal)?;
    let certificate = params.self_signed(&key).map_err(TlsError::internal)?;
    Ok(SelfSigned { certificate: certificate.pem(), key: key.serialize_pem() })
}

impl std::fmt::Debug for SelfSigned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SelfSigned(key hidden)")
    }
}
