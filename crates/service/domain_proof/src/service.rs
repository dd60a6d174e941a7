//! What looking at records needs, and the look itself.

use std::sync::Arc;
use std::time::Duration;

use core_directory::{AcceptedDomain, Domain, DomainError, Tenant, TenantId};
use io_dns::TxtLookup;
use io_store::{Directories, SECRET_LENGTH, Scope, Secret, StoreError};
use prometheus_client::registry::Registry;
use service_directory::{Current, DirectoryService};
use tokio::sync::{OnceCell, Semaphore};

use crate::metrics::Metrics;
use crate::pace::Pace;
use crate::{Challenge, Finding};

/// How long one question to the DNS may take: name servers that are slow, or of which one is down, answer within it.
const QUESTION_LIMIT: Duration = Duration::from_secs(10);

/// Most questions under way at a time, so that tenants with dead name servers keep neither memory nor the resolver busy.
const MAX_QUESTIONS: usize = 32;

/// Proves domains by DNS.
pub struct DomainProof {
    pub(crate) directory: Arc<DirectoryService>,
    store: Arc<dyn Directories>,
    lookup: Arc<dyn TxtLookup>,
    secret: OnceCell<Secret>,
    questions: Semaphore,
    pub(crate) pace: Pace,
    pub(crate) metrics: Metrics,
}

/// Why there is no challenge for a domain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChallengeError {
    /// The record's name would be too long.
    #[error(
        "{domain} cannot be proved by DNS, since the name of its record would be too long: let the operator verify it"
    )]
    Name {
        /// The domain.
        domain: Domain,
        /// What is wrong with the name.
        reason: DomainError,
    },
    /// The secret cannot be had.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DomainProof {
    /// Looks by `lookup`, and has `directory` keep what comes of it. The secret of the challenges lies in `store`.
    #[must_use]
    pub fn new(directory: Arc<DirectoryService>, store: Arc<dyn Directories>, lookup: Arc<dyn TxtLookup>) -> Self {
        Self {
            directory,
            store,
            lookup,
            secret: OnceCell::new(),
            questions: Semaphore::new(MAX_QUESTIONS),
            pace: Pace::default(),
            metrics: Metrics::new(),
        }
    }

    /// The record that proves a domain for a tenant, whether the tenant has the domain or not.
    ///
    /// # Errors
    /// See [`ChallengeError`].
    pub async fn challenge(&self, tenant: TenantId, domain: &Domain) -> Result<Challenge, ChallengeError> {
        let secret = self.secret.get_or_try_init(|| async {
            let octets: [u8; SECRET_LENGTH] = rand::random();
            self.store.challenge_secret(Scope::Operator, Secret::new(octets)).await
        });
        Challenge::new(secret.await?, tenant, domain)
            .map_err(|reason| ChallengeError::Name { domain: domain.clone(), reason })
    }

    /// Hands what it counts to a registry.
    pub fn register_metrics(&self, registry: &mut Registry) {
        self.metrics.register(registry);
    }

    /// Looks for a challenge's record at a name.
    pub(crate) async fn look(&self, challenge: &Challenge, name: &Domain) -> Finding {
        // It is never closed.
        let _question = self.questions.acquire().await;
        Finding::of(challenge, self.lookup.txt(name, QUESTION_LIMIT).await)
    }
}

impl std::fmt::Debug for DomainProof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DomainProof").finish_non_exhaustive()
    }
}

/// A tenant's domain in the directory in force.
pub(crate) fn find<'c>(
    current: &'c Current,
    tenant: TenantId,
    domain: &Domain,
) -> Option<(&'c Tenant, &'c AcceptedDomain)> {
    let tenant = current.tenants.iter().find(|own| own.id == tenant)?;
    Some((tenant, tenant.domains.iter().find(|own| own.name == *domain)?))
}
