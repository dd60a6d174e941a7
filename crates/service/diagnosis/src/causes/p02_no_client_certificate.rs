//! P02 (ours): the sender is not set up to present a certificate at all: Postfix without `smtp_tls_cert_file` or
//! `smtp_tls_chain_files`, which is how it comes.

use super::{Examination, telling};
use crate::answer::{Certainty, Message};
use crate::case::{Case, Way};
use crate::evidence::{Proof, SendingProgram};
use crate::predict::POSTFIX_CERTIFICATES;
use crate::refusal::{Presented, Refusal};
use crate::repair;

const CODE: &str = "P02";

pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    let Some(observed) = case.evidence.configuration.postfix() else { return examination };
    let set = POSTFIX_CERTIFICATES
        .iter()
        .find_map(|name| observed.object.get(name).filter(|(value, _)| !value.trim().is_empty()));
    let by_postfix =
        |refusal: &&Refusal<'_>| matches!(refusal.sending_program(), SendingProgram::Postfix | SendingProgram::Unknown);
    for refusal in case.refusals.iter().filter(by_postfix) {
        if let Some((value, line)) = set {
            let proof = Proof::new(observed.source, line, value);
            let reason = Message::new("ruled-out-p02", &[("value", value)]);
            examination.rule_out(CODE, (reason, vec![case.line(&proof, None, None)]));
            continue;
        }
        if refusal.presented.certificate().is_some() || case.way(refusal) == Way::ByAddress {
            continue;
        }
        let wanted = case.by_certificate().next();
        let certainty = match (wanted.is_some(), refusal.presented == Presented::None) {
            (true, true) => Certainty::Certain,
            (true, false) => Certainty::Likely,
            // Whether a certificate is wanted at all is not shown.
            (false, _) => Certainty::Possible,
        };
        let mut cause = telling::cause(case, refusal, CODE, certainty, Message::new("cause-p02", &[]));
        cause.precedence = 1;
        cause.question = wanted.is_none().then(|| Message::new("question-p02", &[]));
        cause.proof.extend(wanted.map(|connector| telling::value_line(case, connector)));
        cause.repair.push(repair::postfix_certificate());
        examination.add(cause);
    }
    examination
}
