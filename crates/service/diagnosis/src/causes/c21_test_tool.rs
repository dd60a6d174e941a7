//! C21: the mail was a test from a tool that presents no certificate (Send-MailMessage, telnet, a script). Through a connector that
//! goes by certificate such a test must fail, and tells nothing.

use super::{Examination, telling};
use crate::answer::{Certainty, Message, Repair, RepairSide};
use crate::case::Case;
use crate::evidence::EvidenceKind;
use crate::refusal::{Presented, Refusal};

const CODE: &str = "C21";

pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    for refusal in &case.refusals {
        // What stands in a server's own Send log was sent by the server.
        let by_server = !matches!(refusal.group.key.witness, EvidenceKind::ReceiveLog | EvidenceKind::Reply);
        let tenant = case.concerned(refusal);
        let mut wanted = case.by_certificate().filter(|own| tenant.is_none_or(|tenant| tenant == own.tenant));
        let Some(wanted) = wanted.next().filter(|_| !by_server) else { continue };
        if refusal.presented.certificate().is_some() {
            let reason = Message::new("ruled-out-c21", &[]);
            examination.rule_out(CODE, (reason, telling::presented_lines(case, refusal)));
            continue;
        }
        if refusal.presented != Presented::None && refusal.group.count > 3 {
            continue;
        }
        let mut cause = telling::cause(case, refusal, CODE, Certainty::Possible, Message::new("cause-c21", &[]));
        cause.question = Some(Message::new("question-c21", &[]));
        cause.precedence = u8::from(is_by_script(refusal));
        cause.proof.push(telling::value_line(case, wanted));
        cause.repair.push(Repair {
            side: RepairSide::Network,
            what: Message::new("repair-c21", &[]),
            commands: vec![
                "# send the test through the mail server itself, so that its Send connector presents the certificate; or:".to_owned(),
                "swaks --server YOUR-DOMAIN.mail.protection.outlook.com --tls --tls-cert chain.pem --tls-key key.pem --from you@YOUR-DOMAIN --to somebody@example.org"
                    .to_owned(),
            ],
        });
        examination.add(cause);
    }
    examination
}

/// Whether .NET's SmtpClient shows the reply, as it does to Send-MailMessage: it leaves the three digits out.
fn is_by_script(refusal: &Refusal<'_>) -> bool {
    let shown = refusal.group.first.proof.first().map(|proof| &*proof.text);
    refusal.group.key.witness == EvidenceKind::Reply && shown.is_some_and(|text| text.starts_with("5."))
}
