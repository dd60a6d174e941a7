//! P07 (ours): whether the mail passes depends on a point on which Microsoft's documentation is silent: the bare domain under
//! `*.domain`, several labels below it, a wildcard in the certificate, a domain owned through one below it. It was refused, so the
//! stricter reading seems to hold; the repair is a value that works under either.

use core_attribution::{Judgement, Query, Reading, judge_partial};

use super::{Examination, telling};
use crate::answer::{Cause, Certainty, Message};
use crate::case::Case;
use crate::refusal::{Refusal, facts};
use crate::repair;

const CODE: &str = "P07";

pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    for refusal in &case.refusals {
        if let Some(reading) = deciding(case, refusal) {
            examination.add(cause(case, refusal, reading));
        }
    }
    examination
}

/// The reading that alone decides: everything else that the rules ask for is shown.
fn deciding(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Reading> {
    let Judgement::Undetermined { missing, leaves, incomplete: false } =
        judge_partial(&refusal.evidence, &case.far.directory)
    else {
        return None;
    };
    let passes = leaves.iter().filter(|(_, verdict)| verdict.passes()).count();
    if passes == 0 || passes == leaves.len() {
        return None;
    }
    let mut readings = missing.iter().map(|query| match query {
        Query::Reading(reading) => Some(*reading),
        _ => None,
    });
    let first = readings.next()??;
    readings.all(|reading| reading.is_some()).then_some(first)
}

fn cause(case: &Case<'_>, refusal: &Refusal<'_>, reading: Reading) -> Cause {
    let certificate = refusal.presented.certificate();
    let connector = certificate.and_then(|sent| case.by_certificate().find(|connector| connector.may_admit(sent)));
    let title = certificate.map_or("", |sent| sent.title());
    let value = connector.and_then(|connector| connector.value.as_deref()).unwrap_or_default();
    let code = match reading {
        Reading::BareDomain => "cause-p07-bare-domain",
        Reading::SeveralLabels => "cause-p07-several-labels",
        Reading::PresentedWildcard => "cause-p07-presented-wildcard",
        Reading::OwnedThroughSubdomain => "cause-p07-owned-through-subdomain",
        Reading::TieToSender | Reading::ServerUse | Reading::RecipientFallback => "cause-p07",
    };
    let statement = Message::new(code, &[("presented", title), ("value", value)]);
    let mut cause = telling::cause(case, refusal, CODE, Certainty::Likely, statement);
    cause.proof.extend(telling::presented_lines(case, refusal));
    let Some((connector, sent)) = connector.zip(certificate) else { return cause };
    cause.proof.push(telling::value_line(case, connector));
    let current = connector.connector.tls_sender_certificate_name.as_ref();
    match repair::proposal(&case.far, connector.tenant, &facts(sent).names)
        .filter(|proposal| Some(&proposal.value) != current)
    {
        Some(proposal) => cause.repair.push(repair::set_certificate_name(&case.far, connector, &proposal)),
        None => cause.repair.extend(current.map(|value| repair::accept_domain(&case.far, value.domain()))),
    }
    cause
}
