//! `GET /metrics`: what the parts of the node counted, and what is looked up at each scrape: queue, directory, store,
//! certificates. Everything is bounded: labels are words of ours, but for the tenants' certificates, of which those that
//! end first are told.

mod looked_up;
mod plain;

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::text::encode_registry;
use tokio::task::spawn_blocking;

use crate::state::AdminState;
use crate::wire::{Problem, ProblemKind};

/// The prefix of every family.
pub const PREFIX: &str = "postwarden";

/// Prometheus' own text format, which every collector reads.
const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// `GET /metrics`.
pub(crate) async fn metrics(State(state): State<Arc<AdminState>>) -> Result<Response, Problem> {
    let looked_up = looked_up::Numbers::gather(&state).await;
    // Many certificates take a while to read; that is kept off the threads that serve mail.
    let text = spawn_blocking(move || {
        let mut text = String::new();
        encode_registry(&mut text, &state.metrics)?;
        encode_registry(&mut text, &looked_up.registry(&state))?;
        Ok::<_, std::fmt::Error>(plain::from_openmetrics(&text))
    });
    match text.await {
        Ok(Ok(text)) => Ok(([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response()),
        outcome => {
            tracing::error!(?outcome, "the metrics cannot be written");
            Err(Problem::new(ProblemKind::Internal, "the metrics cannot be written; see the log"))
        }
    }
}
