//! A change from its request to its being in force: merged, validated as a whole, committed with its audit entry,
//! published.

use std::collections::HashMap;
use std::sync::Arc;

use core_directory::{DirectoryVersion, Fault, ObjectKind, Standing, Tenant, TenantId};
use io_store::{AuditEntry, AuditSummary, ObjectRecord, Once, Scope, StoreError};
use jiff::Timestamp;
use proto_directory_file::FileError;
use serde_json::json;

use crate::changes::{changes, new_objects, number};
use crate::consequences::consequences;
use crate::diff::{DiffEntry, compare};
use crate::edit::{self, Edit, Subject};
use crate::loading::{self, DirectoryServiceError, on_worker};
use crate::merge::{Terms, merge};
use crate::refresh::catch_up;
use crate::replace::replace as replacement;
use crate::{Consequence, Current, DirectoryService, ObjectVersion};

/// How often a change that names no version is made anew because another node came first.
pub(crate) const MAX_TRIES: usize = 4;

/// A change of the directory.
#[derive(Clone, Debug)]
pub struct ApplyRequest {
    /// The tenants that the change names, as files hold them: identities do not matter, objects are known by their names. A
    /// certificate without a key keeps the one in force for the same leaf.
    pub tenants: Vec<Tenant>,
    /// Remove objects that the named tenants have and the change does not name. A tenant itself never goes.
    pub prune: bool,
    /// Say what would change, and change nothing.
    pub dry_run: bool,
    /// Whose word it is. Whether a tenant's administrator may name these tenants is decided by the caller.
    pub standing: Standing,
    /// Who, for the audit trail: a token's name or a local user.
    pub actor: String,
    /// From where, for the audit trail: an address or the local socket.
    pub origin: String,
    /// When.
    pub at: Timestamp,
    /// The version that the change was made for; `None` takes whatever is in force.
    pub expected_version: Option<DirectoryVersion>,
}

/// A directory that was kept elsewhere, to be put in the place of the one in force.
#[derive(Clone, Debug)]
pub struct ReplaceRequest {
    /// The objects as a store keeps them, keys and grants included. Identities only say what belongs together: objects keep
    /// those that they have under their names now.
    pub objects: Vec<ObjectRecord>,
    /// See [`ApplyRequest::dry_run`].
    pub dry_run: bool,
    /// See [`ApplyRequest::actor`].
    pub actor: String,
    /// See [`ApplyRequest::origin`].
    pub origin: String,
    /// See [`ApplyRequest::at`].
    pub at: Timestamp,
    /// See [`ApplyRequest::expected_version`].
    pub expected_version: Option<DirectoryVersion>,
}

/// A change that is in force, or that would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// What it changes; empty if everything was so already.
    pub diff: Vec<DiffEntry>,
    /// The version in force now.
    pub version: DirectoryVersion,
}

/// Why a change was not made. Nothing of it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// The directory that would result is wrong.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Faults(Vec<Fault>),
    /// The directory moved on.
    #[error(
        "the directory is at version {found}, the change was made for version {expected}: look at it again and repeat the \
         change"
    )]
    Conflict {
        /// The version the change was made for.
        expected: DirectoryVersion,
        /// The version in force.
        found: DirectoryVersion,
    },
    /// A certificate came without its key, and none is in force for the same leaf.
    #[error("certificate {certificate:?} of tenant {tenant:?} needs its private key: set key")]
    MissingKey {
        /// Name of the tenant.
        tenant: String,
        /// Name of the certificate.
        certificate: String,
    },
    /// A trusted root that can end no chain.
    #[error("trusted_roots of tenant {tenant:?}: {problem}")]
    UnusableRoot {
        /// Name of the tenant.
        tenant: String,
        /// Which root and why.
        problem: String,
    },
    /// The object is not there.
    #[error("{}", not_there(tenant, *kind, name))]
    NotThere {
        /// Name of the tenant.
        tenant: String,
        /// Its kind.
        kind: ObjectKind,
        /// Its name.
        name: String,
    },
    /// Another object of the kind has the name.
    #[error("{} {name:?} is there already; names are unique, and case makes no difference", .kind.label())]
    Taken {
        /// Name of the tenant.
        tenant: String,
        /// Its kind.
        kind: ObjectKind,
        /// Its name.
        name: String,
    },
    /// The object is not the one that the author saw.
    #[error("what is there is {found}, and the change was made for {expected}: look at it again and repeat the change")]
    Changed {
        /// What the change was made for.
        expected: ObjectVersion,
        /// What is in force under the name.
        found: ObjectVersion,
    },
    /// The fields of an edit cannot be read.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Unreadable(Vec<FileError>),
    /// The store did not take it.
    #[error(transparent)]
    Store(StoreError),
    /// What another node changed meanwhile, or what was kept, cannot be loaded.
    #[error(transparent)]
    Directory(DirectoryServiceError),
}

