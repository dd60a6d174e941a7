//! Domain patterns: the scope of a connector (`sender_domains`) and the address space of a send connector with its cost.

use std::fmt;

use crate::domain::{Domain, DomainError};

/// `*`, `*.d` or `d`, compared with the domain of a sender or recipient.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DomainScope {
    /// This domain alone.
    Exact(Domain),
    /// Strictly below this domain, at any depth.
    Below(Domain),
    /// Every domain.
    Any,
}

/// Why a text is no domain scope.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    /// The domain part is wrong.
    #[error(transparent)]
    Domain(#[from] DomainError),
    /// A star inside.
    #[error("a star stands alone or as the whole first label: *, *.contoso.com, contoso.com")]
    Star,
}

/// Highest cost of an address space, as in Exchange (Microsoft: New-SendConnector, `AddressSpaces`).
pub const MAX_COST: u8 = 100;

/// An address space of a send connector: which recipient domains it takes, and at what cost (lower wins).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressSpace {
    /// The recipient domains.
    pub scope: DomainScope,
    /// 1 to [`MAX_COST`].
    pub cost: u8,
}

/// Why a text is no address space.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressSpaceError {
    /// The domain pattern is wrong.
    #[error(transparent)]
    Scope(#[from] ScopeError),
    /// The cost is no number from 1 to 100.
    #[error("the cost after the semicolon is a number from 1 to 100")]
    Cost,
    /// Only SMTP address spaces exist here.
    #[error("only address spaces of type SMTP exist here, not {0:?}")]
    Type(String),
}

impl DomainScope {
    /// Reads `*`, `*.contoso.com` or `contoso.com`.
    pub fn parse(text: &str) -> Result<Self, ScopeError> {
        match text.strip_prefix('*') {
            Some("") => Ok(Self::Any),
            Some(rest) => match rest.strip_prefix('.') {
                Some(domain) if !domain.contains('*') => Ok(Self::Below(Domain::parse(domain)?)),
                _ => Err(ScopeError::Star),
            },
            None if text.contains('*') => Err(ScopeError::Star),
            None => Ok(Self::Exact(Domain::parse(text)?)),
        }
    }

    /// Whether the scope holds `domain`.
    pub fn contains(&self, domain: &Domain) -> bool {
        match self {
            Self::Exact(own) => own == domain,
            Self::Below(parent) => domain.is_below(parent.as_str()),
            Self::Any => true,
        }
    }

    /// How specific the scope is: an exact domain above `*.d`, a longer `d` above a shorter, `*` last. Only comparable
    /// between scopes that hold the same domain.
    pub fn specificity(&self) -> usize {
        match self {
            Self::Exact(_) => usize::MAX,
            Self::Below(parent) => parent.label_count(),
            Self::Any => 0,
        }
    }
}

impl AddressSpace {
    /// Everything at cost 1, the default of a send connector.
    pub fn everything() -> Self {
        Self { scope: DomainScope::Any, cost: 1 }
    }

    /// Reads `contoso.com;1`, as Exchange writes them; the cost is 1 when left out, and a type `SMTP:` is passed over.
    pub fn parse(text: &str) -> Result<Self, AddressSpaceError> {
        let text = match text.split_once(':') {
            Some((kind, rest)) if kind.eq_ignore_ascii_case("smtp") => rest,
            Some((kind, _)) => return Err(AddressSpaceError::Type(kind.to_owned())),
            None => text,
        };
        let (scope, cost) = match text.split_once(';') {
            Some((scope, cost)) => (scope, cost.parse().map_err(|_| AddressSpaceError::Cost)?),
            None => (text, 1),
        };
        if !(1..=MAX_COST).contains(&cost) {
            return Err(AddressSpaceError::Cost);
        }
        Ok(Self { scope: DomainScope::parse(scope)?, cost })
    }
}

impl fmt::Display for DomainScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(domain) => domain.fmt(f),
            Self::Below(domain) => write!(f, "*.{domain}"),
            Self::Any => f.write_str("*"),
        }
    }
}

impl fmt::Display for AddressSpace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{};{}", self.scope, self.cost)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn parses_address_spaces() {
        let check = |text: &str, expected: Option<&str>| {
            let got = AddressSpace::parse(text);
            assert_eq!(got.as_ref().map(ToString::to_string).ok().as_deref(), expected, "{text}: {got:?}");
            if let Ok(space) = got {
                assert_eq!(AddressSpace::parse(&space.to_string()), Ok(space), "{text} printed and parsed");
            }
        };
        check("*", Some("*;1"));
        check("smtp:*;1", Some("*;1"));
        check("SMTP:*.Contoso.com;20", Some("*.contoso.com;20"));
        check("contoso.com;100", Some("contoso.com;100"));
        check("contoso.com;0", None);
        check("contoso.com;101", None);
        check("contoso.com;x", None);
        check("x400:c=us;1", None);
        check("*contoso.com;1", None);
        check("", None);
    }

    #[test]
    fn holds_domains() {
        let check = |scope: &str, domain: &str, expected: bool| {
            let holds = DomainScope::parse(scope).unwrap().contains(&Domain::parse(domain).unwrap());
            assert_eq!(holds, expected, "{domain} in {scope}");
        };
        check("*", "contoso.com", true);
        check("contoso.com", "contoso.com", true);
        check("contoso.com", "eu.contoso.com", false);
        check("*.contoso.com", "a.eu.contoso.com", true);
        check("*.contoso.com", "contoso.com", false);
    }
}
