//! P01 (ours): the certificate that was sent was past its date, or before it. It proves nothing then, whatever its name.

use super::{Examination, telling};
use crate::answer::{Certainty, Message};
use crate::case::Case;
use crate::repair;

const CODE: &str = "P01";

pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    for refusal in &case.refusals {
        let Some(certificate) = refusal.presented.certificate() else { continue };
        let (Some(from), Some(to)) = (certificate.not_before, certificate.not_after) else { continue };
        // Mail that was refused while the certificate was in date was refused for another reason.
        let at = refusal.since().unwrap_or(refusal.evidence.at);
        let (code, date) = if at > to {
            ("cause-p01-expired", to)
        } else if at < from {
            ("cause-p01-early", from)
        } else {
            let shown = to.to_string();
            let reason = Message::new("ruled-out-p01", &[("presented", certificate.title()), ("date", &*shown)]);
            examination.rule_out(CODE, (reason, Vec::new()));
            continue;
        };
        // When the mail was refused is not known: the certificate may have been in date then.
        if refusal.until().is_none() {
            continue;
        }
        let observed = refusal.presented.is_observed();
        let certainty = if observed { Certainty::Certain } else { Certainty::Likely };
        let shown = date.to_string();
        let statement = Message::new(code, &[("presented", certificate.title()), ("date", &*shown)]);
        let mut cause = telling::cause(case, refusal, CODE, certainty, statement);
        cause.precedence = 1;
        cause.proof.extend(telling::presented_lines(case, refusal));
        let own = refusal.group.key.connector.as_deref();
        let shown = case.by_certificate().flat_map(|connector| repair::present_another(case, connector, own));
        cause.repair = shown.collect();
        if cause.repair.is_empty() {
            cause.repair = repair::choose_certificate(refusal.group.key.connector.as_deref().unwrap_or_default());
        }
        examination.add(cause);
    }
    examination
}
