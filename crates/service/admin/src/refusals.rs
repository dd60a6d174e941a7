//! Refusals with their reasoning, found by the reference in the reply.

pub(crate) mod list;

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use core_attribution::Answer;
use io_store::{MAX_TRACE_PAGE, Scope, StoreError, TraceEvent, TraceFilter};
use serde::Deserialize;

use crate::access::Caller;
use crate::state::AdminState;
use crate::wire::{Problem, ProblemKind, Refusal};

/// `GET /v1/refusals/{reference}`.
pub(crate) async fn refusal(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    Path(reference): Path<String>,
) -> Result<Json<Refusal>, Problem> {
    let Some(record) = state.trace.refusal(caller.scope(), &reference).await? else {
        return Err(Problem::new(ProblemKind::NotFound, otherwise_known(&state, caller.scope(), &reference).await?));
    };
    let answer: Answer = serde_json::from_str(&record.body).map_err(|error| {
        let detail = format!("the reasoning of {reference:?} cannot be read, another version wrote it: {error}");
        Problem::new(ProblemKind::Internal, detail)
    })?;
    let answer = match caller.scope().tenant() {
        None => answer,
        // Sight of a refusal is sight of one's own connectors alone.
        Some(id) => {
            let current = state.directory.current();
            let own = current.snapshot.tenant_by_id(id).map(|index| current.snapshot.tenant(index).name.to_string());
            answer.for_tenant(&own.unwrap_or_default())
        }
    };
    Ok(Json(Refusal {
        reference: record.reference,
        at: record.at,
        remote_ip: record.remote_ip.map(|address| address.to_string()),
        mail_from: record.mail_from.unwrap_or_default(),
        rcpt_to: record.rcpt_to,
        reply: record.reply,
        repeats: record.repeats,
        last_at: record.last_at,
        answer,
    }))
}

/// What is known of a reference that is of no refusal of ours: replies that were passed on from a next hop, and those to
/// accepted mail, have one too.
async fn otherwise_known(state: &AdminState, scope: Scope, reference: &str) -> Result<String, StoreError> {
    let filter = TraceFilter { reference: Some(reference.to_owned()), limit: MAX_TRACE_PAGE, ..TraceFilter::default() };
    let events = state.trace.events(scope, filter).await?.items;
    let of_kind = |kind: &str| events.iter().find(|event| event.kind == kind);
    let refused =
        of_kind("refused").and_then(|event| Some((event, serde_json::from_str::<NextHopSaid>(&event.body).ok()?)));
    Ok(match (refused, of_kind("accepted")) {
        (Some((event, said)), _) => {
            let TraceEvent { at, rcpt_to, .. } = event;
            let (recipient, NextHopSaid { reply, next_hop }) = (rcpt_to.as_deref().unwrap_or_default(), said);
            format!(
                "{reference} is no refusal of this relay: at {at:.0} the next hop {next_hop} refused <{recipient}>, and the \
                 client was told its words: {reply}; `postwarden trace --reference {reference}` tells the rest"
            )
        }
        (None, Some(event)) => format!(
            "{reference} is no refusal: the message was accepted at {:.0}; `postwarden trace --reference {reference}` tells \
             what became of it",
            event.at
        ),
        (None, None) => format!(
            "no refusal with reference {reference:?} is kept; it may be too old, or the reply came from another server"
        ),
    })
}

/// What the trace keeps of a next hop's answer.
#[derive(Deserialize)]
struct NextHopSaid {
    reply: String,
    next_hop: String,
}
