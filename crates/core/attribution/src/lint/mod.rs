//! Lint: what of a directory is broken, will break, or overlaps, before any mail shows it.
//!
//! Looks at a directory alone, without evidence, by the rules that [`decide`](crate::decide) follows: a connector that is said
//! to be shadowed is one that no mail can be attributed by. What is not shown is not judged, and named as such: see
//! [`Unjudged`]. Findings hold codes and arguments, never prose. Look-ups are by name and by prefix, so that the work grows
//! with the directory and not with its square.

mod domains;
mod finding;
mod ground;
mod identity;
mod names;
mod overlaps;
mod ranges;
mod routes;
mod scopes;
mod shadows;

pub use finding::{CODES, Finding, LintCode, Mend, Severity, Unjudged};

use crate::PartialDirectory;
use ground::Ground;

/// What lint found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lint {
    /// The findings, the worst first, then by tenant, connector and code.
    pub findings: Vec<Finding>,
    /// What would have to be shown for the rest to be judged.
    pub unjudged: Vec<Unjudged>,
}

/// Lints a directory of which a part is known.
#[must_use]
pub fn lint(directory: &PartialDirectory) -> Lint {
    let ground = Ground::new(directory);
    let mut lint = Lint::default();
    for check in [domains::check, names::check, identity::check, ranges::check, scopes::check] {
        check(&ground, &mut lint);
    }
    let shadowed = shadows::check(&ground, &mut lint);
    overlaps::check(&ground, &shadowed, &mut lint);
    routes::check(&ground, &mut lint);
    lint.findings.sort_by(|left, right| left.order().cmp(&right.order()));
    lint.unjudged.sort();
    lint.unjudged.dedup();
    lint
}
