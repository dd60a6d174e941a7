//! `Idempotency-Key`: a change that a client asks for twice, because it did not get the answer, is made once. The store keeps
//! the key with the change; an answer that was lost with the node is told anew from what is in force and from the audit
//! trail.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use core_directory::{Field, ObjectKind};
use io_store::{AuditFilter, MAX_AUDIT_PAGE, Once, OnceRecord};
use jiff::Timestamp;
use proto_certificate::thumbprint;
use serde::Deserialize;
use serde_json::Value as Json;
use service_directory::{DiffEntry, EditAction};

use super::answer::Answer;
use super::look_up;
use super::target::Target;
use crate::access::Caller;
use crate::problem::wrong;
use crate::state::AdminState;
use crate::wire::{IDEMPOTENCY_KEY, MAX_IDEMPOTENCY_KEY, Problem, ProblemKind, ResourceChanged};

/// A request with the name that its client gave it.
pub(super) struct Named {
    key: String,
    /// SHA-256 of what the client asks for.
    digest: [u8; 32],
}

/// The client's key, if it sent one.
pub(super) fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let key = value.as_bytes();
    let sound = (1..=MAX_IDEMPOTENCY_KEY).contains(&key.len()) && key.iter().all(u8::is_ascii_graphic);
    if !sound || values.next().is_some() {
        let message = format!("give one key of 1 to {MAX_IDEMPOTENCY_KEY} visible ASCII characters");
        return Err(wrong("Idempotency-Key", message));
    }
    Ok(Some(String::from_utf8_lossy(key).into_owned()))
}

impl Named {
    /// The same key with the same method, path, condition and body is the same request.
    pub fn new(key: String, parts: &Parts, body: &Bytes) -> Self {
        let mut text = format!("{} {}\n", parts.method, parts.uri).into_bytes();
        for value in parts.headers.get_all(axum::http::header::IF_MATCH) {
            text.extend_from_slice(value.as_bytes());
            text.push(b'\n');
        }
        text.push(b'\n');
        text.extend_from_slice(body);
        Self { key, digest: thumbprint(&text).0 }
    }

    pub fn once(&self) -> Once {
        Once { key: self.key.clone(), request: self.digest }
    }
}

/// The answer to the request, if it was carried out before.
pub(super) async fn made(
    state: &Arc<AdminState>,
    caller: &Caller,
    target: &Target,
    action: &EditAction,
    named: &Named,
) -> Result<Option<Answer>, Problem> {
    let kept = state.directory.made_once(caller.scope(), &caller.actor, &named.key, (state.now)()).await?;
    let Some(record) = kept else { return Ok(None) };
    if record.request != named.digest {
        let detail =
            format!("Idempotency-Key {:?} was given to another request at {:.0}: use a new one", named.key, record.at);
        return Err(Problem::new(ProblemKind::Invalid, detail));
    }
    let answer = record.answer.as_deref().and_then(|answer| serde_json::from_str(answer).ok());
    match answer {
        Some(answer) => Ok(Some(answer)),
        None => retold(state, caller, target, action, &record).await.map(Some),
    }
}

/// Keeps the answer. If that fails, it is told anew when somebody asks.
pub(super) async fn keep(state: &Arc<AdminState>, caller: &Caller, named: &Named, answer: &Answer, at: Timestamp) {
    // Texts and numbers alone, so that there is always JSON of them.
    let answer = serde_json::to_string(answer).unwrap_or_default();
    let kept = state.directory.keep_answer(caller.scope(), &caller.actor, named.once(), answer, at).await;
    if let Err(error) = kept {
        tracing::warn!(%error, "the answer to a change was not kept for its Idempotency-Key");
    }
}

/// The answer to a change of which only the key was kept.
async fn retold(
    state: &Arc<AdminState>,
    caller: &Caller,
    target: &Target,
    action: &EditAction,
    record: &OnceRecord,
) -> Result<Answer, Problem> {
    let mut target = target.clone();
    if let EditAction::Set(patch) = action
        && let Some(name) = patch.get(Field::Name.key()).and_then(Json::as_str)
    {
        target.name = name.to_owned();
    }
    if target.kind == ObjectKind::Tenant {
        target.tenant.clone_from(&target.name);
    }
    let removed = matches!(action, EditAction::Remove);
    let resource = if removed { None } else { look_up(state, caller.clone(), target.clone()).await.ok() };
    let changed = ResourceChanged {
        resource,
        diff: diff(state, caller, record).await?,
        consequences: Vec::new(),
        directory_version: record.version.0,
    };
    Ok(Answer::new(changed, matches!(action, EditAction::Add(_)).then_some(&target)))
}

/// The body of an audit record.
#[derive(Deserialize)]
struct Body {
    diff: Vec<DiffEntry>,
}

/// What the audit trail has of the change.
async fn diff(state: &Arc<AdminState>, caller: &Caller, record: &OnceRecord) -> Result<Vec<DiffEntry>, Problem> {
    let mut filter = AuditFilter {
        actor: Some(caller.actor.clone()),
        since: Some(record.at),
        limit: MAX_AUDIT_PAGE,
        ..AuditFilter::default()
    };
    loop {
        let page = state.directory.audit(caller.scope(), filter.clone()).await?;
        let of_change = page.iter().filter(|entry| entry.version == record.version);
        let bodies: Vec<Body> = of_change.filter_map(|entry| serde_json::from_str(&entry.body).ok()).collect();
        let last = page.last().map(|last| last.id).filter(|_| page.len() == MAX_AUDIT_PAGE);
        if !bodies.is_empty() || last.is_none() {
            return Ok(bodies.into_iter().flat_map(|body| body.diff).collect());
        }
        filter.before = last;
    }
}
