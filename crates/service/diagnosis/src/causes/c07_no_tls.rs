//! C07: there is no TLS, so there is no certificate: something between the servers takes STARTTLS out of the conversation (Cisco's
//! "Mailguard" and its like, KB 320027), or breaks the handshake, or the sender never asks for it.

use proto_exchange::RefusalClass;

use super::{Examination, telling};
use crate::answer::{Cause, Certainty, Message, Repair, RepairSide};
use crate::case::{Case, Way};
use crate::evidence::{AttemptGroup, EvidenceKind, Tls};
use crate::passed_on;
use crate::refusal::shown;
use crate::repair::use_tls;

const CODE: &str = "C07";

/// What the handshake says of a key of one's own: C05.
const OWN_ERRORS: [&str; 2] = ["NoCredentials", "UnknownCredentials"];

pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    let refused = case.refusals.iter().map(|refusal| (refusal.group, case.way(refusal)));
    // Where the far side itself asks for TLS, that is what is missing, however mail is admitted.
    let demanded = case.of_class(RefusalClass::TlsRequired).map(|group| (group, Way::ByCertificate));
    for (group, way) in refused.chain(demanded) {
        // By address mail is admitted without TLS too.
        let certainty = match way {
            Way::ByAddress => continue,
            Way::ByCertificate => Certainty::Certain,
            Way::Unknown => Certainty::Likely,
        };
        match &group.key.tls {
            Tls::NotOffered => examination.add(not_offered(case, group, certainty)),
            Tls::NotUsed if case.by_certificate().next().is_some() => {
                examination.add(not_used(case, group, certainty));
            }
            Tls::On => {
                let lines =
                    shown(group).proof.iter().skip(1).take(1).map(|proof| case.line(proof, None, None)).collect();
                examination.rule_out(CODE, (Message::new("ruled-out-c07", &[]), lines));
            }
            _ => {}
        }
    }
    for group in case.evidence.attempts.groups() {
        if let Tls::Failed(error) = &group.key.tls
            && !OWN_ERRORS.contains(&&**error)
            && group.key.witness == EvidenceKind::SendLog
            && is_online(group)
        {
            examination.add(broken(case, group, error));
        }
    }
    examination
}

/// Whether the far side is Exchange Online, which offers STARTTLS to everybody.
fn is_online(group: &AttemptGroup) -> bool {
    group.last.next_hop.name.as_deref().is_some_and(passed_on::is_online)
}

fn not_offered(case: &Case<'_>, group: &AttemptGroup, most: Certainty) -> Cause {
    // A masked banner hides the name; then the EHLO reply, masked too, is the proof.
    let masked = shown(group).proof.iter().any(|proof| proof.text.contains("****") || proof.text.contains("XXXX"));
    let certainty = if masked || is_online(group) { most } else { Certainty::Likely };
    let code = if masked { "cause-c07-masked" } else { "cause-c07" };
    let mut cause = telling::cause_of_group(case, group, CODE, certainty, Message::new(code, &[]));
    cause.precedence = 2;
    let note = || Message::new("note-no-starttls", &[]);
    cause.proof.extend(shown(group).proof.iter().skip(1).take(3).map(|proof| case.line(proof, Some(note()), None)));
    cause.repair.push(let_it_through());
    cause
}

fn broken(case: &Case<'_>, group: &AttemptGroup, error: &str) -> Cause {
    let statement = Message::new("cause-c07-broken", &[("error", error)]);
    let mut cause = telling::cause_of_group(case, group, CODE, Certainty::Possible, statement);
    cause.question = Some(Message::new("question-c07", &[]));
    cause.repair.push(let_it_through());
    cause
}

fn let_it_through() -> Repair {
    let commands = vec![
        "# on the firewall: switch SMTP inspection off for the way to Exchange Online; on a Cisco ASA:".to_owned(),
        "# policy-map global_policy / class inspection_default / no inspect esmtp".to_owned(),
        "# then look whether STARTTLS is offered:".to_owned(),
        "openssl s_client -starttls smtp -connect YOUR-DOMAIN.mail.protection.outlook.com:25".to_owned(),
    ];
    Repair { side: RepairSide::Network, what: Message::new("repair-let-starttls-through", &[]), commands }
}

fn not_used(case: &Case<'_>, group: &AttemptGroup, certainty: Certainty) -> Cause {
    let exchange = matches!(group.key.witness, EvidenceKind::SendLog | EvidenceKind::TrackingLog);
    let connector = group.key.connector.as_deref().filter(|_| exchange);
    let statement = match connector {
        Some(connector) => Message::new("cause-c07-not-used", &[("connector", connector)]),
        None => Message::new("cause-c07-not-used-unnamed", &[]),
    };
    let mut cause = telling::cause_of_group(case, group, CODE, certainty, statement);
    cause.precedence = 2;
    let wanted = case.by_certificate().next();
    cause.proof.extend(wanted.map(|connector| telling::value_line(case, connector)));
    cause.repair.push(use_tls(group, Message::new("repair-use-tls", &[])));
    cause
}
