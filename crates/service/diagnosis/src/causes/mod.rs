//! The causes, a module each, and their order. A cause looks at the case and says: found, with proof; ruled out, by what; or
//! nothing. Certainty is what the evidence carries, never more: see [`Certainty`](crate::answer::Certainty).

mod c01_certificate_name;
mod c02_address;
mod c03_nobody_identified;
mod c08_domain_not_accepted;
mod c09_null_sender;
mod c10_foreign_sender;
mod c11_subdomain_sender;
mod c18_several_recipient_domains;
mod c19_ipv6;
mod ground;
mod telling;

use crate::answer::{Cause, Diagnosis, Message, ProofLine, RuledOut};
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
const CAUSES: &[fn(&Case<'_>) -> Examination] = &[
    c01_certificate_name::examine,
    c02_address::examine,
    c03_nobody_identified::examine,
    c08_domain_not_accepted::examine,
    c09_null_sender::examine,
    c10_foreign_sender::examine,
    c11_subdomain_sender::examine,
    c18_several_recipient_domains::examine,
    c19_ipv6::examine,
];

/// Asks every cause, and ranks what they found: the surest first, then what explains most, then by code. What is found of one
/// connector is not ruled out by another.
pub(crate) fn examine(case: &Case<'_>, diagnosis: &mut Diagnosis) {
    for cause in CAUSES {
        let mut examination = cause(case);
        diagnosis.causes.append(&mut examination.causes);
        diagnosis.ruled_out.append(&mut examination.ruled_out);
    }
    let found: Vec<&'static str> = diagnosis.causes.iter().map(|cause| cause.code).collect();
    diagnosis.ruled_out.retain(|ruled_out| !found.contains(&ruled_out.code));
    diagnosis.causes.sort_by(|left, right| {
        let certainty = right.certainty.cmp(&left.certainty);
        let precedence = right.precedence.cmp(&left.precedence);
        certainty.then(precedence).then(right.explains.cmp(&left.explains)).then(left.code.cmp(right.code))
    });
}

impl Examination {
    /// Adds what was found. The same of several groups of refusals is one: their numbers add up, the earliest time counts.
    pub(crate) fn add(&mut self, cause: Cause) {
        let same = |known: &&mut Cause| known.statement == cause.statement && known.code == cause.code;
        match self.causes.iter_mut().find(same) {
            Some(known) => {
                known.explains += cause.explains;
                known.certainty = known.certainty.max(cause.certainty);
                let earlier = cause.since.is_some_and(|since| known.since.is_none_or(|known| since < known));
                if earlier {
                    (known.since, known.proof) = (cause.since, cause.proof);
                }
                known.last_worked = known.last_worked.max(cause.last_worked);
            }
            None => self.causes.push(cause),
        }
    }

    /// Notes why it is not this, once.
    pub(crate) fn rule_out(&mut self, code: &'static str, (reason, proof): (Message, Vec<ProofLine>)) {
        if !self.ruled_out.iter().any(|known| known.reason == reason) {
            self.ruled_out.push(RuledOut { code, reason, proof });
        }
    }
}
