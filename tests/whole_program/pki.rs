//! Authorities and certificates, good and odd. Keys are P-256, which is quick to make.

use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    SanType, date_time_ymd,
};

/// Whoever issues: a root, or an intermediate with the chain up to its root.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
    /// What a leaf needs to be believed: empty for a root.
    chain: String,
}

/// A certificate with its key.
#[derive(Clone)]
pub struct Identity {
    /// The leaf, PEM.
    pub leaf: String,
    /// The intermediates up to the root, which is left out.
    pub intermediates: String,
    /// The key, PEM.
    pub key: String,
}

/// A leaf's certificate, to be changed before it is issued.
pub struct Leaf(CertificateParams);

impl Authority {
    /// A root.
    pub fn root(name: &str) -> Self {
        let (params, key) = (authority_params(name), KeyPair::generate().unwrap());
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem, chain: String::new() }
    }

    /// An authority below this one.
    pub fn intermediate(&self, name: &str) -> Self {
        let (params, key) = (authority_params(name), KeyPair::generate().unwrap());
        let pem = params.signed_by(&key, &self.issuer).unwrap().pem();
        Self { issuer: Issuer::new(params, key), chain: pem.clone() + &self.chain, pem }
    }

    /// Its own certificate, PEM.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// Issues a leaf.
    pub fn issue(&self, leaf: Leaf) -> Identity {
        let key = KeyPair::generate().unwrap();
        let leaf = leaf.0.signed_by(&key, &self.issuer).unwrap().pem();
        Identity { leaf, intermediates: self.chain.clone(), key: key.serialize_pem() }
    }

    /// Issues what most servers have: one name, in the SAN and as CN.
    pub fn server(&self, name: &str) -> Identity {
        self.issue(Leaf::san(&[name]).cn(name))
    }
}

impl Leaf {
    /// These names in the SAN and no subject.
    pub fn san(names: &[&str]) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.subject_alt_names = names.iter().map(|name| SanType::DnsName((*name).try_into().unwrap())).collect();
        Self(params)
    }

    /// A subject with this CN.
    pub fn cn(mut self, name: &str) -> Self {
        self.0.distinguished_name.push(DnType::CommonName, name);
        self
    }

    /// For this use alone.
    pub fn only_for(mut self, usage: ExtendedKeyUsagePurpose) -> Self {
        self.0.extended_key_usages = vec![usage];
        self
    }

    /// Its time is over.
    pub fn expired(mut self) -> Self {
        (self.0.not_before, self.0.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
        self
    }

    /// Its time has not come.
    pub fn not_yet(mut self) -> Self {
        (self.0.not_before, self.0.not_after) = (date_time_ymd(2090, 1, 1), date_time_ymd(2091, 1, 1));
        self
    }

    /// Signed with its own key.
    pub fn self_signed(self) -> Identity {
        let key = KeyPair::generate().unwrap();
        let leaf = self.0.self_signed(&key).unwrap().pem();
        Identity { leaf, intermediates: String::new(), key: key.serialize_pem() }
    }
}

impl Identity {
    /// Leaf and intermediates, PEM.
    pub fn chain(&self) -> String {
        self.leaf.clone() + &self.intermediates
    }

    /// The same, its intermediates forgotten.
    pub fn without_intermediates(self) -> Self {
        Self { intermediates: String::new(), ..self }
    }

    /// SHA-256 of the leaf, in hexadecimal.
    pub fn thumbprint(&self) -> String {
        let chain = proto_certificate::pem::read_certificates(self.leaf.as_bytes()).unwrap();
        proto_certificate::thumbprint(&chain[0]).to_string()
    }

    /// Writes `NAME.pem` (leaf and intermediates) and `NAME.key`.
    pub fn write(&self, folder: &Path, name: &str) -> (PathBuf, PathBuf) {
        let (certificate, key) = (folder.join(format!("{name}.pem")), folder.join(format!("{name}.key")));
        std::fs::write(&certificate, self.chain()).unwrap();
        std::fs::write(&key, &self.key).unwrap();
        (certificate, key)
    }
}

fn authority_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}
