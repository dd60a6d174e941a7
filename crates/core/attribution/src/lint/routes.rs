//! Send connectors of our relay (rule A13): mail that is let in and goes nowhere, and connectors that another always precedes.

use std::collections::BTreeMap;

use core_directory::{ConnectorType, DomainScope, Field, SendConnector, Tenant, TlsLevel};

use super::Lint;
use super::finding::{CERTIFICATE_OVER_OPTIONAL_TLS, Finding, LintCode, Mend, NO_ROUTE, ROUTE_NEVER_CHOSEN};
use super::ground::Ground;

pub(super) fn check(ground: &Ground<'_>, lint: &mut Lint) {
    for shown in ground.tenants.iter().filter(|_| ground.is_relay()) {
        no_route(&shown.tenant, lint);
        never_chosen(&shown.tenant, lint);
        optional_tls(&shown.tenant, lint);
    }
}

fn finding(
    tenant: &Tenant,
    connector: &str,
    code: LintCode,
    field: Field,
    arguments: Vec<(&'static str, String)>,
    mends: Vec<Mend>,
) -> Finding {
    Finding { code, tenant: tenant.name.clone(), connector: connector.into(), field: Some(field), arguments, mends }
}

/// A tenant whose servers may send, and whose mail has no way out.
fn no_route(tenant: &Tenant, lint: &mut Lint) {
    let sends = |connector: &core_directory::InboundConnector| {
        connector.enabled && connector.connector_type == ConnectorType::OnPremises
    };
    if tenant.inbound_connectors.iter().any(sends) && !tenant.send_connectors.iter().any(|own| own.enabled) {
        let mends = vec![Mend::AddSendConnector];
        lint.findings.push(finding(tenant, "", NO_ROUTE, Field::AddressSpaces, Vec::new(), mends));
    }
}

/// A connector each of whose address spaces another one takes first: cheaper, or as cheap and earlier by name.
fn never_chosen(tenant: &Tenant, lint: &mut Lint) {
    let mut best: BTreeMap<&DomainScope, (u8, &str)> = BTreeMap::new();
    let enabled = || tenant.send_connectors.iter().filter(|own| own.enabled);
    for connector in enabled() {
        for space in &connector.address_spaces {
            let own = (space.cost, &*connector.name);
            let first = best.entry(&space.scope).or_insert(own);
            *first = own.min(*first);
        }
    }
    for connector in enabled() {
        let winner =
            |scope: &DomainScope| best.get(scope).map(|(_, name)| *name).filter(|name| *name != &*connector.name);
        let mut winners = connector.address_spaces.iter().map(|space| winner(&space.scope));
        let first = winners.next().flatten();
        if let Some(first) = first
            && winners.all(|winner| winner.is_some())
        {
            let arguments = vec![("winner", first.to_owned())];
            let mends = vec![Mend::RemoveConnector];
            lint.findings.push(finding(
                tenant,
                &connector.name,
                ROUTE_NEVER_CHOSEN,
                Field::AddressSpaces,
                arguments,
                mends,
            ));
        }
    }
}

/// A certificate by which the next hop is to know the tenant, over TLS that may as well be missing.
fn optional_tls(tenant: &Tenant, lint: &mut Lint) {
    let optional = |connector: &&SendConnector| {
        connector.enabled && connector.certificate.is_some() && connector.tls == TlsLevel::Opportunistic
    };
    for connector in tenant.send_connectors.iter().filter(optional) {
        let mends = vec![Mend::Fill(Field::Tls)];
        lint.findings.push(finding(
            tenant,
            &connector.name,
            CERTIFICATE_OVER_OPTIONAL_TLS,
            Field::Tls,
            Vec::new(),
            mends,
        ));
    }
}
