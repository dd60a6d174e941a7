//! Roots: the operator's, trusted for all tenants, and each tenant's own (rule A2). Indexed by subject, so that a chain
//! meets only the roots that it could end in.

use std::collections::HashMap;

use core_directory::{TenantId, TrustAnchor};
use rustls_pki_types::CertificateDer;

use crate::reading::Reading;
use crate::signature::public_key;

/// Most roots with one subject that count for one tenant. Authorities renew their roots under the same name a few times;
/// more would only make every chain that names this issuer dear to judge.
pub const MAX_ROOTS_OF_ONE_SUBJECT: usize = 4;

/// A set of roots that are trusted alike.
#[derive(Clone, Debug, Default)]
pub struct TrustStore {
    roots: Vec<Root>,
    by_subject: HashMap<Vec<u8>, Vec<usize>>,
}

/// The roots of all tenants.
#[derive(Clone, Debug, Default)]
pub struct TenantRoots {
    /// Each distinct root once, whoever trusts it.
    store: TrustStore,
    /// For each root of `store` the tenants that trust it, in their order of insertion.
    holders: Vec<Vec<TenantId>>,
}

/// One trusted root.
#[derive(Clone, Debug)]
pub(crate) struct Root {
    pub(crate) der: Vec<u8>,
    pub(crate) anchor: rustls_pki_types::TrustAnchor<'static>,
}

/// A root that was passed over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("root {number}: {detail}")]
pub struct RootProblem {
    /// Its place in the list, from 1.
    pub number: usize,
    /// Why, with its subject where it can be read.
    pub detail: String,
}

impl TrustStore {
    /// Takes roots in DER. Those that cannot be used are passed over and told; the others count. Repeated ones count once.
    pub fn new<'a>(roots: impl IntoIterator<Item = &'a [u8]>) -> (Self, Vec<RootProblem>) {
        let mut store = Self::default();
        let mut problems = Vec::new();
        for (index, der) in roots.into_iter().enumerate() {
            if let Err(detail) = store.add(der) {
                problems.push(RootProblem { number: index + 1, detail });
            }
        }
        (store, problems)
    }

    /// Number of distinct roots.
    pub fn len(&self) -> usize {
        self.roots.len()
    }

    /// Whether no root is trusted.
    pub fn is_empty(&self) -> bool {
        self.roots.is_empty()
    }

    /// Whether exactly this certificate is a root.
    pub fn contains(&self, der: &[u8]) -> bool {
        self.position(der).is_some()
    }

    fn add(&mut self, der: &[u8]) -> Result<usize, String> {
        let subject = check_root(der)?;
        if let Some(position) = self.position(der) {
            return Ok(position);
        }
        let anchor = webpki::anchor_from_trusted_cert(&CertificateDer::from(der))
            .map_err(|error| format!("{}: it cannot be used as a root: {error}", subject.text))?
            .to_owned();
        let position = self.roots.len();
        self.roots.push(Root { der: der.to_vec(), anchor });
        self.by_subject.entry(subject.raw).or_default().push(position);
        Ok(position)
    }

    pub(crate) fn position(&self, der: &[u8]) -> Option<usize> {
        let subject = Reading::new(der).ok()?.raw_subject().to_vec();
        self.named(&subject).find(|(_, root)| root.der == der).map(|(position, _)| position)
    }

    /// The roots with this subject as encoded.
    pub(crate) fn named(&self, subject: &[u8]) -> impl Iterator<Item = (usize, &Root)> {
        let positions = self.by_subject.get(subject).map(Vec::as_slice).unwrap_or_default();
        positions.iter().filter_map(|&position| Some((position, self.roots.get(position)?)))
    }
}

impl TenantRoots {
    /// Takes each tenant's roots. Those that cannot be used, or are one too many under the same subject, are passed over and
    /// told with their tenant.
    pub fn new<'a>(
        tenants: impl IntoIterator<Item = (TenantId, &'a [TrustAnchor])>,
    ) -> (Self, Vec<(TenantId, RootProblem)>) {
        let mut all = Self::default();
        let mut problems = Vec::new();
        for (tenant, roots) in tenants {
            for (index, root) in roots.iter().enumerate() {
                if let Err(detail) = all.add(tenant, &root.der) {
                    problems.push((tenant, RootProblem { number: index + 1, detail }));
                }
            }
        }
        (all, problems)
    }

    fn add(&mut self, tenant: TenantId, der: &[u8]) -> Result<(), String> {
        let subject = check_root(der)?;
        let held: Vec<_> =
            self.store.named(&subject.raw).filter(|(position, _)| self.holders(*position).contains(&tenant)).collect();
        if held.iter().any(|(_, root)| root.der == der) {
            return Ok(());
        }
        if held.len() >= MAX_ROOTS_OF_ONE_SUBJECT {
            return Err(format!(
                "{}: the tenant has {MAX_ROOTS_OF_ONE_SUBJECT} roots of this subject already; remove the outdated ones",
                subject.text
            ));
        }
        let position = self.store.add(der)?;
        if self.holders.len() <= position {
            self.holders.resize_with(position + 1, Vec::new);
        }
        if let Some(holders) = self.holders.get_mut(position) {
            holders.push(tenant);
        }
        Ok(())
    }

    /// The tenants that trust the root at this position of [`Self::store`].
    pub(crate) fn holders(&self, position: usize) -> &[TenantId] {
        self.holders.get(position).map(Vec::as_slice).unwrap_or_default()
    }

    pub(crate) fn store(&self) -> &TrustStore {
        &self.store
    }
}

struct Subject {
    raw: Vec<u8>,
    text: String,
}

/// A root must be readable and have a key whose signatures can be checked; else no chain could ever end in it.
fn check_root(der: &[u8]) -> Result<Subject, String> {
    let reading = Reading::new(der).map_err(|error| error.to_string())?;
    let text = reading.subject();
    if public_key(der).is_none_or(|key| !crate::signature::is_checkable(&key)) {
        return Err(format!("{text}: signatures by its key cannot be checked; RSA needs 2048 to 8192 bits"));
    }
    Ok(Subject { raw: reading.raw_subject().to_vec(), text })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::test_authority::{Authority, fixture};

    #[test]
    fn passes_over_what_is_no_root() {
        let root = Authority::root("Root");
        let weak = fixture(include_bytes!("fixtures/rsa-1024.pem"));
        let (store, problems) = TrustStore::new([&*root.der, b"junk", &*weak, &*root.der]);
        assert_eq!(store.len(), 1);
        assert!(store.contains(&root.der) && !store.contains(&weak));
        let numbers: Vec<usize> = problems.iter().map(|problem| problem.number).collect();
        assert_eq!(numbers, [2, 3], "{problems:?}");
        assert!(problems[1].to_string().contains("CN=weak.contoso.com: signatures by its key"), "{problems:?}");
    }

    #[test]
    fn bounds_the_roots_of_one_subject() {
        let roots: Vec<TrustAnchor> =
            (0..=MAX_ROOTS_OF_ONE_SUBJECT).map(|_| TrustAnchor { der: Authority::root("Same").der }).collect();
        let (other, many) = (TenantId(1), TenantId(2));
        let first = roots.get(..1).unwrap();
        let (all, problems) = TenantRoots::new([(other, first), (many, &roots)]);
        assert_eq!(all.store().len(), MAX_ROOTS_OF_ONE_SUBJECT);
        assert_eq!(all.holders(0), [other, many]);
        assert_eq!(problems.len(), 1);
        assert!(problems.iter().all(|(tenant, problem)| *tenant == many && problem.number == 5), "{problems:?}");
    }
}
