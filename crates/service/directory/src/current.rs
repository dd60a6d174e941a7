//! What is in force: the directory at one version in the forms that its readers need. Immutable once published.

use std::sync::Arc;

use core_directory::{DirectoryVersion, Snapshot, Tenant, TenantId};
use jiff::Timestamp;
use proto_certificate::TenantRoots;

use crate::meta::{Metas, ObjectMeta};

/// The directory in force. A transaction takes it once and judges all its recipients by it (rule A12).
#[derive(Debug)]
pub struct Current {
    /// Indexed, for verdicts and routes.
    pub snapshot: Snapshot,
    /// The tenants' own roots, for judging certificates (rule A2).
    pub tenant_roots: TenantRoots,
    /// As tenants registered it, private keys included: for differences and export.
    pub tenants: Arc<Vec<Tenant>>,
    /// The tenants whose mail waits (rule A14).
    pub suspended: Vec<TenantId>,
    /// When it was read or committed.
    pub loaded_at: Timestamp,
    pub(crate) metas: Metas,
}

impl Current {
    /// Indexes tenants that were loaded or committed. It takes a noticeable time for a large directory.
    pub(crate) fn build(
        version: DirectoryVersion,
        tenants: Arc<Vec<Tenant>>,
        metas: Metas,
        loaded_at: Timestamp,
    ) -> Self {
        let snapshot = Snapshot::new(version, Vec::clone(&tenants));
        let (tenant_roots, problems) = TenantRoots::new(snapshot.trusted_roots());
        for (tenant, problem) in problems {
            tracing::warn!(%tenant, %problem, "a root of the tenant proves nothing; replace it");
        }
        let suspended = tenants.iter().filter(|tenant| tenant.suspended).map(|tenant| tenant.id).collect();
        Self { snapshot, tenant_roots, tenants, suspended, loaded_at, metas }
    }

    /// The version of the directory.
    #[must_use]
    pub fn version(&self) -> DirectoryVersion {
        self.snapshot.version()
    }

    /// Version and times of an object by its identity, which for a tenant is its [`TenantId`](core_directory::TenantId).
    #[must_use]
    pub fn meta(&self, id: u64) -> Option<ObjectMeta> {
        self.metas.get(id)
    }
}
