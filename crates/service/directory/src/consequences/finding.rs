//! Finds what follows from the difference between two directories. Only tenants that differ are looked at.

use std::collections::{HashMap, HashSet};

use core_directory::{
    AddressRange, AddressSpace, CertificateName, ConnectorType, DomainScope, InboundConnector, SendConnector, Tenant,
    TenantId,
};

use super::Consequence;

/// Names, addresses and connectors listed in one consequence; a connector may have thousands.
const MAX_LISTED: usize = 20;

/// What follows from a change, by tenant; what stops before what begins.
pub(crate) fn consequences(before: &[Tenant], after: &[Tenant]) -> Vec<Consequence> {
    let staying: HashMap<TenantId, &Tenant> = after.iter().map(|own| (own.id, own)).collect();
    let mut found = Vec::new();
    for own in before {
        match staying.get(&own.id) {
            None => found.push(Consequence::TenantGone {
                tenant: own.name.to_string(),
                domains: own.domains.len(),
                inbound_connectors: own.inbound_connectors.len(),
                send_connectors: own.send_connectors.len(),
                certificates: own.certificates.len(),
            }),
            Some(&after) if after != own => of_tenant(own, after, &mut found),
            Some(_) => {}
        }
    }
    found
}

fn of_tenant(before: &Tenant, after: &Tenant, found: &mut Vec<Consequence>) {
    let tenant = after.name.to_string();
    match (before.suspended, after.suspended) {
        (false, true) => found.push(Consequence::Suspended { tenant }),
        (true, false) => found.push(Consequence::Resumed { tenant }),
        _ => {}
    }
    found.extend(identities(before, after).map(|(connector, shown)| Consequence::IdentityGone { connector, shown }));
    demands(before, after, found);
    domains(before, after, found);
    routes(before, after, found);
    certificates(before, after, found);
    found.extend(identities(after, before).map(|(connector, shown)| Consequence::IdentityNew { connector, shown }));
}

/// What connectors of `one` identify the tenant by and none of `other` does.
fn identities<'a>(one: &'a Tenant, other: &'a Tenant) -> impl Iterator<Item = (String, Vec<String>)> + 'a {
    let same: HashMap<_, &InboundConnector> = other.inbound_connectors.iter().map(|own| (own.id, own)).collect();
    let changed = identifying(one).filter(move |own| same.get(&own.id) != Some(own));
    changed.filter_map(|own| {
        let name = own.tls_sender_certificate_name.iter().filter(|name| !names(other, name));
        let ranges = own.sender_ip_addresses.iter().take(MAX_LISTED).filter(|range| !ranges(other, **range));
        let shown: Vec<String> = name.map(ToString::to_string).chain(ranges.map(ToString::to_string)).collect();
        (!shown.is_empty()).then(|| (own.name.to_string(), shown))
    })
}

fn identifying(tenant: &Tenant) -> impl Iterator<Item = &InboundConnector> {
    let on_premises = |own: &&InboundConnector| own.enabled && own.connector_type == ConnectorType::OnPremises;
    tenant.inbound_connectors.iter().filter(on_premises)
}

fn names(tenant: &Tenant, name: &CertificateName) -> bool {
    let covers = |value: &CertificateName| {
        value == name || value.is_wildcard() && name.domain().is_below(value.domain().as_str())
    };
    identifying(tenant).filter_map(|own| own.tls_sender_certificate_name.as_ref()).any(covers)
}

fn ranges(tenant: &Tenant, range: AddressRange) -> bool {
    let covers = |own: &AddressRange| own.prefix_len() <= range.prefix_len() && own.overlaps(range);
    identifying(tenant).flat_map(|own| &own.sender_ip_addresses).any(covers)
}

fn demands(before: &Tenant, after: &Tenant, found: &mut Vec<Consequence>) {
    let enabled = |own: &&InboundConnector| own.enabled && own.connector_type == ConnectorType::Partner;
    let staying: HashSet<_> = after.inbound_connectors.iter().filter(enabled).map(|own| own.id).collect();
    for own in before.inbound_connectors.iter().filter(enabled).filter(|own| !staying.contains(&own.id)) {
        let senders = own.sender_domains.iter().take(MAX_LISTED).map(ToString::to_string).collect();
        found.push(Consequence::DemandsGone { connector: own.name.to_string(), senders });
    }
}