/// A directory that would result, with what is different in it.
struct Planned {
    tenants: Vec<Tenant>,
    diff: Vec<DiffEntry>,
    /// Of an edit: what it is about.
    subject: Option<Subject>,
    /// Of an edit: what follows from it.
    consequences: Vec<Consequence>,
}

/// A change that was carried out, or looked at.
pub(crate) struct Done {
    pub applied: Applied,
    /// What is in force now.
    pub current: Arc<Current>,
    pub subject: Option<Subject>,
    pub consequences: Vec<Consequence>,
}

/// A change as it is carried out, whichever way it was asked for.
pub(crate) struct Order {
    pub content: Content,
    pub dry_run: bool,
    pub actor: String,
    pub origin: String,
    pub at: Timestamp,
    pub expected_version: Option<DirectoryVersion>,
    pub once: Option<Once>,
}

/// What a change makes of the directory in force.
pub(crate) enum Content {
    /// These objects are merged into it.
    Merged(Vec<Tenant>, Terms),
    /// These tenants are all there is.
    Replaced(Vec<Tenant>),
    /// One object changes.
    Edited(Box<Edit>),
}

pub(crate) async fn apply(service: &DirectoryService, request: ApplyRequest) -> Result<Applied, ApplyError> {
    let ApplyRequest { tenants, prune, dry_run, standing, actor, origin, at, expected_version } = request;
    let content = Content::Merged(tenants, Terms { prune, standing });
    Ok(carry_out(service, Order { content, dry_run, actor, origin, at, expected_version, once: None }).await?.applied)
}

pub(crate) async fn replace(service: &DirectoryService, request: ReplaceRequest) -> Result<Applied, ApplyError> {
    let ReplaceRequest { mut objects, dry_run, actor, origin, at, expected_version } = request;
    let tenants = on_worker(move || {
        objects.sort_by_key(|object| (object.kind, object.id));
        loading::tenants(&objects)
    });
    let content = Content::Replaced(tenants.await??);
    Ok(carry_out(service, Order { content, dry_run, actor, origin, at, expected_version, once: None }).await?.applied)
}

pub(crate) async fn carry_out(service: &DirectoryService, order: Order) -> Result<Done, ApplyError> {
    let _publishing = service.publishing.lock().await;
    let request = Arc::new(order);
    for _ in 1..MAX_TRIES {
        match attempt(service, &request).await {
            Err(ApplyError::Conflict { .. }) => catch_up(service).await?,
            outcome => return outcome,
        }
        if let Some(expected) = request.expected_version {
            return Err(ApplyError::Conflict { expected, found: service.current().version() });
        }
    }
    attempt(service, &request).await
}

