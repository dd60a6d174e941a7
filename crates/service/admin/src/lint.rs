//! `GET /v1/lint`: what is broken, will break, or overlaps in the directory in force, as `lint -f` finds it in files. Nothing is
//! judged here.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use core_directory::Tenant;
use core_wording::Language;
use serde::Deserialize;
use service_diagnosis::LintReport;
use service_diagnosis::evidence::{Evidence, EvidenceKind, Observed, RelayDirectory, Source, SourceId};
use tokio::task::spawn_blocking;

use crate::access::Caller;
use crate::directory::broken_down;
use crate::state::AdminState;
use crate::wire::{Problem, ProblemKind};

/// What the directory is called where a file would be named.
const SERVER: &str = "server";

/// The query of `GET /v1/lint`.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Parameters {
    /// Only this tenant's.
    tenant: Option<String>,
    /// The language of the findings' texts: `en`, or `cs`.
    lang: Option<String>,
}

/// `GET /v1/lint?tenant=&lang=`. A tenant's caller hears of its own objects, judged by themselves: what another one has that
/// overlaps with them is not told.
pub(crate) async fn lint(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    parameters: Result<Query<Parameters>, QueryRejection>,
) -> Result<Json<LintReport>, Problem> {
    let Query(parameters) = parameters.map_err(|error| Problem::new(ProblemKind::BadRequest, error.body_text()))?;
    let language = parameters.lang.as_deref().map_or(Language::English, Language::from_tag);
    let judge = move || {
        let current = state.directory.current();
        let tenants: Vec<Tenant> = match parameters.tenant {
            Some(name) => vec![caller.tenant(&current, &name)?.clone()],
            None => caller.tenants(&current).cloned().collect(),
        };
        Ok(Json(service_diagnosis::lint(&evidence(tenants), (state.now)()).worded(language)))
    };
    // A large directory takes a while; that is kept off the threads that serve mail.
    spawn_blocking(judge).await.map_err(broken_down)?
}

fn evidence(tenants: Vec<Tenant>) -> Evidence {
    let mut source = Source::new(SourceId(0), SERVER);
    source.is(EvidenceKind::Directory);
    source.records = tenants.len() as u64;
    let mut evidence = Evidence { sources: vec![source], ..Evidence::default() };
    let object = RelayDirectory { tenants, places: Vec::new() };
    evidence.configuration.relay_directories.push(Observed { object, source: SourceId(0) });
    evidence
}
