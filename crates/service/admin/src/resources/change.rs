//! Objects made, changed and removed. What is asked for is carried out under the directory's own lock, with the version that
//! the conditions allowed, so that nobody's change is overwritten unseen.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Query, Request, State};
use axum::response::{IntoResponse as _, Response};
use core_directory::{Field, ObjectKind};
use serde_json::{Map, Value as Json};
use service_directory::{ApplyError, EditAction, EditRequest, Edited, ObjectVersion};

use super::answer::Answer;
use super::conditions::{IfMatch, if_match};
use super::look_up;
use super::once::{self, Named};
use super::target::Target;
use crate::access::Caller;
use crate::problem::{Fields, json};
use crate::state::AdminState;
use crate::wire::{ChangeParameters, Problem, ProblemError, ProblemKind, Resource, ResourceChanged};

/// Longest body of a request about one object in octets: above the largest object that the store takes, which has 1 MiB.
pub const MAX_OBJECT_REQUEST: usize = 2 * 1024 * 1024;

/// A request for a change, all but what it does.
pub(crate) struct Asked {
    caller: Caller,
    target: Target,
    dry_run: bool,
    if_match: IfMatch,
    named: Option<Named>,
    body: Bytes,
}

impl FromRequest<Arc<AdminState>> for Asked {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &Arc<AdminState>) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let caller = Caller::from_request_parts(&mut parts, state).await?;
        let target = Target::from_request_parts(&mut parts, state).await?;
        let parameters = Query::<ChangeParameters>::try_from_uri(&parts.uri);
        let Query(ChangeParameters { dry_run }) =
            parameters.map_err(|error| Problem::new(ProblemKind::BadRequest, error.body_text()))?;
        let if_match = if_match(&parts.headers)?;
        let key = once::key(&parts.headers)?.filter(|_| !dry_run);
        let body = Bytes::from_request(Request::from_parts(parts.clone(), body), state).await.map_err(unread)?;
        let named = key.map(|key| Named::new(key, &parts, &body));
        Ok(Self { caller, target, dry_run, if_match, named, body })
    }
}

fn unread(rejection: BytesRejection) -> Problem {
    // The same answer as where a body is read as JSON.
    json::<Json>(Err(rejection)).err().unwrap_or_else(|| Problem::new(ProblemKind::BadRequest, "the body: unread"))
}

/// `POST` to a collection.
pub(crate) async fn add(State(state): State<Arc<AdminState>>, asked: Asked) -> Result<Response, Problem> {
    let mut asked = asked;
    let Fields(fields) = json(Ok(asked.body.clone()))?;
    let name = name(&fields)?.to_owned();
    if asked.target.kind == ObjectKind::Tenant {
        asked.target.tenant.clone_from(&name);
    }
    asked.target.name = name;
    change(&state, asked, EditAction::Add(fields)).await
}

/// `PATCH` of an object: a merge patch (RFC 7396).
pub(crate) async fn set(State(state): State<Arc<AdminState>>, asked: Asked) -> Result<Response, Problem> {
    let Fields(patch) = json(Ok(asked.body.clone()))?;
    change(&state, asked, EditAction::Set(patch)).await
}

/// `DELETE` of an object.
pub(crate) async fn remove(State(state): State<Arc<AdminState>>, asked: Asked) -> Result<Response, Problem> {
    change(&state, asked, EditAction::Remove).await
}

/// `POST /v1/tenants/{tenant}/suspend`.
pub(crate) async fn suspend(State(state): State<Arc<AdminState>>, asked: Asked) -> Result<Response, Problem> {
    change(&state, asked, suspended(true)).await
}

/// `POST /v1/tenants/{tenant}/resume`.
pub(crate) async fn resume(State(state): State<Arc<AdminState>>, asked: Asked) -> Result<Response, Problem> {
    change(&state, asked, suspended(false)).await
}

fn suspended(so: bool) -> EditAction {
    EditAction::Set(Map::from_iter([(Field::Suspended.key().to_owned(), Json::Bool(so))]))
}

/// The name of an object to be made.
fn name(fields: &Map<String, Json>) -> Result<&str, Problem> {
    let key = Field::Name.key();
    fields.get(key).and_then(Json::as_str).ok_or_else(|| {
        let message = "a new object needs a name: a text";
        let error = ProblemError { place: format!("/{key}"), ..ProblemError::field(key, message) };
        Problem::new(ProblemKind::Invalid, format!("{key}: {message}; nothing was changed")).with_errors(vec![error])
    })
}

