//! Certificates, keys and roots in a directory file: each value is a path or the PEM text itself.

use std::borrow::Cow;

use core_directory::{CertificateId, ClientCertificate, Field, PrivateKey, TrustAnchor};
use proto_certificate::pem;
use proto_certificate::{ClientCertificateError, MAX_OWN_CHAIN_LENGTH, ParsedCertificate, thumbprint};
use proto_placed_toml::{Placed, TableReader};

use crate::objects::Files;

/// How PEM text begins; a path does not begin like this.
const PEM_BEGIN: &str = "-----BEGIN";

/// Reads one item of `trusted_roots`. A file may hold several roots; one that is not at hand gives none.
pub(crate) fn trust_anchors(text: &str, files: Files<'_>) -> Result<Vec<TrustAnchor>, String> {
    let Some(bytes) = load(text, files)? else { return Ok(Vec::new()) };
    let certificates = pem::read_certificates(&bytes).map_err(|error| error.to_string())?;
    check_readable(&certificates)?;
    Ok(certificates.into_iter().map(|der| TrustAnchor { der }).collect())
}

/// Reads a certificate with its intermediates and its key, and reports at the line of the one that is wrong. Without a key,
/// or where it is not at hand, the certificate gets an empty one: the server's own for the same leaf is meant. None without a
/// word: the certificate itself is not at hand.
pub(crate) fn client_certificate(
    table: &TableReader<'_>,
    name: &str,
    certificate: Placed<&str>,
    key: Option<Placed<&str>>,
    files: Files<'_>,
) -> Option<ClientCertificate> {
    let fault = |field: Field, text: Placed<&str>, what: String| {
        table.fault(text.place, Some(field.key()), format!("{}: {what}", shown(text.value)), None);
    };
    let chain_file = load(certificate.value, files).map_err(|what| fault(Field::Certificate, certificate, what));
    let key_file = match key {
        Some(key) => load(key.value, files).map_err(|what| fault(Field::Key, key, what)),
        None => Ok(None),
    };
    let (chain_file, key_file) = (chain_file.ok()??, key_file.ok()?);
    let Some((key, key_file)) = key.zip(key_file) else {
        let made = without_key(name, &chain_file);
        return made.map_err(|what| fault(Field::Certificate, certificate, what)).ok();
    };
    match proto_certificate::client_certificate(name, &chain_file, &key_file) {
        Ok(made) => return Some(made),
        Err(ClientCertificateError::Certificate(error)) => fault(Field::Certificate, certificate, error.to_string()),
        Err(ClientCertificateError::Key(error)) => fault(Field::Key, key, error.to_string()),
        Err(error @ ClientCertificateError::Mismatch(_)) => fault(Field::Key, key, error.to_string()),
        Err(error) => fault(Field::Certificate, certificate, error.to_string()),
    }
    None
}

fn without_key(name: &str, chain_file: &[u8]) -> Result<ClientCertificate, String> {
    let chain = pem::read_certificates(chain_file).map_err(|error| error.to_string())?;
    if chain.len() > MAX_OWN_CHAIN_LENGTH {
        return Err(ClientCertificateError::TooLong(chain.len()).to_string());
    }
    check_readable(&chain)?;
    let leaf_sha256 = chain.first().map(|leaf| thumbprint(leaf)).ok_or("no certificate in the file")?;
    let key = PrivateKey::new(Vec::new());
    Ok(ClientCertificate { id: CertificateId::default(), name: name.into(), chain, leaf_sha256, key })
}

fn check_readable(certificates: &[Vec<u8>]) -> Result<(), String> {
    for (index, der) in certificates.iter().enumerate() {
        ParsedCertificate::parse(der)
            .map_err(|error| ClientCertificateError::Unreadable { number: index + 1, error }.to_string())?;
    }
    Ok(())
}

fn load<'t>(text: &'t str, files: Files<'_>) -> Result<Option<Cow<'t, [u8]>>, String> {
    if is_pem(text) { Ok(Some(Cow::Borrowed(text.as_bytes()))) } else { Ok(files(text)?.map(Cow::Owned)) }
}

fn is_pem(text: &str) -> bool {
    text.trim_start().starts_with(PEM_BEGIN)
}

/// The path in quotes; PEM text, which may be a key, is not shown.
fn shown(text: &str) -> String {
    if text.contains(PEM_BEGIN) { "the PEM text".to_owned() } else { format!("{text:?}") }
}
