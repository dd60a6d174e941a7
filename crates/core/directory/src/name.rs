//! Certificate names: what a connector asks for and what a certificate presents, and how they match (rules A0, A1, A3).

use std::fmt;

use crate::domain::{Domain, DomainError, is_below, parent_of};

/// `h.d` or `*.d`. Both a connector's `tls_sender_certificate_name` and a name in a certificate have this form.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CertificateName {
    /// One host or domain.
    Exact(Domain),
    /// `*.d`: everything strictly below `d`, at any depth (rule A1).
    Wildcard(Domain),
}

/// Why a text is no certificate name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateNameError {
    /// The domain part is wrong.
    #[error(transparent)]
    Domain(#[from] DomainError),
    /// A star anywhere but as the whole first label.
    #[error("a star may only be the whole first label, as in *.contoso.com")]
    Star,
    /// Fewer than two labels.
    #[error("a certificate name has at least two labels, as in contoso.com or *.contoso.com")]
    OneLabel,
    /// Strangers register below it.
    #[error("{0} is a public suffix: anyone can register below it")]
    PublicSuffix(Domain),
    /// The `<I>…<S>…` form, which names one certificate on premises and no connector accepts.
    #[error("the <I>…<S>… form selects a certificate on premises; write the name in it, such as mail.contoso.com")]
    IssuerSubject,
}

/// How a connector's value matched a presented name (rule A3), the better first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameMatch {
    /// Value and name are equal.
    Equal,
    /// The value is `*.d`, and the name lies below `d`; the number of labels of `d`, inverted so that more sort first.
    Wildcard(std::cmp::Reverse<u8>),
    /// The name is `*.d`, and the value is one label below `d`.
    UnderPresentedWildcard,
}

impl CertificateName {
    /// Reads a connector's value and holds it to rule A0.
    pub fn parse_value(text: &str) -> Result<Self, CertificateNameError> {
        if text.len() >= 3 && text.is_char_boundary(3) && text[..3].eq_ignore_ascii_case("<I>") {
            return Err(CertificateNameError::IssuerSubject);
        }
        let name = Self::parse_presented(text)?;
        let domain = name.domain();
        if matches!(name, Self::Exact(_)) && domain.label_count() < 2 {
            return Err(CertificateNameError::OneLabel);
        }
        if domain.is_public_suffix() {
            return Err(CertificateNameError::PublicSuffix(domain.clone()));
        }
        Ok(name)
    }

    /// Reads a name as a certificate presents it: the form alone, since a certificate may say anything.
    pub fn parse_presented(text: &str) -> Result<Self, CertificateNameError> {
        match text.strip_prefix("*.") {
            Some(rest) if rest.contains('*') => Err(CertificateNameError::Star),
            Some(rest) => Ok(Self::Wildcard(Domain::parse(rest)?)),
            None if text.contains('*') => Err(CertificateNameError::Star),
            None => Ok(Self::Exact(Domain::parse(text)?)),
        }
    }

    /// The domain that must be verified for a match to count (rule A4): `d` of `*.d`, `h.d` itself.
    pub fn domain(&self) -> &Domain {
        match self {
            Self::Exact(domain) | Self::Wildcard(domain) => domain,
        }
    }

    /// Whether the form is `*.d`.
    pub fn is_wildcard(&self) -> bool {
        matches!(self, Self::Wildcard(_))
    }

    /// Rule A3: how this connector value matches `presented`, if it does.
    pub fn matches(&self, presented: &Self) -> Option<NameMatch> {
        if self == presented {
            return Some(NameMatch::Equal);
        }
        match (self, presented) {
            (Self::Wildcard(value), Self::Exact(name)) if name.is_below(value.as_str()) => {
                Some(NameMatch::wildcard(value))
            }
            (Self::Wildcard(value), Self::Wildcard(name)) if is_below(name.as_str(), value.as_str()) => {
                Some(NameMatch::wildcard(value))
            }
            (Self::Exact(value), Self::Wildcard(name)) if parent_of(value.as_str()) == Some(name.as_str()) => {
                Some(NameMatch::UnderPresentedWildcard)
            }
            _ => None,
        }
    }
}

