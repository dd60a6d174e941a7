//! One certificate as facts for people and files: `certificate inspect`, the Received header, error texts. Must not judge.

use core_directory::{CertificateName, LeafUse, Thumbprint, ValidityWindow};
use rustls_pki_types::alg_id;
use x509_parser::extensions::ParsedExtension;
use x509_parser::oid_registry::OID_X509_EXT_EXTENDED_KEY_USAGE;

use crate::reading::{Reading, UnreadableCertificate};
use crate::signature::{SignatureCheck, check_signature, sha1_text, thumbprint};

/// What one certificate says of itself. Nothing of it is checked but `self_signed`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedCertificate {
    /// Subject, such as `CN=mail.contoso.com, O=Contoso`.
    pub subject: String,
    /// Issuer, in the same form.
    pub issuer: String,
    /// Subject as Windows and Exchange print it, such as `CN=mail.contoso.com, O="Contoso, Ltd.", S=Washington`.
    pub windows_subject: String,
    /// Issuer, in the same form.
    pub windows_issuer: String,
    /// The names that it presents by rule A1, as in [`core_directory::CertificateFacts::names`].
    pub names: Vec<CertificateName>,
    /// Whether the last of `names` came from the CN alone.
    pub last_is_common_name: bool,
    /// The last CN of the subject, whether it is a DNS name or not.
    pub common_name: Option<String>,
    /// Its dates.
    pub validity: ValidityWindow,
    /// For server authentication, client authentication, or both.
    pub allowed_use: LeafUse,
    /// The extended key usages by name, or by OID where they have none here; empty: there is no such extension.
    pub extended_key_usage: Vec<String>,
    /// SHA-256 over the DER: what pins and `denied_certificates` take.
    pub sha256: Thumbprint,
    /// SHA-1 over the DER in upper-case digits: what Windows and Exchange call the thumbprint.
    pub sha1: String,
    /// Serial number in hexadecimal digits.
    pub serial: String,
    /// Kind of the public key, such as `RSA 2048`.
    pub key: String,
    /// X.509 version: 1, 2 or 3.
    pub version: u32,
    /// Whether it is its own issuer and its own key signed it.
    pub self_signed: bool,
    /// Whether it may issue others.
    pub is_ca: bool,
}

/// One line about a certificate of a chain, readable or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateSummary {
    /// Subject, or what is wrong if it cannot be read.
    pub subject: String,
    /// Issuer; empty if it cannot be read.
    pub issuer: String,
    /// SHA-256 over the DER.
    pub sha256: Thumbprint,
    /// Its dates, if it can be read.
    pub validity: Option<ValidityWindow>,
}

impl ParsedCertificate {
    /// Reads one certificate in DER, of any version.
    pub fn parse(der: &[u8]) -> Result<Self, UnreadableCertificate> {
        let reading = Reading::new(der)?;
        let presented = reading.presented_names();
        Ok(Self {
            subject: reading.subject(),
            issuer: reading.issuer(),
            windows_subject: reading.windows_subject(),
            windows_issuer: reading.windows_issuer(),
            names: presented.names,
            last_is_common_name: presented.last_is_common_name,
            common_name: reading.common_name(),
            validity: reading.validity(),
            allowed_use: reading.allowed_use(),
            extended_key_usage: usage_texts(&reading),
            sha256: thumbprint(der),
            sha1: sha1_text(der),
            serial: reading.x509.tbs_certificate.raw_serial().iter().map(|byte| format!("{byte:02x}")).collect(),
            key: key_text(&reading),
            version: reading.version(),
            self_signed: reading.is_self_issued()
                && check_signature(&reading.parts, &reading.parts.public_key) == SignatureCheck::Good,
            is_ca: reading.is_ca(),
        })
    }
}

/// One summary for each certificate, in their order.
pub fn describe(chain: &[Vec<u8>]) -> Vec<CertificateSummary> {
    chain.iter().map(|der| CertificateSummary::of(der)).collect()
}

impl CertificateSummary {
    fn of(der: &[u8]) -> Self {
        let sha256 = thumbprint(der);
        match Reading::new(der) {
            Ok(reading) => Self {
                subject: reading.subject(),
                issuer: reading.issuer(),
                sha256,
                validity: Some(reading.validity()),
            },
            Err(error) => Self { subject: error.to_string(), issuer: String::new(), sha256, validity: None },
        }
    }
}

fn usage_texts(reading: &Reading<'_>) -> Vec<String> {
    let extension = reading.x509.get_extension_unique(&OID_X509_EXT_EXTENDED_KEY_USAGE).ok().flatten();
    let Some(ParsedExtension::ExtendedKeyUsage(usage)) = extension.map(|extension| extension.parsed_extension()) else {
        return Vec::new();
    };
    let named = [
        (usage.any, "anyExtendedKeyUsage"),
        (usage.server_auth, "serverAuth"),
        (usage.client_auth, "clientAuth"),
        (usage.code_signing, "codeSigning"),
        (usage.email_protection, "emailProtection"),
        (usage.time_stamping, "timeStamping"),
        (usage.ocsp_signing, "OCSPSigning"),
    ];
    let named = named.into_iter().filter(|(set, _)| *set).map(|(_, name)| name.to_owned());
    named.chain(usage.other.iter().map(|oid| oid.to_id_string())).collect()
}

fn key_text(reading: &Reading<'_>) -> String {
    let key = &reading.parts.public_key;
    let known = [
        (alg_id::ECDSA_P256, "EC P-256"),
        (alg_id::ECDSA_P384, "EC P-384"),
        (alg_id::ECDSA_P521, "EC P-521"),
        (alg_id::ED25519, "Ed25519"),
    ];
    if key.algorithm == alg_id::RSA_ENCRYPTION.as_ref() {
        return format!("RSA {}", key.rsa_modulus_bits().unwrap_or(0));
    }
    match known.iter().find(|(id, _)| id.as_ref() == key.algorithm) {
        Some((_, name)) => (*name).to_owned(),
        None => reading.x509.public_key().algorithm.algorithm.to_id_string(),
    }
}

#[cfg(test)]
mod tests;
