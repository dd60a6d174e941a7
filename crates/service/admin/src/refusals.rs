//! Refusals with their reasoning, found by the reference in the reply.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use io_store::Scope;

use crate::state::AdminState;
use crate::wire::{Problem, ProblemKind, Refusal};

/// `GET /v1/refusals/{reference}`.
pub(crate) async fn refusal(
    State(state): State<Arc<AdminState>>,
    Path(reference): Path<String>,
) -> Result<Json<Refusal>, Problem> {
    let record = state.trace.refusal(Scope::Operator, &reference).await?.ok_or_else(|| {
        let detail = format!(
            "no refusal with reference {reference:?} is kept; it may be too old, or the reply came from another server"
        );
        Problem::new(ProblemKind::NotFound, detail)
    })?;
    let answer = serde_json::from_str(&record.body).map_err(|error| {
        let detail = format!("the reasoning of {reference:?} cannot be read, another version wrote it: {error}");
        Problem::new(ProblemKind::Internal, detail)
    })?;
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
