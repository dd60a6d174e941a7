//! What the DNS says of a domain, into the directory: a domain becomes its tenant's, its record goes missing and comes back,
//! its proof is withdrawn, or goes to the tenant that proved it anew. One commit each, told to every tenant it touches.
//! Nobody is asked here; the operator's word is never changed.

use std::sync::Arc;

use core_directory::{AcceptedDomain, DirectoryVersion, Domain, ObjectKind, Proof, Tenant, TenantId};
use io_store::{AuditEntry, AuditSummary, Scope};
use jiff::Timestamp;
use serde_json::{Value as Json, json};

use crate::apply::MAX_TRIES;
use crate::changes::changes;
use crate::loading::{DirectoryServiceError, on_worker};
use crate::refresh::catch_up;
use crate::{ApplyError, Current, DiffChange, DiffEntry, DirectoryService};

/// Who changes a proof when no person asked for it: in the audit trail.
pub const PROOF_ACTOR: &str = "domain proof";

/// From where such a change comes.
pub const PROOF_ORIGIN: &str = "relay";

/// What was found out about a tenant's domain.
#[derive(Clone, Debug)]
pub struct ProofRequest {
    /// The tenant for which the record was looked for.
    pub tenant: TenantId,
    /// The domain.
    pub domain: Domain,
    /// What was found.
    pub change: ProofChange,
    /// Who asked, or [`PROOF_ACTOR`].
    pub actor: String,
    /// From where, or [`PROOF_ORIGIN`].
    pub origin: String,
    /// When.
    pub at: Timestamp,
}

/// What a finding does to a proof. What does not fit the proof in force, which may be another by now, does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofChange {
    /// The record is there, and the tenant asked for it: the domain is its own, whichever tenant had it proved by DNS before.
    Proved,
    /// The record of a domain that is proved by DNS is there. It gives nothing that the tenant does not have.
    StillThere,
    /// The record of a domain that is proved by DNS is not there, which is noted with the time.
    Missing,
    /// The record has been missing since this time, for too long: the domain is verified no more.
    Withdrawn {
        /// The time that is noted.
        missing_since: Timestamp,
    },
}

/// What holds afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proved {
    /// How the domain is proved now.
    pub proof: Proof,
    /// Whether that is new.
    pub changed: bool,
    /// The tenant that had the domain until now.
    pub taken_from: Option<TenantId>,
    /// The version in force.
    pub version: DirectoryVersion,
}

/// Why a finding did not get into the directory. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProveError {
    /// The tenant has no such domain (any more).
    #[error("the tenant has no domain {0}: add it first")]
    NotThere(Domain),
    /// The operator verified it for another tenant, which a record does not overturn.
    #[error("the operator has verified {0} for another tenant: ask the operator to take that back, then verify again")]
    OperatorsWord(Domain),
    /// The directory could not be changed.
    #[error(transparent)]
    Change(#[from] ApplyError),
}

/// One domain's new proof.
struct NewProof {
    tenant: TenantId,
    name: Box<str>,
    before: Proof,
    after: Proof,
}

pub(crate) async fn prove(service: &DirectoryService, request: ProofRequest) -> Result<Proved, ProveError> {
    let _publishing = service.publishing.lock().await;
    for _ in 1..MAX_TRIES {
        match attempt(service, &request).await {
            Err(ProveError::Change(ApplyError::Conflict { .. })) => catch_up(service).await?,
            outcome => return outcome,
        }
    }
    attempt(service, &request).await
}

async fn attempt(service: &DirectoryService, request: &ProofRequest) -> Result<Proved, ProveError> {
    let current = service.current();
    let news = plan(&current.tenants, request)?;
    let Some((own, others)) = news.split_first() else {
        let proof = find(&current.tenants, request)?.1.proof;
        return Ok(Proved { proof, changed: false, taken_from: None, version: current.version() });
    };
    let version = commit(service, request, &current, &news).await?;
    let taken_from = others.first().map(|other| other.tenant);
    Ok(Proved { proof: own.after, changed: true, taken_from, version })
}

/// The proofs that change: the tenant's own first.
fn plan(tenants: &[Tenant], request: &ProofRequest) -> Result<Vec<NewProof>, ProveError> {
    let (tenant, domain) = find(tenants, request)?;
    let Some(after) = after(domain.proof, request) else { return Ok(Vec::new()) };
    let mut news = vec![NewProof { tenant: tenant.id, name: tenant.name.clone(), before: domain.proof, after }];
    if after.verified() && !domain.proof.verified() {
        news.extend(taken(tenants, &domain.name)?);
    }
    Ok(news)
}

fn find<'t>(tenants: &'t [Tenant], request: &ProofRequest) -> Result<(&'t Tenant, &'t AcceptedDomain), ProveError> {
    let tenant = tenants.iter().find(|tenant| tenant.id == request.tenant);
    let domain = tenant
        .and_then(|tenant| tenant.domains.iter().find(|domain| domain.name == request.domain).map(|own| (tenant, own)));
    domain.ok_or_else(|| ProveError::NotThere(request.domain.clone()))
}

