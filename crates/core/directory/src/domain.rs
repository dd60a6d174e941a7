//! A DNS domain name as rule A1 compares them: A-labels, lower case, no trailing dot. Must not resolve anything.

use std::fmt;

/// Longest domain name in octets, without the trailing dot (RFC 1035 §2.3.4, RFC 5321 §4.5.3.1.2).
pub const MAX_DOMAIN_LENGTH: usize = 253;

/// Longest label in octets (RFC 1035 §2.3.4).
pub const MAX_LABEL_LENGTH: usize = 63;

/// A domain name: ASCII, lower case, IDNA applied, 1 to 253 octets, no empty label.
///
/// Underscores are kept, since hosts in certificates and mail have them.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Domain(Box<str>);

/// Why a text is no domain name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DomainError {
    /// Nothing is there.
    #[error("the domain is empty")]
    Empty,
    /// Two dots side by side, or one at an end.
    #[error("the domain has an empty label; write it without leading, trailing or double dots")]
    EmptyLabel,
    /// Longer than DNS allows.
    #[error("the domain or one of its labels is too long (253 and 63 octets at most)")]
    TooLong,
    /// A character that no host name has.
    #[error("the character {0:?} cannot be in a domain")]
    Character(char),
    /// IDNA refuses it.
    #[error("not a valid internationalised domain name")]
    Idna,
    /// An IP address where a name belongs.
    #[error("this is an IP address, not a domain")]
    Address,
}

impl Domain {
    /// Reads a domain; U-labels become A-labels (UTS 46), upper case lower.
    pub fn parse(text: &str) -> Result<Self, DomainError> {
        if text.is_empty() {
            return Err(DomainError::Empty);
        }
        if text.parse::<std::net::IpAddr>().is_ok() {
            return Err(DomainError::Address);
        }
        let ascii = if text.is_ascii() {
            text.to_ascii_lowercase()
        } else {
            idna::domain_to_ascii(text).map_err(|_| DomainError::Idna)?
        };
        check_labels(&ascii)?;
        // A punycode label that decodes to nothing sensible would compare unequal to its own U-label form.
        if ascii.split('.').any(|label| label.starts_with("xn--"))
            && idna::domain_to_ascii(&ascii).ok().as_deref() != Some(ascii.as_str())
        {
            return Err(DomainError::Idna);
        }
        Ok(Self(ascii.into_boxed_str()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Number of labels, at least one.
    pub fn label_count(&self) -> usize {
        self.0.split('.').count()
    }

    /// The name itself, then each name above it: `a.b.c`, `b.c`, `c`.
    pub fn at_and_above(&self) -> impl Iterator<Item = &str> {
        std::iter::successors(Some(self.as_str()), |name| parent_of(name))
    }

    /// Each name strictly above it, nearest first: for `a.b.c`, `b.c` and `c`.
    pub fn above(&self) -> impl Iterator<Item = &str> {
        self.at_and_above().skip(1)
    }

    /// Whether this name lies strictly below `other`, at any depth.
    pub fn is_below(&self, other: &str) -> bool {
        is_below(&self.0, other)
    }

    /// Whether the name is a public suffix, such as `com` or `co.uk`, under which strangers register (publicsuffix.org).
    /// A single label always is.
    pub fn is_public_suffix(&self) -> bool {
        psl::suffix(self.0.as_bytes()).is_none_or(|suffix| suffix.as_bytes().len() >= self.0.len())
    }

    /// The domain that somebody registered: one label below the public suffix; the name itself if it is one.
    pub fn registrable(&self) -> &str {
        psl::domain(self.0.as_bytes()).and_then(|domain| std::str::from_utf8(domain.as_bytes()).ok()).unwrap_or(&self.0)
    }
}

/// The name one label up, if there is one.
pub(crate) fn parent_of(name: &str) -> Option<&str> {
    name.split_once('.').map(|(_, rest)| rest)
}

/// Whether `name` lies strictly below `other`.
pub(crate) fn is_below(name: &str, other: &str) -> bool {
    name.len() > other.len()
        && name.ends_with(other)
        && name.as_bytes().get(name.len() - other.len() - 1) == Some(&b'.')
}

fn check_labels(name: &str) -> Result<(), DomainError> {
    if name.len() > MAX_DOMAIN_LENGTH {
        return Err(DomainError::TooLong);
    }
    for label in name.split('.') {
        if label.is_empty() {
            return Err(DomainError::EmptyLabel);
        }
        if label.len() > MAX_LABEL_LENGTH {
            return Err(DomainError::TooLong);
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if let Some(c) = label.chars().find(|&c| !allowed(c)) {
            return Err(DomainError::Character(c));
        }
    }
    Ok(())
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::borrow::Borrow<str> for Domain {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Domain {
    type Err = DomainError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parses() {
        let check = |text: &str, expected: Result<&str, DomainError>| {
            let got = Domain::parse(text);
            assert_eq!(got.as_ref().map(Domain::as_str), expected.as_ref().copied(), "{text:?}");
        };
        check("Contoso.COM", Ok("contoso.com"));
        check("bücher.example", Ok("xn--bcher-kva.example"));
        check("XN--BCHER-KVA.example", Ok("xn--bcher-kva.example"));
        check("_dmarc.contoso.com", Ok("_dmarc.contoso.com"));
        check("", Err(DomainError::Empty));
        check("contoso.com.", Err(DomainError::EmptyLabel));
        check(".contoso.com", Err(DomainError::EmptyLabel));
        check("a..b", Err(DomainError::EmptyLabel));
        check("*.contoso.com", Err(DomainError::Character('*')));
        check("con toso.com", Err(DomainError::Character(' ')));
        check("192.0.2.1", Err(DomainError::Address));
        check(&"a".repeat(64), Err(DomainError::TooLong));
        check(&"a.".repeat(130), Err(DomainError::TooLong));
    }

    #[test]
    fn tells_what_lies_below() {
        let check = |name: &str, other: &str, expected: bool| {
            assert_eq!(Domain::parse(name).unwrap().is_below(other), expected, "{name} below {other}");
        };
        check("mail.contoso.com", "contoso.com", true);
        check("a.b.contoso.com", "contoso.com", true);
        check("contoso.com", "contoso.com", false);
        check("evilcontoso.com", "contoso.com", false);
        check("com", "contoso.com", false);
    }

    #[test]
    fn knows_public_suffixes() {
        let check = |name: &str, suffix: bool, registrable: &str| {
            let domain = Domain::parse(name).unwrap();
            assert_eq!((domain.is_public_suffix(), domain.registrable()), (suffix, registrable), "{name}");
        };
        check("com", true, "com");
        check("co.uk", true, "co.uk");
        check("test", true, "test");
        check("contoso.com", false, "contoso.com");
        check("mail.eu.contoso.co.uk", false, "contoso.co.uk");
        check("corp.test", false, "corp.test");
    }

    proptest! {
        #[test]
        fn is_total_and_stable(text in "\\PC{0,80}") {
            if let Ok(domain) = Domain::parse(&text) {
                prop_assert_eq!(Domain::parse(domain.as_str()).unwrap(), domain);
            }
        }
    }
}
