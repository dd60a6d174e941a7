//! One certificate being read: x509-parser's view and the cut parts side by side, with the questions that judging asks.

use core_directory::{CertificateName, LeafUse, MAX_PRESENTED_NAMES, ValidityWindow};
use jiff::Timestamp;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::oid_registry::{OID_X509_EXT_EXTENDED_KEY_USAGE, OID_X509_EXT_SUBJECT_ALT_NAME};
use x509_parser::prelude::FromDer as _;
use x509_parser::time::ASN1Time;
use x509_parser::x509::X509Version;

use crate::der::SignedParts;
use crate::distinguished_name::{attribute_text, name_text, windows_name_text};

/// Largest certificate in octets. Real ones are below 10,000, also with hundreds of names; TLS itself ends at 2^24.
pub const MAX_CERTIFICATE_LENGTH: usize = 128 * 1024;

/// Why a certificate cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UnreadableCertificate(pub(crate) String);

/// A certificate, borrowed from its DER.
pub(crate) struct Reading<'a> {
    pub(crate) der: &'a [u8],
    pub(crate) parts: SignedParts<'a>,
    pub(crate) x509: X509Certificate<'a>,
}

/// The DNS names of a certificate as rule A1 takes them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PresentedNames {
    /// Distinct, the SAN dNSNames first, then the CN if it is none of them.
    pub(crate) names: Vec<CertificateName>,
    /// Whether the last is the CN alone.
    pub(crate) last_is_common_name: bool,
}

impl<'a> Reading<'a> {
    /// Reads a certificate of any version. Extensions that are broken or unknown do not matter here.
    pub(crate) fn new(der: &'a [u8]) -> Result<Self, UnreadableCertificate> {
        if der.len() > MAX_CERTIFICATE_LENGTH {
            let length = der.len();
            return Err(UnreadableCertificate(format!(
                "the certificate has {length} octets, {MAX_CERTIFICATE_LENGTH} are read at most"
            )));
        }
        let parts = SignedParts::cut(der)
            .ok_or_else(|| UnreadableCertificate("this is no X.509 certificate in DER".to_owned()))?;
        let (_, x509) = X509Certificate::from_der(der)
            .map_err(|error| UnreadableCertificate(format!("the certificate is malformed: {error}")))?;
        Ok(Self { der, parts, x509 })
    }

    pub(crate) fn subject(&self) -> String {
        name_text(self.x509.subject())
    }

    pub(crate) fn issuer(&self) -> String {
        name_text(self.x509.issuer())
    }

    pub(crate) fn windows_subject(&self) -> String {
        windows_name_text(self.x509.subject())
    }

    pub(crate) fn windows_issuer(&self) -> String {
        windows_name_text(self.x509.issuer())
    }

    /// The subject as encoded, which issuers are looked up by.
    pub(crate) fn raw_subject(&self) -> &'a [u8] {
        self.x509.tbs_certificate.subject.as_raw()
    }

    /// The issuer as encoded.
    pub(crate) fn raw_issuer(&self) -> &'a [u8] {
        self.x509.tbs_certificate.issuer.as_raw()
    }

    /// Whether it names itself as its issuer. Who signed it is another question.
    pub(crate) fn is_self_issued(&self) -> bool {
        self.raw_subject() == self.raw_issuer()
    }

    pub(crate) fn validity(&self) -> ValidityWindow {
        let validity = self.x509.validity();
        ValidityWindow { not_before: timestamp(&validity.not_before), not_after: timestamp(&validity.not_after) }
    }

    /// 1, 2 or 3; other numbers as they stand.
    pub(crate) fn version(&self) -> u32 {
        self.x509.version().0.saturating_add(1)
    }

    pub(crate) fn is_version_3(&self) -> bool {
        self.x509.version() == X509Version::V3
    }

    pub(crate) fn is_ca(&self) -> bool {
        self.x509.is_ca()
    }

    /// Rule A2: no extended key usage, or any, is fit for both; one that is broken or given twice for nothing.
    pub(crate) fn allowed_use(&self) -> LeafUse {
        match self.x509.get_extension_unique(&OID_X509_EXT_EXTENDED_KEY_USAGE) {
            Ok(None) => LeafUse::ANY,
            Ok(Some(extension)) => match extension.parsed_extension() {
                ParsedExtension::ExtendedKeyUsage(usage) => {
                    LeafUse { server: usage.any || usage.server_auth, client: usage.any || usage.client_auth }
                }
                _ => LeafUse { server: false, client: false },
            },
            Err(_) => LeafUse { server: false, client: false },
        }
    }

    /// The last common name of the subject as text, whether it is a DNS name or not.
    pub(crate) fn common_name(&self) -> Option<String> {
        self.x509.subject().iter_common_name().last().and_then(attribute_text)
    }

    /// Rule A1. Names that are no DNS names are passed over; so is a SAN extension that is broken or given twice.
    pub(crate) fn presented_names(&self) -> PresentedNames {
        let mut presented = PresentedNames::default();
        let san = self.x509.get_extension_unique(&OID_X509_EXT_SUBJECT_ALT_NAME).ok().flatten();
        if let Some(ParsedExtension::SubjectAlternativeName(san)) = san.map(|san| san.parsed_extension()) {
            for name in &san.general_names {
                // A dNSName is an IA5String; where it is not, name constraints were not held against it.
                if let GeneralName::DNSName(text) = name
                    && text.is_ascii()
                {
                    presented.add(text);
                }
            }
        }
        presented.last_is_common_name = self.common_name().is_some_and(|text| presented.add(&text));
        presented
    }
}

impl PresentedNames {
    /// Adds a name if it is one, is new and there is room; tells whether it did.
    fn add(&mut self, text: &str) -> bool {
        let Ok(name) = CertificateName::parse_presented(text) else { return false };
        let new = self.names.len() < MAX_PRESENTED_NAMES && !self.names.contains(&name);
        if new {
            self.names.push(name);
        }
        new
    }
}

/// The year 9999 stands for "no end" in certificates (RFC 5280 §4.1.2.5) and ends a little after [`Timestamp::MAX`].
fn timestamp(time: &ASN1Time) -> Timestamp {
    let seconds = time.timestamp();
    Timestamp::from_second(seconds).unwrap_or(if seconds < 0 { Timestamp::MIN } else { Timestamp::MAX })
}
