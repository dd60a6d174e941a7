//! C13: another tenant claims the same address or certificate, or the domain has moved: the mail is taken for another tenant's.
//! Nobody's own dumps show another tenant; only the headers of mail that passed do, or the support of the far side.

use std::collections::BTreeSet;

use super::unexplained::unexplained;
use super::{Examination, c06_chain, telling};
use crate::answer::{Certainty, Message};
use crate::case::Case;

const CODE: &str = "C13";

pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    let with_tenant = case.evidence.accepted.iter().filter(|mail| mail.tenant.is_some());
    let tenants: BTreeSet<&str> = with_tenant.clone().filter_map(|mail| mail.tenant.as_deref()).collect();
    if tenants.len() > 1 {
        let shown: Vec<&str> = tenants.iter().copied().take(4).collect();
        let statement = Message::new("cause-c13-headers", &[("tenants", &*shown.join(", "))]);
        let lines = with_tenant.filter_map(|mail| {
            let note = Message::new("note-attributed-to", &[]);
            mail.proof.first().map(|proof| case.line(proof, Some(note), mail.tenant.as_deref()))
        });
        let mut cause = telling::bare(CODE, Certainty::Likely, statement, lines.take(4).collect());
        cause.question = Some(Message::new("question-c13-headers", &[]));
        cause.repair = vec![crate::repair::own_certificate()];
        examination.add(cause);
        return examination;
    }
    for refusal in unexplained(case).filter(|refusal| !c06_chain::is_said(case, refusal)) {
        let mut cause = telling::cause(case, refusal, CODE, Certainty::Possible, Message::new("cause-c13", &[]));
        cause.question = Some(Message::new("question-c13", &[]));
        cause.repair = vec![crate::repair::own_certificate()];
        examination.add(cause);
    }
    examination
}
