//! For supervisors and balancers: whether the process is sound, and whether it takes mail.

use std::sync::Arc;

use axum::extract::State;
use io_store::Scope;

use crate::state::AdminState;
use crate::wire::{Problem, ProblemKind};

/// `GET /healthz`: the process answers, and the store may still write. One that may not is cured by a restart alone, which
/// reads again what is on the disk.
pub(crate) async fn alive(State(state): State<Arc<AdminState>>) -> Result<&'static str, Problem> {
    match (state.store_fault)() {
        None => Ok("ok\n"),
        Some(error) => Err(error.into()),
    }
}

/// `GET /readyz`: mail is judged and taken. Not from the moment on when the node is told to stop, so that a balancer sends
/// clients elsewhere while the sessions that it has come to their end.
pub(crate) async fn ready(State(state): State<Arc<AdminState>>) -> Result<&'static str, Problem> {
    readiness(&state).await.map(|()| "ready\n")
}

/// Why the node takes no mail, if it does not.
pub(crate) async fn readiness(state: &AdminState) -> Result<(), Problem> {
    if state.stopping.is_cancelled() {
        return Err(Problem::new(ProblemKind::Unavailable, "the node is stopping"));
    }
    state.directory.usable((state.now)())?;
    state.queue.accept(Scope::Operator, Vec::new()).await?;
    Ok(())
}
