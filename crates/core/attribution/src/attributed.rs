//! The proof that mail was attributed. Code that queues or sends mail takes `Attributed`, which only [`attribute`] makes.

use crate::{Attribution, Evidence, Refusal, Routed, Verdict, decide, route};
use core_directory::Snapshot;

/// A value, such as a recipient, whose mail was attributed and routed. Cannot be made outside this crate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attributed<T> {
    routed: Routed,
    value: T,
}

/// Judges and routes one recipient: rules A1 to A10, then A14 and A13. The value comes back wrapped in its proof, or refused.
pub fn attribute<T>(evidence: &Evidence, snapshot: &Snapshot, value: T) -> Result<Attributed<T>, Refusal> {
    match decide(evidence, snapshot) {
        Verdict::Passes(attribution) => {
            let routed = route(evidence, snapshot, attribution)?;
            Ok(Attributed { routed, value })
        }
        Verdict::Refused(refusal) => Err(refusal),
    }
}

impl<T> Attributed<T> {
    /// Whose mail it is. For mail handed over inside, the receiving tenant's.
    pub fn attribution(&self) -> Attribution {
        self.routed.attribution
    }

    /// Where it goes.
    pub fn route(&self) -> &Routed {
        &self.routed
    }

    /// What was attributed.
    pub fn value(&self) -> &T {
        &self.value
    }
}