async fn attempt(service: &DirectoryService, request: &Arc<Order>) -> Result<Done, ApplyError> {
    let current = service.current();
    let found = current.version();
    if let Some(expected) = request.expected_version.filter(|&expected| expected != found) {
        return Err(ApplyError::Conflict { expected, found });
    }
    let planned = {
        let (current, request) = (current.clone(), request.clone());
        on_worker(move || plan(&current, &request)).await??
    };
    if request.dry_run || planned.diff.is_empty() {
        let Planned { diff, subject, consequences, .. } = planned;
        return Ok(Done { applied: Applied { diff, version: found }, current, subject, consequences });
    }
    commit(service, request, &current, planned).await
}

fn plan(current: &Current, order: &Order) -> Result<Planned, ApplyError> {
    let (tenants, subject) = match &order.content {
        Content::Merged(tenants, terms) => (merge(&current.tenants, tenants, *terms)?, None),
        Content::Replaced(tenants) => (replacement(&current.tenants, tenants)?, None),
        Content::Edited(edit) => {
            let (tenants, subject) = edit::plan(current, edit)?;
            (tenants, Some(subject))
        }
    };
    let diff = compare(&current.tenants, &tenants);
    let consequences = subject.iter().flat_map(|_| consequences(&current.tenants, &tenants)).collect();
    Ok(Planned { tenants, diff, subject, consequences })
}

async fn commit(
    service: &DirectoryService,
    request: &Order,
    current: &Arc<Current>,
    planned: Planned,
) -> Result<Done, ApplyError> {
    let Planned { mut tenants, diff, mut subject, consequences } = planned;
    let needed = u32::try_from(new_objects(&tenants)).unwrap_or(u32::MAX);
    let ids = if needed == 0 { Vec::new() } else { service.store.allocate_ids(Scope::Operator, needed).await? };
    let made = ids.first().copied();
    if !number(&mut tenants, ids) {
        return Err(StoreError::invalid("the change", "the store gave out fewer identities than asked for").into());
    }
    let audit = AuditEntry {
        actor: request.actor.clone(),
        origin: request.origin.clone(),
        at: request.at,
        summaries: summaries(&diff, &tenants),
        once: request.once.clone(),
    };
    let changes = changes(&current.tenants, &tenants);
    if let Some(subject) = &mut subject {
        // Of an edit only one object can be new.
        subject.id = subject.id.or(made);
    }
    let metas = current.metas.after(&changes, request.at);
    let committed = service.store.commit(Scope::Operator, current.version(), changes, audit).await?;
    let tenants = Arc::new(tenants);
    let next = on_worker(move || Current::build(committed.version, tenants, metas, Timestamp::now())).await?;
    service.publish(next);
    tracing::info!(version = %committed.version, actor = request.actor, changes = diff.len(), "the directory was changed");
    let applied = Applied { diff, version: committed.version };
    Ok(Done { applied, current: service.current(), subject, consequences })
}

/// What each tenant may read of the change.
fn summaries(diff: &[DiffEntry], tenants: &[Tenant]) -> Vec<AuditSummary> {
    let ids: HashMap<&str, TenantId> = tenants.iter().map(|tenant| (&*tenant.name, tenant.id)).collect();
    let by_tenant = diff.chunk_by(|left, right| left.tenant == right.tenant);
    let summary = |entries: &[DiffEntry]| AuditSummary {
        tenant: entries.first().and_then(|entry| ids.get(entry.tenant.as_str()).copied()),
        body: json!({ "diff": entries }).to_string(),
    };
    by_tenant.map(summary).collect()
}

fn not_there(tenant: &str, kind: ObjectKind, name: &str) -> String {
    match kind {
        ObjectKind::Tenant => format!("there is no tenant {name:?}"),
        kind => format!("tenant {tenant:?} has no {} {name:?}", kind.label()),
    }
}

impl From<StoreError> for ApplyError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict { expected, found } => Self::Conflict { expected, found },
            error => Self::Store(error),
        }
    }
}

impl From<DirectoryServiceError> for ApplyError {
    fn from(error: DirectoryServiceError) -> Self {
        match error {
            DirectoryServiceError::Store(error) => error.into(),
            error => Self::Directory(error),
        }
    }
}
