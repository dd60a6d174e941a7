//! How TLS towards a next hop is judged: `smtp_tls_security_level`, and values of `smtp_tls_policy_maps` (postconf(5), TLS_README).

/// A level of Postfix's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsLevel {
    /// Plain text.
    None,
    /// TLS where it is offered.
    May,
    /// Always TLS, whatever the certificate.
    Encrypt,
    /// DANE where DNS has records for it, else `may`.
    Dane,
    /// DANE always.
    DaneOnly,
    /// The certificate is one of those that are named by fingerprint.
    Fingerprint,
    /// A chain to a trusted root, and the next hop's own name.
    Verify,
    /// A chain to a trusted root, and a name of the recipient's domain.
    Secure,
}

/// A policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsPolicy {
    /// The level.
    pub level: TlsLevel,
    /// What may match: of `verify` and `secure` names, of `fingerprint` fingerprints.
    pub matches: Vec<String>,
    /// Other attributes, as they are written.
    pub others: Vec<String>,
}

const LEVELS: [(TlsLevel, &str); 9] = [
    (TlsLevel::None, "none"),
    (TlsLevel::May, "may"),
    (TlsLevel::Encrypt, "encrypt"),
    (TlsLevel::Dane, "dane"),
    (TlsLevel::DaneOnly, "dane-only"),
    (TlsLevel::Fingerprint, "fingerprint"),
    (TlsLevel::Verify, "verify"),
    (TlsLevel::Secure, "secure"),
    (TlsLevel::Dane, "half-dane"),
];

impl TlsLevel {
    /// Reads a level.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        LEVELS.iter().find(|(_, own)| own.eq_ignore_ascii_case(word.trim())).map(|(level, _)| *level)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        LEVELS.iter().find(|(own, _)| *own == self).map_or("", |(_, name)| name)
    }
}

impl TlsPolicy {
    /// Reads `secure match=mail.contoso.com:.contoso.com protocols=TLSv1.2`. `None`: it begins with no level.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let mut words = value.split([' ', '\t', ',']).filter(|word| !word.is_empty());
        let mut policy = Self { level: TlsLevel::parse(words.next()?)?, matches: Vec::new(), others: Vec::new() };
        for word in words {
            match word.split_once('=') {
                // Fingerprints have colons of their own.
                Some(("match", value)) if policy.level == TlsLevel::Fingerprint => {
                    policy.matches.extend(value.split('|').map(str::to_owned));
                }
                Some(("match", value)) => policy.matches.extend(value.split(':').map(str::to_owned)),
                _ => policy.others.push(word.to_owned()),
            }
        }
        Some(policy)
    }
}
