//! What a file of certificates says of itself, and what its chain is worth by the roots that were given: the form that
//! machines read.

use core_attribution::PresentedFault;
use core_directory::{CertificateFacts, ChainFault};
use core_wording::{Language, chain_fault};
use jiff::Timestamp;
use proto_certificate::{CertificateFile, FileForm, ParsedCertificate, key_is_checkable};
use proto_exchange::CertificateIdentifier;
use serde::Serialize;

/// Days before its end from which a certificate is to be renewed.
pub const RENEWAL_DAYS: i64 = 30;

/// A file.
#[derive(Debug, Serialize)]
pub struct FileFacts {
    /// Its name as typed.
    pub file: String,
    /// `pem`, `der`, `pkcs12`.
    pub form: &'static str,
    /// Whether a private key is in it.
    pub private_key: bool,
    /// The certificates in their order.
    pub certificates: Vec<OneCertificate>,
    /// What the first one's chain is worth.
    pub chain: Chain,
    /// What in the file cannot be read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<String>,
}

/// One certificate.
#[derive(Debug, Serialize)]
pub struct OneCertificate {
    /// As Windows and Exchange write it.
    pub subject: String,
    /// The same of its issuer.
    pub issuer: String,
    /// What it goes by in Exchange's connectors.
    pub identifier: String,
    /// The identifier is too long for an Edge subscription (KB 4052493).
    pub identifier_too_long_for_edge: bool,
    /// The names that it proves (rule A1).
    pub names: Vec<String>,
    /// SHA-1: Exchange's thumbprint.
    pub thumbprint: String,
    /// SHA-256: what pins and `denied_certificates` take.
    pub sha256: String,
    /// Hexadecimal digits.
    pub serial_number: String,
    /// Such as `RSA 2048`.
    pub key: String,
    /// Whether signatures by the key can be checked; a key that is too weak proves nothing.
    pub key_checkable: bool,
    /// First moment.
    pub not_before: Timestamp,
    /// Last moment.
    pub not_after: Timestamp,
    /// Whole days until then; negative where it has passed.
    pub days_left: i64,
    /// Fit for server authentication.
    pub server_authentication: bool,
    /// Fit for client authentication.
    pub client_authentication: bool,
    /// The extended key usages; empty: no such extension, and fit for both.
    pub extended_key_usage: Vec<String>,
    /// Whether its own key signed it.
    pub self_signed: bool,
    /// Whether it may issue others.
    pub is_ca: bool,
}

/// The worth of a chain.
#[derive(Debug, Serialize)]
pub struct Chain {
    /// Whether it leads to a trusted root and all of it is in date.
    pub trusted: bool,
    /// How many certificates of the file are not the first one's issuer, or that one's issuer, and so on.
    pub unrelated: usize,
    /// What is wrong.
    pub faults: Vec<Fault>,
}

/// A fault: its code and arguments, and its text.
#[derive(Debug, Serialize)]
pub struct Fault {
    /// The code.
    pub code: String,
    /// Subject, issuer, date or detail.
    pub arguments: Vec<String>,
    /// The text.
    pub text: String,
}

impl FileFacts {
    /// The facts of a file whose first certificate was judged.
    ///
    /// # Errors
    /// A certificate that cannot be read.
    pub fn new(
        file: String,
        read: &CertificateFile,
        judged: &CertificateFacts,
        at: Timestamp,
        language: Language,
    ) -> Result<Self, String> {
        let mut certificates = Vec::new();
        for certificate in &read.certificates {
            let parsed = ParsedCertificate::parse(&certificate.der)
                .map_err(|error| format!("line {}: {error}", certificate.line))?;
            certificates.push(OneCertificate::new(parsed, key_is_checkable(&certificate.der), at));
        }
        let faults = judged.faults.iter().map(|fault| Fault::new(fault, language)).collect();
        let unrelated = unrelated(&certificates);
        Ok(Self {
            file,
            form: match read.form {
                FileForm::Pem => "pem",
                FileForm::Der => "der",
                FileForm::Pkcs12 => "pkcs12",
            },
            private_key: read.key_line.is_some(),
            chain: Chain { trusted: judged.operator_path.is_some(), unrelated, faults },
            certificates,
            unread: read.problems.iter().map(ToString::to_string).collect(),
        })
    }

    /// The first certificate.
    pub fn leaf(&self) -> Option<&OneCertificate> {
        self.certificates.first()
    }

    /// Whether the file is at fault, whoever is asked: no name, something unreadable, or the wrong order.
    pub fn is_wrong(&self) -> bool {
        let nameless = self.leaf().is_none_or(|leaf| leaf.names.is_empty());
        nameless || !self.unread.is_empty() || self.is_in_wrong_order()
    }

    /// Whether an authority stands first and the certificate of a server behind it.
    pub fn is_in_wrong_order(&self) -> bool {
        let is_authority = self.leaf().is_some_and(|leaf| leaf.is_ca);
        is_authority && self.certificates.iter().any(|certificate| !certificate.is_ca)
    }
}

/// Certificates that are no issuer of the first, or of one above it.
fn unrelated(certificates: &[OneCertificate]) -> usize {
    let Some((leaf, others)) = certificates.split_first() else { return 0 };
    let mut wanted = leaf.issuer.as_str();
    let mut found = 0;
    for _ in others {
        match others.iter().find(|certificate| certificate.subject == wanted) {
            Some(issuer) if issuer.issuer != wanted => {
                found += 1;
                wanted = &issuer.issuer;
            }
            Some(_) => {
                found += 1;
                break;
            }
            None => break,
        }
    }
    others.len().saturating_sub(found)
}

impl OneCertificate {
    fn new(parsed: ParsedCertificate, key_checkable: bool, at: Timestamp) -> Self {
        const DAY: i64 = 24 * 60 * 60;
        let identifier = CertificateIdentifier {
            issuer: parsed.windows_issuer.as_str().into(),
            subject: parsed.windows_subject.as_str().into(),
        };
        Self {
            identifier_too_long_for_edge: identifier.length() > CertificateIdentifier::MAX_REPLICATED_LENGTH,
            identifier: identifier.to_string(),
            names: parsed.names.iter().map(ToString::to_string).collect(),
            thumbprint: parsed.sha1,
            sha256: parsed.sha256.to_string(),
            serial_number: parsed.serial,
            key: parsed.key,
            key_checkable,
            not_before: parsed.validity.not_before,
            not_after: parsed.validity.not_after,
            days_left: (parsed.validity.not_after.as_second() - at.as_second()).div_euclid(DAY),
            server_authentication: parsed.allowed_use.server,
            client_authentication: parsed.allowed_use.client,
            extended_key_usage: parsed.extended_key_usage,
            self_signed: parsed.self_signed,
            is_ca: parsed.is_ca,
            subject: parsed.windows_subject,
            issuer: parsed.windows_issuer,
        }
    }
}

impl Fault {
    fn new(fault: &ChainFault, language: Language) -> Self {
        let PresentedFault { code, arguments } = PresentedFault::of(fault);
        let text = chain_fault(&code, &arguments, language);
        Self { code, arguments, text }
    }
}
