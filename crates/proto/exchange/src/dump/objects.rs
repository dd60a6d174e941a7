//! The objects that diagnosis asks for, with the properties that it asks for. Values stay texts, as the dump has them, where
//! their meaning is a matter of the rules. Lines are those of the file, from 1: the object's first, or its property's.

use jiff::Timestamp;

use crate::identifier::CertificateIdentifier;

/// What a dump shows of a property.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Shown<T> {
    /// The whole value.
    Whole(T),
    /// A part: there is more that was cut off, or a type's name stands for the value.
    Cut(T),
    /// Nothing: the property was not selected, or the whole of it was lost.
    #[default]
    NotShown,
}

/// Whose directory an object is from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// Exchange Online.
    ExchangeOnline,
    /// Exchange on premises.
    OnPremises,
    /// The dump does not tell.
    #[default]
    Unknown,
}

type Text = Box<str>;

/// Get-InboundConnector (Exchange Online).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InboundConnector {
    /// First line of the object.
    pub line: u64,
    /// Name, or Identity without it.
    pub name: Text,
    /// `Enabled`.
    pub enabled: Shown<bool>,
    /// `OnPremises` or `Partner`, in lower case.
    pub connector_type: Shown<Text>,
    /// Single addresses and CIDR ranges.
    pub sender_ip_addresses: Shown<Vec<Text>>,
    /// As dumped: `smtp:*;1`, `*`, `contoso.com`.
    pub sender_domains: Shown<Vec<Text>>,
    /// `AssociatedAcceptedDomains`.
    pub associated_accepted_domains: Shown<Vec<Text>>,
    /// `RequireTls`.
    pub require_tls: Shown<bool>,
    /// `RestrictDomainsToIPAddresses`.
    pub restrict_domains_to_ip_addresses: Shown<bool>,
    /// `RestrictDomainsToCertificate`.
    pub restrict_domains_to_certificate: Shown<bool>,
    /// `TlsSenderCertificateName`; none when it is not set.
    pub tls_sender_certificate_name: Shown<Option<Text>>,
    /// The line of `TlsSenderCertificateName`, else the object's.
    pub certificate_name_line: u64,
    /// The line of `SenderIPAddresses`, else the object's.
    pub addresses_line: u64,
    /// `WhenChangedUTC`, or `WhenChanged` where it carries an offset.
    pub when_changed: Option<Timestamp>,
}

/// Get-OutboundConnector (Exchange Online): the way back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutboundConnector {
    /// First line of the object.
    pub line: u64,
    /// Name.
    pub name: Text,
    /// `Enabled`.
    pub enabled: Shown<bool>,
    /// `OnPremises` or `Partner`, in lower case.
    pub connector_type: Shown<Text>,
    /// `SmartHosts`.
    pub smart_hosts: Shown<Vec<Text>>,
    /// `EncryptionOnly`, `CertificateValidation`, `DomainValidation`; none when not set.
    pub tls_settings: Shown<Option<Text>>,
    /// `TlsDomain`.
    pub tls_domain: Shown<Option<Text>>,
    /// `WhenChangedUTC`.
    pub when_changed: Option<Timestamp>,
}

/// Get-SendConnector (on premises).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SendConnector {
    /// First line of the object.
    pub line: u64,
    /// Name.
    pub name: Text,
    /// `Guid`, which Get-Queue names as NextHopConnector.
    pub guid: Option<Text>,
    /// `Enabled`.
    pub enabled: Shown<bool>,
    /// As dumped: `SMTP:*;1`.
    pub address_spaces: Shown<Vec<Text>>,
    /// `SmartHosts`.
    pub smart_hosts: Shown<Vec<Text>>,
    /// The line of `SmartHosts`, else the object's.
    pub smart_hosts_line: u64,
    /// `Fqdn`; none: the server's own name.
    pub fqdn: Shown<Option<Text>>,
    /// `TlsCertificateName`; none: chosen by `Fqdn`.
    pub tls_certificate_name: Shown<Option<CertificateIdentifier>>,
    /// The line of `TlsCertificateName`, else the object's.
    pub certificate_name_line: u64,
    /// `RequireTLS`.
    pub require_tls: Shown<bool>,
    /// `IgnoreSTARTTLS`.
    pub ignore_starttls: Shown<bool>,
    /// `TlsAuthLevel`; none when not set.
    pub tls_auth_level: Shown<Option<Text>>,
    /// `TlsDomain`.
    pub tls_domain: Shown<Option<Text>>,
    /// `FrontendProxyEnabled`: the conversation is in the front end's log.
    pub frontend_proxy_enabled: Shown<bool>,
    /// `SourceTransportServers`.
    pub source_transport_servers: Shown<Vec<Text>>,
    /// `Verbose` or `None`, in lower case.
    pub protocol_logging_level: Shown<Text>,
    /// `WhenChangedUTC`.
    pub when_changed: Option<Timestamp>,
}

/// Get-ReceiveConnector (on premises).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceiveConnector {
    /// First line of the object.
    pub line: u64,
    /// Name.
    pub name: Text,
    /// The server, from `Server` or `Identity`.
    pub server: Option<Text>,
    /// `Fqdn`.
    pub fqdn: Shown<Option<Text>>,
    /// `TlsCertificateName`.
    pub tls_certificate_name: Shown<Option<CertificateIdentifier>>,
}

