//! What became of mail: the events of the trace, with names in place of identities.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use core_directory::{Snapshot, TenantId};
use io_store::{MAX_TRACE_PAGE, Scope, SenderFilter, TraceFilter, domain_of, message_id_key};
use serde_json::{Map, Value};

use crate::access::Caller;
use crate::problem::wrong;
use crate::queue::tenant_name;
use crate::state::AdminState;
use crate::wire::{Problem, ProblemKind, TraceEvent, TracePage, TraceParameters};

/// Records of a page, unless the query says otherwise.
const DEFAULT_PAGE: usize = 100;

/// `GET /v1/trace`.
pub(crate) async fn list(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    parameters: Result<Query<TraceParameters>, QueryRejection>,
) -> Result<Json<TracePage>, Problem> {
    let Query(parameters) = parameters.map_err(|error| Problem::new(ProblemKind::BadRequest, error.body_text()))?;
    let current = state.directory.current();
    let scope = narrowed(&caller, parameters.tenant.as_deref(), &current)?;
    let found = state.trace.events(scope, filter(&parameters)?).await?;
    let events = found.items.into_iter().map(|event| shown(&current.snapshot, caller.scope(), event));
    Ok(Json(TracePage { items: events.collect(), next: found.next.map(|next| next.to_string()) }))
}

/// What the caller may see, of one tenant where one is named.
pub(crate) fn narrowed(
    caller: &Caller,
    tenant: Option<&str>,
    current: &service_directory::Current,
) -> Result<Scope, Problem> {
    match tenant {
        Some(name) => Ok(Scope::Tenant(caller.tenant(current, name)?.id)),
        None => Ok(caller.scope()),
    }
}

/// The filter that the parameters mean.
pub(crate) fn filter(parameters: &TraceParameters) -> Result<TraceFilter, Problem> {
    let limit = parameters.limit.unwrap_or(DEFAULT_PAGE);
    if !(1..=MAX_TRACE_PAGE).contains(&limit) {
        return Err(wrong("limit", format!("{limit} is not from 1 to {MAX_TRACE_PAGE}")));
    }
    let after = parameters.after.as_deref().map(str::parse).transpose();
    let after = after.map_err(|error: io_store::NotACursor| wrong("after", error.to_string()))?;
    let (mail_from, sender_domain) = sender(parameters.mail_from.as_deref())?;
    let (rcpt_to, recipient_domain) = recipient(parameters.rcpt_to.as_deref())?;
    Ok(TraceFilter {
        reference: parameters.reference.clone(),
        mail_from,
        sender_domain,
        rcpt_to,
        recipient_domain,
        message_id: parameters.message_id.as_deref().map(message_id_key),
        since: parameters.since,
        until: parameters.until,
        limit,
        after,
    })
}

/// An address or a domain, of which one is looked for.
type AddressOrDomain = (Option<String>, Option<String>);

fn sender(text: Option<&str>) -> Result<AddressOrDomain, Problem> {
    let Some(text) = text else { return Ok((None, None)) };
    match SenderFilter::parse(text) {
        Some(SenderFilter::Null) => Ok((Some(String::new()), None)),
        Some(SenderFilter::Address(address)) => Ok((Some(address), None)),
        Some(SenderFilter::Domain(domain)) => Ok((None, Some(domain))),
        None => {
            Err(wrong("mail_from", format!("{text:?} is none: write an address, a domain, or <> for the null sender")))
        }
    }
}

fn recipient(text: Option<&str>) -> Result<AddressOrDomain, Problem> {
    let Some(text) = text else { return Ok((None, None)) };
    let bare = text.trim();
    let bare = bare.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(bare);
    let wrong = || wrong("rcpt_to", format!("{text:?} is none: write an address or a domain"));
    match bare.rsplit_once('@') {
        Some(("", domain)) if !domain.is_empty() => Ok((None, Some(domain_of(bare)))),
        Some((_, domain)) if !domain.is_empty() => Ok((Some(bare.to_owned()), None)),
        // RFC 5321 lets it stand by itself.
        None if bare.eq_ignore_ascii_case("postmaster") => Ok((Some(bare.to_owned()), None)),
        None if bare.contains('.') => Ok((None, Some(domain_of(&format!("@{bare}"))))),
        _ => Err(wrong()),
    }
}

/// An event as it is shown. That another tenant handed the mail over inside is told to the operator alone.
fn shown(snapshot: &Snapshot, scope: Scope, event: io_store::TraceEvent) -> TraceEvent {
    let mut details = match serde_json::from_str(&event.body) {
        Ok(Value::Object(details)) => details,
        // Of an older version, or damaged; what else is known of the event is told.
        Ok(_) | Err(_) => Map::new(),
    };
    if let Some(by) = details.remove("handed_over_by").and_then(|by| by.as_u64())
        && scope == Scope::Operator
    {
        details.insert("handed_over_by".to_owned(), tenant_name(snapshot, TenantId(by)).into());
    }
    details.retain(|_, value| !value.is_null());
    TraceEvent {
        at: event.at,
        tenant: tenant_name(snapshot, event.tenant),
        reference: event.reference,
        kind: event.kind,
        mail_from: event.mail_from.unwrap_or_default(),
        rcpt_to: event.rcpt_to,
        details,
    }
}
