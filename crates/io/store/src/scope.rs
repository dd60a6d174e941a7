//! For whom an operation is made. It grants no rights by itself: tokens and roles are judged above the store.

use core_directory::TenantId;

/// Whose rows an operation may touch.
///
/// A row outside the scope does not exist for the operation: naming it is answered with
/// [`StoreError::NotFound`](crate::StoreError::NotFound), listing leaves it out. Nothing tells the two cases apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The operator and the relay itself: all rows.
    Operator,
    /// One tenant: its own rows.
    Tenant(TenantId),
}

impl Scope {
    /// Whether rows of `tenant` lie inside.
    #[must_use]
    pub fn allows(self, tenant: TenantId) -> bool {
        match self {
            Self::Operator => true,
            Self::Tenant(own) => own == tenant,
        }
    }

    /// The only tenant inside; `None` is all.
    #[must_use]
    pub fn tenant(self) -> Option<TenantId> {
        match self {
            Self::Operator => None,
            Self::Tenant(own) => Some(own),
        }
    }
}
