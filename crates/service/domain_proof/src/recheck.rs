//! Looking again, day by day, at every domain that is proved by DNS. It takes away after a time of grace, and gives nothing.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use core_directory::{Domain, Proof, TenantId};
use jiff::{SignedDuration, Timestamp};
use service_directory::{PROOF_ACTOR, PROOF_ORIGIN, ProofChange, ProofRequest, ProveError};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::Finding;
use crate::service::{ChallengeError, DomainProof, find};

/// How long a domain stays verified while its record is missing: a record that was lost when a zone moved is noticed and
/// put back within two weeks, holidays included; a domain that was sold belongs to another by then.
pub const GRACE: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Each domain is looked at this often at least.
const ROUND: Duration = Duration::from_secs(24 * 60 * 60);

/// Longest wait between two looks, so that a few domains are looked at more often, and a new one soon.
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);

/// Shortest wait between two looks: twenty a second are little for any resolver, and two million domains a day.
const SHORTEST_WAIT: Duration = Duration::from_millis(50);

/// Wait after the start: the network and a resolver on the same machine may come up later than we do.
const START_WAIT: Duration = Duration::from_secs(60);

/// Most looks under way at a time. A dead name server takes as long as a question may; a full round does not wait for those.
const MAX_LOOKS: usize = 16;

/// Why a look came to nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RecheckError {
    #[error(transparent)]
    Challenge(#[from] ChallengeError),
    #[error(transparent)]
    Prove(#[from] ProveError),
}

impl DomainProof {
    /// Looks at one proved domain after the other, spread over the day, until `shutdown`. `now` is the clock.
    pub async fn run(self: Arc<Self>, now: fn() -> Timestamp, shutdown: CancellationToken) {
        let mut looks = JoinSet::new();
        let mut round = Round::default();
        let mut wait = START_WAIT;
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
            if round.left.is_empty() {
                round = Round::begin(self.proved());
            }
            wait = round.wait;
            let Some((tenant, domain)) = round.left.pop_front() else { continue };
            while looks.len() >= MAX_LOOKS {
                tokio::select! {
                    () = shutdown.cancelled() => return,
                    _ = looks.join_next() => {}
                }
            }
            while looks.try_join_next().is_some() {}
            let proof = Arc::clone(&self);
            looks.spawn(async move {
                if let Err(error) = proof.recheck(tenant, &domain, now()).await {
                    tracing::warn!(%tenant, %domain, %error, "what the DNS says of a domain is not noted; it is looked at again");
                }
            });
        }
    }

    /// Looks at one domain that is proved by DNS, and notes what is found.
    pub(crate) async fn recheck(&self, tenant: TenantId, domain: &Domain, at: Timestamp) -> Result<(), RecheckError> {
        if self.proved_by_dns(tenant, domain).is_none() {
            return Ok(());
        }
        let challenge = self.challenge(tenant, domain).await?;
        let finding = self.look(&challenge, &challenge.name).await;
        self.metrics.looked(&finding);
        // It may have taken seconds: what counts is how the domain is proved now.
        let Some((name, missing_since)) = self.proved_by_dns(tenant, domain) else { return Ok(()) };
        let Some(change) = change(&finding, missing_since, at) else { return Ok(()) };
        let (actor, origin) = (PROOF_ACTOR.to_owned(), PROOF_ORIGIN.to_owned());
        let request = ProofRequest { tenant, domain: domain.clone(), change, actor, origin, at };
        if self.directory.prove(request).await?.changed {
            self.tell(&name, domain, change, at);
        }
        Ok(())
    }

    fn tell(&self, tenant: &str, domain: &Domain, change: ProofChange, at: Timestamp) {
        match change {
            ProofChange::Missing => {
                let until = at.saturating_add(GRACE).unwrap_or(at);
                tracing::warn!(
                    tenant, %domain, %until,
                    "the DNS record that proves a domain is missing; unless it is published again the domain is verified no \
                     more after this time"
                );
            }
            ProofChange::Withdrawn { missing_since } => {
                self.metrics.withdrawn.inc();
                tracing::warn!(tenant, %domain, %missing_since, "a domain is verified no more: its DNS record is missing");
            }
            ProofChange::StillThere | ProofChange::Proved => {
                tracing::info!(tenant, %domain, "the DNS record that proves a domain is there again");
            }
        }
    }

    /// The tenant's name, and since when the record is missing; none if the domain is not, or not any more, proved by DNS.
    fn proved_by_dns(&self, tenant: TenantId, domain: &Domain) -> Option<(Box<str>, Option<Timestamp>)> {
        let current = self.directory.current();
        let (tenant, own) = find(&current, tenant, domain)?;
        match own.proof {
            Proof::Dns { missing_since, .. } => Some((tenant.name.clone(), missing_since)),
            Proof::Unsaid | Proof::None | Proof::OperatorsWord => None,
        }
    }

    /// Every domain that is proved by DNS.
    fn proved(&self) -> Vec<(TenantId, Domain)> {
        let current = self.directory.current();
        let of_dns = |proof| matches!(proof, Proof::Dns { .. });
        let domains = current.tenants.iter().flat_map(|tenant| {
            let proved = tenant.domains.iter().filter(move |domain| of_dns(domain.proof));
            proved.map(move |domain| (tenant.id, domain.name.clone()))
        });
        domains.collect()
    }
}

/// What a finding makes of the proof; none: nothing new, or nobody could say.
fn change(finding: &Finding, missing_since: Option<Timestamp>, at: Timestamp) -> Option<ProofChange> {
    match (finding, missing_since) {
        (Finding::Unknown(_), _) | (Finding::Right { .. }, None) => None,
        (Finding::Right { .. }, Some(_)) => Some(ProofChange::StillThere),
        (_, None) => Some(ProofChange::Missing),
        (_, Some(missing_since)) => {
            (at.duration_since(missing_since) > GRACE).then_some(ProofChange::Withdrawn { missing_since })
        }
    }
}

/// The domains of a day that are still to be looked at.
#[derive(Debug)]
struct Round {
    left: VecDeque<(TenantId, Domain)>,
    /// Between two looks.
    wait: Duration,
}

impl Default for Round {
    fn default() -> Self {
        Self { left: VecDeque::new(), wait: LONGEST_WAIT }
    }
}

impl Round {
    /// It begins anywhere, so that a node that is restarted often does not look at the same ones each time.
    fn begin(domains: Vec<(TenantId, Domain)>) -> Self {
        let mut left = VecDeque::from(domains);
        let count = u32::try_from(left.len()).unwrap_or(u32::MAX).max(1);
        if !left.is_empty() {
            left.rotate_left(rand::random_range(0..left.len()));
        }
        Self { left, wait: (ROUND / count).clamp(SHORTEST_WAIT, LONGEST_WAIT) }
    }
}
