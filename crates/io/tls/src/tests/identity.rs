//! Certificates with keys for both sides.

use std::sync::Arc;

use core_directory::ClientCertificate;
use proto_certificate::{TrustStore, client_certificate, pem};
use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, PKCS_ECDSA_P256_SHA256,
    SignatureAlgorithm, date_time_ymd,
};
use rustls::sign::CertifiedKey;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use crate::proof::provider;

/// A certificate, what comes after it, and its key, in PEM.
pub(crate) struct Identity {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

/// A root that issues through an intermediate.
pub(crate) struct Authority {
    pub(crate) root: Vec<u8>,
    intermediate: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let params = |name: &str| {
            let mut params = CertificateParams::default();
            params.distinguished_name.push(rcgen::DnType::CommonName, name);
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params
        };
        let root_key = KeyPair::generate().unwrap();
        let root = params("Root").self_signed(&root_key).unwrap();
        let key = KeyPair::generate().unwrap();
        let root_issuer = Issuer::new(params("Root"), root_key);
        let intermediate = params("Middle").signed_by(&key, &root_issuer).unwrap();
        Self { root: root.der().to_vec(), intermediate: intermediate.pem(), issuer: Issuer::new(params("Middle"), key) }
    }

    /// A leaf with its intermediate behind it.
    pub(crate) fn issue(&self, name: &str, change: impl Fn(&mut CertificateParams)) -> Identity {
        self.issue_for(name, &PKCS_ECDSA_P256_SHA256, change)
    }

    pub(crate) fn issue_for(
        &self,
        name: &str,
        kind: &'static SignatureAlgorithm,
        change: impl Fn(&mut CertificateParams),
    ) -> Identity {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        change(&mut params);
        let key = KeyPair::generate_for(kind).unwrap();
        let leaf = params.signed_by(&key, &self.issuer).unwrap().pem();
        Identity { certificate: leaf + &self.intermediate, key: key.serialize_pem() }
    }

    pub(crate) fn store(&self) -> TrustStore {
        TrustStore::new([&*self.root]).0
    }
}

impl Identity {
    pub(crate) fn self_signed(name: &str) -> Self {
        let made = crate::self_signed(name).unwrap();
        Self { certificate: made.certificate, key: made.key }
    }

    pub(crate) fn version_1() -> Self {
        Self {
            certificate: include_str!("../fixtures/version-1.pem").to_owned(),
            key: include_str!("../fixtures/version-1.key").to_owned(),
        }
    }

    pub(crate) fn rsa_1024() -> Self {
        Self {
            certificate: include_str!("../fixtures/rsa-1024.pem").to_owned(),
            key: include_str!("../fixtures/rsa-1024.key").to_owned(),
        }
    }

    pub(crate) fn chain(&self) -> Vec<Vec<u8>> {
        pem::read_certificates(self.certificate.as_bytes()).unwrap()
    }

    pub(crate) fn client_certificate(&self) -> ClientCertificate {
        client_certificate("test", self.certificate.as_bytes(), self.key.as_bytes()).unwrap()
    }
}

/// A chain presented with a key that need not be its own.
pub(crate) fn certified(chain: Vec<Vec<u8>>, key: &str) -> Arc<CertifiedKey> {
    let key = pem::read_key(key.as_bytes()).unwrap();
    let der = PrivateKeyDer::try_from(key.secret_der().to_vec()).unwrap();
    let signing = provider().key_provider.load_private_key(der).unwrap();
    Arc::new(CertifiedKey::new(chain.into_iter().map(CertificateDer::from).collect(), signing))
}

pub(crate) fn expired(params: &mut CertificateParams) {
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2021, 1, 1);
}

pub(crate) fn for_clients_only(params: &mut CertificateParams) {
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
}
