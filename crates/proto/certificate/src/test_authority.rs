//! Authorities and leaves for tests, all alive on [`now`] unless a test says otherwise.

use jiff::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair, PKCS_ECDSA_P256_SHA256,
    date_time_ymd,
};

use crate::pem;

/// When the tests take place.
pub(crate) fn now() -> Timestamp {
    "2030-01-01T00:00:00Z".parse().unwrap()
}

/// A certificate with its key that may issue others.
pub(crate) struct Authority {
    pub(crate) der: Vec<u8>,
    issuer: Issuer<'static, KeyPair>,
}

/// Changes the parameters of a certificate before it is signed.
pub(crate) type Change<'c> = &'c dyn Fn(&mut CertificateParams);

impl Authority {
    /// A self-signed root.
    pub(crate) fn root(name: &str) -> Self {
        Self::root_with(name, &|_| {})
    }

    pub(crate) fn root_with(name: &str, change: Change<'_>) -> Self {
        let params = authority_params(name, change);
        let key = new_key();
        let der = params.self_signed(&key).unwrap().der().to_vec();
        Self { der, issuer: Issuer::new(params, key) }
    }

    /// An intermediate below this one.
    pub(crate) fn intermediate(&self, name: &str, change: Change<'_>) -> Self {
        let params = authority_params(name, change);
        let key = new_key();
        let der = params.signed_by(&key, &self.issuer).unwrap().der().to_vec();
        Self { der, issuer: Issuer::new(params, key) }
    }

    /// A leaf with these dNSNames and the first of them as its CN.
    pub(crate) fn leaf(&self, names: &[&str], change: Change<'_>) -> Vec<u8> {
        leaf_params(names, change).signed_by(&new_key(), &self.issuer).unwrap().der().to_vec()
    }
}

/// A leaf that signed itself.
pub(crate) fn self_signed_leaf(names: &[&str], change: Change<'_>) -> Vec<u8> {
    leaf_params(names, change).self_signed(&new_key()).unwrap().der().to_vec()
}

/// The first certificate of a fixture.
pub(crate) fn fixture(file: &[u8]) -> Vec<u8> {
    pem::read_certificates(file).unwrap().remove(0)
}

/// Replaces the subject by a single CN.
pub(crate) fn set_common_name(params: &mut CertificateParams, name: &str) {
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
}

fn new_key() -> KeyPair {
    KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap()
}

fn authority_params(name: &str, change: Change<'_>) -> CertificateParams {
    let mut params = dated(CertificateParams::default());
    set_common_name(&mut params, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    change(&mut params);
    params
}

fn leaf_params(names: &[&str], change: Change<'_>) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let common_name = names.first().cloned().unwrap_or_else(|| "Leaf".to_owned());
    let mut params = dated(CertificateParams::new(names).unwrap());
    set_common_name(&mut params, &common_name);
    change(&mut params);
    params
}

fn dated(mut params: CertificateParams) -> CertificateParams {
    params.not_before = date_time_ymd(2029, 1, 1);
    params.not_after = date_time_ymd(2031, 1, 1);
    params
}
