//! Who knocks, with what would admit it. What is kept is what came; whether a connector names it, and whose it could be, is
//! asked of the directory in force.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use core_attribution::PresentedFault;
use core_attribution::admission::{self, Admission};
use core_directory::{CertificateName, Domain, Field, Snapshot, TenantIndex};
use core_wording::Language;
use io_store::{CandidateKind as Kind, Scope, StoreError};
use jiff::Timestamp;
use serde::Deserialize;

use crate::access::Caller;
use crate::state::AdminState;
use crate::trace::narrowed;
use crate::wire::{Admit, Candidate, CandidateKind, Candidates, Problem, ProblemKind};

/// What is kept of a certificate. Of an older version, or damaged, it is empty.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Facts {
    names: Vec<String>,
    issuer: String,
    not_after: Option<Timestamp>,
    trusted_by_operator: bool,
    trusted_by_tenants: Vec<u64>,
    faults: Vec<PresentedFault>,
}

/// The query of `GET /v1/candidates`.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Parameters {
    /// Only those that this tenant sees.
    tenant: Option<String>,
}

/// `GET /v1/candidates?tenant=`.
pub(crate) async fn list(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    parameters: Result<Query<Parameters>, QueryRejection>,
) -> Result<Json<Candidates>, Problem> {
    let Query(parameters) = parameters.map_err(|error| Problem::new(ProblemKind::BadRequest, error.body_text()))?;
    let scope = narrowed(&caller, parameters.tenant.as_deref(), &state.directory.current())?;
    Ok(Json(Candidates { items: knocking(&state, scope).await? }))
}

/// Those in the scope that no connector names now.
pub(crate) async fn knocking(state: &AdminState, scope: Scope) -> Result<Vec<Candidate>, StoreError> {
    let found = state.trace.candidates(scope).await?;
    let current = state.directory.current();
    Ok(found.into_iter().filter_map(|candidate| shown(candidate, scope, &current.snapshot)).collect())
}

fn shown(kept: io_store::Candidate, scope: Scope, snapshot: &Snapshot) -> Option<Candidate> {
    let facts: Facts = serde_json::from_str(&kept.facts).unwrap_or_default();
    let names: Vec<_> = facts.names.iter().filter_map(|name| CertificateName::parse_presented(name).ok()).collect();
    let address = kept.key.parse::<IpAddr>().ok().filter(|_| kept.kind == Kind::Address);
    let named = match address {
        Some(address) => admission::is_addressed(address, snapshot),
        None => admission::is_named(&names, snapshot),
    };
    if named {
        return None;
    }
    let kind = match kept.kind {
        Kind::Address => CandidateKind::Address,
        // By a tenant's own roots it is trusted for that tenant alone.
        _ if is_trusted_for(&facts, scope) => CandidateKind::Certificate,
        _ => CandidateKind::Claim,
    };
    let mut admit = Vec::new();
    if kind != CandidateKind::Claim {
        // Whose domain is sent from may differ from one message to the next; without one the certificate may still be somebody's.
        let senders = kept.senders.iter().map(|sender| Domain::parse(sender).ok()).chain([None]);
        for sender in senders {
            let found = match address {
                Some(address) => admission::by_address(address, sender.as_ref(), snapshot),
                None => admission::by_certificate(&names, sender.as_ref(), snapshot),
            };
            let Some((tenant, value)) = found else { continue };
            let id = snapshot.tenant(tenant).id;
            let convinced = address.is_some() || facts.trusted_by_operator || facts.trusted_by_tenants.contains(&id.0);
            if convinced && scope.allows(id) {
                let one = admit_by(snapshot, tenant, &value);
                if !admit.contains(&one) {
                    admit.push(one);
                }
            }
        }
    }
    let certificate = address.is_none();
    Some(Candidate {
        note: note(kind, &admit, &kept.senders),
        kind,
        address: address.map(|address| address.to_string()),
        leaf_sha256: certificate.then_some(kept.key),
        names: facts.names,
        issuer: Some(facts.issuer).filter(|issuer| !issuer.is_empty()),
        not_after: facts.not_after,
        faults: match kind {
            CandidateKind::Claim => facts.faults.iter().map(worded).collect(),
            CandidateKind::Certificate | CandidateKind::Address => Vec::new(),
        },
        first_seen: kept.first_at,
        last_seen: kept.last_at,
        times: kept.times,
        sender_domains: kept.senders,
        admit,
    })
}

fn is_trusted_for(facts: &Facts, scope: Scope) -> bool {
    facts.trusted_by_operator
        || match scope.tenant() {
            Some(tenant) => facts.trusted_by_tenants.contains(&tenant.0),
            None => !facts.trusted_by_tenants.is_empty(),
        }
}

fn worded(fault: &PresentedFault) -> String {
    core_wording::chain_fault(&fault.code, &fault.arguments, Language::English)
}

/// What stands where a command would, or beside it.
fn note(kind: CandidateKind, admit: &[Admit], senders: &[String]) -> Option<String> {
    match kind {
        CandidateKind::Claim => Some(
            "anybody can make a certificate with these names: it counts once its chain ends in a root of \
             [client_certificates] trust, or of the tenant's trusted_roots, and it is in date"
                .to_owned(),
        ),
        _ if !admit.is_empty() => None,
        _ => Some(match senders.first() {
            Some(sender) => {
                let or_name = match kind {
                    CandidateKind::Address => "",
                    _ => ", or the domain that the certificate names",
                };
                format!(
                    "no tenant here holds {sender}{or_name}: register it first, with `postwarden domain add {} --tenant T`",
                    quoted(sender)
                )
            }
            None => "only the null sender came from there, which belongs to no tenant".to_owned(),
        }),
    }
}

fn admit_by(snapshot: &Snapshot, tenant: TenantIndex, value: &Admission) -> Admit {
    let tenant = snapshot.tenant(tenant).name.to_string();
    let (field, value) = match value {
        Admission::CertificateName(name) => (Field::TlsSenderCertificateName, name.to_string()),
        Admission::Address(address) => (Field::SenderIpAddresses, address.to_string()),
    };
    let flag = field.key().replace('_', "-");
    let name = quoted(&format!("From {value}"));
    let command =
        format!("postwarden inbound-connector add {name} --tenant {} --{flag} {}", quoted(&tenant), quoted(&value));
    Admit { tenant, field: field.key().to_owned(), value, command }
}

/// A word as a POSIX shell takes it for itself, whatever is in it.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |octet: u8| octet.is_ascii_alphanumeric() || b"-_./:@,+=".contains(&octet);
    if !word.is_empty() && !word.starts_with('-') && word.bytes().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn words_stay_words() {
        let check = |word: &str, wanted: &str| assert_eq!(quoted(word), wanted, "{word:?}");
        check("mail.contoso.com", "mail.contoso.com");
        check("2001:db8::7", "2001:db8::7");
        check("*.contoso.com", "'*.contoso.com'");
        check("From here", "'From here'");
        check("it's; rm -rf $HOME", "'it'\\''s; rm -rf $HOME'");
        check("", "''");
        check("-rf", "'-rf'");
    }
}
