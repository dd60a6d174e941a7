//! Refusals by what they concern, and how many there were.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use core_directory::Snapshot;
use io_store::{CountFilter, CountStep, NearMiss, Scope, StoreError};
use jiff::Timestamp;

use crate::access::Caller;
use crate::queue::tenant_name;
use crate::state::AdminState;
use crate::trace::{filter, narrowed};
use crate::wire::{
    NearestConnector, Problem, ProblemKind, RefusalCount, RefusalEntry, RefusalPage, RefusalParameters,
    RefusalStatistics, StatisticsParameters, StatisticsStep, TraceParameters,
};

/// How far statistics reach back unless the query says otherwise: by the hour, and by the day.
const HOURS_BACK: Duration = Duration::from_secs(86_400);
const DAYS_BACK: Duration = Duration::from_secs(30 * 86_400);

/// `GET /v1/refusals`.
pub(crate) async fn list(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    parameters: Result<Query<RefusalParameters>, QueryRejection>,
) -> Result<Json<RefusalPage>, Problem> {
    let Query(parameters) = parameters.map_err(|error| Problem::new(ProblemKind::BadRequest, error.body_text()))?;
    let current = state.directory.current();
    let RefusalParameters { tenant, mail_from, rcpt_to, since, until, limit, after } = parameters;
    let scope = narrowed(&caller, tenant.as_deref(), &current)?;
    let like = TraceParameters { mail_from, rcpt_to, since, until, limit, after, ..TraceParameters::default() };
    let found = state.trace.refusals(scope, filter(&like)?).await?;
    let items = found.items.into_iter().map(|record| RefusalEntry {
        reference: record.reference,
        at: record.at,
        last_at: record.last_at,
        repeats: record.repeats,
        remote_ip: record.remote_ip.map(|address| address.to_string()),
        mail_from: record.mail_from.unwrap_or_default(),
        rcpt_to: record.rcpt_to,
        reply: record.reply,
        tenants: record.tenant_sight.iter().map(|tenant| tenant_name(&current.snapshot, *tenant)).collect(),
        nearest: record.nearest.first().map(|nearest| named(&current.snapshot, nearest)),
    });
    Ok(Json(RefusalPage { items: items.collect(), next: found.next.map(|next| next.to_string()) }))
}

/// `GET /v1/refusals/statistics`.
pub(crate) async fn statistics(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    parameters: Result<Query<StatisticsParameters>, QueryRejection>,
) -> Result<Json<RefusalStatistics>, Problem> {
    let Query(parameters) = parameters.map_err(|error| Problem::new(ProblemKind::BadRequest, error.body_text()))?;
    let scope = narrowed(&caller, parameters.tenant.as_deref(), &state.directory.current())?;
    let until = parameters.until.unwrap_or_else(|| (state.now)());
    let back = match parameters.by {
        StatisticsStep::Hour => HOURS_BACK,
        StatisticsStep::Day => DAYS_BACK,
    };
    let since = parameters.since.unwrap_or_else(|| until.checked_sub(back).unwrap_or(Timestamp::MIN));
    Ok(Json(counted(&state, scope, parameters.by, since, until).await?))
}

/// How much was refused in a time, as far as the scope sees it.
pub(crate) async fn counted(
    state: &AdminState,
    scope: Scope,
    by: StatisticsStep,
    since: Timestamp,
    until: Timestamp,
) -> Result<RefusalStatistics, StoreError> {
    let step = match by {
        StatisticsStep::Hour => CountStep::Hour,
        StatisticsStep::Day => CountStep::Day,
    };
    let found = state.trace.refusal_counts(scope, CountFilter { since, until, step }).await?;
    let current = state.directory.current();
    // Of one tenant's each counts once.
    let once = found.iter().filter(|count| count.first || scope.tenant().is_some());
    let refused = once.map(|count| count.refused).fold(0, u64::saturating_add);
    let items = found.into_iter().map(|count| RefusalCount {
        from: count.from,
        tenant: count.tenant.map(|tenant| tenant_name(&current.snapshot, tenant)),
        nearest: count.nearest.map(|nearest| named(&current.snapshot, &nearest)),
        reply: count.kind,
        refused: count.refused,
    });
    Ok(RefusalStatistics { by, refused, items: items.collect() })
}

fn named(snapshot: &Snapshot, nearest: &NearMiss) -> NearestConnector {
    NearestConnector { tenant: tenant_name(snapshot, nearest.tenant), connector: nearest.connector.clone() }
}
