//! Domains proved by DNS: the record to publish, and a look at it now. What a finding means is decided in
//! `service_domain_proof`; here it gets its form on the wire.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use core_directory::{Domain, Proof, Tenant};
use service_directory::ProveError;
use service_domain_proof::{Challenge, ChallengeError, Finding, GRACE, Verification, VerifyError, VerifyRequest};

use crate::access::Caller;
use crate::state::AdminState;
use crate::wire::{
    ChallengeRecord, DomainChallenge, DomainVerification, Found, FoundWhat, Problem, ProblemKind, ProofState, ProvedBy,
    VerificationOutcome,
};

/// `GET /v1/tenants/{tenant}/domains/{name}/verify`.
pub(crate) async fn show(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    Path((tenant, name)): Path<(String, String)>,
) -> Result<Json<DomainChallenge>, Problem> {
    let current = state.directory.current();
    let tenant = caller.tenant(&current, &tenant)?;
    let domain = claimed(tenant, &name)?;
    let own = tenant.domains.iter().find(|own| own.name == domain).ok_or_else(|| no_domain(tenant, &name))?;
    let challenge = state.domain_proof.challenge(tenant.id, &domain).await?;
    Ok(Json(shown(tenant, &domain, &challenge, own.proof)))
}

/// `POST /v1/tenants/{tenant}/domains/{name}/verify`. It has no body.
pub(crate) async fn verify(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    Path((tenant, name)): Path<(String, String)>,
) -> Result<Json<DomainVerification>, Problem> {
    let current = state.directory.current();
    let tenant = caller.tenant(&current, &tenant)?;
    let domain = claimed(tenant, &name)?;
    let request = VerifyRequest {
        tenant: tenant.id,
        domain: domain.clone(),
        actor: caller.actor,
        origin: caller.origin,
        at: (state.now)(),
    };
    let verification = state.domain_proof.verify(request).await?;
    Ok(Json(DomainVerification {
        challenge: shown(tenant, &domain, &verification.challenge, verification.proof),
        outcome: outcome(&verification),
        moved: verification.moved,
        found: found(&verification),
    }))
}

/// The domain of that name which the tenant has.
fn claimed(tenant: &Tenant, name: &str) -> Result<Domain, Problem> {
    let domain = Domain::parse(name).ok();
    let own = domain.filter(|domain| tenant.domains.iter().any(|own| own.name == *domain));
    own.ok_or_else(|| no_domain(tenant, name))
}

fn no_domain(tenant: &Tenant, name: &str) -> Problem {
    let detail = format!("tenant {:?} has no domain {name:?}: add it first", tenant.name);
    Problem::new(ProblemKind::NotFound, detail)
}

fn shown(tenant: &Tenant, domain: &Domain, challenge: &Challenge, proof: Proof) -> DomainChallenge {
    DomainChallenge {
        tenant: tenant.name.to_string(),
        domain: domain.to_string(),
        record: ChallengeRecord {
            name: challenge.name.to_string(),
            value: challenge.value.clone(),
            zone_line: challenge.zone_line(),
        },
        proof: proof_state(proof),
    }
}

/// A domain's proof on the wire.
pub(crate) fn proof_state(proof: Proof) -> ProofState {
    let (by, verified_at, missing_since) = match proof {
        Proof::Unsaid | Proof::None => (None, None, None),
        Proof::OperatorsWord => (Some(ProvedBy::Operator), None, None),
        Proof::Dns { verified_at, missing_since } => (Some(ProvedBy::Dns), Some(verified_at), missing_since),
    };
    let counts_until = missing_since.map(|since| since.saturating_add(GRACE).unwrap_or(since));
    ProofState { verified: proof.verified(), by, verified_at, missing_since, counts_until }
}

fn outcome(verification: &Verification) -> VerificationOutcome {
    match &verification.finding {
        None | Some(Finding::Right { .. }) => VerificationOutcome::Verified,
        Some(Finding::Unknown(_)) => VerificationOutcome::Undetermined,
        Some(Finding::NoSuchName | Finding::NoRecord | Finding::Others(_)) => VerificationOutcome::NotVerified,
    }
}

fn found(verification: &Verification) -> Option<Found> {
    let misplaced_at = verification.misplaced.as_ref().map(ToString::to_string);
    let of = |what| Found { what, misplaced_at, ..Found::default() };
    let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    Some(match verification.finding.as_ref()? {
        Finding::Right { strangers } => Found { strangers: number(*strangers), ..of(FoundWhat::Record) },
        Finding::NoSuchName => of(FoundWhat::NoSuchName),
        Finding::NoRecord => of(FoundWhat::NoRecord),
        Finding::Others(values) => Found {
            values: values.shown.clone(),
            more: number(values.more),
            strangers: number(values.strangers),
            ..of(FoundWhat::OtherRecords)
        },
        Finding::Unknown(failure) => Found { failure: Some(failure.to_string()), ..of(FoundWhat::Unknown) },
    })
}

impl From<ChallengeError> for Problem {
    fn from(error: ChallengeError) -> Self {
        match error {
            ChallengeError::Name { .. } => Self::new(ProblemKind::Invalid, error.to_string()),
            ChallengeError::Store(error) => error.into(),
        }
    }
}

impl From<VerifyError> for Problem {
    fn from(error: VerifyError) -> Self {
        let text = error.to_string();
        match error {
            VerifyError::Challenge(error) => error.into(),
            VerifyError::TooOften { .. } => Self::new(ProblemKind::TooMany, text),
            VerifyError::Prove(ProveError::NotThere(_)) => Self::new(ProblemKind::NotFound, text),
            VerifyError::Prove(ProveError::OperatorsWord(_)) => Self::new(ProblemKind::Conflict, text),
            VerifyError::Prove(ProveError::Change(error)) => error.into(),
        }
    }
}
