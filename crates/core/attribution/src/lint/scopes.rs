//! Scopes that no sender meets whose mail the connector could admit (rules A7 and A8).

use core_directory::{AcceptedDomain, ConnectorType, DomainScope, Field};

use super::Lint;
use super::finding::{Mend, SCOPE_MET_BY_NOBODY, Unjudged};
use super::ground::{Ground, Subject};

const SCOPE: Field = Field::SenderDomains;
const ASSOCIATED: Field = Field::AssociatedAcceptedDomains;
const NEEDED: &[Field] =
    &[SCOPE, ASSOCIATED, Field::TlsSenderCertificateName, Field::SenderIpAddresses, Field::AnySender];

pub(super) fn check(ground: &Ground<'_>, lint: &mut Lint) {
    for subject in ground.subjects.iter().filter(|subject| !subject.is_disabled()) {
        if !subject.is(ConnectorType::OnPremises) || !subject.knows(NEEDED) {
            continue;
        }
        let connector = subject.connector;
        let by_address_alone =
            connector.tls_sender_certificate_name.is_none() && !connector.sender_ip_addresses.is_empty();
        let any_sender = connector.any_sender && ground.is_relay();
        // By certificate, and with `any_sender`, senders of any domain pass that is in scope.
        if !by_address_alone || any_sender {
            continue;
        }
        if !subject.shown.domains_shown {
            if connector.sender_domains.iter().all(|scope| *scope != DomainScope::Any) {
                let tenant = subject.shown.tenant.name.clone();
                lint.unjudged.push(Unjudged { tenant, connector: "".into(), field: Field::Domain });
            }
            continue;
        }
        if let Some(field) = met_by_nobody(subject) {
            let scopes: Vec<String> = match field {
                ASSOCIATED => connector.associated_accepted_domains.iter().map(ToString::to_string).collect(),
                _ => connector.sender_domains.iter().map(ToString::to_string).collect(),
            };
            let arguments = vec![("scope", scopes.join(", "))];
            let mends = vec![Mend::Fill(field)];
            lint.findings.push(subject.finding(SCOPE_MET_BY_NOBODY, Some(field), arguments, mends));
        }
    }
}

/// The field that shuts out every sender of the tenant's own domains.
fn met_by_nobody(subject: &Subject<'_>) -> Option<Field> {
    let connector = subject.connector;
    let own = || subject.shown.tenant.domains.iter().filter(|own| own.verified());
    let in_scope = |own: &AcceptedDomain| connector.sender_domains.iter().any(|scope| may_hold(scope, own));
    let associated = |own: &AcceptedDomain| {
        let list = &connector.associated_accepted_domains;
        let meets = |domain: &core_directory::Domain| {
            *domain == own.name || own.match_subdomains && domain.is_below(own.name.as_str())
        };
        list.is_empty() || list.iter().any(meets)
    };
    if !own().any(in_scope) {
        Some(SCOPE)
    } else if !own().any(associated) {
        Some(ASSOCIATED)
    } else {
        None
    }
}

/// Whether the scope holds a sender that the accepted domain gives to its tenant.
fn may_hold(scope: &DomainScope, own: &AcceptedDomain) -> bool {
    if scope.contains(&own.name) {
        return true;
    }
    own.match_subdomains
        && match scope {
            DomainScope::Exact(domain) => domain.is_below(own.name.as_str()),
            // Strictly below `d` lie domains at and below the accepted one, whichever of the two is the upper.
            DomainScope::Below(domain) => *domain == own.name || domain.is_below(own.name.as_str()),
            DomainScope::Any => true,
        }
}
