//! Lint over everything that dumps, certificates and directory files show: what is broken, will break or overlaps, before mail
//! is refused for it. The directory itself is `core-attribution`'s to judge; here it gets its places, its commands, and what only
//! the sending side shows. What is not shown is not judged, and named with the command that shows it.

mod certificates;
mod codes;
mod directory;
mod mending;
mod on_premises;
mod presented;
mod refused;
mod report;
mod send_connectors;
mod stores;
mod unjudged;
mod way_back;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;

pub use report::{LintFinding, LintReport};

use jiff::Timestamp;

use crate::diagnose::{read, unread};
use crate::evidence::Evidence;
use crate::far_side::FarSide;
use on_premises::OnPremises;

/// Finds what is wrong with the configuration that was read. `now` is the time that certificates expire by.
#[must_use]
pub fn lint(evidence: &Evidence, now: Timestamp) -> LintReport {
    let mut report = LintReport::new(read(evidence), unread(evidence));
    let sides = FarSide::every(&evidence.configuration);
    for side in &sides {
        directory::check(evidence, side, &mut report);
    }
    refused::check(evidence, &mut report);
    certificates::check(evidence, now, &mut report);
    let on_premises = OnPremises::new(evidence, now);
    send_connectors::check(&on_premises, &mut report);
    stores::check(&on_premises, &mut report);
    for side in sides.iter().filter(|side| !side.is_relay()) {
        presented::check(&on_premises, side, &mut report);
    }
    way_back::check(&on_premises, &mut report);
    report.finish();
    report
}
