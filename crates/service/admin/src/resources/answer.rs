//! The answer to a change, as it is sent and as it is kept for a client that asks again.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::target::Target;
use crate::wire::{IDEMPOTENCY_REPLAYED, ResourceChanged, resource_path};

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Answer {
    /// Where the object is that was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    changed: ResourceChanged,
}

impl Answer {
    /// `made`: the object that the change made.
    pub fn new(changed: ResourceChanged, made: Option<&Target>) -> Self {
        let location = made.map(|made| resource_path(&made.tenant, made.kind, Some(&made.name)));
        Self { location, changed }
    }

    /// The answer to somebody who asked before.
    pub fn replayed(self) -> Response {
        let mut response = self.into_response();
        let name = HeaderName::from_static(IDEMPOTENCY_REPLAYED);
        response.headers_mut().insert(name, HeaderValue::from_static("true"));
        response
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let Self { location, changed } = self;
        let status = if location.is_some() { StatusCode::CREATED } else { StatusCode::OK };
        let tag = changed.resource.as_ref().map(|resource| (header::ETAG, resource.etag()));
        let mut response = (status, Json(changed)).into_response();
        for (name, text) in tag.into_iter().chain(location.map(|place| (header::LOCATION, place))) {
            // Both are of visible ASCII.
            if let Ok(value) = HeaderValue::from_str(&text) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}
