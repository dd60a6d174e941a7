//! C13: another tenant claims the same address or certificate, or the domain has moved: the mail is taken for another tenant's.
//! Nobody's own dumps show another tenant; only the headers of mail that passed do, or the support of the far side.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::unexplained::unexplained;
use super::{Examination, c06_chain, telling};
use crate::answer::{Certainty, Message};
use crate::case::Case;
use crate::evidence::AcceptedMail;

const CODE: &str = "C13";

pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    for (address, mails) in by_address(case) {
        let tenants: BTreeSet<&str> = mails.iter().filter_map(|mail| mail.tenant.as_deref()).collect();
        if tenants.len() < 2 {
            continue;
        }
        let shown: Vec<&str> = tenants.iter().copied().take(4).collect();
        let arguments = [("address", &*address.to_string()), ("tenants", &*shown.join(", "))];
        let statement = Message::new("cause-c13-headers", &arguments);
        let lines = mails.iter().filter_map(|mail| {
            let note = Message::new("note-attributed-to", &[]);
            mail.proof.first().map(|proof| case.line(proof, Some(note), mail.tenant.as_deref()))
        });
        let mut cause = telling::bare(CODE, Certainty::Likely, statement, lines.take(4).collect());
        cause.question = Some(Message::new("question-c13-headers", &[]));
        cause.repair = vec![crate::repair::own_certificate(&case.far, None)];
        examination.add(cause);
    }
    if !examination.causes.is_empty() {
        return examination;
    }
    for refusal in unexplained(case).filter(|refusal| !c06_chain::is_said(case, refusal)) {
        let mut cause = telling::cause(case, refusal, CODE, Certainty::Possible, Message::new("cause-c13", &[]));
        let question = if case.far.is_relay() { "question-c13-relay" } else { "question-c13" };
        cause.question = Some(Message::new(question, &[]));
        cause.repair = vec![crate::repair::own_certificate(&case.far, case.concerned(refusal))];
        examination.add(cause);
    }
    examination
}

/// Mail that the far side took as somebody's own, by the address that it came from. Mail that it took from outside belongs to the
/// tenant of the recipient, which tells nothing of the sender.
fn by_address<'a>(case: &Case<'a>) -> BTreeMap<IpAddr, Vec<&'a AcceptedMail>> {
    let mut mails: BTreeMap<IpAddr, Vec<&AcceptedMail>> = BTreeMap::new();
    for mail in &case.evidence.accepted {
        let is_own = mail.originating == Some(true) || mail.from_entity.as_deref() == Some("HybridOnPrem");
        if let Some(address) = mail.egress.filter(|_| is_own && mail.tenant.is_some()) {
            mails.entry(address).or_default().push(mail);
        }
    }
    mails
}
