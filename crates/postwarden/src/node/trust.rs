//! Whom the operator trusts: roots from the system and from files.

use proto_certificate::{OperatorTrust, TrustStore};

use crate::config::{ClientCertificates, TrustSource};
use crate::exit::Failure;

/// Trusted roots and denied leaves, and what needs attention about them.
pub struct Trust {
    /// Roots and leaves.
    pub operator: OperatorTrust,
    /// What needs attention, each a sentence with what to do.
    pub attention: Vec<String>,
}

/// Loads the roots that the configuration names. A file that cannot be used is an error; a system root that cannot is passed
/// over, as the system does.
pub fn load(config: &ClientCertificates) -> Result<Trust, Failure> {
    let mut roots: Vec<Vec<u8>> = Vec::new();
    let mut attention = Vec::new();
    for source in &config.trust {
        match source {
            TrustSource::System => {
                let system = io_tls::system_roots();
                if system.roots.is_empty() {
                    attention.push(
                        "the system has no trusted roots, so no public certificate proves anything: install its \
                         ca-certificates package, or name files in [client_certificates] trust"
                            .to_owned(),
                    );
                }
                for problem in system.problems {
                    tracing::debug!(problem, "a root of the system was passed over");
                }
                roots.extend(system.roots);
            }
            TrustSource::File(path) => {
                let own = io_tls::roots_from_pem_file(path)
                    .map_err(|error| Failure::usage(format!("[client_certificates] trust: {error}")))?;
                let (_, problems) = TrustStore::new(own.iter().map(Vec::as_slice));
                if let Some(problem) = problems.first() {
                    let place = path.display();
                    return Err(Failure::usage(format!("[client_certificates] trust: {place}: {problem}")));
                }
                roots.extend(own);
            }
        }
    }
    if config.trust.is_empty() {
        attention.push(
            "[client_certificates] trust is empty: only tenants' own roots and pinned certificates prove anything"
                .to_owned(),
        );
    }
    let (roots, problems) = TrustStore::new(roots.iter().map(Vec::as_slice));
    for problem in problems {
        tracing::debug!(%problem, "a root of the system was passed over");
    }
    let denied = config.denied.iter().copied().collect();
    Ok(Trust { operator: OperatorTrust { roots, denied }, attention })
}
