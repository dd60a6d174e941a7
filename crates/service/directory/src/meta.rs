//! What the store knows of each object beside its fields: its version, and when it was made and last changed.

use std::collections::HashMap;
use std::fmt;

use core_directory::TenantId;
use io_store::{ObjectChange, ObjectKind, ObjectRecord};
use jiff::Timestamp;

/// What the store knows of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectMeta {
    /// One when made, one more with each change.
    pub version: u64,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub modified: Timestamp,
}

/// One object in one version: what a change is made for. A name alone does not say which object, since one that is gone may be
/// made anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectVersion {
    /// The object.
    pub id: u64,
    /// Its version.
    pub version: u64,
}

impl fmt::Display for ObjectVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "version {} of object {}", self.version, self.id)
    }
}

/// The same of every object, by identity.
#[derive(Clone, Debug, Default)]
pub(crate) struct Metas {
    known: HashMap<u64, Known>,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    tenant: TenantId,
    meta: ObjectMeta,
}

impl Metas {
    /// As the store says.
    pub(crate) fn of(objects: &[ObjectRecord]) -> Self {
        let known = |object: &ObjectRecord| {
            let meta = ObjectMeta { version: object.version, created: object.created, modified: object.modified };
            (object.id, Known { tenant: object.tenant, meta })
        };
        Self { known: objects.iter().map(known).collect() }
    }

    pub(crate) fn get(&self, id: u64) -> Option<ObjectMeta> {
        self.known.get(&id).map(|known| known.meta)
    }

    /// What the store will say once it has made these changes at this time.
    pub(crate) fn after(&self, changes: &[ObjectChange], at: Timestamp) -> Self {
        // The store keeps microseconds.
        let at = Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at);
        let mut known = self.known.clone();
        for change in changes {
            match change {
                ObjectChange::Remove { kind: ObjectKind::Tenant, id } => known.retain(|_, own| own.tenant.0 != *id),
                ObjectChange::Remove { id, .. } => {
                    known.remove(id);
                }
                ObjectChange::Put(put) => {
                    let before = self.get(put.id);
                    let (version, created) = before.map_or((1, at), |own| (own.version + 1, own.created));
                    let meta = ObjectMeta { version, created, modified: at };
                    known.insert(put.id, Known { tenant: put.tenant, meta });
                }
            }
        }
        Self { known }
    }
}
