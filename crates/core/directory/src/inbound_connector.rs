//! Inbound connectors: how a tenant says which servers' mail is its own, or what it demands of a partner.

use crate::{AddressRange, CertificateName, ConnectorId, Domain, DomainScope, Thumbprint};

/// What a connector is for (Microsoft: New-InboundConnector, `ConnectorType`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConnectorType {
    /// The tenant's own server: its mail is Originating and may go anywhere (rules A5 to A8).
    #[default]
    OnPremises,
    /// Somebody else's server that sends to the tenant: conditions on Incoming mail (rule A9).
    Partner,
}

/// An inbound connector. Field by field as in the directory file; names are Microsoft's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboundConnector {
    /// Given by the store.
    pub id: ConnectorId,
    /// Unique within the tenant.
    pub name: Box<str>,
    /// A disabled connector admits nobody.
    pub enabled: bool,
    /// For people.
    pub comment: Box<str>,
    /// On premises or partner.
    pub connector_type: ConnectorType,
    /// The name that the sender's certificate must prove (rule A3).
    pub tls_sender_certificate_name: Option<CertificateName>,
    /// Addresses that the sender may come from (rule A7).
    pub sender_ip_addresses: Box<[AddressRange]>,
    /// Whether the operator set the addresses: only then may they be wide (rule A0), and only then do they give sight of
    /// who came from them.
    pub addresses_granted: bool,
    /// When not empty, the leaf must be one of these, and its chain and use are not asked for (rule A2).
    pub pinned_certificates: Box<[Thumbprint]>,
    /// The scope: domains of MAIL FROM for which the connector is a candidate (rules A8, A9).
    pub sender_domains: Box<[DomainScope]>,
    /// When not empty, MAIL FROM must be in one of these accepted domains of the tenant (rule A8).
    pub associated_accepted_domains: Box<[Domain]>,
    /// Mail without TLS is refused with 454 4.7.0 (rules A8, A9).
    pub require_tls: bool,
    /// The leaf must be fit for client authentication (rule A2).
    pub require_client_auth: bool,
    /// Partner: the sender's address must be one of `sender_ip_addresses` (rule A9).
    pub restrict_domains_to_ip_addresses: bool,
    /// Partner: the sender's certificate must match `tls_sender_certificate_name` (rule A9).
    pub restrict_domains_to_certificate: bool,
    /// By address any sender passes, the null one included. The operator's word (rule A7).
    pub any_sender: bool,
}

impl InboundConnector {
    /// An enabled connector with the defaults of the directory file: on premises, every sender in scope, TLS required
    /// exactly when a certificate name is given.
    pub fn new(name: &str, certificate_name: Option<CertificateName>) -> Self {
        Self {
            id: ConnectorId::default(),
            name: name.into(),
            enabled: true,
            comment: "".into(),
            connector_type: ConnectorType::OnPremises,
            require_tls: certificate_name.is_some(),
            tls_sender_certificate_name: certificate_name,
            sender_ip_addresses: Box::default(),
            addresses_granted: false,
            pinned_certificates: Box::default(),
            sender_domains: Box::new([DomainScope::Any]),
            associated_accepted_domains: Box::default(),
            require_client_auth: false,
            restrict_domains_to_ip_addresses: false,
            restrict_domains_to_certificate: false,
            any_sender: false,
        }
    }

    /// The most specific of its scopes that holds the sender's domain; the null sender (`None`) is in `*` only, which is
    /// what rule A9 asks.
    pub fn best_scope(&self, sender: Option<&Domain>) -> Option<&DomainScope> {
        let holds = |scope: &&DomainScope| match sender {
            Some(domain) => scope.contains(domain),
            None => **scope == DomainScope::Any,
        };
        self.sender_domains.iter().filter(holds).max_by_key(|scope| scope.specificity())
    }
}
