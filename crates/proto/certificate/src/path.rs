//! The way from the leaf to a trusted root (rule A2), by rustls-webpki: signatures, dates, basic constraints, path lengths,
//! extended key usage of every certificate, name constraints, critical extensions.
//!
//! webpki asks for one usage at a time and does not know `anyExtendedKeyUsage`; [`PathUse`] is our answer to both. Leaves
//! that it will not look at (X.509 version 1, authorities' own certificates) go to [`crate::plain_path`].

use core_directory::{LeafUse, TrustedPath};
use jiff::Timestamp;
use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::{
    ALL_VERIFICATION_ALGS, EndEntityCert, ExtendedKeyUsageValidator, KeyPurposeId, KeyPurposeIdIter, KeyUsage,
    RequiredEkuNotFoundContext,
};

use crate::links::{Links, RootLink};
use crate::name_constraints::NameConstraints;
use crate::plain_path;
use crate::reading::Reading;
use crate::store::{Root, TrustStore};

/// `id-kp-serverAuth`, `id-kp-clientAuth` (RFC 5280 §4.2.1.12) and `anyExtendedKeyUsage` as encoded.
const SERVER_AUTH: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 1];
const CLIENT_AUTH: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 2];
const ANY_USAGE: &[u8] = &[0x55, 0x1d, 0x25, 0];

/// One usage that every certificate of a path must allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PathUse {
    /// Server authentication.
    Server,
    /// Client authentication.
    Client,
}

/// Why there is no path.
#[derive(Clone, Debug)]
pub(crate) enum NoPath {
    /// No root of the store signed any certificate of the chain.
    NoRoot,
    /// webpki refused every way.
    Refused(webpki::Error),
    /// The names break a constraint.
    NameConstraint,
    /// No chain of certificates that may issue leads to the root.
    NoIssuer,
}

impl PathUse {
    /// Whether a certificate with this use may stand in a path for it.
    pub(crate) fn is_allowed_by(self, allowed: LeafUse) -> bool {
        match self {
            Self::Server => allowed.server,
            Self::Client => allowed.client,
        }
    }
}

impl ExtendedKeyUsageValidator for PathUse {
    fn validate(&self, usages: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        let wanted = KeyPurposeId::new(match self {
            Self::Server => SERVER_AUTH,
            Self::Client => CLIENT_AUTH,
        });
        let mut present = Vec::new();
        for usage in usages {
            let usage = usage?;
            if usage == wanted || usage == KeyPurposeId::new(ANY_USAGE) {
                return Ok(());
            }
            present.push(usage.to_decoded_oid());
        }
        if present.is_empty() {
            return Ok(());
        }
        let required = match self {
            Self::Server => KeyUsage::server_auth(),
            Self::Client => KeyUsage::client_auth(),
        };
        Err(webpki::Error::RequiredEkuNotFoundContext(RequiredEkuNotFoundContext { required, present }))
    }
}

/// Finds a path to a root of `store` for one of `uses`.
pub(crate) fn find_path(
    links: &Links<'_>,
    store: &TrustStore,
    uses: &[PathUse],
    at: Timestamp,
) -> Result<TrustedPath, NoPath> {
    if let Some(path) = own_root_path(links, store, uses, at) {
        return Ok(path);
    }
    let roots = links.root_links(store);
    if roots.is_empty() {
        return Err(NoPath::NoRoot);
    }
    find_path_to(links, &roots, uses, at)
}

/// A leaf that is itself a trusted root. Whoever trusts it meant its holder, and its key could have signed any other leaf.
pub(crate) fn own_root_path(
    links: &Links<'_>,
    store: &TrustStore,
    uses: &[PathUse],
    at: Timestamp,
) -> Option<TrustedPath> {
    let leaf = links.leaf()?;
    let validity = leaf.validity();
    let fit = uses.iter().any(|usage| usage.is_allowed_by(leaf.allowed_use()));
    (fit && validity.contains(at) && store.contains(leaf.der))
        .then_some(TrustedPath { validity, excludes_common_name: false })
}

/// Finds a path to one of these roots.
pub(crate) fn find_path_to(
    links: &Links<'_>,
    roots: &[RootLink<'_>],
    uses: &[PathUse],
    at: Timestamp,
) -> Result<TrustedPath, NoPath> {
    let leaf = links.leaf().ok_or(NoPath::NoRoot)?;
    let mut refusal = NoPath::NoRoot;
    for usage in uses {
        let found = if leaf.is_version_3() && !leaf.is_ca() {
            webpki_path(links, leaf, roots, *usage, at)
        } else {
            plain_path::find(links, leaf, roots, *usage, at)
        };
        match found {
            Ok(path) => return Ok(path),
            Err(why) => refusal = why,
        }
    }
    Err(refusal)
}

fn webpki_path(
    links: &Links<'_>,
    leaf: &Reading<'_>,
    roots: &[RootLink<'_>],
    usage: PathUse,
    at: Timestamp,
) -> Result<TrustedPath, NoPath> {
    let der = CertificateDer::from(leaf.der);
    let end_entity = EndEntityCert::try_from(&der).map_err(NoPath::Refused)?;
    let anchors: Vec<TrustAnchor<'_>> = roots.iter().map(|link| link.root.anchor.clone()).collect();
    let intermediates: Vec<_> = links.intermediates().map(|reading| CertificateDer::from(reading.der)).collect();
    let seconds = u64::try_from(at.as_second()).unwrap_or(0);
    let time = UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds));
    let path = end_entity
        .verify_for_usage(ALL_VERIFICATION_ALGS, &anchors, &intermediates, time, usage, None, None)
        .map_err(NoPath::Refused)?;
    let used: Vec<_> = path.intermediate_certificates().map(webpki::Cert::der).collect();
    let used: Vec<_> = used.iter().filter_map(|der| Reading::new(der).ok()).collect();
    let anchor = path.anchor();
    let root = roots.iter().map(|link| link.root).find(|root| root.anchor == *anchor).ok_or(NoPath::NoRoot)?;
    Ok(trusted_path(leaf, &used, root))
}

/// What a path proves: how long, and whether its constraints shut out the CN.
pub(crate) fn trusted_path(leaf: &Reading<'_>, intermediates: &[Reading<'_>], root: &Root) -> TrustedPath {
    let validity =
        intermediates.iter().fold(leaf.validity(), |validity, certificate| validity.intersect(certificate.validity()));
    let presented = leaf.presented_names();
    let common_name = presented.names.last().filter(|_| presented.last_is_common_name);
    let excludes_common_name = common_name.is_some_and(|name| {
        let root = Reading::new(&root.der).ok();
        intermediates.iter().chain(&root).any(|issuer| !NameConstraints::of(issuer).admits(name))
    });
    TrustedPath { validity, excludes_common_name }
}
