//! From the store's records to tenants, and from tenants to what is published.

use std::collections::HashMap;
use std::sync::Arc;

use core_directory::{Tenant, TenantId};
use io_store::{Directories, ObjectKind, ObjectRecord, Scope, StoreError};
use jiff::Timestamp;
use proto_directory_file::{FileError, object};

use crate::Current;
use crate::meta::Metas;
use crate::object::Object;

/// Why the directory cannot be loaded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DirectoryServiceError {
    /// The store says so.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An object cannot be read back.
    #[error("the stored {kind} {name:?} cannot be read: {detail}; restore a backup of the data directory")]
    Damaged {
        /// Its kind.
        kind: &'static str,
        /// Its name.
        name: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The program is being stopped.
    #[error("the program is stopping")]
    Stopping,
}

/// Loads the whole directory and indexes it.
pub(crate) async fn load(store: &dyn Directories) -> Result<Current, DirectoryServiceError> {
    let image = store.load(Scope::Operator).await?;
    on_worker(move || {
        let version = image.version;
        let tenants = tenants(&image.objects)?;
        Ok(Current::build(version, Arc::new(tenants), Metas::of(&image.objects), Timestamp::now()))
    })
    .await?
}

/// Runs what may take long in a large directory beside the executor.
pub(crate) async fn on_worker<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, DirectoryServiceError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| DirectoryServiceError::Stopping)
}

/// Puts the objects together. Records come by kind, tenants first, and within a kind by identity.
pub(crate) fn tenants(objects: &[ObjectRecord]) -> Result<Vec<Tenant>, DirectoryServiceError> {
    let mut tenants: Vec<Tenant> = Vec::new();
    let mut positions: HashMap<TenantId, usize> = HashMap::new();
    for record in objects {
        if record.kind == ObjectKind::Tenant {
            let tenant = object::read_tenant(&record.body).map_err(|errors| damaged(record, &errors))?;
            positions.insert(record.tenant, tenants.len());
            tenants.push(Tenant { id: record.tenant, ..tenant });
            continue;
        }
        let position = positions.get(&record.tenant).copied();
        let tenant = position.and_then(|position| tenants.get_mut(position)).ok_or_else(|| {
            let detail = format!("its tenant {} is not there", record.tenant);
            DirectoryServiceError::Damaged { kind: record.kind.word(), name: record.name.clone(), detail }
        })?;
        add_to(tenant, record).map_err(|errors| damaged(record, &errors))?;
    }
    Ok(tenants)
}

fn add_to(tenant: &mut Tenant, record: &ObjectRecord) -> Result<(), Vec<FileError>> {
    let body = &record.body;
    match record.kind {
        ObjectKind::Tenant => {}
        ObjectKind::Domain => tenant.domains.push(with_id(object::read_domain(body)?, record.id)),
        ObjectKind::Certificate => tenant.certificates.push(with_id(object::read_certificate(body)?, record.id)),
        ObjectKind::InboundConnector => {
            tenant.inbound_connectors.push(with_id(object::read_inbound_connector(body)?, record.id));
        }
        ObjectKind::SendConnector => {
            tenant.send_connectors.push(with_id(object::read_send_connector(body)?, record.id));
        }
    }
    Ok(())
}

fn with_id<T: Object>(mut object: T, id: u64) -> T {
    object.set_id(id);
    object
}

fn damaged(record: &ObjectRecord, errors: &[FileError]) -> DirectoryServiceError {
    let details: Vec<String> = errors.iter().map(ToString::to_string).collect();
    DirectoryServiceError::Damaged { kind: record.kind.word(), name: record.name.clone(), detail: details.join("; ") }
}
