//! From the directory in force and the tenants of a change to the directory that would result. Changes nothing itself.

use std::collections::HashMap;

use core_directory::{
    AcceptedDomain, ClientCertificate, Fault, FaultCode, Field, InboundConnector, ObjectKind, ObjectPath, Standing,
    Tenant, TenantId, TenantLimits, validate,
};
use proto_certificate::TenantRoots;

use crate::ApplyError;
use crate::object::Object;
use crate::own_faults::own_faults;

/// How a change is meant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    /// Objects that the change does not name go, inside the tenants that it names.
    pub prune: bool,
    /// Whose word it is.
    pub standing: Standing,
}

/// The directory that results from a change: tenants in force keep their order and identities, new ones follow.
pub(crate) fn merge(current: &[Tenant], named: &[Tenant], terms: Terms) -> Result<Vec<Tenant>, ApplyError> {
    check_named_once(named)?;
    let mut result = current.to_vec();
    let mut faults = Vec::new();
    let places: HashMap<&str, usize> = current.iter().enumerate().map(|(place, own)| (&*own.name, place)).collect();
    for tenant in named {
        match places.get(&*tenant.name).and_then(|&place| result.get_mut(place)) {
            Some(own) => *own = merge_tenant(own, tenant, terms, &mut faults)?,
            None => {
                let nothing = Tenant { name: tenant.name.clone(), ..Tenant::default() };
                let made = merge_tenant(&nothing, tenant, terms, &mut faults)?;
                result.push(made);
            }
        }
    }
    faults.extend(validate(&result, terms.standing));
    if terms.standing == Standing::Tenant {
        faults = own_faults(faults, |name| named.iter().any(|own| *own.name == *name));
    }
    if !faults.is_empty() {
        return Err(ApplyError::Faults(faults));
    }
    check_roots(named)?;
    Ok(result)
}

/// A name that a change gives twice would otherwise be merged with itself.
fn check_named_once(named: &[Tenant]) -> Result<(), ApplyError> {
    let mut faults = validate(named, Standing::Operator);
    faults.retain(|fault| matches!(fault.code, FaultCode::Duplicate(_)));
    if faults.is_empty() { Ok(()) } else { Err(ApplyError::Faults(faults)) }
}

/// A root that could end no chain is a mistake that nobody would notice later.
pub(crate) fn check_roots(named: &[Tenant]) -> Result<(), ApplyError> {
    for tenant in named {
        let (_, problems) = TenantRoots::new([(TenantId::default(), tenant.trusted_roots.as_slice())]);
        if let Some((_, problem)) = problems.into_iter().next() {
            return Err(ApplyError::UnusableRoot { tenant: tenant.name.to_string(), problem: problem.to_string() });
        }
    }
    Ok(())
}

fn merge_tenant(own: &Tenant, named: &Tenant, terms: Terms, faults: &mut Vec<Fault>) -> Result<Tenant, ApplyError> {
    let domains = merge_objects(&own.domains, &named.domains, terms, |mut domain, before| {
        if let Some(fault) = forbidden_verification(&named.name, &domain, before, terms.standing) {
            faults.push(fault);
        }
        domain.id = before.map(|before| before.id).unwrap_or_default();
        domain.proof = domain.proof.after(before.map(|before| before.proof).unwrap_or_default());
        Ok(domain)
    })?;
    let certificates = merge_objects(&own.certificates, &named.certificates, terms, |certificate, before| {
        with_key(&named.name, certificate, before)
    })?;
    let inbound_connectors =
        merge_objects(&own.inbound_connectors, &named.inbound_connectors, terms, |connector, before| {
            Ok(with_grant(connector, before, terms.standing))
        })?;
    let send_connectors =
        merge_objects(&own.send_connectors, &named.send_connectors, terms, |mut connector, before| {
            connector.id = before.map(|before| before.id).unwrap_or_default();
            Ok(connector)
        })?;
    let terms_of_use = operators_terms(own, named, terms.standing, faults);
    Ok(Tenant {
        id: own.id,
        name: own.name.clone(),
        reject_direct_send: named.reject_direct_send,
        trusted_roots: named.trusted_roots.clone(),
        suspended: terms_of_use.suspended,
        limits: terms_of_use.limits,
        domains,
        certificates,
        inbound_connectors,
        send_connectors,
    })
}

