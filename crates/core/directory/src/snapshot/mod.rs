//! The directory, indexed: what the rules look things up in. Immutable once built, shared by reference, the same whatever
//! the order in which its tenants came. Must not apply a rule, except to leave out what rule A0 forbids.

mod build;
mod names;
mod scopes;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use ipnet::IpNet;
use prefix_trie::joint::map::JointPrefixMap;
use smallvec::SmallVec;

use crate::{
    AcceptedDomain, ClientCertificate, ConnectorId, DirectoryVersion, Domain, InboundConnector, SendConnector,
    SendConnectorId, Tenant, TenantId, Thumbprint, TrustAnchor,
};
pub use names::NameIndex;
use names::{DomainTable, NameTables};
use scopes::ScopeTable;

/// A tenant's place in a snapshot: tenants are ordered by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantIndex(u32);

/// An inbound connector's place in a snapshot: ordered by tenant, then by the connector's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectorIndex(u32);

/// Connectors under one key, in order.
pub type Bucket = SmallVec<[ConnectorIndex; 2]>;

/// An inbound connector with what the index found out about it.
#[derive(Clone, Debug)]
pub struct IndexedConnector {
    /// Whose it is.
    pub tenant: TenantIndex,
    /// Rule A4's first condition: the domain of its certificate name is a verified domain of its tenant.
    pub owned: bool,
    /// The connector.
    pub connector: InboundConnector,
}

/// A verified domain: whose it is, and whether the domains below belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifiedDomain {
    /// Its tenant.
    pub tenant: TenantIndex,
    /// Whether domains below it are held too.
    pub match_subdomains: bool,
}

/// A tenant without its inbound connectors, which are found through the snapshot.
#[derive(Clone, Debug)]
struct TenantEntry {
    tenant: Tenant,
    connectors: std::ops::Range<u32>,
}

/// The whole directory at one version.
#[derive(Debug)]
pub struct Snapshot {
    version: DirectoryVersion,
    tenants: Box<[TenantEntry]>,
    tenant_ids: HashMap<TenantId, TenantIndex, RandomState>,
    connectors: Box<[IndexedConnector]>,
    verified: DomainTable,
    names: NameTables,
    pins: HashMap<Thumbprint, Bucket, RandomState>,
    addresses: JointPrefixMap<IpNet, Bucket>,
    partners: ScopeTable<Bucket>,
    routes: ScopeTable<(u8, u32)>,
}

impl Snapshot {
    /// Indexes these tenants. Total on any input: of a domain that several tenants verified none is the owner, since
    /// picking one would be a guess; names and ranges that rule A0 forbids match nobody. Ids are taken as they come: where
    /// two tenants, or two connectors of a tenant, share one, verdicts cannot tell them apart.
    pub fn new(version: DirectoryVersion, tenants: Vec<Tenant>) -> Self {
        build::build(version, tenants)
    }

    /// A directory with nothing in it.
    pub fn empty() -> Self {
        Self::new(DirectoryVersion(0), Vec::new())
    }

    /// Its version.
    pub fn version(&self) -> DirectoryVersion {
        self.version
    }

