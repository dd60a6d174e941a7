//! Whose mail it is: the rules A0 to A14, their verdict and its reasoning.
//!
//! [`decide`] takes [`Evidence`] (what one connection and envelope show) and a `Snapshot` (what tenants registered) and
//! gives a [`Verdict`]. It is pure and total: no I/O, no clock, no async, no logging, no panic; the same input gives the
//! same verdict. The relay, `explain` and everything else that judges mail call it, so that what an administrator is told
//! is what the relay does.
//!
//! ```text
//! Evidence + Snapshot          -> decide -> Verdict                    the relay; nothing can be unknown
//! PartialEvidence + Snapshot   -> judge  -> Judgement                  `explain`; forks where something is unknown
//! PartialEvidence + PartialDirectory -> judge_partial -> Judgement     dumps; fields, domains and readings may be unknown
//! Verdict + Evidence + Snapshot -> reason -> Reasoning                 at refusal or on request: near misses, the change
//! certificate + PartialDirectory -> standings                          `certificate inspect`: which connectors it satisfies
//! PartialDirectory               -> lint   -> Lint                     no evidence: what is broken, or will be
//! ```
//!
//! The rules stand once, in `rules`, over a view of evidence and directory. The view of a snapshot answers by index, the
//! view of a partial directory by comparing one connector after the other; a property test holds the two to each other.

#![forbid(unsafe_code)]

pub mod admission;
mod answer;
mod attributed;
mod evidence;
mod fork;
mod indexed;
mod linear;
mod lint;
mod observed;
mod partial_directory;
mod proof;
mod reasoning;
mod reply;
mod route;
mod rule;
mod rules;
mod sight;
mod standing;
mod verdict;

#[cfg(test)]
mod tests;

pub use answer::{Answer, Branch, VerdictKind};
pub use attributed::{Attributed, attribute};
pub use evidence::{Evidence, Fact, PartialEvidence, Sender};
pub use fork::{Assumption, Judgement, MAX_LEAVES, Missing, NameClass, Value, judge, judge_partial, judge_with_route};
pub use lint::{CODES as LINT_CODES, Finding, Lint, LintCode, Mend, Severity, Unjudged, lint};
pub use partial_directory::{Judge, PartialDirectory, PartialTenant, Query, Reading};
pub use reasoning::{
    Change, Considered, Edit, EditKind, MAX_CONSIDERED, Presented, PresentedFault, Reason, Reasoning, Side, reason,
};
pub use reply::{RefusalReply, ReplyContext};
pub use route::{Routed, route};
pub use rule::{RuleId, Source};
pub use sight::tenants_with_sight;
pub use standing::{Admits, MAX_STANDINGS, Standing, standings};
pub use verdict::{Attribution, Direction, Refusal, Verdict};

use core_directory::Snapshot;

/// Judges one recipient of one message (rules A1 to A10). The relay's own reading, which is the strict one.
pub fn decide(evidence: &Evidence, snapshot: &Snapshot) -> Verdict {
    match rules::decide(&indexed::Indexed::new(evidence, snapshot)) {
        Ok(verdict) => verdict,
        Err(never) => match never {},
    }
}
