//! What an administrator does to messages that wait: hold, release, retry, remove. All that are named, or none; what each
//! means is the store's matter.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use io_store::{MAX_QUEUE_PAGE, MessageId, QueueChange as Change};

use super::touched::Touched;
use super::{message_id, selection};
use crate::access::Caller;
use crate::problem::{json, wrong};
use crate::state::AdminState;
use crate::wire::{Problem, QueueChange, QueueChanged};

/// Longest reason of a hold in octets: a sentence or two, which is shown on one line.
const MAX_REASON: usize = 1000;

/// The body of a request.
type Body = Result<Bytes, BytesRejection>;

/// `POST /v1/queue/hold`. The reason of an earlier hold stays, the new one is put behind it.
pub(crate) async fn hold(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    body: Body,
) -> Result<Json<QueueChanged>, Problem> {
    let request: QueueChange = json(body)?;
    let reason = match &request.reason {
        Some(reason) => sound(reason.clone())?,
        None => format!("held by {}", caller.actor),
    };
    change(&state, &request, Change::Hold { reason }, "held", &caller).await
}

/// `POST /v1/queue/release`.
pub(crate) async fn release(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    body: Body,
) -> Result<Json<QueueChanged>, Problem> {
    let request = without_reason(body)?;
    let changed = change(&state, &request, Change::Release, "released", &caller).await?;
    state.wake.notify_one();
    Ok(changed)
}

/// `POST /v1/queue/retry`.
pub(crate) async fn retry(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    body: Body,
) -> Result<Json<QueueChanged>, Problem> {
    let request = without_reason(body)?;
    let retry = Change::Retry { now: (state.now)() };
    let changed = change(&state, &request, retry, "due at once", &caller).await?;
    // A tenant's word ends no waiting of others' connectors.
    state.outbound.forget_failures(caller.scope().tenant());
    state.wake.notify_one();
    Ok(changed)
}

/// `POST /v1/queue/remove`.
pub(crate) async fn remove(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    body: Body,
) -> Result<Json<QueueChanged>, Problem> {
    let request = without_reason(body)?;
    change(&state, &request, Change::Remove, "removed", &caller).await
}

fn without_reason(body: Body) -> Result<QueueChange, Problem> {
    let request: QueueChange = json(body)?;
    if request.reason.is_some() {
        return Err(wrong("reason", "only a hold has one; leave it out".to_owned()));
    }
    Ok(request)
}

/// Changes what is named or a page of what is selected, and notes it in the log.
async fn change(
    state: &AdminState,
    request: &QueueChange,
    change: Change,
    what: &str,
    caller: &Caller,
) -> Result<Json<QueueChanged>, Problem> {
    let actor = &caller.actor;
    let Some(select) = &request.select else {
        let ids = message_ids(request)?;
        let names: Vec<String> = ids.iter().map(MessageId::to_string).collect();
        let queue = &state.queue;
        let touched = Touched::named(state, caller.scope(), &ids).await?;
        match &change {
            Change::Hold { reason } => queue.hold(caller.scope(), ids, reason).await?,
            Change::Release => queue.release(caller.scope(), ids).await?,
            Change::Retry { now } => queue.retry_now(caller.scope(), ids, *now).await?,
            Change::Remove => queue.remove(caller.scope(), ids).await?,
        }
        touched.tell(state, caller.scope(), &change, actor, (state.now)());
        tracing::info!(actor, messages = names.join(" "), "{what} by an administrator");
        return Ok(Json(QueueChanged { messages: names.len(), next: None }));
    };
    if !request.ids.is_empty() {
        return Err(wrong("select", "messages are named or selected, not both".to_owned()));
    }
    if !select.is_selective() && !request.all {
        return Err(wrong("select", "it has no condition; if all messages are meant, say `all`".to_owned()));
    }
    let filter = selection::filter(select, MAX_QUEUE_PAGE, caller, &state.directory.current(), (state.now)())?;
    let touched = Touched::selected(state, caller.scope(), filter.clone()).await?;
    let changed = state.queue.change(caller.scope(), filter, change.clone()).await?;
    touched.tell(state, caller.scope(), &change, actor, (state.now)());
    let messages = usize::try_from(changed.messages).unwrap_or(usize::MAX);
    // The conditions as they came; numbers and texts alone, so that there is always JSON of them.
    let selected = serde_json::to_string(select).unwrap_or_default();
    tracing::info!(actor, messages, selected, "{what} by an administrator");
    Ok(Json(QueueChanged { messages, next: changed.next.map(|next| next.to_string()) }))
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
