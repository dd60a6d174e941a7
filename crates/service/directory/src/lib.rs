//! The owner of the directory: it loads what the store keeps, publishes it as one immutable snapshot, and makes every
//! change: validated as a whole, committed with its audit entry, in force when the change is answered.
//!
//! Readers take [`DirectoryService::usable`] once a transaction and keep what they got (rule A12); there is no lock and no
//! query in their path. Whether a change is allowed to its author is decided above; what a verdict is, is decided in
//! `core-attribution`.

#![forbid(unsafe_code)]

mod apply;
mod changes;
mod consequences;
mod current;
mod diff;
mod edit;
pub mod kind_word;
mod loading;
mod merge;
mod meta;
mod object;
mod own_faults;
mod prove;
mod refresh;
mod replace;
mod service;

#[cfg(test)]
mod tests;

pub use apply::{Applied, ApplyError, ApplyRequest, ReplaceRequest};
pub use consequences::Consequence;
pub use current::Current;
pub use diff::{DiffChange, DiffEntry};
pub use edit::{EditAction, EditRequest, Edited};
pub use loading::DirectoryServiceError;
pub use meta::{ObjectMeta, ObjectVersion};
pub use prove::{PROOF_ACTOR, PROOF_ORIGIN, ProofChange, ProofRequest, ProveError, Proved};
pub use refresh::POLL_INTERVAL;
pub use service::{DirectoryService, UNCONFIRMED_LIMIT, Unconfirmed};
