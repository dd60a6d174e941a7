//! `POST /v1/directory/replace`: the directory of a backup in the place of the one in force.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use core_directory::{DirectoryVersion, TenantId};
use io_store::{ObjectKind, ObjectRecord};
use jiff::Timestamp;
use tokio::task::spawn_blocking;

use super::{broken_down, large_json};
use crate::access::Caller;
use crate::state::AdminState;
use crate::wire::{ApplyResponse, KeptObject, Problem, ProblemKind, ReplaceRequest};

/// `POST /v1/directory/replace`.
pub(crate) async fn replace(
    State(state): State<Arc<AdminState>>,
    Caller { actor, origin, .. }: Caller,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<ApplyResponse>, Problem> {
    let at = (state.now)();
    let read = move || {
        let ReplaceRequest { objects, dry_run, expected_version } = large_json(body)?;
        let objects = objects.into_iter().map(|object| record(object, at)).collect::<Result<Vec<_>, _>>()?;
        Ok::<_, Problem>((objects, dry_run, expected_version))
    };
    let (objects, dry_run, expected_version) = spawn_blocking(read).await.map_err(broken_down)??;
    let request = service_directory::ReplaceRequest {
        objects,
        dry_run,
        actor,
        origin,
        at,
        expected_version: expected_version.map(DirectoryVersion),
    };
    let replaced = state.directory.replace(request).await?;
    Ok(Json(ApplyResponse { diff: replaced.diff, version: replaced.version.0 }))
}

fn record(object: KeptObject, at: Timestamp) -> Result<ObjectRecord, Problem> {
    let KeptObject { kind, id, tenant, name, body } = object;
    let Some(kind) = ObjectKind::from_word(&kind) else {
        let detail = format!("object {id}: {kind:?} is no kind of object");
        return Err(Problem::new(ProblemKind::BadRequest, detail));
    };
    // Only what belongs together and the content matter; the store gives the rest anew.
    Ok(ObjectRecord {
        kind,
        id,
        tenant: TenantId(tenant),
        name,
        version: 0,
        created: at,
        modified: at,
        unique_key: None,
        body,
    })
}
