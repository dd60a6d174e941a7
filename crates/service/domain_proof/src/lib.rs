//! Domains proved by DNS: a tenant that can publish a TXT record at `_postwarden-challenge.D` holds D.
//!
//! The [`Challenge`] is bound to installation, tenant and domain, and nobody can guess another's. [`DomainProof::verify`] looks
//! at once, because somebody asked, and is the only way to gain a domain or to take it from another tenant.
//! [`DomainProof::run`] looks at every proved domain each day: it notes what is missing, withdraws what stays missing for
//! [`GRACE`], and never gives anything. What the operator said is not touched. A resolver that cannot say proves nothing.
//!
//! The directory's changes are [`service_directory`]'s; here is decided which change a record deserves.

#![forbid(unsafe_code)]

mod attention;
mod challenge;
mod finding;
mod metrics;
mod pace;
mod recheck;
mod service;
mod verify;

#[cfg(test)]
mod tests;

pub use attention::attention;
pub use challenge::{Challenge, LABEL, VALUE_PREFIX};
pub use finding::{Finding, Values};
pub use pace::VERIFICATIONS_PER_MINUTE;
pub use recheck::GRACE;
pub use service::{ChallengeError, DomainProof};
pub use verify::{Verification, VerifyError, VerifyRequest};
