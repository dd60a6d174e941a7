//! Which path goes where, and the limits on every request.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};

use crate::access;
use crate::wire::{Problem, ProblemKind};
use crate::{AdminState, ENDPOINTS};

/// Longest body of a request in octets: above a file of certificates, which has at most 4 MiB.
pub const MAX_BODY: usize = 8 * 1024 * 1024;

/// How long a request may take, its body included: far above the largest change.
pub const REQUEST_LIMIT: Duration = Duration::from_secs(60);

/// The interface as a service.
pub fn router(state: Arc<AdminState>) -> Router {
    let routes = ENDPOINTS.iter().fold(Router::new(), |router, endpoint| {
        let admit = middleware::from_fn_with_state((Arc::clone(&state), endpoint), access::admit);
        router.route(endpoint.path, (endpoint.route)().route_layer(admit))
    });
    routes
        .fallback(no_such_path)
        .method_not_allowed_fallback(no_such_method)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn(in_time))
        .with_state(state)
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
