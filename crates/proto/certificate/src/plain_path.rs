//! The way to a root for leaves that webpki will not look at: X.509 version 1, as `openssl x509 -req` without extensions
//! makes them, and authorities' certificates used as a leaf, as `openssl req -x509` makes them. Rule A2 has nothing against
//! either, and both are common on premises.
//!
//! It walks links whose signatures [`Links`] has checked, and is stricter than webpki where it knows less: an issuer with
//! constraints on other than DNS names, or with a critical extension unknown here, is not followed.

use core_directory::TrustedPath;
use jiff::Timestamp;
use x509_parser::extensions::ParsedExtension;

use crate::links::{Links, RootLink};
use crate::name_constraints::NameConstraints;
use crate::path::{NoPath, PathUse, trusted_path};
use crate::reading::Reading;

/// Most intermediates between leaf and root, as in webpki.
const MAX_INTERMEDIATES: usize = 6;

/// A way upwards being tried.
struct Climb<'l, 'a> {
    links: &'l Links<'a>,
    roots: &'l [RootLink<'l>],
    usage: PathUse,
    at: Timestamp,
}

/// Finds a path to one of `roots` that admits the leaf's names.
pub(crate) fn find(
    links: &Links<'_>,
    leaf: &Reading<'_>,
    roots: &[RootLink<'_>],
    usage: PathUse,
    at: Timestamp,
) -> Result<TrustedPath, NoPath> {
    if !leaf.validity().contains(at) || !usage.is_allowed_by(leaf.allowed_use()) || has_unknown_critical(leaf) {
        return Err(NoPath::NoIssuer);
    }
    let climb = Climb { links, roots, usage, at };
    let mut used = Vec::new();
    let link = climb.from(0, &mut used).ok_or(NoPath::NoIssuer)?;
    // Read again, so that the path owns what it looks at.
    let intermediates: Vec<_> =
        used.iter().filter_map(|&position| Reading::new(links.get(position)?.der).ok()).collect();
    let root = Reading::new(&link.root.der).map_err(|_| NoPath::NoRoot)?;
    let presented = leaf.presented_names();
    let san_count = presented.names.len() - usize::from(presented.last_is_common_name);
    for issuer in intermediates.iter().chain([&root]) {
        let constraints = NameConstraints::of(issuer);
        let admitted = presented.names.iter().take(san_count).all(|name| constraints.admits(name));
        if constraints.has_other_forms || !admitted {
            return Err(NoPath::NameConstraint);
        }
    }
    Ok(trusted_path(leaf, &intermediates, link.root))
}

impl<'l> Climb<'l, '_> {
    /// Depth first from the certificate at `position`; `used` holds the intermediates on the way. Each certificate has one
    /// signer's key, so that the number of ways stays in the hundreds for any chain within its bounds.
    fn from(&self, position: usize, used: &mut Vec<usize>) -> Option<RootLink<'l>> {
        if let Some(link) = self.roots.iter().find(|link| link.signed == position) {
            return Some(*link);
        }
        for &issuer in self.links.issuers(position) {
            if used.len() < MAX_INTERMEDIATES && !used.contains(&issuer) && self.may_issue(issuer, used.len()) {
                used.push(issuer);
                if let Some(link) = self.from(issuer, used) {
                    return Some(link);
                }
                used.pop();
            }
        }
        None
    }

    /// Whether the certificate may stand above `below` other intermediates.
    fn may_issue(&self, position: usize, below: usize) -> bool {
        let Some(certificate) = self.links.get(position) else { return false };
        let Ok(Some(basic)) = certificate.x509.basic_constraints() else { return false };
        let deep_enough = basic.value.path_len_constraint.is_none_or(|most| below <= most as usize);
        let signs = match certificate.x509.key_usage() {
            Ok(usage) => usage.is_none_or(|usage| usage.value.key_cert_sign()),
            Err(_) => false,
        };
        position != 0
            && basic.value.ca
            && deep_enough
            && signs
            && certificate.validity().contains(self.at)
            && self.usage.is_allowed_by(certificate.allowed_use())
            && !has_unknown_critical(certificate)
    }
}

/// Whether an extension that changes the meaning of the certificate is not understood (RFC 5280 §4.2).
fn has_unknown_critical(certificate: &Reading<'_>) -> bool {
    certificate.x509.iter_extensions().any(|extension| {
        let known = matches!(
            extension.parsed_extension(),
            ParsedExtension::BasicConstraints(_)
                | ParsedExtension::KeyUsage(_)
                | ParsedExtension::ExtendedKeyUsage(_)
                | ParsedExtension::SubjectAlternativeName(_)
                | ParsedExtension::NameConstraints(_)
        );
        extension.critical && !known
    })
}
