//! Which path goes where, and the limits on every request.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{Method, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};

use crate::access;
use crate::wire::{Problem, ProblemKind};
use crate::{AdminState, ENDPOINTS, openapi};

/// Longest body of a request in octets: above a file of certificates, which has at most 4 MiB.
pub const MAX_BODY: usize = 8 * 1024 * 1024;

/// How long a request may take, its body included: far above the largest change.
pub const REQUEST_LIMIT: Duration = Duration::from_secs(60);

/// The interface as a service.
pub fn router(state: Arc<AdminState>) -> Router {
    let with_query = openapi::with_query();
    let routes = ENDPOINTS.iter().fold(Router::new(), |router, endpoint| {
        let admit = middleware::from_fn_with_state((Arc::clone(&state), endpoint), access::admit);
        let mut route = (endpoint.route)().route_layer(middleware::from_fn(in_json));
        if endpoint.path.starts_with("/v1/")
            && !with_query.contains(&(endpoint.method.clone(), endpoint.path.to_owned()))
        {
            route = route.route_layer(middleware::from_fn(without_query));
        }
        router.route(endpoint.path, route.route_layer(admit))
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

/// A condition that nothing looks at would be taken for one that holds.
async fn without_query(request: Request, next: Next) -> Response {
    match request.uri().query().filter(|query| !query.is_empty()) {
        None => next.run(request).await,
        Some(query) => {
            let detail = format!("{} takes no query, {query:?} was sent: leave it out", request.uri().path());
            Problem::new(ProblemKind::BadRequest, detail).into_response()
        }
    }
}

/// Bodies are JSON, or a merge patch in it. One that says nothing of itself is taken for it.
async fn in_json(request: Request, next: Next) -> Response {
    let takes_body = matches!(*request.method(), Method::POST | Method::PATCH | Method::PUT);
    let Some(kind) = request.headers().get(header::CONTENT_TYPE).filter(|_| takes_body) else {
        return next.run(request).await;
    };
    let said = String::from_utf8_lossy(kind.as_bytes()).into_owned();
    let essence = said.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if matches!(essence.as_str(), "application/json" | "application/merge-patch+json") {
        return next.run(request).await;
    }
    let detail = format!("the body is said to be {said:?}; send JSON, with Content-Type: application/json");
    Problem::new(ProblemKind::MediaType, detail).into_response()
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
