//! From the directory in force and the one that results to the store's changes, with identities for what is new.

use std::collections::{HashMap, HashSet};

use core_directory::{Tenant, TenantId};
use io_store::{ObjectChange, ObjectKind, ObjectPut};
use proto_directory_file::object;

use crate::object::Object;

/// How many objects have no identity yet.
pub(crate) fn new_objects(tenants: &[Tenant]) -> usize {
    tenants
        .iter()
        .map(|tenant| {
            usize::from(tenant.id == TenantId::default())
                + unnumbered(&tenant.domains)
                + unnumbered(&tenant.certificates)
                + unnumbered(&tenant.inbound_connectors)
                + unnumbered(&tenant.send_connectors)
        })
        .sum()
}

fn unnumbered<T: Object>(objects: &[T]) -> usize {
    objects.iter().filter(|object| object.id() == 0).count()
}

/// Gives identities to what has none, in the order in which it would be loaded. Says whether there were enough.
pub(crate) fn number(tenants: &mut [Tenant], ids: Vec<u64>) -> bool {
    let mut ids = ids.into_iter();
    tenants.iter_mut().all(|tenant| {
        let own = if tenant.id == TenantId::default() { ids.next().map(TenantId) } else { Some(tenant.id) };
        tenant.id = own.unwrap_or_default();
        own.is_some()
            && number_objects(&mut tenant.domains, &mut ids)
            && number_objects(&mut tenant.certificates, &mut ids)
            && number_objects(&mut tenant.inbound_connectors, &mut ids)
            && number_objects(&mut tenant.send_connectors, &mut ids)
    })
}

fn number_objects<T: Object>(objects: &mut [T], ids: &mut impl Iterator<Item = u64>) -> bool {
    objects.iter_mut().filter(|object| object.id() == 0).all(|object| {
        let id = ids.next();
        id.into_iter().for_each(|id| object.set_id(id));
        id.is_some()
    })
}

/// What the store has to put and remove. With a tenant go its objects.
pub(crate) fn changes(before: &[Tenant], after: &[Tenant]) -> Vec<ObjectChange> {
    let mut changes = Vec::new();
    let nothing = Tenant::default();
    let staying: HashSet<TenantId> = after.iter().map(|tenant| tenant.id).collect();
    for gone in before.iter().filter(|own| !staying.contains(&own.id)) {
        changes.push(ObjectChange::Remove { kind: ObjectKind::Tenant, id: gone.id.0 });
    }
    let before: HashMap<TenantId, &Tenant> = before.iter().map(|own| (own.id, own)).collect();
    for tenant in after {
        let own = before.get(&tenant.id).copied();
        if own == Some(tenant) {
            continue;
        }
        let body = object::write_tenant(tenant);
        if own.is_none_or(|own| object::write_tenant(own) != body) {
            changes.push(ObjectChange::Put(ObjectPut {
                kind: ObjectKind::Tenant,
                id: tenant.id.0,
                tenant: tenant.id,
                name: tenant.name.to_string(),
                unique_key: None,
                body,
            }));
        }
        let own = own.unwrap_or(&nothing);
        of_objects(&own.domains, &tenant.domains, tenant.id, &mut changes);
        of_objects(&own.certificates, &tenant.certificates, tenant.id, &mut changes);
        of_objects(&own.inbound_connectors, &tenant.inbound_connectors, tenant.id, &mut changes);
        of_objects(&own.send_connectors, &tenant.send_connectors, tenant.id, &mut changes);
    }
    changes
}

fn of_objects<T: Object>(before: &[T], after: &[T], tenant: TenantId, changes: &mut Vec<ObjectChange>) {
    let staying: HashSet<u64> = after.iter().map(Object::id).collect();
    for gone in before.iter().filter(|own| !staying.contains(&own.id())) {
        changes.push(ObjectChange::Remove { kind: T::KIND, id: gone.id() });
    }
    let before: HashMap<u64, &T> = before.iter().map(|own| (own.id(), own)).collect();
    for object in after.iter().filter(|object| before.get(&object.id()) != Some(object)) {
        changes.push(ObjectChange::Put(ObjectPut {
            kind: T::KIND,
            id: object.id(),
            tenant,
            name: object.name().to_owned(),
            unique_key: object.unique_key(),
            body: object.body(),
        }));
    }
}
