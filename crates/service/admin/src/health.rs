//! For supervisors and balancers: whether the process lives, and whether it can take mail.

use std::sync::Arc;

use axum::extract::State;
use io_store::Scope;

use crate::state::AdminState;
use crate::wire::Problem;

/// `GET /healthz`: the process answers.
pub(crate) async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the directory is confirmed and the queue can be read, so that mail is judged and taken.
pub(crate) async fn ready(State(state): State<Arc<AdminState>>) -> Result<&'static str, Problem> {
    state.directory.usable((state.now)())?;
    state.queue.accept(Scope::Operator, Vec::new()).await?;
    Ok("ready\n")
}
