//! The identifier of a certificate in Exchange's connectors: `<I>issuer<S>subject` (Microsoft: Set-SendConnector,
//! `TlsCertificateName`). Two are equal when both names are, as text, letter case aside.

use std::fmt;

/// `<I>issuer<S>subject`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CertificateIdentifier {
    /// The issuer's name as Windows writes it.
    pub issuer: Box<str>,
    /// The subject's.
    pub subject: Box<str>,
}

impl CertificateIdentifier {
    /// Longest identifier that an Edge subscription replicates, in characters (KB 4052493): a longer one is not, and the Edge
    /// server presents another certificate.
    pub const MAX_REPLICATED_LENGTH: usize = 256;

    /// Reads `<I>…<S>…`, the marks in either letter case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let lower = text.to_ascii_lowercase();
        let middle = lower.find("<s>")?;
        if !lower.starts_with("<i>") {
            return None;
        }
        let (issuer, subject) = (text.get(3..middle)?.trim(), text.get(middle + 3..)?.trim());
        Some(Self { issuer: issuer.into(), subject: subject.into() })
    }

    /// Whether a certificate with this issuer and subject is meant. Blanks between the parts of a name do not matter.
    #[must_use]
    pub fn names(&self, issuer: &str, subject: &str) -> bool {
        same_name(&self.issuer, issuer) && same_name(&self.subject, subject)
    }

    /// Length in characters.
    #[must_use]
    pub fn length(&self) -> usize {
        self.to_string().chars().count()
    }
}

fn same_name(left: &str, right: &str) -> bool {
    let signs =
        |text: &str| text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect::<String>();
    signs(left) == signs(right)
}

impl fmt::Display for CertificateIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<I>{}<S>{}", self.issuer, self.subject)
    }
}