/// Makes a change, or finds that it was made already.
async fn change(state: &Arc<AdminState>, asked: Asked, action: EditAction) -> Result<Response, Problem> {
    if let Some(kept) = made_before(state, &asked, &action).await? {
        return Ok(kept.replayed());
    }
    match carry_out(state, &asked, &action).await {
        Ok(answer) => Ok(answer.into_response()),
        // The same request may have come twice at the same time, and the other been first.
        Err(problem) => match made_before(state, &asked, &action).await? {
            Some(kept) => Ok(kept.replayed()),
            None => Err(problem),
        },
    }
}

async fn made_before(state: &Arc<AdminState>, asked: &Asked, action: &EditAction) -> Result<Option<Answer>, Problem> {
    match &asked.named {
        Some(named) => once::made(state, &asked.caller, &asked.target, action, named).await,
        None => Ok(None),
    }
}

async fn carry_out(state: &Arc<AdminState>, asked: &Asked, action: &EditAction) -> Result<Answer, Problem> {
    let Asked { caller, target, dry_run, named, .. } = asked;
    let at = (state.now)();
    let request = EditRequest {
        tenant: target.tenant.clone(),
        kind: target.kind,
        name: target.name.clone(),
        action: action.clone(),
        expected_version: expected(state, asked, action).await?,
        dry_run: *dry_run,
        standing: caller.standing(),
        actor: caller.actor.clone(),
        origin: caller.origin.clone(),
        at,
        once: named.as_ref().map(Named::once),
    };
    let edited = match state.directory.edit(request).await {
        Ok(edited) => edited,
        Err(error) => return Err(refused(state, asked, action, error).await),
    };
    let answer = answer(state, asked, action, edited).await;
    if let Some(named) = named {
        once::keep(state, caller, named, &answer, at).await;
    }
    Ok(answer)
}

/// The object and the version that the change is for, where the request says so.
async fn expected(
    state: &Arc<AdminState>,
    asked: &Asked,
    action: &EditAction,
) -> Result<Option<ObjectVersion>, Problem> {
    if asked.if_match == IfMatch::Any || matches!(action, EditAction::Add(_)) {
        return Ok(None);
    }
    let resource = look_up(state, asked.caller.clone(), asked.target.clone()).await?;
    match asked.if_match.allows(&resource) {
        true => Ok(Some(ObjectVersion { id: resource.id, version: resource.version })),
        false => Err(outdated(resource, action)),
    }
}

async fn refused(state: &Arc<AdminState>, asked: &Asked, action: &EditAction, error: ApplyError) -> Problem {
    if !matches!(error, ApplyError::Changed { .. }) {
        return error.into();
    }
    match look_up(state, asked.caller.clone(), asked.target.clone()).await {
        Ok(resource) => outdated(resource, action),
        Err(problem) => problem,
    }
}

/// The problem of a change that was made for another version of its object.
fn outdated(current: Resource, action: &EditAction) -> Problem {
    let detail = format!(
        "{:?} is at version {} since {:.0}, and the change was made for another one: nothing was changed; look at `current`, \
         and repeat what still applies with If-Match: {}",
        current.name(),
        current.version,
        current.modified,
        current.etag()
    );
    let requested = match action {
        EditAction::Add(fields) | EditAction::Set(fields) => {
            let mut fields = fields.clone();
            fields.remove(Field::Key.key());
            Some(Json::Object(fields))
        }
        EditAction::Remove => None,
    };
    Problem::new(ProblemKind::Changed, detail).with_versions(current, requested)
}

/// What is told of a change. The object is the one in force when the answer is made, with the entity tag that it has then.
async fn answer(state: &Arc<AdminState>, asked: &Asked, action: &EditAction, edited: Edited) -> Answer {
    let Edited { diff, directory_version, name, consequences, .. } = edited;
    let mut target = Target { name, ..asked.target.clone() };
    if asked.dry_run {
        target.name.clone_from(&asked.target.name);
    }
    if target.kind == ObjectKind::Tenant {
        target.tenant.clone_from(&target.name);
    }
    let removed = !asked.dry_run && matches!(action, EditAction::Remove);
    // Gone again already is no error.
    let resource = if removed { None } else { look_up(state, asked.caller.clone(), target.clone()).await.ok() };
    let changed = ResourceChanged {
        resource,
        diff,
        consequences: consequences.iter().map(ToString::to_string).collect(),
        directory_version: directory_version.0,
    };
    let made = !asked.dry_run && matches!(action, EditAction::Add(_));
    Answer::new(changed, made.then_some(&target))
}
