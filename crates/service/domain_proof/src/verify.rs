//! Looking at once, because somebody asked. The only way to gain a domain.

use core_directory::{Domain, Proof, TenantId};
use jiff::{SignedDuration, Timestamp};
use service_directory::{ProofChange, ProofRequest, ProveError};

use crate::finding::likely_mistakes;
use crate::service::{ChallengeError, DomainProof, find};
use crate::{Challenge, Finding};

/// A wish to have a domain verified.
#[derive(Clone, Debug)]
pub struct VerifyRequest {
    /// The tenant. That the caller may speak for it is decided above.
    pub tenant: TenantId,
    /// The domain.
    pub domain: Domain,
    /// Who, for the audit trail.
    pub actor: String,
    /// From where, for the audit trail.
    pub origin: String,
    /// When.
    pub at: Timestamp,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// The record that proves the domain.
    pub challenge: Challenge,
    /// What was found at its name; none: nobody looked, since the operator verified the domain.
    pub finding: Option<Finding>,
    /// Where the record was found although it does not belong there.
    pub misplaced: Option<Domain>,
    /// How the domain is proved now. It may be by a record that is missing, which counts until it is withdrawn.
    pub proof: Proof,
    /// Whether another tenant had the domain until now.
    pub moved: bool,
}

/// Why nothing was verified.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// There is no challenge.
    #[error(transparent)]
    Challenge(#[from] ChallengeError),
    /// The tenant asks too often.
    #[error(
        "domains of this tenant were verified {} times within a minute: try again in {} seconds",
        crate::VERIFICATIONS_PER_MINUTE,
        wait.as_secs().max(1)
    )]
    TooOften {
        /// How long to wait.
        wait: SignedDuration,
    },
    /// What was found did not get into the directory.
    #[error(transparent)]
    Prove(#[from] ProveError),
}

impl DomainProof {
    /// Looks for the record now. If it is there the domain is the tenant's, and no other's that had proved it by DNS: the last
    /// who proves a domain by asking for it has it.
    ///
    /// # Errors
    /// See [`VerifyError`]. A record that is not there is none.
    pub async fn verify(&self, request: VerifyRequest) -> Result<Verification, VerifyError> {
        let VerifyRequest { tenant, domain, actor, origin, at } = request;
        let current = self.directory.current();
        let (_, own) = find(&current, tenant, &domain).ok_or_else(|| ProveError::NotThere(domain.clone()))?;
        let proof = own.proof;
        let challenge = self.challenge(tenant, &domain).await?;
        if proof == Proof::OperatorsWord {
            return Ok(Verification { challenge, finding: None, misplaced: None, proof, moved: false });
        }
        self.pace.admit(tenant, at).map_err(|wait| VerifyError::TooOften { wait })?;
        let finding = self.look(&challenge, &challenge.name).await;
        self.metrics.looked(&finding);
        let change = match &finding {
            Finding::Right { .. } => ProofChange::Proved,
            Finding::NoSuchName | Finding::NoRecord | Finding::Others(_) => ProofChange::Missing,
            Finding::Unknown(_) => {
                return Ok(Verification { challenge, finding: Some(finding), misplaced: None, proof, moved: false });
            }
        };
        let misplaced = if finding.is_absence() { self.misplaced(&challenge, &domain).await } else { None };
        let request = ProofRequest { tenant, domain: domain.clone(), change, actor, origin, at };
        let proved = self.directory.prove(request).await?;
        if proved.changed {
            tracing::info!(%tenant, %domain, moved = proved.taken_from.is_some(), proof = ?proved.proof, "the proof of a domain changed");
        }
        let moved = proved.taken_from.is_some();
        Ok(Verification { challenge, finding: Some(finding), misplaced, proof: proved.proof, moved })
    }

    /// Where the record was put by mistake, if it was.
    async fn misplaced(&self, challenge: &Challenge, domain: &Domain) -> Option<Domain> {
        for name in likely_mistakes(challenge, domain) {
            if matches!(self.look(challenge, &name).await, Finding::Right { .. }) {
                return Some(name);
            }
        }
        None
    }
}