fn domains(before: &Tenant, after: &Tenant, found: &mut Vec<Consequence>) {
    let verified = |tenant: &Tenant| -> HashSet<String> {
        tenant.domains.iter().filter(|own| own.verified()).map(|own| own.name.to_string()).collect()
    };
    let (own, new) = (verified(before), verified(after));
    let mut gone: Vec<String> = own.difference(&new).cloned().collect();
    gone.sort();
    for domain in gone {
        let rests = |name: &CertificateName| name.domain().at_and_above().any(|above| above == domain);
        let resting = after.inbound_connectors.iter().filter(|own| own.enabled);
        let resting = resting.filter(|own| own.tls_sender_certificate_name.as_ref().is_some_and(rests));
        let connectors = resting.take(MAX_LISTED).map(|own| own.name.to_string()).collect();
        found.push(Consequence::DomainGone { domain, connectors });
    }
    let mut made: Vec<String> = new.difference(&own).cloned().collect();
    made.sort();
    found.extend(made.into_iter().map(|domain| Consequence::DomainNew { domain }));
}

fn routes(before: &Tenant, after: &Tenant, found: &mut Vec<Consequence>) {
    let same: HashMap<_, &SendConnector> = after.send_connectors.iter().map(|own| (own.id, own)).collect();
    for own in before.send_connectors.iter().filter(|own| own.enabled && same.get(&own.id) != Some(own)) {
        let staying = same.get(&own.id).filter(|after| after.enabled);
        let stays = |space: &AddressSpace| {
            staying.is_some_and(|after| after.address_spaces.iter().any(|new| new.scope == space.scope))
        };
        for space in own.address_spaces.iter().take(MAX_LISTED).filter(|space| !stays(space)) {
            let instead = best(after, &space.scope).map(|instead| instead.name.to_string());
            let (connector, space) = (own.name.to_string(), space.scope.to_string());
            found.push(Consequence::RouteGone { connector, space, instead });
        }
    }
}

/// The connector by which mail to all of this scope goes (rule A13).
fn best<'a>(tenant: &'a Tenant, scope: &DomainScope) -> Option<&'a SendConnector> {
    let holds = |own: &DomainScope| match (own, scope) {
        (DomainScope::Any, _) => true,
        (own, DomainScope::Exact(domain)) => own.contains(domain),
        (DomainScope::Below(above), DomainScope::Below(domain)) => {
            domain.at_and_above().any(|name| name == above.as_str())
        }
        _ => false,
    };
    let enabled = tenant.send_connectors.iter().filter(|own| own.enabled);
    let spaces = enabled.flat_map(|own| own.address_spaces.iter().map(move |space| (own, space)));
    let order = |(own, space): &(&'a SendConnector, &AddressSpace)| {
        (std::cmp::Reverse(space.scope.specificity()), space.cost, own.name.clone())
    };
    spaces.filter(|(_, space)| holds(&space.scope)).min_by_key(order).map(|(own, _)| own)
}

fn certificates(before: &Tenant, after: &Tenant, found: &mut Vec<Consequence>) {
    let own: HashMap<_, _> = before.certificates.iter().map(|own| (own.id, own.leaf_sha256)).collect();
    for new in after.certificates.iter().filter(|new| own.get(&new.id).is_some_and(|leaf| *leaf != new.leaf_sha256)) {
        let presents = |own: &&SendConnector| own.enabled && own.certificate.as_deref() == Some(&*new.name);
        let presenting = after.send_connectors.iter().filter(presents).take(MAX_LISTED);
        let connectors: Vec<String> = presenting.map(|own| own.name.to_string()).collect();
        if !connectors.is_empty() {
            found.push(Consequence::CertificateReplaced { certificate: new.name.to_string(), connectors });
        }
    }
}
