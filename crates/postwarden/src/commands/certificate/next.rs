//! What to do about a certificate, in the order in which it matters.

use core_attribution::{Admits, Reason};

use super::facts::{FileFacts, OneCertificate, RENEWAL_DAYS};
use super::far_side::{Asked, is_taken_by_all};
use crate::exit::Exit;

/// The steps; empty: nothing is to be done.
pub fn steps(facts: &FileFacts, asked: &[Asked], trust_given: bool) -> Vec<String> {
    let mut steps = Vec::new();
    if facts.is_in_wrong_order() {
        steps.push("put the server's own certificate first in the file, then the ones that issued it".to_owned());
    }
    // A relay that pins it, or has roots of its own, asks for no other chain.
    let counts = !is_taken_by_all(asked);
    for fault in facts.chain.faults.iter().filter(|_| counts) {
        steps.extend(against(&fault.code, &fault.arguments, trust_given));
    }
    if let Some(leaf) = facts.leaf() {
        steps.extend(about_leaf(leaf, facts.is_in_wrong_order()));
    }
    for asked in asked.iter().filter(|asked| asked.takes() == Some(Exit::No)) {
        steps.extend(about_connectors(asked));
    }
    if asked.iter().any(|asked| asked.open && asked.takes() == Some(Exit::Undetermined)) {
        steps.push("export all connectors whole: Get-InboundConnector | Export-Clixml connectors.xml".to_owned());
    }
    steps
}

/// What mends a fault of the chain. Those without a step of their own end with a new certificate.
fn against(code: &str, arguments: &[String], trust_given: bool) -> Option<String> {
    let argument = |place: usize| arguments.get(place).map_or("", String::as_str);
    Some(match code {
        "missing-issuer" => {
            let root = "; if it is a root of your own that the far side trusts: --trust FILE";
            format!(
                "get the certificate of {} from the authority's site, append it to the file, and install it on every sending \
                 server (Windows: Intermediate Certification Authorities of the computer){}",
                argument(1),
                if trust_given { "" } else { root }
            )
        }
        "self-signed-leaf" => {
            "get a certificate from a public authority: Exchange Online takes no self-signed one; a Postwarden relay takes it where \
             the connector pins it"
                .to_owned()
        }
        "untrusted-root" if !trust_given => format!(
            "if the far side trusts {}, name its file: --trust FILE. Exchange Online trusts public authorities alone",
            argument(0)
        ),
        "expired" => "renew it, under the same names".to_owned(),
        "not-yet-valid" => "wait, or look at the clock of this machine".to_owned(),
        "wrong-use" => "have it issued for server authentication".to_owned(),
        "uncheckable-key" => "have it issued with an RSA key of 2048 bits or more, or P-256".to_owned(),
        _ => return None,
    })
}

fn about_leaf(leaf: &OneCertificate, is_authority: bool) -> Vec<String> {
    let mut steps = Vec::new();
    if leaf.names.is_empty() && !is_authority {
        steps.push("have it issued with the server's name as a DNS name in the subject alternative names".to_owned());
    }
    if (0..RENEWAL_DAYS).contains(&leaf.days_left) {
        steps.push(format!(
            "renew it within {} days, under the same names; keep issuer and subject the same, or set TlsCertificateName anew",
            leaf.days_left
        ));
    }
    if leaf.identifier_too_long_for_edge {
        steps.push(
            "with an Edge server: its identifier has more than 256 characters and is not replicated there; have it issued with a \
             shorter subject"
                .to_owned(),
        );
    }
    steps
}

/// What turns the nearest connector.
fn about_connectors(asked: &Asked) -> Option<String> {
    let not_accepted = |reason: Reason| matches!(reason, Reason::DomainNotAccepted | Reason::DomainUnverified);
    let unowned = asked.connectors.iter().find_map(|standing| {
        let value = standing.value.as_deref()?;
        standing.considered.iter().any(|one| not_accepted(one.reason)).then_some((standing, value))
    });
    if let Some((standing, value)) = unowned {
        let domain = value.strip_prefix("*.").unwrap_or(value);
        return Some(format!(
            "connector {:?}: verify {domain} as an accepted domain of the tenant",
            standing.connector
        ));
    }
    let nobody = asked.connectors.iter().all(|standing| standing.admits == Admits::No);
    nobody.then(|| match asked.side {
        "exchange-online" => {
            "in Exchange Online, set a connector to one of its names: Set-InboundConnector -Identity NAME \
                              -TlsSenderCertificateName VALUE; the value's domain must be an accepted domain"
                .to_owned()
        }
        _ => "set tls_sender_certificate_name of a connector to one of its names, in a domain that the tenant verified"
            .to_owned(),
    })
}
