//! What a presented certificate chain shows: the facts that rules A1 and A2 ask for. Made by `proto/certificate` from DER,
//! or by hand from a log or a command line. Must not decide anything.

use jiff::Timestamp;

use crate::{CertificateName, TenantId, Thumbprint};

/// Most names that one certificate proves (rule A1); the rest is passed over, so that no certificate makes a verdict slow.
pub const MAX_PRESENTED_NAMES: usize = 256;

/// A root that a tenant trusts: one self-issued certificate in DER.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TrustAnchor {
    /// The whole certificate.
    pub der: Vec<u8>,
}

/// When something is valid, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValidityWindow {
    /// First moment.
    pub not_before: Timestamp,
    /// Last moment.
    pub not_after: Timestamp,
}

/// What the leaf's extended key usage allows. No such extension, or `anyExtendedKeyUsage`, allows both (rule A2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeafUse {
    /// Server authentication.
    pub server: bool,
    /// Client authentication.
    pub client: bool,
}

/// Why a chain proves nothing to the operator's roots (rule A2). All that apply are told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChainFault {
    /// The leaf signed itself.
    SelfSignedLeaf,
    /// The chain ends in a self-signed root that is not trusted.
    UntrustedRoot {
        /// Its subject.
        root: String,
    },
    /// The chain ends at a certificate whose issuer was neither sent nor is trusted.
    MissingIssuer {
        /// Subject of the last certificate.
        subject: String,
        /// The issuer that is missing.
        issuer: String,
    },
    /// A certificate of the chain is past its date.
    Expired {
        /// Its subject.
        subject: String,
        /// Since when.
        since: Timestamp,
    },
    /// A certificate of the chain is before its date.
    NotYetValid {
        /// Its subject.
        subject: String,
        /// Until when.
        until: Timestamp,
    },
    /// The leaf is for neither server nor client authentication.
    WrongUse,
    /// The leaf is on the operator's list of denied certificates.
    Denied,
    /// The names break a name constraint of the chain.
    NameConstraint,
    /// The leaf's key or signature is of a kind that cannot be checked, so its holder proved nothing.
    UncheckableKey,
    /// A signature in the chain is wrong.
    BadSignature {
        /// Subject of the certificate whose signature is wrong.
        subject: String,
    },
    /// The chain cannot be read or followed: malformed, or too long.
    Unreadable {
        /// What is wrong with it.
        detail: String,
    },
}

/// A path from the leaf to trusted roots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrustedPath {
    /// When every certificate of the path, the root apart, is in date.
    pub validity: ValidityWindow,
    /// The chain's name constraints shut out the subject's CN, which path validation compares with dNSNames alone (rule A1).
    pub excludes_common_name: bool,
}

/// The facts of one presented certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFacts {
    /// The leaf's SAN dNSNames in their order, then the CN where it is a DNS name and not among them. Distinct, at most
    /// [`MAX_PRESENTED_NAMES`].
    pub names: Vec<CertificateName>,
    /// Whether the last of `names` came from the CN alone.
    pub last_is_common_name: bool,
    /// SHA-256 of the leaf.
    pub leaf_sha256: Thumbprint,
    /// The leaf's own dates.
    pub leaf_validity: ValidityWindow,
    /// The leaf's use.
    pub leaf_use: LeafUse,
    /// Whether the client's signature with the leaf's key was checked and good. A key that cannot be checked proves
    /// nothing, not even a pin (rule A2).
    pub key_proved: bool,
    /// Whether the leaf is on the operator's list of denied certificates.
    pub denied: bool,
    /// The path to the operator's roots, trusted for all tenants.
    pub operator_path: Option<TrustedPath>,
    /// Paths to roots of single tenants, sorted by tenant.
    pub tenant_paths: Vec<(TenantId, TrustedPath)>,
    /// What is wrong with the chain, as the operator's roots see it.
    pub faults: Vec<ChainFault>,
    /// The leaf's subject, for people.
    pub subject: String,
    /// The leaf's issuer, for people.
    pub issuer: String,
}

impl ValidityWindow {
    /// Always: for certificates of which only names are known.
    pub const ALWAYS: Self = Self { not_before: Timestamp::MIN, not_after: Timestamp::MAX };

    /// Whether `at` lies within.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.not_before <= at && at <= self.not_after
    }

    /// The time that lies in both.
    #[must_use]
    pub fn intersect(self, other: Self) -> Self {
        Self { not_before: self.not_before.max(other.not_before), not_after: self.not_after.min(other.not_after) }
    }
}

impl LeafUse {
    /// Fit for anything.
    pub const ANY: Self = Self { server: true, client: true };

    /// Whether the leaf is fit to identify a mail server: server or client authentication (rule A2).
    pub fn is_fit(self) -> bool {
        self.server || self.client
    }
}

impl CertificateFacts {
    /// A certificate that is trusted, in date and fit, of which nothing but its names is known: what
    /// `explain --presented-name` means.
    pub fn trusted(names: Vec<CertificateName>) -> Self {
        Self {
            names,
            last_is_common_name: false,
            leaf_sha256: Thumbprint([0; 32]),
            leaf_validity: ValidityWindow::ALWAYS,
            leaf_use: LeafUse::ANY,
            key_proved: true,
            denied: false,
            operator_path: Some(TrustedPath { validity: ValidityWindow::ALWAYS, excludes_common_name: false }),
            tenant_paths: Vec::new(),
            faults: Vec::new(),
            subject: String::new(),
            issuer: String::new(),
        }
    }

    /// The path to the roots of this tenant, or else to the operator's.
    pub fn path_for(&self, tenant: TenantId) -> Option<&TrustedPath> {
        self.operator_path.as_ref().or_else(|| {
            let found = self.tenant_paths.binary_search_by_key(&tenant, |(id, _)| *id).ok()?;
            self.tenant_paths.get(found).map(|(_, path)| path)
        })
    }
}
