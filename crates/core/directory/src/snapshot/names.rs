//! Hash tables of connectors by certificate name, and of verified domains. Keys are not stored twice: a bucket's key is
//! read off its first connector.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashTable};

use super::{Bucket, ConnectorIndex, IndexedConnector, TenantIndex, VerifiedDomain};
use crate::domain::parent_of;
use crate::{CertificateName, Domain};

/// The tables in which rule A3 looks for on-premises connectors. *Owned* is rule A4's first condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameIndex {
    /// Value `h.d`, under `h.d`, owned.
    OwnedExact,
    /// Value `*.d`, under `d`, owned.
    OwnedWildcard,
    /// Value `h.d`, under `d`, owned: for a presented `*.d`.
    OwnedBelow,
    /// Value `h.d`, under `h.d`, not owned.
    UnownedExact,
    /// Value `*.d`, under `d`, not owned.
    UnownedWildcard,
    /// Value `h.d`, under `d`, not owned.
    UnownedBelow,
}

const TABLES: usize = 6;

/// The six tables of [`NameIndex`], and the one by registrable domain.
#[derive(Debug, Default)]
pub(super) struct NameTables {
    hasher: RandomState,
    tables: [HashTable<Bucket>; TABLES],
    within: HashTable<Bucket>,
}

impl NameTables {
    pub(super) fn get(&self, index: NameIndex, key: &str, connectors: &[IndexedConnector]) -> &[ConnectorIndex] {
        let found = self.tables[index as usize]
            .find(self.hasher.hash_one(key), |bucket| bucket_key(index, bucket, connectors) == Some(key));
        found.map(Bucket::as_slice).unwrap_or_default()
    }

    pub(super) fn within(&self, registrable: &str, connectors: &[IndexedConnector]) -> &[ConnectorIndex] {
        let found = self
            .within
            .find(self.hasher.hash_one(registrable), |bucket| registrable_key(bucket, connectors) == Some(registrable));
        found.map(Bucket::as_slice).unwrap_or_default()
    }

    /// Adds an on-premises connector to the tables of its value. Connectors come in ascending order.
    pub(super) fn insert(&mut self, index: ConnectorIndex, connectors: &[IndexedConnector]) {
        let entry = &connectors[index.0 as usize];
        let Some(value) = &entry.connector.tls_sender_certificate_name else { return };
        // Rule A0: what `apply` refuses the rules ignore. A suffix may have become public since the value was applied.
        if value.domain().is_public_suffix() {
            return;
        }
        let indexes: &[NameIndex] = match (value, entry.owned) {
            (CertificateName::Exact(_), true) => &[NameIndex::OwnedExact, NameIndex::OwnedBelow],
            (CertificateName::Wildcard(_), true) => &[NameIndex::OwnedWildcard],
            (CertificateName::Exact(_), false) => &[NameIndex::UnownedExact, NameIndex::UnownedBelow],
            (CertificateName::Wildcard(_), false) => &[NameIndex::UnownedWildcard],
        };
        for &table in indexes {
            let Some(key) = key_in(table, value.domain()) else { continue };
            let hasher = &self.hasher;
            self.tables[table as usize]
                .entry(
                    hasher.hash_one(key),
                    |bucket| bucket_key(table, bucket, connectors) == Some(key),
                    |bucket| hasher.hash_one(bucket_key(table, bucket, connectors).unwrap_or_default()),
                )
                .or_insert_with(Bucket::new)
                .into_mut()
                .push(index);
        }
    }

    /// Adds a connector of any kind to the table by registrable domain.
    pub(super) fn insert_within(&mut self, index: ConnectorIndex, connectors: &[IndexedConnector]) {
        let Some(value) = &connectors[index.0 as usize].connector.tls_sender_certificate_name else { return };
        let key = value.domain().registrable();
        let hasher = &self.hasher;
        self.within
            .entry(
                hasher.hash_one(key),
                |bucket| registrable_key(bucket, connectors) == Some(key),
                |bucket| hasher.hash_one(registrable_key(bucket, connectors).unwrap_or_default()),
            )
            .or_insert_with(Bucket::new)
            .into_mut()
            .push(index);
    }
}

fn first_value<'a>(bucket: &Bucket, connectors: &'a [IndexedConnector]) -> Option<&'a Domain> {
    let first = bucket.first()?;
    connectors[first.0 as usize].connector.tls_sender_certificate_name.as_ref().map(CertificateName::domain)
}

fn bucket_key<'a>(index: NameIndex, bucket: &Bucket, connectors: &'a [IndexedConnector]) -> Option<&'a str> {
    key_in(index, first_value(bucket, connectors)?)
}

fn registrable_key<'a>(bucket: &Bucket, connectors: &'a [IndexedConnector]) -> Option<&'a str> {
    first_value(bucket, connectors).map(Domain::registrable)
}

fn key_in(index: NameIndex, domain: &Domain) -> Option<&str> {
    match index {
        NameIndex::OwnedBelow | NameIndex::UnownedBelow => parent_of(domain.as_str()),
        _ => Some(domain.as_str()),
    }
}

/// Verified domains by name.
#[derive(Debug, Default)]
pub(super) struct DomainTable(HashMap<Domain, Option<VerifiedDomain>, RandomState>);

impl DomainTable {
    pub(super) fn get(&self, domain: &str) -> Option<VerifiedDomain> {
        self.0.get(domain).copied().flatten()
    }

    /// Adds a verified domain. A second tenant's claim leaves the domain without an owner.
    pub(super) fn insert(&mut self, domain: &Domain, tenant: TenantIndex, match_subdomains: bool) {
        self.0
            .entry(domain.clone())
            .and_modify(|own| match own {
                Some(own) if own.tenant == tenant => own.match_subdomains |= match_subdomains,
                _ => *own = None,
            })
            .or_insert(Some(VerifiedDomain { tenant, match_subdomains }));
    }
}
