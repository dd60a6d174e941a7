//! A listener's own certificate, and its reload when the files change: the next handshake gets the new one, running
//! sessions keep theirs.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use core_directory::{PrivateKey, Thumbprint};
use proto_certificate::{CertificateSummary, check_key_matches, describe, pem, thumbprint};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use crate::TlsError;
use crate::proof::provider;

/// What a look at the files brought.
#[derive(Debug)]
pub enum ReloadEvent {
    /// The new certificate is in use.
    Reloaded(CertificateSummary),
    /// The files changed and cannot be used; the old certificate stays. Told once for each change.
    Failed(TlsError),
}

/// The certificate in use, and where it came from.
#[derive(Debug)]
pub(crate) struct ServerCertificate {
    current: ArcSwap<CertifiedKey>,
    files: Option<Files>,
}

#[derive(Debug)]
struct Files {
    certificate: PathBuf,
    key: PathBuf,
    /// Digest of both files as they are in use.
    in_use: Mutex<Thumbprint>,
}

impl ServerCertificate {
    /// Loads a certificate and its key, which may be in the same file.
    pub(crate) fn from_files(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let mut files =
            Files { certificate: certificate.to_owned(), key: key.to_owned(), in_use: Mutex::new(Thumbprint([0; 32])) };
        let loaded = files.read()?;
        let certified = files.parse(&loaded)?;
        files.in_use = Mutex::new(loaded.digest);
        Ok(Self { current: ArcSwap::from_pointee(certified), files: Some(files) })
    }

    /// Takes PEM that is in no file; it is never reloaded.
    pub(crate) fn from_pem(certificate: &[u8], key: &[u8]) -> Result<Self, TlsError> {
        let setting = |detail: String| TlsError::Setting { detail };
        let chain = pem::read_certificates(certificate).map_err(|error| setting(error.to_string()))?;
        let key = pem::read_key(key).map_err(|error| setting(error.to_string()))?;
        let certified = certified_key(&chain, &key).map_err(setting)?;
        Ok(Self { current: ArcSwap::from_pointee(certified), files: None })
    }

    /// Looks at the files again. `Ok(true)` if they changed and are in use now.
    pub(crate) fn reload(&self) -> Result<bool, TlsError> {
        let Some(files) = &self.files else { return Ok(false) };
        let loaded = files.read()?;
        let mut in_use = files.in_use.lock().unwrap_or_else(PoisonError::into_inner);
        if *in_use == loaded.digest {
            return Ok(false);
        }
        self.current.store(Arc::new(files.parse(&loaded)?));
        *in_use = loaded.digest;
        Ok(true)
    }

    /// The chain in use.
    pub(crate) fn chain(&self) -> Vec<Vec<u8>> {
        self.current.load().cert.iter().map(|certificate| certificate.to_vec()).collect()
    }

    /// The leaf in use.
    pub(crate) fn summary(&self) -> Option<CertificateSummary> {
        let current = self.current.load();
        let leaf = current.cert.first().map(|leaf| leaf.to_vec())?;
        describe(&[leaf]).into_iter().next()
    }
}

impl ResolvesServerCert for ServerCertificate {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.load_full())
    }
}

/// The content of both files.
struct Loaded {
    certificate: Vec<u8>,
    key: Vec<u8>,
    digest: Thumbprint,
}

impl Files {
    fn read(&self) -> Result<Loaded, TlsError> {
        let certificate = fs::read(&self.certificate).map_err(|error| TlsError::file(&self.certificate, error))?;
        let key = fs::read(&self.key).map_err(|error| TlsError::file(&self.key, error))?;
        let digest = thumbprint(&[thumbprint(&certificate).0, thumbprint(&key).0].concat());
        Ok(Loaded { certificate, key, digest })
    }

    fn parse(&self, loaded: &Loaded) -> Result<CertifiedKey, TlsError> {
        let chain =
            pem::read_certificates(&loaded.certificate).map_err(|error| TlsError::file(&self.certificate, error))?;
        let key = pem::read_key(&loaded.key).map_err(|error| TlsError::file(&self.key, error))?;
        certified_key(&chain, &key).map_err(|error| TlsError::file(&self.key, error))
    }
}

/// Checks that chain and key belong together and makes them usable. The error says what to do.
pub(crate) fn certified_key(chain: &[Vec<u8>], key: &PrivateKey) -> Result<CertifiedKey, String> {
    check_key_matches(chain, key).map_err(|error| error.to_string())?;
    let der = PrivateKeyDer::try_from(key.secret_der().to_vec())?;
    let signing = provider().key_provider.load_private_key(der).map_err(|error| error.to_string())?;
    let chain = chain.iter().map(|der| CertificateDer::from(der.clone())).collect();
    Ok(CertifiedKey::new(chain, signing))
}
