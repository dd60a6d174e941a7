//! The state of the node in one answer.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use core_directory::{Tenant, TenantId};
use io_store::{QueueStats, Scope};
use jiff::Timestamp;
use service_directory::Current;
use tokio::task::spawn_blocking;

use crate::access::{Access, Caller};
use crate::attention::{Urgency, worst_first};
use crate::state::AdminState;
use crate::wire::{Counts, DirectoryStatus, QueueNumbers, Status};
use crate::{attention, certificates, knocking};

/// `GET /v1/status`. A tenant's caller is shown what is the tenant's.
pub(crate) async fn status(State(state): State<Arc<AdminState>>, caller: Caller) -> Json<Status> {
    match caller.access {
        Access::Operator | Access::Reader => whole(&state).await,
        Access::Tenant { id, .. } => of_tenant(&state, id).await,
    }
}

/// Of the node. It answers also where the store does not, since that is when it is asked for.
async fn whole(state: &Arc<AdminState>) -> Json<Status> {
    let now = (state.now)();
    let info = state.info.load();
    let current = state.directory.current();
    let usable = state.directory.usable(now).map(|_| ());
    let queue = state.queue.stats(Scope::Operator, now).await;
    let mut attention = info.attention.clone();
    let takes = state.queue.accept(Scope::Operator, Vec::new()).await.map(drop);
    let trace = state.trace.flush().await;
    attention.extend(attention::of_store(usable, &queue, &takes, &trace, state.trace.dropped()));
    attention.extend(of_certificates(state, &current, now).await.into_iter().map(|one| Urgency::Soon.of(one)));
    attention.extend(state.protocol_logs.iter().filter_map(attention::of_protocol_log));
    let unproved = service_domain_proof::attention(&*current.tenants);
    attention.extend(unproved.into_iter().map(|one| Urgency::Soon.of(one)));
    attention.extend(attention::of_directory(&current, state.logs_sending()));
    attention.extend(knocking::attention(state, Scope::Operator).await);
    Json(Status {
        hostname: info.hostname.clone(),
        version: info.version.clone(),
        node: info.node.clone(),
        started_at: info.started_at,
        listeners: info.listeners.clone(),
        sessions: Some((state.open_sessions)()),
        directory: of_directory(state, &current, usable.is_ok(), counts(current.tenants.iter())),
        queue: queue.ok().map(numbers),
        refused: knocking::refused(state, Scope::Operator, now).await.unwrap_or_default(),
        attention: worst_first(attention),
    })
}

/// Of one tenant: nothing in it tells of another, or of where the node listens and what it lacks.
async fn of_tenant(state: &Arc<AdminState>, id: TenantId) -> Json<Status> {
    let now = (state.now)();
    let info = state.info.load();
    let current = state.directory.current();
    let usable = state.directory.usable(now).map(|_| ());
    let queue = state.queue.stats(Scope::Tenant(id), now).await;
    let own = current.tenants.iter().find(|tenant| tenant.id == id);
    let mut attention = attention::of_mail(usable, &queue);
    if let Some(tenant) = own {
        attention.extend(certificates::of_tenant(tenant, now).into_iter().map(|one| Urgency::Soon.of(one)));
        let unproved = service_domain_proof::attention([tenant]);
        attention.extend(unproved.into_iter().map(|one| Urgency::Soon.of(one)));
        attention.extend(attention::of_tenant(tenant, state.logs_sending()));
        attention.extend(knocking::attention(state, Scope::Tenant(id)).await);
    }
    Json(Status {
        hostname: info.hostname.clone(),
        version: info.version.clone(),
        node: info.node.clone(),
        started_at: info.started_at,
        listeners: Vec::new(),
        sessions: None,
        directory: of_directory(state, &current, usable.is_ok(), own.map(|own| counts([own])).unwrap_or_default()),
        queue: queue.ok().map(numbers),
        refused: knocking::refused(state, Scope::Tenant(id), now).await.unwrap_or_default(),
        attention: worst_first(attention),
    })
}

fn of_directory(state: &AdminState, current: &Current, usable: bool, counts: Counts) -> DirectoryStatus {
    DirectoryStatus {
        version: current.version().0,
        loaded_at: current.loaded_at,
        confirmed_at: state.directory.confirmed_at(),
        usable,
        counts,
    }
}

/// Many certificates take a while to read; that is kept off the threads that serve mail.
async fn of_certificates(state: &Arc<AdminState>, current: &Arc<Current>, now: Timestamp) -> Vec<String> {
    let (certificates, current) = (Arc::clone(&state.certificates), Arc::clone(current));
    match spawn_blocking(move || certificates.attention(&current, now)).await {
        Ok(sentences) => sentences,
        Err(error) => {
            tracing::error!(%error, "the certificates cannot be looked at");
            Vec::new()
        }
    }
}

fn counts<'t>(tenants: impl IntoIterator<Item = &'t Tenant>) -> Counts {
    let mut counts = Counts::default();
    for tenant in tenants {
        let verified = tenant.domains.iter().filter(|domain| domain.verified()).count();
        counts.tenants += 1;
        for (count, more) in [
            (&mut counts.domains, tenant.domains.len()),
            (&mut counts.verified_domains, verified),
            (&mut counts.inbound_connectors, tenant.inbound_connectors.len()),
            (&mut counts.send_connectors, tenant.send_connectors.len()),
        ] {
            *count = count.saturating_add(u64::try_from(more).unwrap_or(u64::MAX));
        }
    }
    counts
}

fn numbers(stats: QueueStats) -> QueueNumbers {
    let [older_than_10m, older_than_1h, older_than_4h, older_than_24h] = stats.older;
    QueueNumbers {
        total: stats.total,
        held: stats.held,
        due: stats.due,
        claimed: stats.claimed,
        octets: stats.octets,
        oldest_accepted: stats.oldest_accepted,
        older_than_10m,
        older_than_1h,
        older_than_4h,
        older_than_24h,
    }
}
