//! `/v1/tokens`: made, shown, changed and removed by the operator. The store keeps digests alone; a text is told once.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64URL_NOPAD;
use io_store::{AuditEntry, AuditSummary, TokenDigest, TokenRecord};
use jiff::Timestamp;
use proto_certificate::thumbprint;
use serde_json::json;
use service_directory::{Current, DiffChange};

use crate::access::Caller;
use crate::problem::{json as read, wrong};
use crate::state::AdminState;
use crate::wire::{
    AuditChange, DEFAULT_PAGE, MAX_PAGE, MAX_TOKEN_NAME, MadeToken, NewToken, PageParameters, Problem, ProblemKind,
    Token, TokenChange, TokenPage, TokenRole, TokenUse,
};

/// What every token begins with, so that it is known for one where it should not be.
pub(crate) const PREFIX: &str = "pw_";

/// Random octets of a token: nobody guesses one, however often they try.
const OCTETS: usize = 32;

/// `GET /v1/tokens?limit=&after=`.
pub(crate) async fn list(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    parameters: Result<Query<PageParameters>, QueryRejection>,
) -> Result<Json<TokenPage>, Problem> {
    let Query(parameters) = parameters.map_err(|error| Problem::new(ProblemKind::BadRequest, error.body_text()))?;
    let limit = parameters.limit.unwrap_or(DEFAULT_PAGE);
    if !(1..=MAX_PAGE).contains(&limit) {
        return Err(wrong("limit", format!("{limit} is not from 1 to {MAX_PAGE}")));
    }
    let found = state.tokens.list(caller.scope(), parameters.after, limit).await?;
    let next = (found.len() == limit).then(|| found.last().map(|last| last.name.clone())).flatten();
    let current = state.directory.current();
    Ok(Json(TokenPage { items: found.into_iter().map(|token| shown(&current, token)).collect(), next }))
}

/// `GET /v1/tokens/{name}`.
pub(crate) async fn show(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Json<Token>, Problem> {
    let found = state.tokens.get(caller.scope(), &name).await?;
    Ok(Json(shown(&state.directory.current(), found)))
}

/// `POST /v1/tokens`.
pub(crate) async fn add(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let NewToken { name, role, tenant, expires } = read(body)?;
    check_name(&name)?;
    let now = (state.now)();
    check_expiry(expires, now)?;
    let current = state.directory.current();
    let id = tenant.as_deref().map(|name| caller.tenant(&current, name).map(|tenant| tenant.id)).transpose()?;
    let kept = match (role, id) {
        (TokenRole::Operator, None) => io_store::TokenRole::Operator,
        (TokenRole::TenantAdministrator, Some(tenant)) => io_store::TokenRole::TenantAdministrator(tenant),
        (TokenRole::Reader, tenant) => io_store::TokenRole::Reader(tenant),
        (TokenRole::Operator, Some(_)) => return Err(wrong("tenant", "an operator has none: leave it out".to_owned())),
        (TokenRole::TenantAdministrator, None) => {
            return Err(wrong("tenant", "a tenant administrator needs one: name it".to_owned()));
        }
    };
    let text = format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&rand::random::<[u8; OCTETS]>()));
    let about = About { name: &name, tenant: tenant.as_deref() };
    let mut diff = vec![about.change(DiffChange::Added), about.field("role", String::new(), word(role).to_owned())];
    diff.extend(expires.map(|at| about.field("expires", String::new(), at.to_string())));
    let entry = audit(&caller, now, kept.tenant(), diff);
    let new = io_store::NewToken { digest: digest(&text), role: kept, expires, name: name.clone() };
    let made = state.tokens.add(caller.scope(), new, entry).await?;
    tracing::info!(actor = caller.actor, token = name, role = word(role), "a token was made");
    let location = format!("/v1/tokens/{name}");
    let made = MadeToken { text, token: shown(&current, made) };
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(made)).into_response())
}

