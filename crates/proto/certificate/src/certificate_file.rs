//! A file with certificates in any form that administrators have: PEM, DER or PKCS#12, told by its content. For looking, not
//! for use: a private key is noticed and not kept.

use crate::pem::{self, PemError};
use crate::pkcs12::{self, Pkcs12Error};

/// The form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileForm {
    /// RFC 7468, text around the blocks allowed.
    Pem,
    /// One certificate as it is.
    Der,
    /// RFC 7292.
    Pkcs12,
}

/// What was seen in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFile {
    /// Its form.
    pub form: FileForm,
    /// The certificates in their order, the leaf first where the file keeps to the custom.
    pub certificates: Vec<FileCertificate>,
    /// Whether a private key is in the file, and its line in PEM; 1 in other forms.
    pub key_line: Option<usize>,
    /// What in it could not be read.
    pub problems: Vec<PemError>,
}

/// A certificate with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileCertificate {
    /// The line at which it begins in PEM, from 1; 1 in other forms.
    pub line: usize,
    /// The certificate.
    pub der: Vec<u8>,
}

/// Why a file shows no certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFileError {
    /// PEM and DER.
    #[error(transparent)]
    Pem(#[from] PemError),
    /// PKCS#12.
    #[error(transparent)]
    Pkcs12(#[from] Pkcs12Error),
}

/// Reads a file. `passwords` are tried on PKCS#12, after the empty one.
///
/// # Errors
/// A file without a certificate and without a key.
pub fn read_certificate_file(file: &[u8], passwords: &[&str]) -> Result<CertificateFile, CertificateFileError> {
    if pkcs12::is_pkcs12(file) {
        let opened = pkcs12::read_pkcs12(file, passwords)?;
        let certificates = opened.certificates.into_iter().map(|der| FileCertificate { line: 1, der }).collect();
        let key_line = opened.has_key.then_some(1);
        return Ok(CertificateFile { form: FileForm::Pkcs12, certificates, key_line, problems: Vec::new() });
    }
    let form = if file.first() == Some(&crate::der::SEQUENCE) { FileForm::Der } else { FileForm::Pem };
    let seen = pem::look_through(file)?;
    let certificates = seen.certificates.into_iter().map(|(line, der)| FileCertificate { line, der }).collect();
    Ok(CertificateFile { form, certificates, key_line: seen.key_line, problems: seen.problems })
}

#[cfg(test)]
mod tests;
