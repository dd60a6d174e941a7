//! DNS name constraints (RFC 5280 §4.2.1.10), for the names that path validation does not hold to them: the subject's CN
//! (rule A1), and all names of the leaves that [`crate::plain_path`] follows.

use core_directory::{CertificateName, Domain};
use x509_parser::extensions::{GeneralName, GeneralSubtree, ParsedExtension};
use x509_parser::oid_registry::OID_X509_EXT_NAME_CONSTRAINTS;

use crate::reading::Reading;

/// The constraints that one issuer puts on all below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NameConstraints {
    permitted: Vec<Subtree>,
    excluded: Vec<Subtree>,
    /// Constraints on other forms of name stand beside those on DNS names.
    pub(crate) has_other_forms: bool,
    /// The extension cannot be read: nothing is permitted.
    is_broken: bool,
}

/// `d`, or `.d` which leaves out `d` itself, or the empty text which is everything. Lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Subtree(String);

impl NameConstraints {
    /// The constraints in an issuer's certificate; nothing is constrained without the extension.
    pub(crate) fn of(issuer: &Reading<'_>) -> Self {
        let broken = Self { is_broken: true, ..Self::default() };
        let constraints = match issuer.x509.get_extension_unique(&OID_X509_EXT_NAME_CONSTRAINTS) {
            Ok(None) => return Self::default(),
            Ok(Some(extension)) => match extension.parsed_extension() {
                ParsedExtension::NameConstraints(constraints) => constraints,
                _ => return broken,
            },
            Err(_) => return broken,
        };
        let mut read = Self::default();
        let permitted = constraints.permitted_subtrees.iter().flatten();
        let excluded = constraints.excluded_subtrees.iter().flatten();
        let complete =
            read.take(permitted, |read| &mut read.permitted) && read.take(excluded, |read| &mut read.excluded);
        if complete { read } else { broken }
    }

    /// Adds subtrees to one of the lists. False if one of them is malformed.
    fn take<'s>(
        &mut self,
        subtrees: impl Iterator<Item = &'s GeneralSubtree<'s>>,
        list: fn(&mut Self) -> &mut Vec<Subtree>,
    ) -> bool {
        for subtree in subtrees {
            match &subtree.base {
                GeneralName::DNSName(text) => match Subtree::parse(text) {
                    Some(subtree) => list(self).push(subtree),
                    None => return false,
                },
                GeneralName::Invalid(..) => return false,
                _ => self.has_other_forms = true,
            }
        }
        true
    }

    /// Whether a certificate below this issuer may bear `name`. Of a wildcard every name that it stands for must be
    /// permitted, and none excluded.
    pub(crate) fn admits(&self, name: &CertificateName) -> bool {
        let permitted = self.permitted.is_empty() || self.permitted.iter().any(|subtree| subtree.holds_all(name));
        let excluded = self.excluded.iter().any(|subtree| subtree.holds_some(name));
        !self.is_broken && permitted && !excluded
    }
}

impl Subtree {
    fn parse(text: &str) -> Option<Self> {
        let domain = text.strip_prefix('.').unwrap_or(text);
        let well_formed = text.is_empty() || (text.is_ascii() && Domain::parse(domain).is_ok());
        well_formed.then(|| Self(text.to_ascii_lowercase()))
    }

    fn domain(&self) -> &str {
        self.0.strip_prefix('.').unwrap_or(&self.0)
    }

    /// Whether everything that `name` stands for lies in the subtree.
    fn holds_all(&self, name: &CertificateName) -> bool {
        match name {
            _ if self.0.is_empty() => true,
            CertificateName::Exact(domain) => {
                domain.is_below(self.domain()) || (!self.0.starts_with('.') && domain.as_str() == self.0)
            }
            CertificateName::Wildcard(domain) => domain.as_str() == self.domain() || domain.is_below(self.domain()),
        }
    }

    /// Whether anything that `name` stands for lies in the subtree.
    fn holds_some(&self, name: &CertificateName) -> bool {
        let reaches_into = match name {
            CertificateName::Exact(_) => false,
            CertificateName::Wildcard(domain) => {
                Domain::parse(self.domain()).is_ok_and(|subtree| subtree.is_below(domain.as_str()))
            }
        };
        reaches_into || self.holds_all(name)
    }
}

#[cfg(test)]
mod tests;