/// `PATCH /v1/tokens/{name}`.
pub(crate) async fn change(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    Path(name): Path<String>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Token>, Problem> {
    let TokenChange { expires } = read(body)?;
    let now = (state.now)();
    let current = state.directory.current();
    let before = state.tokens.get(caller.scope(), &name).await?;
    let Some(expires) = expires.filter(|expires| *expires != before.expires) else {
        return Ok(Json(shown(&current, before)));
    };
    check_expiry(expires, now)?;
    let tenant = before.role.tenant();
    let held = shown(&current, before.clone()).tenant;
    let about = About { name: &name, tenant: held.as_deref() };
    let text = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    let entry = audit(&caller, now, tenant, vec![about.field("expires", text(before.expires), text(expires))]);
    let after = state.tokens.set_expiry(caller.scope(), &name, expires, entry).await?;
    tracing::info!(actor = caller.actor, token = name, "it was changed when a token expires");
    Ok(Json(shown(&current, after)))
}

/// `DELETE /v1/tokens/{name}`: answers with what is gone.
pub(crate) async fn remove(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Json<Token>, Problem> {
    let current = state.directory.current();
    let before = state.tokens.get(caller.scope(), &name).await?;
    let tenant = before.role.tenant();
    let held = shown(&current, before).tenant;
    let about = About { name: &name, tenant: held.as_deref() };
    let entry = audit(&caller, (state.now)(), tenant, vec![about.change(DiffChange::Removed)]);
    let gone = state.tokens.remove(caller.scope(), &name, entry).await?;
    tracing::info!(actor = caller.actor, token = name, "a token was removed");
    Ok(Json(shown(&current, gone)))
}

/// The digest under which a text is looked up.
pub(crate) fn digest(text: &str) -> TokenDigest {
    TokenDigest(thumbprint(text.as_bytes()).0)
}

/// Of which token a record speaks.
struct About<'a> {
    name: &'a str,
    tenant: Option<&'a str>,
}

impl About<'_> {
    fn change(&self, change: DiffChange) -> AuditChange {
        let tenant = self.tenant.unwrap_or_default().to_owned();
        AuditChange { tenant, kind: "token".to_owned(), name: self.name.to_owned(), change }
    }

    fn field(&self, field: &str, from: String, to: String) -> AuditChange {
        self.change(DiffChange::Changed { field: field.to_owned(), from, to })
    }
}

/// A tenant reads of tokens that open it.
fn audit(
    caller: &Caller,
    at: Timestamp,
    tenant: Option<core_directory::TenantId>,
    diff: Vec<AuditChange>,
) -> AuditEntry {
    let body = json!({ "diff": diff }).to_string();
    AuditEntry {
        actor: caller.actor.clone(),
        origin: caller.origin.clone(),
        at,
        summaries: vec![AuditSummary { tenant, body }],
        once: None,
    }
}

fn shown(current: &Current, token: TokenRecord) -> Token {
    let role = match token.role {
        io_store::TokenRole::Operator => TokenRole::Operator,
        io_store::TokenRole::TenantAdministrator(_) => TokenRole::TenantAdministrator,
        io_store::TokenRole::Reader(_) => TokenRole::Reader,
    };
    Token {
        name: token.name,
        role,
        tenant: token.role.tenant().map(|id| crate::queue::tenant_name(&current.snapshot, id)),
        created: token.created,
        expires: token.expires,
        last_used: token.last_used.map(|used| TokenUse { at: used.at, from: used.from }),
    }
}

fn word(role: TokenRole) -> &'static str {
    match role {
        TokenRole::Operator => "operator",
        TokenRole::TenantAdministrator => "tenant-administrator",
        TokenRole::Reader => "reader",
    }
}

/// The audit trail knows local users by words with spaces; no token may pass for one.
fn check_name(name: &str) -> Result<(), Problem> {
    let sound = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'.' | b'_' | b'-');
    if (1..=MAX_TOKEN_NAME).contains(&name.len()) && name.bytes().all(sound) {
        return Ok(());
    }
    let message =
        format!("{name:?} is none: write 1 to {MAX_TOKEN_NAME} letters, digits, dots, underscores and hyphens");
    Err(wrong("name", message))
}

fn check_expiry(expires: Option<Timestamp>, now: Timestamp) -> Result<(), Problem> {
    match expires {
        Some(at) if at <= now => Err(wrong("expires", format!("{at} is past; remove the token if it is to go"))),
        _ => Ok(()),
    }
}
