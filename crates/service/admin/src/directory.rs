//! The directory shown and changed.

pub(crate) mod replace;

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{Query, State};
use core_directory::{DirectoryVersion, Tenant};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::task::{JoinError, spawn_blocking};

use crate::access::{Access, Caller};
use crate::problem::{json, unreadable_directory};
use crate::state::AdminState;
use crate::wire::{ApplyRequest, ApplyResponse, Problem, ProblemKind};

/// Most values in a directory, counted by what opens and parts them before anything is made of them. In memory a value
/// takes a hundred times its octets, and this is what bounds it, at about 2 GB of the worst. A hundred thousand connectors with all fields written out
/// have 2.5 million.
const MAX_DIRECTORY_VALUES: usize = 3_000_000;

/// The query of `GET /v1/directory`.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Parameters {
    /// Only this tenant's.
    tenant: Option<String>,
}

/// `GET /v1/directory?tenant=`: without private keys.
pub(crate) async fn show(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    parameters: Result<Query<Parameters>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let Query(parameters) = parameters.map_err(|error| Problem::new(ProblemKind::BadRequest, error.body_text()))?;
    // A large directory takes a while to write; that is kept off the threads that serve mail.
    let show = move || {
        let current = state.directory.current();
        let mut tenants: Vec<Tenant> = match parameters.tenant {
            Some(name) => vec![caller.tenant(&current, &name)?.clone()],
            None => caller.tenants(&current).cloned().collect(),
        };
        tenants.sort_by(|left, right| left.name.cmp(&right.name));
        Ok(Json(proto_directory_file::to_json(&tenants)))
    };
    spawn_blocking(show).await.map_err(broken_down)?
}

/// `POST /v1/directory/apply`.
pub(crate) async fn apply(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<ApplyResponse>, Problem> {
    let (request, tenants) = spawn_blocking(move || read(body)).await.map_err(broken_down)??;
    for tenant in &tenants {
        // Of a tenant that is not there for this caller it may not even be said that it cannot be made.
        if caller.access != Access::Operator {
            caller.tenant(&state.directory.current(), &tenant.name)?;
        }
    }
    let applied = state
        .directory
        .apply(service_directory::ApplyRequest {
            tenants,
            prune: request.prune,
            dry_run: request.dry_run,
            standing: caller.standing(),
            actor: caller.actor,
            origin: caller.origin,
            at: (state.now)(),
            expected_version: request.expected_version.map(DirectoryVersion),
        })
        .await?;
    Ok(Json(ApplyResponse { diff: applied.diff, version: applied.version.0 }))
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

pub(crate) fn broken_down(error: JoinError) -> Problem {
    tracing::error!(%error, "a directory was not read");
    Problem::new(ProblemKind::Internal, "the directory was not read; see the log")
}
