//! The directory shown and changed.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{Extension, Query, State};
use core_directory::{DirectoryVersion, Standing};
use serde::Deserialize;
use serde_json::Value;

use crate::problem::{json, unreadable_directory};
use crate::state::AdminState;
use crate::wire::{ApplyRequest, ApplyResponse, Problem, ProblemKind};

/// Who sends a request, for the audit trail.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub actor: String,
    pub origin: String,
}

/// The query of `GET /v1/directory`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parameters {
    tenant: Option<String>,
}

/// `GET /v1/directory?tenant=`: without private keys.
pub(crate) async fn show(
    State(state): State<Arc<AdminState>>,
    parameters: Result<Query<Parameters>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let Query(parameters) = parameters.map_err(|error| Problem::new(ProblemKind::BadRequest, error.body_text()))?;
    let tenants = state.directory.export(parameters.tenant.as_deref());
    match parameters.tenant {
        Some(name) if tenants.is_empty() => Err(no_tenant(&name)),
        _ => Ok(Json(proto_directory_file::to_json(&tenants))),
    }
}

/// `POST /v1/directory/apply`.
pub(crate) async fn apply(
    State(state): State<Arc<AdminState>>,
    caller: Option<Extension<Caller>>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<ApplyResponse>, Problem> {
    let request: ApplyRequest = json(body)?;
    let tenants =
        proto_directory_file::from_json(&request.directory).map_err(|errors| unreadable_directory(&errors))?;
    let caller = caller.map_or_else(|| Caller { actor: "unknown".into(), origin: "unknown".into() }, |own| own.0);
    let applied = state
        .directory
        .apply(service_directory::ApplyRequest {
            tenants,
            prune: request.prune,
            dry_run: request.dry_run,
            standing: Standing::Operator,
            actor: caller.actor,
            origin: caller.origin,
            at: (state.now)(),
            expected_version: request.expected_version.map(DirectoryVersion),
        })
        .await?;
    Ok(Json(ApplyResponse { diff: applied.diff, version: applied.version.0 }))
}

/// The problem of a tenant that is not there.
pub(crate) fn no_tenant(name: &str) -> Problem {
    Problem::new(ProblemKind::NotFound, format!("there is no tenant {name:?}"))
}
