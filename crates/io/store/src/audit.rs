//! The audit trail: who changed what, when and from where. It is written with the change, in one transaction, and never
//! changed afterwards.

use core_directory::{DirectoryVersion, TenantId};
use jiff::Timestamp;

use crate::Once;

/// Most audit records in one answer, so that an answer fits in memory whatever is asked for.
pub const MAX_AUDIT_PAGE: usize = 1000;

/// Who changed something, and what it says to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Who: a token's name or a local user.
    pub actor: String,
    /// From where: an address or the local socket.
    pub origin: String,
    /// When; also the time of creation and modification of what is changed.
    pub at: Timestamp,
    /// What changed, told once for each tenant that may read it. At least one.
    pub summaries: Vec<AuditSummary>,
    /// The client's name for the change, if it gave one. It is kept with a change of the directory or not at all.
    pub once: Option<Once>,
}

/// What changed for one tenant. A commit that touches several has several, so that none reads of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditSummary {
    /// Who may read it beside the operator.
    pub tenant: Option<TenantId>,
    /// The change in JSON, without secrets: an object whose `diff` is a list of objects that have a `name`.
    pub body: String,
}

/// One line of the audit trail. It outlives the tenant it speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    /// Grows with each record.
    pub id: u64,
    /// The version of the directory that the change made, or that was in force when a token was changed.
    pub version: DirectoryVersion,
    /// See [`AuditSummary::tenant`].
    pub tenant: Option<TenantId>,
    /// See [`AuditEntry::actor`].
    pub actor: String,
    /// See [`AuditEntry::origin`].
    pub origin: String,
    /// See [`AuditEntry::at`].
    pub at: Timestamp,
    /// See [`AuditSummary::body`].
    pub body: String,
}

/// Which records to return; what is `None` does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Those that this tenant may read.
    pub tenant: Option<TenantId>,
    /// At this time or later.
    pub since: Option<Timestamp>,
    /// By this actor.
    pub actor: Option<String>,
    /// Those whose `diff` has an object of this name.
    pub object: Option<String>,
    /// With an `id` below this one.
    pub before: Option<u64>,
    /// Most records, the newest; [`MAX_AUDIT_PAGE`] at the most.
    pub limit: usize,
}

impl AuditFilter {
    /// The newest records, whatever they are about.
    #[must_use]
    pub fn newest(limit: usize) -> Self {
        Self { limit, ..Self::default() }
    }
}