    /// All tenants, by name.
    pub fn tenants(&self) -> impl Iterator<Item = TenantIndex> + '_ {
        (0..).map(TenantIndex).take(self.tenants.len())
    }

    /// The tenant, its `inbound_connectors` left empty: see [`Snapshot::connectors_of`].
    pub fn tenant(&self, index: TenantIndex) -> &Tenant {
        &self.tenants[index.0 as usize].tenant
    }

    /// The tenant with this id.
    pub fn tenant_by_id(&self, id: TenantId) -> Option<TenantIndex> {
        self.tenant_ids.get(&id).copied()
    }

    /// The tenant with this name.
    pub fn tenant_by_name(&self, name: &str) -> Option<TenantIndex> {
        let found = self.tenants.binary_search_by(|entry| (*entry.tenant.name).cmp(name)).ok()?;
        u32::try_from(found).ok().map(TenantIndex)
    }

    /// Number of inbound connectors of all tenants.
    pub fn connector_count(&self) -> usize {
        self.connectors.len()
    }

    /// The connector.
    pub fn connector(&self, index: ConnectorIndex) -> &IndexedConnector {
        &self.connectors[index.0 as usize]
    }

    /// All inbound connectors of a tenant, by name.
    pub fn connectors_of(&self, tenant: TenantIndex) -> impl Iterator<Item = ConnectorIndex> + '_ {
        self.tenants[tenant.0 as usize].connectors.clone().map(ConnectorIndex)
    }

    /// The connector of this tenant with this id.
    pub fn connector_by_id(&self, tenant: TenantIndex, id: ConnectorId) -> Option<ConnectorIndex> {
        self.connectors_of(tenant).find(|&index| self.connector(index).connector.id == id)
    }

    /// The tenant that verified exactly this domain.
    pub fn verified(&self, domain: &str) -> Option<VerifiedDomain> {
        self.verified.get(domain)
    }

    /// The nearest verified domain at or above `domain`.
    pub fn nearest_verified(&self, domain: &Domain) -> Option<VerifiedDomain> {
        domain.at_and_above().find_map(|name| self.verified(name))
    }

    /// Rule A1: the tenant that holds `domain`. It verified it, or verified one above it with `match_subdomains`, with
    /// no other tenant's verified domain between the two.
    pub fn holder(&self, domain: &Domain) -> Option<TenantIndex> {
        if let Some(own) = self.verified(domain.as_str()) {
            return Some(own.tenant);
        }
        let mut nearer = None;
        for above in domain.above().filter_map(|name| self.verified(name)) {
            if *nearer.get_or_insert(above.tenant) != above.tenant {
                return None;
            }
            if above.match_subdomains {
                return Some(above.tenant);
            }
        }
        None
    }

    /// On-premises connectors, disabled ones among them, whose certificate name stands under `key` in `index`.
    pub fn named(&self, index: NameIndex, key: &str) -> &[ConnectorIndex] {
        self.names.get(index, key, &self.connectors)
    }

    /// Connectors of all kinds whose certificate name lies in this registrable domain: where near misses are looked for.
    pub fn named_within(&self, registrable: &str) -> &[ConnectorIndex] {
        self.names.within(registrable, &self.connectors)
    }

    /// Connectors of all kinds that pin this leaf.
    pub fn pinning(&self, leaf: &Thumbprint) -> &[ConnectorIndex] {
        self.pins.get(leaf).map(|bucket| bucket.as_slice()).unwrap_or_default()
    }

    /// On-premises connectors, disabled ones among them, whose ranges hold the address: a bucket a range, longest prefix
    /// first. At most 33 or 129 buckets.
    pub fn addressed(&self, address: IpAddr) -> SmallVec<[&Bucket; 4]> {
        let mut covering: SmallVec<[&Bucket; 4]> = self.addresses.cover_values(&IpNet::from(address)).collect();
        covering.reverse();
        covering
    }

    /// Of a bucket, the connectors of one tenant.
    pub fn of_tenant<'a>(&self, bucket: &'a [ConnectorIndex], tenant: TenantIndex) -> &'a [ConnectorIndex] {
        let from = bucket.partition_point(|&index| self.connector(index).tenant < tenant);
        let to = bucket.partition_point(|&index| self.connector(index).tenant <= tenant);
        bucket.get(from..to).unwrap_or_default()
    }

    /// Rule A9: the tenant's enabled Partner connectors with the most specific scope that holds the sender's domain
    /// (`None` is the null sender, in `*` only).
    pub fn partners(&self, tenant: TenantIndex, sender: Option<&Domain>) -> &[ConnectorIndex] {
        self.partners.best(tenant, sender).map(|bucket| bucket.as_slice()).unwrap_or_default()
    }

    /// Rule A13: the send connector of the tenant that takes mail for `recipient`.
    pub fn route(&self, tenant: TenantIndex, recipient: &Domain) -> Option<&SendConnector> {
        let (_, found) = self.routes.best(tenant, Some(recipient))?;
        self.tenant(tenant).send_connectors.get(*found as usize)
    }

    /// The tenant's send connector with this id.
    pub fn send_connector(&self, tenant: TenantIndex, id: SendConnectorId) -> Option<&SendConnector> {
        self.tenant(tenant).send_connectors.iter().find(|connector| connector.id == id)
    }

    /// The tenant's certificate with this name.
    pub fn certificate(&self, tenant: TenantIndex, name: &str) -> Option<&ClientCertificate> {
        self.tenant(tenant).certificates.iter().find(|certificate| &*certificate.name == name)
    }

    /// The tenant's registration of exactly this domain, verified or not.
    pub fn accepted_domain(&self, tenant: TenantIndex, domain: &Domain) -> Option<&AcceptedDomain> {
        self.tenant(tenant).domains.iter().find(|own| own.name == *domain)
    }

    /// Each tenant that trusts roots of its own, with them.
    pub fn trusted_roots(&self) -> impl Iterator<Item = (TenantId, &[TrustAnchor])> {
        self.tenants
            .iter()
            .filter(|entry| !entry.tenant.trusted_roots.is_empty())
            .map(|entry| (entry.tenant.id, entry.tenant.trusted_roots.as_slice()))
    }
}
