//! Roots from the system and from files, as DER for `proto-certificate`'s trust store.

use std::fs;
use std::path::Path;

use proto_certificate::pem;

use crate::TlsError;

/// The system's roots.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SystemRoots {
    /// Certificates in DER.
    pub roots: Vec<Vec<u8>>,
    /// What could not be loaded, each with its file.
    pub problems: Vec<String>,
}

/// Loads the roots that the operating system trusts, or those that `SSL_CERT_FILE` and `SSL_CERT_DIR` name. It reads files:
/// call it at start and reload, not in the path of a message.
pub fn system_roots() -> SystemRoots {
    let loaded = rustls_native_certs::load_native_certs();
    SystemRoots {
        roots: loaded.certs.iter().map(|certificate| certificate.to_vec()).collect(),
        problems: loaded.errors.iter().map(ToString::to_string).collect(),
    }
}

/// Loads the certificates of a PEM or DER file of roots.
pub fn roots_from_pem_file(path: &Path) -> Result<Vec<Vec<u8>>, TlsError> {
    let file = fs::read(path).map_err(|error| TlsError::file(path, error))?;
    pem::read_certificates(&file).map_err(|error| TlsError::file(path, error))
}
