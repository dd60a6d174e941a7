//! The operator's word on client certificates, for all tenants.

use std::collections::BTreeSet;

use core_directory::Thumbprint;

use crate::TrustStore;

/// Whom the operator trusts for all tenants, and which leaves prove nothing whatever speaks for them (rule A2). It is
/// replaced as a whole.
#[derive(Debug, Default)]
pub struct OperatorTrust {
    /// The roots.
    pub roots: TrustStore,
    /// `[client_certificates] denied_certificates`.
    pub denied: BTreeSet<Thumbprint>,
}
