//! A tenant and its accepted domains: the source form of the directory, which files are read into and snapshots made from.

use crate::{
    ClientCertificate, Domain, DomainId, InboundConnector, Proof, SendConnector, TenantId, TenantLimits, TrustAnchor,
};

/// Longest name of a directory object in characters (Microsoft: 64 for connectors; ours is roomier for imports).
pub const MAX_NAME_LENGTH: usize = 128;

/// Everything that one tenant registered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tenant {
    /// Given by the store.
    pub id: TenantId,
    /// Unique among tenants.
    pub name: Box<str>,
    /// Refuse unattributed senders from the tenant's own domains (rule A9).
    pub reject_direct_send: bool,
    /// Roots that prove names to this tenant's connectors only (rule A2).
    pub trusted_roots: Vec<TrustAnchor>,
    /// The tenant's mail waits, in both directions. Only the operator sets it.
    pub suspended: bool,
    /// What the tenant may use. Only the operator sets them.
    pub limits: TenantLimits,
    /// Accepted domains.
    pub domains: Vec<AcceptedDomain>,
    /// Certificates for send connectors.
    pub certificates: Vec<ClientCertificate>,
    /// Inbound connectors.
    pub inbound_connectors: Vec<InboundConnector>,
    /// Send connectors.
    pub send_connectors: Vec<SendConnector>,
}

/// Who knows the recipients of an accepted domain (Microsoft: New-AcceptedDomain, `DomainType`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DomainType {
    /// The tenant knows all recipients.
    #[default]
    Authoritative,
    /// Some recipients live elsewhere.
    InternalRelay,
}

/// A domain that a tenant claims, and owns once it is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedDomain {
    /// Given by the store.
    pub id: DomainId,
    /// The domain.
    pub name: Domain,
    /// Authoritative or internal relay.
    pub domain_type: DomainType,
    /// Whether the domains below it are held too (rule A1).
    pub match_subdomains: bool,
    /// By what ownership is proved; verified at one tenant at a time (rule A4).
    pub proof: Proof,
}

impl AcceptedDomain {
    /// An authoritative domain, verified by the operator's word or not verified.
    pub fn new(name: Domain, verified: bool) -> Self {
        Self {
            id: DomainId::default(),
            name,
            domain_type: DomainType::Authoritative,
            match_subdomains: false,
            proof: Proof::said(verified),
        }
    }

    /// Whether ownership is proved, in whichever way.
    pub fn verified(&self) -> bool {
        self.proof.verified()
    }
}
