//! The queue shown, with names in place of identities.

pub(crate) mod change;
mod selection;
mod touched;

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use core_directory::{SendConnectorId, Snapshot, TenantId};
use io_store::{Direction, MessageId, QueueSummary, QueuedMessage, RecipientState};

use crate::access::Caller;
use crate::problem::wrong;
use crate::state::AdminState;
use crate::wire::{
    Attempt, Lease, MessageDetails, Problem, ProblemKind, QueueCount, QueueEntry, QueuePage, QueueParameters, Recipient,
};

/// Messages of a page, unless the query says otherwise.
const DEFAULT_PAGE: usize = 100;

/// `GET /v1/queue`.
pub(crate) async fn list(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    parameters: Result<Query<QueueParameters>, QueryRejection>,
) -> Result<Json<QueuePage>, Problem> {
    let Query(parameters) = parameters.map_err(|error| Problem::new(ProblemKind::BadRequest, error.body_text()))?;
    let current = state.directory.current();
    let filter = selection::filter(&parameters, DEFAULT_PAGE, &caller, &current, (state.now)())?;
    let limit = filter.limit;
    let found = state.queue.list(caller.scope(), filter).await?;
    let next = (found.len() == limit).then(|| found.last().map(|last| last.id.to_string())).flatten();
    let messages = found.into_iter().map(|summary| of_summary(&current.snapshot, summary)).collect();
    Ok(Json(QueuePage { messages, next }))
}

/// `GET /v1/queue/count`.
pub(crate) async fn count(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    parameters: Result<Query<QueueParameters>, QueryRejection>,
) -> Result<Json<QueueCount>, Problem> {
    let Query(parameters) = parameters.map_err(|error| Problem::new(ProblemKind::BadRequest, error.body_text()))?;
    let current = state.directory.current();
    let filter = selection::filter(&parameters, DEFAULT_PAGE, &caller, &current, (state.now)())?;
    Ok(Json(QueueCount { messages: state.queue.count(caller.scope(), filter).await? }))
}

/// `GET /v1/queue/{id}`.
pub(crate) async fn show(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<MessageDetails>, Problem> {
    let details = state.queue.get(caller.scope(), message_id("id", &id)?).await?;
    let recipients = details.message.recipients.iter().map(|recipient| Recipient {
        address: recipient.forward_path.clone(),
        state: state_word(recipient.state).to_owned(),
        last_reply: recipient.last_reply.clone(),
    });
    let history = details.history.iter().map(|attempt| Attempt {
        at: attempt.at,
        next_hop: attempt.next_hop.clone(),
        tls: attempt.tls.clone(),
        result: attempt.result.clone(),
    });
    let snapshot = &state.directory.current().snapshot;
    Ok(Json(MessageDetails {
        recipients: recipients.collect(),
        history: history.collect(),
        message: of_message(snapshot, &details.message, details.lease.is_some()),
        lease: details.lease.map(|lease| Lease { node: lease.node, until: lease.until }),
    }))
}

fn message_id(field: &str, text: &str) -> Result<MessageId, Problem> {
    text.parse().map_err(|error: io_store::NotAMessageId| wrong(field, format!("{text:?}: {error}")))
}

fn of_summary(snapshot: &Snapshot, summary: QueueSummary) -> QueueEntry {
    QueueEntry {
        id: summary.id.to_string(),
        tenant: tenant_name(snapshot, summary.tenant),
        direction: direction(summary.direction),
        mail_from: summary.reverse_path.unwrap_or_default(),
        first_recipient: summary.first_recipient,
        pending: summary.pending,
        send_connector: connector_name(snapshot, summary.tenant, summary.send_connector),
        size: summary.size,
        reference: summary.reference,
        accepted_at: summary.accepted_at,
        next_attempt: summary.next_attempt,
        attempts: summary.attempts,
        hold: summary.hold,
        claimed: summary.claimed,
        last_reply: summary.last_reply,
    }
}

fn of_message(snapshot: &Snapshot, message: &QueuedMessage, claimed: bool) -> QueueEntry {
    let pending = || message.recipients.iter().filter(|recipient| recipient.state == RecipientState::Pending);
    QueueEntry {
        id: message.id.to_string(),
        tenant: tenant_name(snapshot, message.tenant),
        direction: direction(message.direction),
        mail_from: message.reverse_path.clone().unwrap_or_default(),
        first_recipient: pending().next().map(|recipient| recipient.forward_path.clone()).unwrap_or_default(),
        pending: u32::try_from(pending().count()).unwrap_or(u32::MAX),
        send_connector: connector_name(snapshot, message.tenant, message.send_connector),
        size: message.size,
        reference: message.reference.clone(),
        accepted_at: message.accepted_at,
        next_attempt: message.next_attempt,
        attempts: message.attempts,
        hold: message.hold.clone(),
        claimed,
        last_reply: message.last_reply.clone(),
    }
}

/// The tenant's name, or its identity if it is gone.
pub(crate) fn tenant_name(snapshot: &Snapshot, id: TenantId) -> String {
    match snapshot.tenant_by_id(id) {
        Some(index) => snapshot.tenant(index).name.to_string(),
        None => format!("#{id} (removed)"),
    }
}

fn connector_name(snapshot: &Snapshot, tenant: TenantId, id: SendConnectorId) -> String {
    let connector = snapshot.tenant_by_id(tenant).and_then(|index| snapshot.send_connector(index, id));
    connector.map_or_else(|| format!("#{id} (removed)"), |connector| connector.name.to_string())
}

fn direction(direction: Direction) -> core_attribution::Direction {
    match direction {
        Direction::Originating => core_attribution::Direction::Originating,
        Direction::Incoming => core_attribution::Direction::Incoming,
    }
}

fn state_word(state: RecipientState) -> &'static str {
    match state {
        RecipientState::Pending => "pending",
        RecipientState::Delivered => "delivered",
        RecipientState::Failed => "failed",
    }
}
