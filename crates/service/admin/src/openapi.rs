//! The interface told to programs: an OpenAPI 3.1 document of every endpoint, made of [`ENDPOINTS`](crate::ENDPOINTS), of the
//! descriptions beside it and of the types on the wire. It is served at `/v1/openapi.json` and lies in `docs/openapi.json`.
//! What answers is elsewhere; a test holds real answers against the schemas.

mod answers;
pub(crate) mod mirrors;
pub(crate) mod objects;
mod operations;
mod schemas;

use std::collections::HashSet;
use std::sync::LazyLock;

use axum::http::{Method, header};
use axum::response::IntoResponse;
use utoipa::openapi::path::{Operation, OperationBuilder, ParameterBuilder, ParameterIn, PathsBuilder};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, HttpMethod, InfoBuilder, License, ObjectBuilder, OpenApiBuilder, PathItem, Ref, Required, Type,
};

use crate::access::Audience;
use crate::endpoints::{ENDPOINTS, Endpoint};
use operations::Described;

/// The name of the way in which a client says who it is.
const BEARER: &str = "token";

/// What is told of the interface as a whole.
const DESCRIPTION: &str = "Postwarden's interface for administrators. Over the Unix socket `admin.sock` whoever may open it is \
the operator; over TCP a client sends `Authorization: Bearer TOKEN`, with a token that `postwarden token add NAME` or \
`POST /v1/tokens` made. What each operation needs stands in its description: an operator's token is good for everything, a \
tenant administrator's for its one tenant, a reader's for looking. Another tenant is answered exactly as one that is not \
there.\n\nErrors are `application/problem+json` (RFC 9457), each with what to do next. A change of an object may name the version \
that it was made for in `If-Match`; somebody else's change meanwhile is answered with 412 and both versions. A change with an \
`Idempotency-Key` is made once, however often it is sent within a day.";

static DOCUMENT: LazyLock<String> = LazyLock::new(document);

/// `GET /v1/openapi.json`.
pub(crate) async fn show() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT.as_str())
}

/// The document. Its version is that of the interface, which is in every path; the program's is in the status.
pub(crate) fn document() -> String {
    let described = operations::all();
    let mut paths = PathsBuilder::new();
    for endpoint in ENDPOINTS {
        let of_endpoint =
            |described: &&Described| described.method == endpoint.method && described.path == endpoint.path;
        if let Some(described) = described.iter().find(of_endpoint) {
            let item = PathItem::new(http_method(&endpoint.method), operation(endpoint, described));
            paths = paths.path(endpoint.path, item);
        }
    }
    let components = schemas::all()
        .into_iter()
        .fold(ComponentsBuilder::new(), |components, (name, schema)| components.schema(name, schema));
    let components =
        answers::problems().fold(components, |components, (name, response)| components.response(name, response));
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("A token of Postwarden.")).build();
    let info = InfoBuilder::new()
        .title("Postwarden")
        .version("1")
        .description(Some(DESCRIPTION))
        .license(Some(License::new("MIT OR Apache-2.0")))
        .build();
    let document = OpenApiBuilder::new()
        .info(info)
        .paths(paths.build())
        .components(Some(components.security_scheme(BEARER, SecurityScheme::Http(bearer)).build()))
        .build();
    // Texts, numbers and lists alone, so that there is always JSON of them.
    let mut text = document.to_pretty_json().unwrap_or_default();
    text.push('\n');
    // Links of the source are none here.
    text.replace("[`", "`").replace("`]", "`")
}

/// The endpoints, by method and path, that take a query.
pub(crate) fn with_query() -> HashSet<(Method, String)> {
    let asks = |described: &Described| described.parameters.iter().any(|one| one.parameter_in == ParameterIn::Query);
    operations::all().into_iter().filter(asks).map(|described| (described.method, described.path)).collect()
}

fn operation(endpoint: &Endpoint, described: &Described) -> Operation {
    let needs = match endpoint.audience {
        Audience::Anyone => "Needs no token.".to_owned(),
        Audience::Collectors => format!("Needs {}; none over a loopback address.", endpoint.audience.needed()),
        audience => format!("Needs {}.", audience.needed()),
    };
    let text = if described.text.is_empty() { needs } else { format!("{} {needs}", described.text) };
    let mut operation = OperationBuilder::new()
        .operation_id(Some(described.id.as_str()))
        .summary(Some(described.summary.as_str()))
        .description(Some(text))
        .tag(described.tag)
        .responses(answers::of(endpoint, described));
    for name in path_parameters(endpoint.path) {
        operation = operation.parameter(path_parameter(name));
    }
    for parameter in &described.parameters {
        operation = operation.parameter(parameter.clone());
    }
    if let Some(body) = &described.body {
        let content = answers::json(body);
        let mut request = RequestBodyBuilder::new().required(Some(Required::True));
        if endpoint.method == Method::PATCH {
            request = request.content("application/merge-patch+json", content.clone());
        }
        operation = operation.request_body(Some(request.content("application/json", content).build()));
    }
    if endpoint.audience != Audience::Anyone {
        operation = operation.security(SecurityRequirement::new(BEARER, Vec::<String>::new()));
    }
    if endpoint.audience == Audience::Collectors {
        operation = operation.security(SecurityRequirement::default());
    }
    operation.build()
}

/// The parts of a path that stand for something else.
fn path_parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn path_parameter(name: &str) -> utoipa::openapi::path::Parameter {
    let text = match name {
        "tenant" => "Name of the tenant.",
        "reference" => "The reference in the reply.",
        "id" => "Id of the message.",
        _ => "Its name.",
    };
    let schema = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1));
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some(text))
        .schema(Some(schema))
        .build()
}

fn http_method(method: &Method) -> HttpMethod {
    match method.as_str() {
        "POST" => HttpMethod::Post,
        "PATCH" => HttpMethod::Patch,
        "DELETE" => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}

/// A reference to a schema of the document.
fn schema(name: &str) -> Ref {
    Ref::from_schema_name(name)
}
