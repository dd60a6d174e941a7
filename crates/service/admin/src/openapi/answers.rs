//! What an endpoint may answer: what it is for, and every problem that can come instead.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::{
    Content, ContentBuilder, ObjectBuilder, Ref, Response, ResponseBuilder, Responses, ResponsesBuilder, Type,
};

use super::operations::{Described, Gives};
use super::schema;
use crate::access::Audience;
use crate::endpoints::Endpoint;

/// All answers of an endpoint.
pub(super) fn of(endpoint: &Endpoint, described: &Described) -> Responses {
    let mut responses = ResponsesBuilder::new();
    for gives in &described.gives {
        responses = responses.response(gives.status.to_string(), success(gives));
    }
    for status in statuses(endpoint, described) {
        responses = responses.response(status.to_string(), Ref::from_response_name(name(status)));
    }
    responses.build()
}

/// Content of this schema.
pub(super) fn json(name: &str) -> Content {
    ContentBuilder::new().schema(Some(schema(name))).build()
}

fn success(gives: &Gives) -> Response {
    let mut response = ResponseBuilder::new().description(gives.text);
    for (kind, name) in &gives.content {
        let content = match name {
            Some(name) => json(name),
            None => ContentBuilder::new().schema(Some(ObjectBuilder::new().schema_type(Type::String))).build(),
        };
        response = response.content(*kind, content);
    }
    for (name, text) in &gives.headers {
        let schema = ObjectBuilder::new().schema_type(Type::String);
        response = response.header(*name, HeaderBuilder::new().schema(Some(schema)).description(Some(*text)).build());
    }
    response.build()
}

/// The problems that follow from how requests are taken, and those of the endpoint itself.
fn statuses(endpoint: &Endpoint, described: &Described) -> BTreeSet<u16> {
    let mut statuses: BTreeSet<u16> = described.fails.iter().copied().collect();
    if endpoint.audience != Audience::Anyone {
        statuses.insert(401);
    }
    if !matches!(endpoint.audience, Audience::Anyone | Audience::Readers) {
        statuses.insert(403);
    }
    if endpoint.path.contains('{') {
        statuses.extend([400, 404]);
    }
    if !described.parameters.is_empty() {
        statuses.insert(400);
    }
    if matches!(endpoint.method, Method::POST | Method::PATCH) {
        statuses.insert(415);
    }
    if described.body.is_some() {
        statuses.extend([400, 413]);
    }
    if endpoint.path.starts_with("/v1/") {
        statuses.extend([408, 500, 503]);
    }
    statuses
}

/// The problems by name, to which the endpoints refer.
pub(super) fn problems() -> impl Iterator<Item = (String, Response)> {
    let statuses = [400, 401, 403, 404, 408, 409, 412, 413, 415, 422, 429, 500, 503];
    statuses.into_iter().map(|status| (name(status), problem(status)))
}

fn name(status: u16) -> String {
    format!("Problem{status}")
}

fn problem(status: u16) -> Response {
    let text = match status {
        400 => "The request cannot be understood.",
        401 => "There is no token, or it is not in force.",
        403 => "The token is for something else.",
        404 => "There is no such thing, or it is not there for this token.",
        408 => "It was not done in time.",
        409 => "It contradicts what is in force.",
        412 => "The object was changed by somebody else: `current` is it now, `requested` is what was sent.",
        413 => "The body is too long.",
        415 => "The body is in another format than JSON.",
        422 => "The content is wrong; `errors` says where. Nothing was changed.",
        429 => "It was asked too often.",
        500 => "A fault of the server's.",
        503 => "The server cannot do it at present.",
        _ => StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or_default(),
    };
    let mut response = ResponseBuilder::new().description(text).content("application/problem+json", json("Problem"));
    if status == 401 {
        let schema = ObjectBuilder::new().schema_type(Type::String);
        response = response.header("WWW-Authenticate", HeaderBuilder::new().schema(Some(schema)).build());
    }
    response.build()
}