impl NameMatch {
    /// The rank of a match through `*.domain`.
    pub fn wildcard(domain: &Domain) -> Self {
        Self::Wildcard(std::cmp::Reverse(u8::try_from(domain.label_count()).unwrap_or(u8::MAX)))
    }
}

impl fmt::Display for CertificateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(domain) => domain.fmt(f),
            Self::Wildcard(domain) => write!(f, "*.{domain}"),
        }
    }
}

impl fmt::Debug for CertificateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;
    use std::cmp::Reverse;

    #[test]
    fn holds_values_to_rule_a0() {
        let check = |text: &str, expected: Result<&str, &str>| {
            let got = CertificateName::parse_value(text);
            let got = got.map(|name| name.to_string()).map_err(|error| error.to_string());
            match expected {
                Ok(name) => assert_eq!(got.as_deref(), Ok(name), "{text}"),
                Err(part) => assert!(got.as_ref().is_err_and(|e| e.contains(part)), "{text}: {got:?}"),
            }
        };
        check("Mail.Contoso.com", Ok("mail.contoso.com"));
        check("*.contoso.com", Ok("*.contoso.com"));
        check("contoso.com", Ok("contoso.com"));
        check("*.com", Err("public suffix"));
        check("*.co.uk", Err("public suffix"));
        check("co.uk", Err("public suffix"));
        check("localhost", Err("two labels"));
        check("*", Err("star"));
        check("mail.*.com", Err("star"));
        check("m*.contoso.com", Err("star"));
        check("<I>CN=CA<S>CN=mail.contoso.com", Err("<I>"));
        check("<i>CN=CA<s>CN=mail.contoso.com", Err("<I>"));
    }

    #[test]
    fn matches_by_rule_a3() {
        let check = |value: &str, presented: &str, expected: Option<NameMatch>| {
            let value = CertificateName::parse_value(value).unwrap();
            let presented = CertificateName::parse_presented(presented).unwrap();
            assert_eq!(value.matches(&presented), expected, "{value} against {presented}");
        };
        let wildcard = |labels| Some(NameMatch::Wildcard(Reverse(labels)));
        check("mail.contoso.com", "MAIL.contoso.com", Some(NameMatch::Equal));
        check("*.contoso.com", "*.contoso.com", Some(NameMatch::Equal));
        check("*.contoso.com", "mail.contoso.com", wildcard(2));
        check("*.contoso.com", "a.b.contoso.com", wildcard(2));
        check("*.contoso.com", "*.eu.contoso.com", wildcard(2));
        check("*.eu.contoso.com", "*.contoso.com", None);
        check("*.contoso.com", "contoso.com", None);
        check("mail.contoso.com", "*.contoso.com", Some(NameMatch::UnderPresentedWildcard));
        check("a.b.contoso.com", "*.contoso.com", None);
        check("*.contoso.com", "mail.contoso.net", None);
        check("*.contoso.com", "mail.evilcontoso.com", None);
    }

    #[test]
    fn orders_the_better_match_first() {
        assert!(NameMatch::Equal < NameMatch::Wildcard(Reverse(3)));
        assert!(NameMatch::Wildcard(Reverse(3)) < NameMatch::Wildcard(Reverse(2)));
        assert!(NameMatch::Wildcard(Reverse(2)) < NameMatch::UnderPresentedWildcard);
    }

    proptest! {
        #[test]
        fn prints_and_parses(text in "(\\*\\.)?[a-zA-Z0-9*._<>-]{0,40}") {
            if let Ok(name) = CertificateName::parse_presented(&text) {
                prop_assert_eq!(CertificateName::parse_presented(&name.to_string()).unwrap(), name);
            }
        }
    }
}
