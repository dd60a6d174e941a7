//! C14: a service between (signatures, a security gateway) hands the mail back to the far side: then its certificate and address
//! count, not one's own (Microsoft, *Updated Requirements for SMTP Relay*, reply on third-party services).

use core_directory::Domain;

use super::{Examination, telling};
use crate::answer::{Certainty, Message, Repair, RepairSide};
use crate::case::{Case, SenderStanding};
use crate::evidence::EvidenceKind;
use crate::refusal::Refusal;
use crate::repair;

const CODE: &str = "C14";

pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    for refusal in &case.refusals {
        let key = &refusal.group.key;
        // Only what comes from elsewhere can name a server that is not one's own; a server's own logs are its owner's.
        if !matches!(key.witness, EvidenceKind::Bounce | EvidenceKind::Reply) {
            continue;
        }
        let Some(server) = key.server.as_deref() else { continue };
        let Some(domain) = Domain::parse(server).ok().filter(is_public) else { continue };
        let family: Vec<&str> = own_families(case, refusal);
        if family.is_empty() {
            continue;
        }
        if family.contains(&domain.registrable()) {
            let reason = Message::new("ruled-out-c14", &[("server", server)]);
            examination
                .rule_out(CODE, (reason, telling::refusal_line(case, &refusal.group.first).into_iter().collect()));
            continue;
        }
        let certainty = if case.far.lists_domains() { Certainty::Likely } else { Certainty::Possible };
        let statement = Message::new("cause-c14", &[("server", server)]);
        let mut cause = telling::cause(case, refusal, CODE, certainty, statement);
        let names = |text: &str| text.to_ascii_lowercase().contains(&server.to_ascii_lowercase());
        let path = refusal.group.last.proof.iter().skip(1).filter(|proof| names(&proof.text));
        let note = || Message::new("note-path", &[]);
        cause.proof.extend(path.take(3).map(|proof| case.line(proof, Some(note()), Some(server))));
        cause.question = Some(Message::new("question-c14", &[("server", server)]));
        cause.repair = repairs(case, server);
        examination.add(cause);
    }
    examination
}

/// Whether the name is one of the internet's: inside names tell nothing of whose they are, and a server of Exchange Online itself
/// is no service between.
fn is_public(domain: &Domain) -> bool {
    repair::is_public(domain) && !domain.is_public_suffix() && !domain.as_str().ends_with(".outlook.com")
}

/// What the service presents has to be known as one's own. Its certificate must be for this customer alone, and its name in an
/// accepted domain (Microsoft, *Updated Requirements for SMTP Relay*, reply on third-party services).
fn repairs(case: &Case<'_>, server: &str) -> Vec<Repair> {
    if case.far.is_relay() {
        return vec![repair::own_certificate(&case.far, None)];
    }
    let commands = vec![
        format!("# ask the operator of {server} for the certificate's name that it presents for you alone, and in the admin"),
        "# center add that name as a domain and verify it; a certificate that all its customers share will not do; then:".to_owned(),
        format!(
            "New-InboundConnector -Name {} -ConnectorType OnPremises -SenderDomains '*' -RequireTls $true \
             -TlsSenderCertificateName 'THE-NAME-FOR-YOU-ALONE'",
            repair::powershell(&format!("From {server}"))
        ),
    ];
    vec![Repair { side: RepairSide::ExchangeOnline, what: Message::new("repair-c14", &[("server", server)]), commands }]
}

/// The registrable domains that are one's own: of the accepted domains, else of the sender.
fn own_families<'a>(case: &'a Case<'_>, refusal: &'a Refusal<'_>) -> Vec<&'a str> {
    if case.far.lists_domains() {
        let accepted = case.far.domains.iter().map(|own| own.domain.name.registrable());
        return accepted.collect();
    }
    match (&refusal.evidence.mail_from.known(), case.sender(refusal)) {
        (_, SenderStanding::Null) => Vec::new(),
        (Some(sender), _) => sender.domain().map(Domain::registrable).into_iter().collect(),
        (None, _) => Vec::new(),
    }
}
