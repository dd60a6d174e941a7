//! From the directory in force and one that was kept elsewhere to the one that results: the latter, exactly, with the
//! identities that objects of the same names have now, so that mail in the queue stays with its tenant and connector.
//! Changes nothing itself.

use std::collections::HashMap;

use core_directory::{Standing, Tenant, validate};

use crate::ApplyError;
use crate::merge::check_roots;
use crate::object::Object;

/// The directory that results. Tenants that are not among the kept ones go.
pub(crate) fn replace(current: &[Tenant], kept: &[Tenant]) -> Result<Vec<Tenant>, ApplyError> {
    let own: HashMap<&str, &Tenant> = current.iter().map(|own| (&*own.name, own)).collect();
    let nothing = Tenant::default();
    let mut result = kept.to_vec();
    for tenant in &mut result {
        let own = own.get(&*tenant.name).copied().unwrap_or(&nothing);
        tenant.id = own.id;
        adopt(&own.domains, &mut tenant.domains);
        adopt(&own.certificates, &mut tenant.certificates);
        adopt(&own.inbound_connectors, &mut tenant.inbound_connectors);
        adopt(&own.send_connectors, &mut tenant.send_connectors);
    }
    let faults = validate(&result, Standing::Operator);
    if !faults.is_empty() {
        return Err(ApplyError::Faults(faults));
    }
    check_roots(&result)?;
    Ok(result)
}

/// Gives objects the identities of those with their names, or none.
fn adopt<T: Object>(own: &[T], kept: &mut [T]) {
    let ids: HashMap<&str, u64> = own.iter().map(|own| (own.name(), own.id())).collect();
    for object in kept {
        let id = ids.get(object.name()).copied().unwrap_or_default();
        object.set_id(id);
    }
}
