//! What a connector says of who may come: nothing, nothing in force, or something that has no effect for its type.

use core_directory::{ConnectorType, DomainScope, Field};

use super::Lint;
use super::finding::{
    ADDRESSES_NOT_ENFORCED, DISABLED, IDENTIFIES_NOBODY, Mend, NAME_NOT_ENFORCED, PARTNER_FOR_OWN_SERVERS,
    RESTRICTION_WITHOUT_ADDRESSES, RESTRICTION_WITHOUT_NAME, TLS_NOT_REQUIRED,
};
use super::ground::{Ground, Subject};

const NAME: Field = Field::TlsSenderCertificateName;
const ADDRESSES: Field = Field::SenderIpAddresses;

pub(super) fn check(ground: &Ground<'_>, lint: &mut Lint) {
    for subject in &ground.subjects {
        if subject.is_disabled() {
            let mends = vec![Mend::SetFlag(Field::Enabled, true), Mend::RemoveConnector];
            lint.findings.push(subject.finding(DISABLED, Some(Field::Enabled), Vec::new(), mends));
        } else if subject.is(ConnectorType::OnPremises) {
            on_premises(subject, lint);
        } else if subject.is(ConnectorType::Partner) {
            restrictions(subject, lint);
            own_servers(ground, subject, lint);
        }
    }
}

fn on_premises(subject: &Subject<'_>, lint: &mut Lint) {
    let connector = subject.connector;
    let named = connector.tls_sender_certificate_name.as_ref();
    if subject.knows(&[NAME, ADDRESSES]) && named.is_none() && connector.sender_ip_addresses.is_empty() {
        let mends = vec![Mend::Fill(NAME), Mend::Fill(ADDRESSES)];
        lint.findings.push(subject.finding(IDENTIFIES_NOBODY, Some(NAME), Vec::new(), mends));
    }
    if let Some(value) = named
        && subject.knows(&[NAME, Field::RequireTls])
        && !connector.require_tls
    {
        let mends = vec![Mend::SetFlag(Field::RequireTls, true)];
        let arguments = vec![("value", value.to_string())];
        lint.findings.push(subject.finding(TLS_NOT_REQUIRED, Some(Field::RequireTls), arguments, mends));
    }
}

/// A partner's restrictions and the values that they need.
fn restrictions(subject: &Subject<'_>, lint: &mut Lint) {
    let connector = subject.connector;
    let (by_address, by_name) = (Field::RestrictDomainsToIpAddresses, Field::RestrictDomainsToCertificate);
    let cases = [
        (
            by_address,
            connector.restrict_domains_to_ip_addresses,
            ADDRESSES,
            !connector.sender_ip_addresses.is_empty(),
            RESTRICTION_WITHOUT_ADDRESSES,
            ADDRESSES_NOT_ENFORCED,
        ),
        (
            by_name,
            connector.restrict_domains_to_certificate,
            NAME,
            connector.tls_sender_certificate_name.is_some(),
            RESTRICTION_WITHOUT_NAME,
            NAME_NOT_ENFORCED,
        ),
    ];
    for (flag, set, field, filled, without, not_enforced) in cases {
        if !subject.knows(&[flag, field]) {
            continue;
        }
        if set && !filled {
            let mends = vec![Mend::Fill(field), Mend::SetFlag(flag, false)];
            lint.findings.push(subject.finding(without, Some(flag), Vec::new(), mends));
        } else if filled && !set {
            let mends = vec![Mend::SetFlag(flag, true)];
            lint.findings.push(subject.finding(not_enforced, Some(flag), Vec::new(), mends));
        }
    }
}

/// A partner connector for the tenant's own domain: somebody chose the wrong type, and no mail is attributed by it.
fn own_servers(ground: &Ground<'_>, subject: &Subject<'_>, lint: &mut Lint) {
    let connector = subject.connector;
    let own_name = connector.tls_sender_certificate_name.as_ref().filter(|_| subject.knows(&[NAME]));
    let own_name = own_name.filter(|value| {
        let owner = ground.nearest_owner(value.domain());
        owner.is_some_and(|(_, owner)| owner == subject.at)
    });
    let is_own = |scope: &&DomainScope| match scope {
        DomainScope::Exact(domain) | DomainScope::Below(domain) => ground.owner(domain.as_str()) == Some(subject.at),
        DomainScope::Any => false,
    };
    let own_scope = connector.sender_domains.iter().find(is_own).filter(|_| subject.knows(&[Field::SenderDomains]));
    let value = own_name.map(ToString::to_string).or_else(|| own_scope.map(ToString::to_string));
    if let Some(value) = value {
        let mends = vec![Mend::SetOnPremises];
        let arguments = vec![("value", value)];
        lint.findings.push(subject.finding(PARTNER_FOR_OWN_SERVERS, Some(Field::Type), arguments, mends));
    }
}
