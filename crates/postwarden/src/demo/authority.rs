//! The demo's own certificate authority.

use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256,
};

/// How long its certificates hold: the demo is over long before.
const VALID_FOR: Duration = Duration::from_secs(90 * 24 * 3600);

/// How far they reach back, in case the clock is set while the demo runs.
const VALID_BEFORE: Duration = Duration::from_secs(24 * 3600);

/// An authority that signs leaves itself.
pub struct Authority {
    /// Its certificate in PEM.
    pub certificate: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate with its key, in PEM.
pub struct Issued {
    /// The certificate.
    pub certificate: String,
    /// Its key.
    pub key: String,
}

impl Authority {
    /// Makes one.
    pub fn new() -> Result<Self, rcgen::Error> {
        let mut params = CertificateParams::default();
        set_dates(&mut params);
        params.distinguished_name.push(DnType::CommonName, "Postwarden demo authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let certificate = params.self_signed(&key)?.pem();
        Ok(Self { certificate, issuer: Issuer::new(params, key) })
    }

    /// Issues a certificate for a host name, fit for both sides of TLS.
    pub fn issue(&self, name: &str) -> Result<Issued, rcgen::Error> {
        let mut params = CertificateParams::new(vec![name.to_owned()])?;
        set_dates(&mut params);
        params.distinguished_name.push(DnType::CommonName, name);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let certificate = params.signed_by(&key, &self.issuer)?.pem();
        Ok(Issued { certificate, key: key.serialize_pem() })
    }
}

fn set_dates(params: &mut CertificateParams) {
    let now = SystemTime::now();
    params.not_before = (now - VALID_BEFORE).into();
    params.not_after = (now + VALID_FOR).into();
}
