//! The causes, a module each, and their order. A cause looks at the case and says: found, with proof; ruled out, by what; or
//! nothing. Certainty is what the evidence carries, never more: see [`Certainty`](crate::answer::Certainty).

use crate::answer::{Cause, Diagnosis, RuledOut};
use crate::case::Case;

/// What a cause has to say.
#[derive(Default)]
pub(crate) struct Examination {
    /// What was found; several where several connectors or servers are concerned.
    pub(crate) causes: Vec<Cause>,
    /// Why it is not this.
    pub(crate) ruled_out: Vec<RuledOut>,
}

/// Every cause.
const CAUSES: &[fn(&Case<'_>) -> Examination] = &[];

/// Asks every cause, and ranks what they found: the surest first, then what explains most, then by code.
pub(crate) fn examine(case: &Case<'_>, diagnosis: &mut Diagnosis) {
    for cause in CAUSES {
        let mut examination = cause(case);
        diagnosis.causes.append(&mut examination.causes);
        diagnosis.ruled_out.append(&mut examination.ruled_out);
    }
    diagnosis.causes.sort_by(|left, right| {
        let certainty = right.certainty.cmp(&left.certainty);
        certainty.then(right.explains.cmp(&left.explains)).then(left.code.cmp(right.code))
    });
}
