//! The directory shown and changed.

pub(crate) mod replace;

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{Extension, Query, State};
use core_directory::{DirectoryVersion, Standing, Tenant};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::task::{JoinError, spawn_blocking};

use crate::problem::{json, unreadable_directory};
use crate::state::AdminState;
use crate::wire::{ApplyRequest, ApplyResponse, Problem, ProblemKind};

/// Most values in a directory, counted by what opens and parts them before anything is made of them. In memory a value
/// takes a hundred times its octets, and this is what bounds it, at about 2 GB of the worst. A hundred thousand connectors with all fields written out
/// have 2.5 million.
const MAX_DIRECTORY_VALUES: usize = 3_000_000;

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
    // A large directory takes a while to write; that is kept off the threads that serve mail.
    let show = move || {
        let tenants = state.directory.export(parameters.tenant.as_deref());
        match parameters.tenant {
            Some(name) if tenants.is_empty() => Err(no_tenant(&name)),
            _ => Ok(Json(proto_directory_file::to_json(&tenants))),
        }
    };
    spawn_blocking(show).await.map_err(broken_down)?
}

/// `POST /v1/directory/apply`.
pub(crate) async fn apply(
    State(state): State<Arc<AdminState>>,
    caller: Option<Extension<Caller>>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<ApplyResponse>, Problem> {
    let (request, tenants) = spawn_blocking(move || read(body)).await.map_err(broken_down)??;
    let caller = caller.map_or_else(unknown_caller, |own| own.0);
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

fn unknown_caller() -> Caller {
    Caller { actor: "unknown".into(), origin: "unknown".into() }
}

/// Reads the body of a change.
fn read(body: Result<Bytes, BytesRejection>) -> Result<(ApplyRequest, Vec<Tenant>), Problem> {
    let request: ApplyRequest = large_json(body)?;
    let tenants =
        proto_directory_file::from_json(&request.directory).map_err(|errors| unreadable_directory(&errors))?;
    Ok((request, tenants))
}

/// Reads a body that may be large, so that this takes a thread of its own and not one that serves mail.
fn large_json<T: DeserializeOwned>(body: Result<Bytes, BytesRejection>) -> Result<T, Problem> {
    let values = body.iter().flatten().filter(|octet| matches!(octet, b'{' | b'[' | b',')).count();
    if values > MAX_DIRECTORY_VALUES {
        let detail = format!("the body has about {values} values; at most {MAX_DIRECTORY_VALUES} are read");
        return Err(Problem::new(ProblemKind::TooLarge, detail));
    }
    json(body)
}

fn broken_down(error: JoinError) -> Problem {
    tracing::error!(%error, "a directory was not read");
    Problem::new(ProblemKind::Internal, "the directory was not read; see the log")
}

/// The problem of a tenant that is not there.
pub(crate) fn no_tenant(name: &str) -> Problem {
    Problem::new(
        ProblemKind::NotFound,
        format!("there is no tenant {name:?}; `postwarden export` shows which there are"),
    )
}
