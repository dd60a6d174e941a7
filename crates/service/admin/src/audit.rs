//! `GET /v1/audit`: what the store noted with each change. Here it is read, and nothing is noted.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use io_store::{AuditFilter, MAX_AUDIT_PAGE};
use serde::Deserialize;
use service_directory::Current;

use crate::access::Caller;
use crate::problem::wrong;
use crate::queue::tenant_name;
use crate::state::AdminState;
use crate::wire::{AuditChange, AuditPage, AuditParameters, AuditRecord, DEFAULT_PAGE, Problem, ProblemKind};

/// `GET /v1/audit?tenant=&since=&actor=&object=&limit=&before=`.
pub(crate) async fn audit(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    parameters: Result<Query<AuditParameters>, QueryRejection>,
) -> Result<Json<AuditPage>, Problem> {
    let Query(asked) = parameters.map_err(|error| Problem::new(ProblemKind::BadRequest, error.body_text()))?;
    let limit = asked.limit.unwrap_or(DEFAULT_PAGE);
    if !(1..=MAX_AUDIT_PAGE).contains(&limit) {
        return Err(wrong("limit", format!("{limit} is not from 1 to {MAX_AUDIT_PAGE}")));
    }
    let current = state.directory.current();
    let tenant = asked.tenant.as_deref().map(|name| caller.tenant(&current, name).map(|tenant| tenant.id));
    let filter = AuditFilter {
        tenant: tenant.transpose()?,
        since: asked.since,
        actor: asked.actor,
        object: asked.object,
        before: asked.before,
        limit,
    };
    let found = state.directory.audit(caller.scope(), filter).await?;
    let next = (found.len() == limit).then(|| found.last().map(|last| last.id.to_string())).flatten();
    let items = found.into_iter().map(|record| shown(&current, record)).collect::<Result<_, _>>()?;
    Ok(Json(AuditPage { items, next }))
}

/// The body of a record.
#[derive(Deserialize)]
struct Body {
    diff: Vec<AuditChange>,
}

fn shown(current: &Current, record: io_store::AuditRecord) -> Result<AuditRecord, Problem> {
    let Body { diff } = serde_json::from_str(&record.body).map_err(|error| {
        let detail = format!("audit record {} cannot be read, another version wrote it: {error}", record.id);
        Problem::new(ProblemKind::Internal, detail)
    })?;
    Ok(AuditRecord {
        id: record.id,
        at: record.at,
        actor: record.actor,
        origin: record.origin,
        directory_version: record.version.0,
        tenant: record.tenant.map(|id| tenant_name(&current.snapshot, id)),
        diff,
    })
}
