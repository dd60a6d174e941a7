//! What an administrator does to messages that wait: hold, release, retry, remove. All that are named, or none; what each
//! means is the store's matter.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Extension, State};
use io_store::{MAX_QUEUE_PAGE, MessageId, Scope};

use super::{message_id, wrong};
use crate::directory::Caller;
use crate::problem::json;
use crate::state::AdminState;
use crate::wire::{Problem, QueueChange, QueueChanged};

/// Longest reason of a hold in octets: a sentence or two, which is shown on one line.
const MAX_REASON: usize = 1000;

/// Who asks, if the connection tells.
type Asks = Option<Extension<Caller>>;

/// The body of a request.
type Body = Result<Bytes, BytesRejection>;

/// `POST /v1/queue/hold`. The reason of an earlier hold stays, the new one is put behind it.
pub(crate) async fn hold(
    State(state): State<Arc<AdminState>>,
    caller: Asks,
    body: Body,
) -> Result<Json<QueueChanged>, Problem> {
    let request: QueueChange = json(body)?;
    let ids = message_ids(&request)?;
    let actor = actor(caller);
    let reason = match request.reason {
        Some(reason) => sound(reason)?,
        None => format!("held by {actor}"),
    };
    state.queue.hold(Scope::Operator, ids.clone(), &reason).await?;
    Ok(done("held", &ids, &actor))
}

/// `POST /v1/queue/release`.
pub(crate) async fn release(
    State(state): State<Arc<AdminState>>,
    caller: Asks,
    body: Body,
) -> Result<Json<QueueChanged>, Problem> {
    let ids = without_reason(body)?;
    state.queue.release(Scope::Operator, ids.clone()).await?;
    state.wake.notify_one();
    Ok(done("released", &ids, &actor(caller)))
}

/// `POST /v1/queue/retry`.
pub(crate) async fn retry(
    State(state): State<Arc<AdminState>>,
    caller: Asks,
    body: Body,
) -> Result<Json<QueueChanged>, Problem> {
    let ids = without_reason(body)?;
    state.queue.retry_now(Scope::Operator, ids.clone(), (state.now)()).await?;
    state.outbound.forget_failures();
    state.wake.notify_one();
    Ok(done("due at once", &ids, &actor(caller)))
}

/// `POST /v1/queue/remove`.
pub(crate) async fn remove(
    State(state): State<Arc<AdminState>>,
    caller: Asks,
    body: Body,
) -> Result<Json<QueueChanged>, Problem> {
    let ids = without_reason(body)?;
    state.queue.remove(Scope::Operator, ids.clone()).await?;
    Ok(done("removed", &ids, &actor(caller)))
}

fn without_reason(body: Body) -> Result<Vec<MessageId>, Problem> {
    let request: QueueChange = json(body)?;
    if request.reason.is_some() {
        return Err(wrong("reason", "only a hold has one; leave it out".to_owned()));
    }
    message_ids(&request)
}

/// The messages that are named, each once.
fn message_ids(request: &QueueChange) -> Result<Vec<MessageId>, Problem> {
    let ids: BTreeSet<MessageId> = request.ids.iter().map(|id| message_id("ids", id)).collect::<Result<_, _>>()?;
    if !(1..=MAX_QUEUE_PAGE).contains(&ids.len()) {
        return Err(wrong("ids", format!("{} messages are named; 1 to {MAX_QUEUE_PAGE} go at a time", ids.len())));
    }
    Ok(ids.into_iter().collect())
}

/// A reason that can be shown on a terminal.
fn sound(reason: String) -> Result<String, Problem> {
    if reason.trim().is_empty() || reason.len() > MAX_REASON || reason.chars().any(char::is_control) {
        let message = format!("write 1 to {MAX_REASON} octets on one line, without control characters");
        return Err(wrong("reason", message));
    }
    Ok(reason)
}

fn actor(caller: Asks) -> String {
    caller.map_or_else(|| "unknown".to_owned(), |own| own.0.actor)
}

/// Mail that stops, goes on or goes away by hand is found in the log.
fn done(what: &str, ids: &[MessageId], actor: &str) -> Json<QueueChanged> {
    let names: Vec<String> = ids.iter().map(MessageId::to_string).collect();
    tracing::info!(actor, messages = names.join(" "), "{what} by an administrator");
    Json(QueueChanged { messages: ids.len() })
}
