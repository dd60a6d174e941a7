//! Objects of either side's configuration, as dumps show them, each with its file.

use core_directory::Tenant;
use proto_exchange::dump::{
    AcceptedDomain, BlockedConnector, DumpedCertificate, ExchangeServer, HybridConfiguration, InboundConnector,
    OrganizationSettings, OutboundConnector, ReceiveConnector, SendConnector, TransportService,
};

use super::SourceId;

/// An object with the file that shows it. Its line is the object's own.
#[derive(Clone, Debug)]
pub struct Observed<T> {
    /// What was seen.
    pub object: T,
    /// Where.
    pub source: SourceId,
}

/// Everything that dumps showed, in the order in which it was read. The same object may stand there twice, from two dumps.
#[derive(Clone, Debug, Default)]
pub struct Configuration {
    /// Exchange Online's.
    pub inbound_connectors: Vec<Observed<InboundConnector>>,
    /// Files that list inbound connectors, whole lists: without one, a connector that is not shown may exist.
    pub inbound_listed: Vec<SourceId>,
    /// Exchange Online's.
    pub outbound_connectors: Vec<Observed<OutboundConnector>>,
    /// Of either side.
    pub accepted_domains: Vec<Observed<AcceptedDomain>>,
    /// Files that list accepted domains, whole lists, of the side that their domains are of.
    pub accepted_listed: Vec<SourceId>,
    /// On premises.
    pub send_connectors: Vec<Observed<SendConnector>>,
    /// On premises.
    pub receive_connectors: Vec<Observed<ReceiveConnector>>,
    /// Certificates in the stores of servers on premises.
    pub exchange_certificates: Vec<Observed<DumpedCertificate>>,
    /// Certificates from PEM, DER and PKCS#12 files; the chain's order as in the file.
    pub certificate_files: Vec<Observed<DumpedCertificate>>,
    /// On premises.
    pub transport_services: Vec<Observed<TransportService>>,
    /// On premises.
    pub exchange_servers: Vec<Observed<ExchangeServer>>,
    /// On premises.
    pub hybrid_configurations: Vec<Observed<HybridConfiguration>>,
    /// Exchange Online's.
    pub organization_settings: Vec<Observed<OrganizationSettings>>,
    /// Exchange Online's.
    pub blocked_connectors: Vec<Observed<BlockedConnector>>,
    /// Directories of Postwarden relays: whole as far as they go.
    pub relay_directories: Vec<Observed<RelayDirectory>>,
    /// `postconf -n`.
    pub postfix_settings: Vec<Observed<PostfixSettings>>,
}

/// A directory file or export, with the line of each connector.
#[derive(Clone, Debug)]
pub struct RelayDirectory {
    /// Its tenants.
    pub tenants: Vec<Tenant>,
    /// Where the fields of inbound connectors stand.
    pub places: Vec<FieldPlace>,
}

/// The line of a field of an inbound connector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldPlace {
    /// Name of the tenant.
    pub tenant: Box<str>,
    /// Name of the connector.
    pub connector: Box<str>,
    /// Key of the field.
    pub key: Box<str>,
    /// The line, from 1.
    pub line: u64,
}

/// Settings of Postfix that decide what it presents: name, value, line.
#[derive(Clone, Debug, Default)]
pub struct PostfixSettings {
    /// As `postconf -n` prints them.
    pub settings: Vec<(Box<str>, Box<str>, u64)>,
}

impl PostfixSettings {
    /// The value of a setting that is set, with its line.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<(&str, u64)> {
        self.settings.iter().rev().find(|(own, ..)| &**own == name).map(|(_, value, line)| (&**value, *line))
    }
}

impl Configuration {
    /// Postfix's settings, where one file alone shows them, or all show the same: of several instances it is not known which sent.
    #[must_use]
    pub fn postfix(&self) -> Option<&Observed<PostfixSettings>> {
        let values = |own: &Observed<PostfixSettings>| {
            let settings = own.object.settings.iter();
            settings.map(|(name, value, _)| (name.clone(), value.clone())).collect::<Vec<_>>()
        };
        let last = self.postfix_settings.last()?;
        self.postfix_settings.iter().all(|own| values(own) == values(last)).then_some(last)
    }

    /// Adds what another file showed.
    pub fn merge(&mut self, other: Self) {
        self.inbound_connectors.extend(other.inbound_connectors);
        self.inbound_listed.extend(other.inbound_listed);
        self.outbound_connectors.extend(other.outbound_connectors);
        self.accepted_domains.extend(other.accepted_domains);
        self.accepted_listed.extend(other.accepted_listed);
        self.send_connectors.extend(other.send_connectors);
        self.receive_connectors.extend(other.receive_connectors);
        self.exchange_certificates.extend(other.exchange_certificates);
        self.certificate_files.extend(other.certificate_files);
        self.transport_services.extend(other.transport_services);
        self.exchange_servers.extend(other.exchange_servers);
        self.hybrid_configurations.extend(other.hybrid_configurations);
        self.organization_settings.extend(other.organization_settings);
        self.blocked_connectors.extend(other.blocked_connectors);
        self.relay_directories.extend(other.relay_directories);
        self.postfix_settings.extend(other.postfix_settings);
    }
}