/// The tenant whose suspension and limits count: those are the operator's to set. What a tenant's own file leaves out of
/// them stays as it is.
fn operators_terms<'a>(own: &'a Tenant, named: &'a Tenant, standing: Standing, faults: &mut Vec<Fault>) -> &'a Tenant {
    if standing == Standing::Operator {
        return named;
    }
    let silent = !named.suspended && named.limits == TenantLimits::default();
    if !silent {
        faults.extend(forbidden_terms(own, named));
    }
    own
}

/// A fault for each of the operator's fields of a tenant that a change by the tenant itself would change.
pub(crate) fn forbidden_terms(own: &Tenant, named: &Tenant) -> Vec<Fault> {
    let mut changed = Vec::new();
    if own.suspended != named.suspended {
        changed.push(Field::Suspended);
    }
    let (before, after) = (&own.limits, &named.limits);
    let pairs = before.numbers().into_iter().zip(after.numbers()).chain(before.sizes().into_iter().zip(after.sizes()));
    changed.extend(pairs.filter(|(before, after)| before != after).map(|((field, _), _)| field));
    if before.over_limit != after.over_limit {
        changed.push(Field::OverLimit);
    }
    let name = named.name.to_string();
    let path = ObjectPath { tenant: name.clone(), kind: ObjectKind::Tenant, name };
    let fault = |field| Fault { path: path.clone(), field, code: FaultCode::OperatorOnly };
    changed.into_iter().map(fault).collect()
}

/// Objects in force in their order, replaced where they are named, gone where `prune` says so; then the new ones. `adopt`
/// gives a named object what the one in force hands down to it, its identity first of all.
fn merge_objects<T: Object>(
    own: &[T],
    named: &[T],
    terms: Terms,
    mut adopt: impl FnMut(T, Option<&T>) -> Result<T, ApplyError>,
) -> Result<Vec<T>, ApplyError> {
    let mut coming: HashMap<&str, &T> = named.iter().map(|object| (object.name(), object)).collect();
    let mut merged = Vec::with_capacity(own.len().max(named.len()));
    for before in own {
        match coming.remove(before.name()) {
            Some(object) => merged.push(adopt(object.clone(), Some(before))?),
            None if terms.prune => {}
            None => merged.push(before.clone()),
        }
    }
    for object in named.iter().filter(|object| coming.contains_key(object.name())) {
        merged.push(adopt(object.clone(), None)?);
    }
    Ok(merged)
}

/// A tenant proves a domain by DNS; `verified` in a file is the operator's word.
pub(crate) fn forbidden_verification(
    tenant: &str,
    domain: &AcceptedDomain,
    before: Option<&AcceptedDomain>,
    standing: Standing,
) -> Option<Fault> {
    let already = before.is_some_and(|before| before.verified());
    if standing == Standing::Operator || !domain.verified() || already {
        return None;
    }
    let path = ObjectPath { tenant: tenant.into(), kind: ObjectKind::Domain, name: domain.name.to_string() };
    Some(Fault { path, field: Field::Verified, code: FaultCode::OperatorOnly })
}

/// A certificate that comes without its key keeps the one in force, if it is the same leaf.
pub(crate) fn with_key(
    tenant: &str,
    mut certificate: ClientCertificate,
    before: Option<&ClientCertificate>,
) -> Result<ClientCertificate, ApplyError> {
    certificate.id = before.map(|before| before.id).unwrap_or_default();
    if certificate.key.is_empty() {
        let same = before.filter(|before| before.leaf_sha256 == certificate.leaf_sha256 && !before.key.is_empty());
        let missing = || ApplyError::MissingKey { tenant: tenant.into(), certificate: certificate.name.to_string() };
        certificate.key = same.ok_or_else(missing)?.key.clone();
    }
    Ok(certificate)
}

/// Addresses are granted when the operator sets or changes them, or lets any sender pass from them (rules A0 and A7); those
/// that stay keep what they had.
pub(crate) fn with_grant(
    mut connector: InboundConnector,
    before: Option<&InboundConnector>,
    standing: Standing,
) -> InboundConnector {
    connector.id = before.map(|before| before.id).unwrap_or_default();
    let same = before.filter(|before| before.sender_ip_addresses == connector.sender_ip_addresses);
    let kept = same.is_some_and(|before| before.addresses_granted);
    let said = same.is_none() || connector.any_sender && !same.is_some_and(|before| before.any_sender);
    let operator = standing == Standing::Operator;
    connector.addresses_granted = !connector.sender_ip_addresses.is_empty() && (kept || operator && said);
    connector
}
