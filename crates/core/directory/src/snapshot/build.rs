//! Building a snapshot: order everything by name, then fill each table once.

use hashbrown::HashMap;
use ipnet::IpNet;
use prefix_trie::joint::map::JointPrefixMap;

use super::names::{DomainTable, NameTables};
use super::scopes::ScopeTable;
use super::{Bucket, ConnectorIndex, IndexedConnector, Snapshot, TenantEntry, TenantIndex};
use crate::{ConnectorType, DirectoryVersion, Tenant};

pub(super) fn build(version: DirectoryVersion, mut tenants: Vec<Tenant>) -> Snapshot {
    tenants.sort_by(|left, right| left.name.cmp(&right.name));
    let verified = verified_domains(&tenants);
    let (tenants, connectors) = flatten(tenants, &verified);
    let mut snapshot = Snapshot {
        version,
        routes: routes(&tenants),
        tenant_ids: (0..).map(TenantIndex).zip(&tenants).map(|(index, entry)| (entry.tenant.id, index)).collect(),
        tenants,
        connectors,
        verified,
        names: NameTables::default(),
        pins: HashMap::default(),
        addresses: JointPrefixMap::new(),
        partners: ScopeTable::default(),
    };
    for index in (0..snapshot.connectors.len()).filter_map(|index| u32::try_from(index).ok()).map(ConnectorIndex) {
        insert(&mut snapshot, index);
    }
    snapshot
}

fn verified_domains(tenants: &[Tenant]) -> DomainTable {
    let mut verified = DomainTable::default();
    for (index, tenant) in indexed(tenants) {
        for domain in tenant.domains.iter().filter(|domain| domain.verified()) {
            verified.insert(&domain.name, index, domain.match_subdomains);
        }
    }
    verified
}

fn flatten(tenants: Vec<Tenant>, verified: &DomainTable) -> (Box<[TenantEntry]>, Box<[IndexedConnector]>) {
    let mut entries = Vec::with_capacity(tenants.len());
    let mut connectors = Vec::with_capacity(tenants.iter().map(|tenant| tenant.inbound_connectors.len()).sum());
    for (index, mut tenant) in (0..).map(TenantIndex).zip(tenants) {
        let start = count(&connectors);
        let mut own = std::mem::take(&mut tenant.inbound_connectors);
        own.sort_by(|left, right| left.name.cmp(&right.name));
        connectors.extend(own.into_iter().map(|connector| {
            let name = connector.tls_sender_certificate_name.as_ref();
            let owner = name.and_then(|name| verified.get(name.domain().as_str()));
            IndexedConnector { tenant: index, owned: owner.is_some_and(|owner| owner.tenant == index), connector }
        }));
        entries.push(TenantEntry { tenant, connectors: start..count(&connectors) });
    }
    (entries.into_boxed_slice(), connectors.into_boxed_slice())
}

fn insert(snapshot: &mut Snapshot, index: ConnectorIndex) {
    let entry = &snapshot.connectors[index.0 as usize];
    snapshot.names.insert_within(index, &snapshot.connectors);
    for pin in &entry.connector.pinned_certificates {
        let bucket = snapshot.pins.entry(*pin).or_default();
        if bucket.last() != Some(&index) {
            bucket.push(index);
        }
    }
    match entry.connector.connector_type {
        ConnectorType::OnPremises => {
            snapshot.names.insert(index, &snapshot.connectors);
            insert_addresses(&mut snapshot.addresses, index, entry);
        }
        ConnectorType::Partner if entry.connector.enabled => {
            for scope in &entry.connector.sender_domains {
                let bucket = snapshot.partners.entry(entry.tenant, scope, Bucket::new);
                if bucket.last() != Some(&index) {
                    bucket.push(index);
                }
            }
        }
        ConnectorType::Partner => {}
    }
}

fn insert_addresses(addresses: &mut JointPrefixMap<IpNet, Bucket>, index: ConnectorIndex, entry: &IndexedConnector) {
    for range in &entry.connector.sender_ip_addresses {
        // Rule A0: what `apply` refuses the rules ignore.
        if range.needs_grant() && !entry.connector.addresses_granted {
            continue;
        }
        let bucket = addresses.entry(range.network()).or_default();
        if bucket.last() != Some(&index) {
            bucket.push(index);
        }
    }
}

/// For each address space of a tenant the send connector that wins it: lowest cost, then first by name (rule A13).
fn routes(tenants: &[TenantEntry]) -> ScopeTable<(u8, u32)> {
    let mut routes = ScopeTable::default();
    for (index, entry) in (0..).map(TenantIndex).zip(tenants) {
        let connectors = &entry.tenant.send_connectors;
        for (position, connector) in (0u32..).zip(connectors).filter(|(_, connector)| connector.enabled) {
            for space in &connector.address_spaces {
                let best = routes.entry(index, &space.scope, || (space.cost, position));
                let name = |position: u32| connectors.get(position as usize).map(|connector| &connector.name);
                if (space.cost, name(position)) < (best.0, name(best.1)) {
                    *best = (space.cost, position);
                }
            }
        }
    }
    routes
}

fn indexed(tenants: &[Tenant]) -> impl Iterator<Item = (TenantIndex, &Tenant)> {
    (0..).map(TenantIndex).zip(tenants)
}

/// More than 2^32 connectors do not fit into memory; the count saturates rather than wraps.
fn count(connectors: &[IndexedConnector]) -> u32 {
    u32::try_from(connectors.len()).unwrap_or(u32::MAX)
}
