//! The causes, a module each, and their order. A cause looks at the case and says: found, with proof; ruled out, by what; or
//! nothing. Certainty is what the evidence carries, never more: see [`Certainty`](crate::answer::Certainty).

mod c01_certificate_name;
mod c02_address;
mod c03_nobody_identified;
mod c04_wrong_certificate;
mod c05_private_key;
mod c06_chain;
mod c07_no_tls;
mod c08_domain_not_accepted;
mod c09_null_sender;
mod c10_foreign_sender;
mod c11_subdomain_sender;
mod c12_connector_off;
mod c13_another_tenant;
mod c14_service_between;
mod c15_edge;
mod c16_device;
mod c17_wrong_smart_host;
mod c18_several_recipient_domains;
mod c19_ipv6;
mod c20_one_server;
mod c21_test_tool;
mod c22_not_in_force;
mod c23_another_refusal;
mod ground;
mod p01_expired;
mod p02_no_client_certificate;
mod p03_recipients_side;
mod p06_nearest_miss;
mod p07_open_reading;
mod telling;
mod unexplained;

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
    c04_wrong_certificate::examine,
    c05_private_key::examine,
    c06_chain::examine,
    c07_no_tls::examine,
    c08_domain_not_accepted::examine,
    c09_null_sender::examine,
    c10_foreign_sender::examine,
    c11_subdomain_sender::examine,
    c12_connector_off::examine,
    c13_another_tenant::examine,
    c14_service_between::examine,
    c15_edge::examine,
    c16_device::examine,
    c17_wrong_smart_host::examine,
    c18_several_recipient_domains::examine,
    c19_ipv6::examine,
    c20_one_server::examine,
    c21_test_tool::examine,
    c22_not_in_force::examine,
    c23_another_refusal::examine,
    p01_expired::examine,
    p02_no_client_certificate::examine,
    p03_recipients_side::examine,
    p07_open_reading::examine,
];

/// Asks every cause, and ranks what they found: the surest first, then what explains most, then by code. What is found of one
/// connector is not ruled out by another.
pub(crate) fn examine(case: &Case<'_>, diagnosis: &mut Diagnosis) {
    for cause in CAUSES {
        let mut examination = cause(case);
        diagnosis.causes.append(&mut examination.causes);
        diagnosis.ruled_out.append(&mut examination.ruled_out);
    }
    // Nobody whose relay is ours goes away without an answer.
    if diagnosis.causes.is_empty() {
        diagnosis.causes = p06_nearest_miss::examine(case).causes;
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
                if cause.certainty > known.certainty {
                    (known.certainty, known.question) = (cause.certainty, cause.question);
                }
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