/// Get-AcceptedDomain, of either side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AcceptedDomain {
    /// First line of the object.
    pub line: u64,
    /// Whose.
    pub origin: Origin,
    /// `DomainName`.
    pub domain_name: Text,
    /// `Authoritative`, `InternalRelay`, `ExternalRelay`, in lower case.
    pub domain_type: Shown<Text>,
    /// `MatchSubDomains`.
    pub match_subdomains: Shown<bool>,
    /// `InitialDomain`: `tenant.onmicrosoft.com`, which names the tenant.
    pub initial_domain: Shown<bool>,
}

/// Get-ExchangeCertificate, its DER decoded where the dump carries it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DumpedCertificate {
    /// First line of the object.
    pub line: u64,
    /// The server whose store it is in, where the dump tells (`PSComputerName`, `Identity`).
    pub server: Option<Text>,
    /// Subject as Windows writes it.
    pub subject: Shown<Text>,
    /// Issuer as Windows writes it.
    pub issuer: Shown<Text>,
    /// Hexadecimal digits.
    pub serial_number: Shown<Text>,
    /// SHA-1, 40 upper-case hexadecimal digits: what Exchange calls the thumbprint.
    pub thumbprint: Shown<Text>,
    /// First moment.
    pub not_before: Option<Timestamp>,
    /// Last moment.
    pub not_after: Option<Timestamp>,
    /// Whether the dump has both in the local time of some shell: they are taken as UTC then, and up to 14 hours off.
    pub dates_are_local: bool,
    /// `CertificateDomains`.
    pub certificate_domains: Shown<Vec<Text>>,
    /// `Services`: `IIS`, `SMTP`, ….
    pub services: Shown<Vec<Text>>,
    /// `Status`: `Valid`, `DateInvalid`, `RevocationCheckFailure`, ….
    pub status: Shown<Text>,
    /// `HasPrivateKey`.
    pub has_private_key: Shown<bool>,
    /// `IsSelfSigned`.
    pub is_self_signed: Shown<bool>,
    /// The certificate itself.
    pub der: Option<Vec<u8>>,
}

/// Get-TransportService, Get-FrontendTransportService, Get-TransportServer (2010).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TransportService {
    /// First line of the object.
    pub line: u64,
    /// The server.
    pub name: Text,
    /// Whether it is the front end's.
    pub is_front_end: bool,
    /// `SendProtocolLogPath`.
    pub send_protocol_log_path: Shown<Option<Text>>,
}

/// Get-ExchangeServer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExchangeServer {
    /// First line of the object.
    pub line: u64,
    /// The server.
    pub name: Text,
    /// Its full name.
    pub fqdn: Shown<Text>,
    /// `Mailbox`, `Edge`, `HubTransport`, ….
    pub server_role: Shown<Text>,
}

/// Get-HybridConfiguration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HybridConfiguration {
    /// First line of the object.
    pub line: u64,
    /// `TlsCertificateName`.
    pub tls_certificate_name: Shown<Option<CertificateIdentifier>>,
    /// `EdgeTransportServers`.
    pub edge_transport_servers: Shown<Vec<Text>>,
    /// `Domains`.
    pub domains: Shown<Vec<Text>>,
    /// `WhenChangedUTC`.
    pub when_changed: Option<Timestamp>,
}

/// Get-Queue: one queue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueueState {
    /// First line of the object.
    pub line: u64,
    /// `Server\Queue`.
    pub identity: Text,
    /// `NextHopDomain`.
    pub next_hop_domain: Shown<Text>,
    /// `NextHopConnector`: the Send connector's GUID.
    pub next_hop_connector: Shown<Text>,
    /// `Retry`, `Ready`, ….
    pub status: Shown<Text>,
    /// `LastError`, its wrappings as they are.
    pub last_error: Shown<Text>,
    /// The line of `LastError`, else the object's.
    pub last_error_line: u64,
}

/// Get-OrganizationConfig and Get-TransportConfig of Exchange Online, as far as they decide about mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrganizationSettings {
    /// First line of the object.
    pub line: u64,
    /// The organisation's name.
    pub name: Text,
    /// `RejectDirectSend`.
    pub reject_direct_send: Shown<bool>,
}

/// Get-BlockedConnector (Exchange Online).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlockedConnector {
    /// First line of the object.
    pub line: u64,
    /// `ConnectorId` or `ConnectorName`.
    pub connector: Text,
    /// `Reason`.
    pub reason: Shown<Text>,
}

impl<T> Shown<T> {
    /// The value where it is shown whole.
    pub fn whole(&self) -> Option<&T> {
        match self {
            Self::Whole(value) => Some(value),
            Self::Cut(_) | Self::NotShown => None,
        }
    }

    /// What is shown of it, whole or not.
    pub fn any(&self) -> Option<&T> {
        match self {
            Self::Whole(value) | Self::Cut(value) => Some(value),
            Self::NotShown => None,
        }
    }

    /// Whether it was cut off.
    pub fn is_cut(&self) -> bool {
        matches!(self, Self::Cut(_))
    }
}
