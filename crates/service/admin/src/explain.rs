//! What the relay would say: from an explain request to evidence, judged against the directory in force.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use core_attribution::{Answer, Fact, PartialEvidence, Sender};
use core_directory::{CertificateFacts, CertificateName, Domain, MAX_PRESENTED_NAMES, Snapshot, Tenant, unmap};
use jiff::Timestamp;
use proto_certificate::{TenantRoots, pem};
use tokio::task::{JoinError, spawn_blocking};

use crate::access::{Access, Caller};
use crate::problem::json;
use crate::state::AdminState;
use crate::wire::{ExplainRequest, Problem, ProblemError, ProblemKind};

/// `POST /v1/explain`.
pub(crate) async fn explain(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Answer>, Problem> {
    let request: ExplainRequest = json(body)?;
    let now = (state.now)();
    let current = state.directory.usable(now)?;
    match caller.access {
        Access::Operator | Access::Reader => {
            judged(&state, &request, &current.snapshot, &current.tenant_roots, now).map(Json)
        }
        // By what the tenant registered alone. Any other way the answers, put together, would show what others have.
        Access::Tenant { id, .. } => {
            let own: Vec<Tenant> = current.tenants.iter().filter(|tenant| tenant.id == id).cloned().collect();
            let judge = move || {
                let snapshot = Snapshot::new(current.version(), own);
                let (roots, _) = TenantRoots::new(snapshot.trusted_roots());
                judged(&state, &request, &snapshot, &roots, now).map(Json)
            };
            spawn_blocking(judge).await.map_err(broken_down)?
        }
    }
}

fn broken_down(error: JoinError) -> Problem {
    tracing::error!(%error, "evidence was not judged");
    Problem::new(ProblemKind::Internal, "the evidence was not judged; see the log")
}

/// What these tenants and roots make of the request.
fn judged(
    state: &AdminState,
    request: &ExplainRequest,
    snapshot: &Snapshot,
    tenant_roots: &TenantRoots,
    now: Timestamp,
) -> Result<Answer, Problem> {
    let at = request.at.unwrap_or(now);
    let trust = state.trust.load();
    let judge = |chain: &[Vec<u8>]| {
        // What the relay itself cannot check in the handshake proves nothing (rule A2).
        let checkable = chain.first().is_some_and(|leaf| proto_certificate::key_is_checkable(leaf));
        proto_certificate::judge(chain, checkable, at, &trust.roots, tenant_roots, &trust.denied)
    };
    let evidence = evidence(request, at, judge).map_err(|errors| {
        let details: Vec<String> = errors.iter().map(|error| format!("{}: {}", error.field, error.message)).collect();
        Problem::new(ProblemKind::BadRequest, details.join("; ")).with_errors(errors)
    })?;
    let judgement = core_attribution::judge_with_route(&evidence, snapshot);
    Ok(Answer::of_judgement(&evidence, snapshot, &judgement))
}

/// The evidence of a request at `at`; `judge` judges the chain of `certificate_pem`, the leaf first. What the request does
/// not say is unknown.
///
/// # Errors
/// Everything that is wrong with the request, by field.
pub fn evidence(
    request: &ExplainRequest,
    at: Timestamp,
    judge: impl FnOnce(&[Vec<u8>]) -> CertificateFacts,
) -> Result<PartialEvidence, Vec<ProblemError>> {
    let mut errors = Vec::new();
    let mut evidence = PartialEvidence::unknown(at);
    evidence.tls = request.tls.into();
    if let Some(text) = &request.remote_ip {
        match text.parse::<IpAddr>() {
            Ok(address) => evidence.remote_ip = Fact::Known(Some(unmap(address))),
            Err(_) => errors.push(ProblemError::field("remote_ip", format!("{text:?} is no IP address"))),
        }
    }
    match certificate(request, judge) {
        Ok(Fact::Known(Some(_))) if request.tls == Some(false) => {
            errors.push(ProblemError::field("tls", "a certificate is presented over TLS only"));
        }
        Ok(certificate) => {
            if let Fact::Known(Some(_)) = certificate {
                evidence.tls = Fact::Known(true);
            }
            evidence.certificate = certificate;
        }
        Err((field, what)) => errors.push(ProblemError::field(field, what)),
    }
    if let Some(text) = &request.mail_from {
        match mailbox_domain(text) {
            Ok(_) if matches!(text.trim(), "" | "<>") => evidence.mail_from = Fact::Known(Sender::Null),
            Ok(domain) => evidence.mail_from = Fact::Known(domain.map_or(Sender::NoDomain, Sender::Domain)),
            Err(what) => errors.push(ProblemError::field("mail_from", what)),
        }
    }
    if let Some(text) = &request.rcpt_to {
        match mailbox_domain(text) {
            Ok(domain) => evidence.rcpt_to = Fact::Known(domain),
            Err(what) => errors.push(ProblemError::field("rcpt_to", what)),
        }
    }
    if errors.is_empty() { Ok(evidence) } else { Err(errors) }
}

/// A field and what is wrong with it.
type Wrong = (&'static str, String);

fn certificate(
    request: &ExplainRequest,
    judge: impl FnOnce(&[Vec<u8>]) -> CertificateFacts,
) -> Result<Fact<Option<Arc<CertificateFacts>>>, Wrong> {
    match (&request.certificate_pem, &request.presented_names, request.no_certificate) {
        (None, None, false) => Ok(Fact::Unknown),
        (None, None, true) => Ok(Fact::Known(None)),
        (Some(text), None, false) => {
            let chain =
                pem::read_certificates(text.as_bytes()).map_err(|error| ("certificate_pem", error.to_string()))?;
            Ok(Fact::Known(Some(Arc::new(judge(&chain)))))
        }
        (None, Some(names), false) => {
            let facts = CertificateFacts::trusted(presented(names)?);
            Ok(Fact::Known(Some(Arc::new(facts))))
        }
        _ => {
            let what = "give one of certificate_pem, presented_names and no_certificate, or none of them";
            Err(("certificate_pem", what.to_owned()))
        }
    }
}

fn presented(texts: &[String]) -> Result<Vec<CertificateName>, Wrong> {
    let wrong = |what: String| ("presented_names", what);
    if texts.len() > MAX_PRESENTED_NAMES {
        return Err(wrong(format!("{} names; a certificate proves at most {MAX_PRESENTED_NAMES}", texts.len())));
    }
    let mut names = Vec::new();
    for text in texts {
        let name = CertificateName::parse_presented(text).map_err(|error| wrong(format!("{text:?}: {error}")))?;
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
}

/// The domain of an address, with or without angle brackets, or a domain by itself; none for the empty path, `postmaster`
/// and address literals.
fn mailbox_domain(text: &str) -> Result<Option<Domain>, String> {
    let bare = text.trim();
    let bare = bare.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(bare);
    let domain = bare.rsplit_once('@').map_or(bare, |(_, domain)| domain);
    let literal = domain.starts_with('[') && domain.ends_with(']');
    if bare.is_empty() || bare.eq_ignore_ascii_case("postmaster") || literal {
        return Ok(None);
    }
    Domain::parse(domain).map(Some).map_err(|error| format!("{text:?}: {error}"))
}
