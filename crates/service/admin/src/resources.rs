//! Tenants and what they have, one object at a time: `/v1/tenants` and what lies below. What a change makes of the
//! directory is decided in `service-directory`; here a request is understood, its conditions are checked, and the object is
//! shown.

mod answer;
mod change;
mod conditions;
mod once;
mod shown;
mod target;

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use core_directory::TenantId;
use tokio::task::{JoinError, spawn_blocking};

use crate::access::Caller;
use crate::problem::wrong;
use crate::state::AdminState;
use crate::wire::{
    DEFAULT_PAGE, MAX_PAGE, PageParameters, Problem, ProblemKind, Resource, ResourcePage, ResourceStatus,
};

pub use change::MAX_OBJECT_REQUEST;
pub(crate) use change::{add, remove, resume, set, suspend};
use shown::Shown;
use target::Target;

/// `GET` of a collection.
pub(crate) async fn list(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    target: Target,
    parameters: Result<Query<PageParameters>, QueryRejection>,
) -> Result<Json<ResourcePage>, Problem> {
    let Query(parameters) = parameters.map_err(|error| Problem::new(ProblemKind::BadRequest, error.body_text()))?;
    let limit = parameters.limit.unwrap_or(DEFAULT_PAGE);
    if !(1..=MAX_PAGE).contains(&limit) {
        return Err(wrong("limit", format!("{limit} is not from 1 to {MAX_PAGE}")));
    }
    // Certificates are read for it, which takes a while; that is kept off the threads that serve mail.
    let list = move || {
        let current = state.directory.current();
        let objects = target.objects(&caller, &current)?;
        let (page, more) = page(objects, parameters.after.as_deref(), limit);
        let next = if more { page.last().map(|last| last.name().to_owned()) } else { None };
        Ok(ResourcePage { items: page.iter().filter_map(|object| object.resource(&current)).collect(), next })
    };
    spawn_blocking(list).await.map_err(broken_down)?.map(Json)
}

/// `GET` of one object.
pub(crate) async fn show(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    target: Target,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let resource = look_up(&state, caller, target).await?;
    let tag = [(header::ETAG, resource.etag())];
    if conditions::is_known(&headers, &resource) {
        return Ok((StatusCode::NOT_MODIFIED, tag).into_response());
    }
    let resource = with_use(&state, resource).await?;
    Ok((tag, Json(resource)).into_response())
}

/// A tenant with what it uses of its limits.
async fn with_use(state: &AdminState, mut resource: Resource) -> Result<Resource, Problem> {
    let current = state.directory.current();
    let limits =
        current.snapshot.tenant_by_id(TenantId(resource.id)).map(|index| current.snapshot.tenant(index).limits);
    if let (Some(ResourceStatus::Tenant(status)), Some(limits)) = (&mut resource.status, limits) {
        status.used = (state.tenant_use)(TenantId(resource.id), limits, (state.now)()).await?;
    }
    Ok(resource)
}

/// The object that is addressed, as it is now.
async fn look_up(state: &Arc<AdminState>, caller: Caller, target: Target) -> Result<Resource, Problem> {
    let state = Arc::clone(state);
    let find = move || {
        let current = state.directory.current();
        target.object(&caller, &current)?.resource(&current).ok_or_else(|| target.not_there())
    };
    spawn_blocking(find).await.map_err(broken_down)?
}

/// The objects behind a name, at most `limit`, in the order of their names, and whether there are more. No object is copied,
/// and only those of the page are sorted.
fn page<'d>(objects: impl Iterator<Item = Shown<'d>>, after: Option<&str>, limit: usize) -> (Vec<Shown<'d>>, bool) {
    let mut page: Vec<Shown<'d>> = objects.filter(|object| after.is_none_or(|after| object.name() > after)).collect();
    let more = page.len() > limit;
    if more {
        page.select_nth_unstable_by(limit, |one, other| one.name().cmp(other.name()));
        page.truncate(limit);
    }
    page.sort_unstable_by(|one, other| one.name().cmp(other.name()));
    (page, more)
}

fn broken_down(error: JoinError) -> Problem {
    tracing::error!(%error, "an object was not shown");
    Problem::new(ProblemKind::Internal, "the object was not shown; see the log")
}
