//! Connectors that are never chosen, since another one of their tenant comes first whatever mail there is (rules A5, A7, A8).

use std::collections::{BTreeMap, BTreeSet};

use core_directory::{AddressRange, CertificateName, ConnectorType, DomainScope, Field, InboundConnector};

use super::Lint;
use super::finding::{Finding, LintCode, Mend, NAME_SHADOWED, RANGE_SHADOWED, SHADOWED};
use super::ground::{Ground, Subject};

/// What has to be known of both to say that one shadows the other.
const NEEDED: &[Field] = &[
    Field::Enabled,
    Field::Type,
    Field::TlsSenderCertificateName,
    Field::SenderIpAddresses,
    Field::PinnedCertificates,
    Field::SenderDomains,
    Field::AssociatedAcceptedDomains,
    Field::RequireClientAuth,
    Field::AnySender,
];

/// Most connectors with one name, or one range, that another is compared with: a tenant has few, and one that covers it is
/// among the first.
const MAX_COMPARED: usize = 16;

/// Finds them. Gives back the places of those that are shadowed wholly.
pub(super) fn check(ground: &Ground<'_>, lint: &mut Lint) -> BTreeSet<usize> {
    let mut names: BTreeMap<(usize, &CertificateName), Vec<&InboundConnector>> = BTreeMap::new();
    let mut ranges: BTreeMap<(usize, AddressRange), Vec<&InboundConnector>> = BTreeMap::new();
    let mut wholly = BTreeSet::new();
    for (place, subject) in ground.subjects.iter().enumerate() {
        if !subject.connector.enabled || !subject.is(ConnectorType::OnPremises) || !subject.knows(NEEDED) {
            continue;
        }
        let connector = subject.connector;
        let earlier = |list: Option<&Vec<&InboundConnector>>,
                       covers: fn(&InboundConnector, &InboundConnector) -> bool| {
            let list = list.into_iter().flatten().take(MAX_COMPARED);
            list.into_iter().find(|first| covers(first, connector)).map(|first| first.name.to_string())
        };
        let value = connector.tls_sender_certificate_name.as_ref();
        let by_name = value.and_then(|value| earlier(names.get(&(subject.at, value)), covers_name));
        let by_range = connector.sender_ip_addresses.iter();
        let by_range: Vec<_> =
            by_range.map(|range| (*range, earlier(ranges.get(&(subject.at, *range)), covers_address))).collect();
        if tell(subject, value, by_name, &by_range, lint) {
            wholly.insert(place);
        }
        // Connectors come in the order of the rules, so that whoever is in the maps comes before.
        if let Some(value) = value {
            names.entry((subject.at, value)).or_default().push(connector);
        }
        for range in &connector.sender_ip_addresses {
            ranges.entry((subject.at, *range)).or_default().push(connector);
        }
    }
    wholly
}

/// Tells what is shadowed of one connector; whether all of it is.
fn tell(
    subject: &Subject<'_>,
    value: Option<&CertificateName>,
    by_name: Option<String>,
    by_range: &[(AddressRange, Option<String>)],
    lint: &mut Lint,
) -> bool {
    let first = by_name.clone().or_else(|| by_range.iter().find_map(|(_, first)| first.clone()));
    let Some(first) = first else { return false };
    let name_is_live = value.is_some() && by_name.is_none();
    if !name_is_live && by_range.iter().all(|(_, first)| first.is_some()) {
        let field = if by_name.is_some() { Field::TlsSenderCertificateName } else { Field::SenderIpAddresses };
        let arguments = vec![("winner", first)];
        lint.findings.push(subject.finding(SHADOWED, Some(field), arguments, vec![Mend::RemoveConnector]));
        return true;
    }
    let finding = |code: LintCode, field: Field, value: String, winner: String, mend: Mend| -> Finding {
        subject.finding(code, Some(field), vec![("value", value), ("winner", winner)], vec![mend])
    };
    if let (Some(value), Some(winner)) = (value, by_name) {
        let field = Field::TlsSenderCertificateName;
        lint.findings.push(finding(NAME_SHADOWED, field, value.to_string(), winner, Mend::Fill(field)));
    }
    for (range, winner) in by_range {
        if let Some(winner) = winner {
            let mend = Mend::DropRange(*range);
            let field = Field::SenderIpAddresses;
            lint.findings.push(finding(RANGE_SHADOWED, field, range.to_string(), winner.clone(), mend));
        }
    }
    false
}

/// Whether every certificate by which `second` could be chosen has `first` chosen, both having the same value.
fn covers_name(first: &InboundConnector, second: &InboundConnector) -> bool {
    covers_scope(first, second)
        && first.pinned_certificates == second.pinned_certificates
        && (!first.require_client_auth || second.require_client_auth)
}

/// The same for a range that both have.
fn covers_address(first: &InboundConnector, second: &InboundConnector) -> bool {
    covers_scope(first, second)
        && (first.any_sender || !second.any_sender)
        && (first.addresses_granted || !second.addresses_granted)
}

fn covers_scope(first: &InboundConnector, second: &InboundConnector) -> bool {
    let senders = |wanted: &DomainScope| first.sender_domains.iter().any(|own| contains(own, wanted));
    let associated = &first.associated_accepted_domains;
    let own = &second.associated_accepted_domains;
    second.sender_domains.iter().all(senders)
        && (associated.is_empty() || !own.is_empty() && own.iter().all(|domain| associated.contains(domain)))
}

/// Whether every domain in `inner` is in `outer`.
fn contains(outer: &DomainScope, inner: &DomainScope) -> bool {
    match (outer, inner) {
        (DomainScope::Any, _) => true,
        (outer, DomainScope::Exact(domain)) => outer.contains(domain),
        (DomainScope::Below(outer), DomainScope::Below(inner)) => outer == inner || inner.is_below(outer.as_str()),
        _ => false,
    }
}