/// The proof that a finding makes of another; none: it stays.
fn after(proof: Proof, request: &ProofRequest) -> Option<Proof> {
    match (request.change, proof) {
        (ProofChange::Proved | ProofChange::StillThere, Proof::Dns { verified_at, missing_since: Some(_) }) => {
            Some(Proof::Dns { verified_at, missing_since: None })
        }
        (ProofChange::Proved, Proof::None | Proof::Unsaid) => {
            Some(Proof::Dns { verified_at: request.at, missing_since: None })
        }
        (ProofChange::Missing, Proof::Dns { verified_at, missing_since: None }) => {
            Some(Proof::Dns { verified_at, missing_since: Some(request.at) })
        }
        (ProofChange::Withdrawn { missing_since }, Proof::Dns { missing_since: Some(noted), .. })
            if noted == missing_since =>
        {
            Some(Proof::None)
        }
        _ => None,
    }
}

/// The domain as the tenant that has it verified loses it.
fn taken(tenants: &[Tenant], domain: &Domain) -> Result<Option<NewProof>, ProveError> {
    for tenant in tenants {
        let Some(own) = tenant.domains.iter().find(|own| own.name == *domain) else { continue };
        match own.proof {
            Proof::OperatorsWord => return Err(ProveError::OperatorsWord(domain.clone())),
            before @ Proof::Dns { .. } => {
                return Ok(Some(NewProof { tenant: tenant.id, name: tenant.name.clone(), before, after: Proof::None }));
            }
            Proof::None | Proof::Unsaid => {}
        }
    }
    Ok(None)
}

async fn commit(
    service: &DirectoryService,
    request: &ProofRequest,
    current: &Arc<Current>,
    news: &[NewProof],
) -> Result<DirectoryVersion, ProveError> {
    let mut tenants = Vec::clone(&current.tenants);
    for new in news {
        let own = tenants.iter_mut().find(|tenant| tenant.id == new.tenant);
        let domain = own.and_then(|tenant| tenant.domains.iter_mut().find(|domain| domain.name == request.domain));
        domain.into_iter().for_each(|domain| domain.proof = new.after);
    }
    let changes = changes(&current.tenants, &tenants);
    let metas = current.metas.after(&changes, request.at);
    let committed = service.store.commit(Scope::Operator, current.version(), changes, audit(request, news)).await;
    let version = committed.map_err(ApplyError::from)?.version;
    let tenants = Arc::new(tenants);
    let next = on_worker(move || Current::build(version, tenants, metas, Timestamp::now())).await?;
    service.publish(next);
    Ok(version)
}

/// A commit that touches two tenants is nobody's of either: who asked is told to the one that asked alone.
fn audit(request: &ProofRequest, news: &[NewProof]) -> AuditEntry {
    let moved = news.len() > 1;
    let summaries = news.iter().enumerate().map(|(place, new)| {
        let mut body = json!({ "diff": entries(request, new, moved) });
        if let (true, 0, Json::Object(body)) = (moved, place, &mut body) {
            body.insert("requested_by".to_owned(), json!(request.actor));
            body.insert("requested_from".to_owned(), json!(request.origin));
        }
        AuditSummary { tenant: Some(new.tenant), body: body.to_string() }
    });
    let (actor, origin) =
        if moved { (PROOF_ACTOR, PROOF_ORIGIN) } else { (request.actor.as_str(), request.origin.as_str()) };
    AuditEntry {
        actor: actor.to_owned(),
        origin: origin.to_owned(),
        at: request.at,
        summaries: summaries.collect(),
        once: None,
    }
}

/// What one tenant reads of it, without the other's name.
fn entries(request: &ProofRequest, new: &NewProof, moved: bool) -> Vec<DiffEntry> {
    let entry = |field: &str, from: String, to: String| DiffEntry {
        tenant: new.name.to_string(),
        kind: ObjectKind::Domain,
        name: request.domain.to_string(),
        change: DiffChange::Changed { field: field.to_owned(), from, to },
    };
    let (from, to) = (new.before.verified(), new.after.verified());
    let told = |proof: Proof| match proof {
        Proof::None | Proof::Unsaid => String::new(),
        Proof::OperatorsWord => "the operator's word".to_owned(),
        Proof::Dns { missing_since: None, .. } => "DNS".to_owned(),
        Proof::Dns { missing_since: Some(since), .. } => format!("DNS, record missing since {since:.0}"),
    };
    let after = match (new.after.verified(), moved) {
        (true, true) => "DNS, taken from another tenant".to_owned(),
        (false, true) => "none, another tenant proved it".to_owned(),
        (false, false) => "none, the record was missing for too long".to_owned(),
        (true, false) => told(new.after),
    };
    let verified = (from != to).then(|| entry("verified", from.to_string(), to.to_string()));
    verified.into_iter().chain([entry("proof", told(new.before), after)]).collect()
}

impl From<DirectoryServiceError> for ProveError {
    fn from(error: DirectoryServiceError) -> Self {
        Self::Change(error.into())
    }
}
