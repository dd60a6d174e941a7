//! Which path goes where, and the limits on every request.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use crate::wire::{Problem, ProblemKind};
use crate::{AdminState, backup, directory, explain, health, metrics, queue, refusals, status};

/// Longest body of a request in octets: above a file of certificates, which has at most 4 MiB.
pub const MAX_BODY: usize = 8 * 1024 * 1024;

/// Longest directory in octets: a hundred thousand connectors with all fields written out take about 80 MiB.
pub const MAX_DIRECTORY_BODY: usize = 256 * 1024 * 1024;

/// How long a request may take, its body included: far above the largest change.
pub const REQUEST_LIMIT: Duration = Duration::from_secs(60);

/// The interface as a service.
pub fn router(state: Arc<AdminState>) -> Router {
    let apply = post(directory::apply).layer(DefaultBodyLimit::max(MAX_DIRECTORY_BODY));
    let replace = post(directory::replace::replace).layer(DefaultBodyLimit::max(MAX_DIRECTORY_BODY));
    Router::new()
        .route("/v1/backup", get(backup::backup))
        .route("/v1/status", get(status::status))
        .route("/v1/directory", get(directory::show))
        .route("/v1/directory/apply", apply)
        .route("/v1/directory/replace", replace)
        .route("/v1/explain", post(explain::explain))
        .route("/v1/refusals/{reference}", get(refusals::refusal))
        .route("/v1/queue", get(queue::list))
        .route("/v1/queue/count", get(queue::count))
        .route("/v1/queue/{id}", get(queue::show))
        .route("/v1/queue/hold", post(queue::change::hold))
        .route("/v1/queue/release", post(queue::change::release))
        .route("/v1/queue/retry", post(queue::change::retry))
        .route("/v1/queue/remove", post(queue::change::remove))
        .merge(observed())
        .method_not_allowed_fallback(no_such_method)
        .fallback(no_such_path)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn(in_time))
        .with_state(state)
}

/// What is answered over TCP, where nobody says who asks.
pub(crate) fn probes(state: Arc<AdminState>) -> Router {
    observed()
        .method_not_allowed_fallback(no_such_method)
        .fallback(no_probe)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn(in_time))
        .with_state(state)
}

/// Health and metrics.
fn observed() -> Router<Arc<AdminState>> {
    Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::metrics))
}

async fn no_probe(request: Request) -> Problem {
    let detail = format!(
        "{} is not answered here: this address has /healthz, /readyz and /metrics; the rest is at admin.sock in the data \
         directory",
        request.uri().path()
    );
    Problem::new(ProblemKind::NotFound, detail)
}

async fn no_such_path(request: Request) -> Problem {
    let detail = format!("{} is no path of this interface; all of it is under /v1", request.uri().path());
    Problem::new(ProblemKind::NotFound, detail)
}

async fn no_such_method(request: Request) -> Problem {
    let detail = format!("{} does not take {}", request.uri().path(), request.method());
    Problem::new(ProblemKind::MethodNotAllowed, detail)
}

async fn in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(REQUEST_LIMIT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let detail = format!("it was not done within {} seconds; see the log", REQUEST_LIMIT.as_secs());
            Problem::new(ProblemKind::Timeout, detail).into_response()
        }
    }
}
