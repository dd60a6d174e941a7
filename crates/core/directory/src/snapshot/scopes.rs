//! A hash table by tenant and domain scope, from which the most specific entry is read.

use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::TenantIndex;
use crate::{Domain, DomainScope};

/// Values by tenant and scope.
#[derive(Debug)]
pub(super) struct ScopeTable<T> {
    hasher: RandomState,
    table: HashTable<(TenantIndex, DomainScope, T)>,
}

/// A scope by reference, so that looking one up costs no allocation.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Key<'a> {
    Exact(&'a str),
    Below(&'a str),
    Any,
}

impl<T> Default for ScopeTable<T> {
    fn default() -> Self {
        Self { hasher: RandomState::default(), table: HashTable::new() }
    }
}

impl<T> ScopeTable<T> {
    /// The value under the most specific scope of `tenant` that holds `domain`; `None` is in `*` only.
    pub(super) fn best(&self, tenant: TenantIndex, domain: Option<&Domain>) -> Option<&T> {
        let keys = domain
            .into_iter()
            .flat_map(|domain| std::iter::once(Key::Exact(domain.as_str())).chain(domain.above().map(Key::Below)));
        keys.chain(std::iter::once(Key::Any)).find_map(|key| self.get(tenant, key))
    }

    /// The value under exactly this scope, made by `make` if there is none yet.
    pub(super) fn entry(&mut self, tenant: TenantIndex, scope: &DomainScope, make: impl FnOnce() -> T) -> &mut T {
        let hasher = &self.hasher;
        let entry = self.table.entry(
            hash(hasher, tenant, key_of(scope)),
            |(own, other, _)| *own == tenant && other == scope,
            |(own, other, _)| hash(hasher, *own, key_of(other)),
        );
        let (_, _, value) = entry.or_insert_with(|| (tenant, scope.clone(), make())).into_mut();
        value
    }

    fn get(&self, tenant: TenantIndex, key: Key<'_>) -> Option<&T> {
        self.table
            .find(hash(&self.hasher, tenant, key), |(own, scope, _)| *own == tenant && key_of(scope) == key)
            .map(|(_, _, value)| value)
    }
}

fn key_of(scope: &DomainScope) -> Key<'_> {
    match scope {
        DomainScope::Exact(domain) => Key::Exact(domain.as_str()),
        DomainScope::Below(domain) => Key::Below(domain.as_str()),
        DomainScope::Any => Key::Any,
    }
}

fn hash(state: &RandomState, tenant: TenantIndex, key: Key<'_>) -> u64 {
    let mut hasher = state.build_hasher();
    tenant.hash(&mut hasher);
    key.hash(&mut hasher);
    hasher.finish()
}
