//! What each property of an object is about: a field that the directory has too, or something that it has not. Sources:
//! Microsoft's pages of New-InboundConnector, New-OutboundConnector, New-SendConnector, New-ReceiveConnector,
//! New-AcceptedDomain, Set-TransportService and Get-HybridConfiguration, and real dumps.

use core_directory::Field;

use crate::dump::ObjectKind;

/// What a property is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// The directory's field of the same meaning.
    Field(Field),
    /// Who and where the object is there, its dates and versions, and whose shell printed it.
    Bookkeeping,
    /// What a check of Microsoft's found when it was made last.
    Checked,
    /// Filtering of junk mail, and what it believes of the hops before.
    Filtering,
    /// Headers by which two Exchange organisations tell each other that mail is internal.
    InternalHeaders,
    /// Mail counts as sent within the organisation.
    CountsAsInternal,
    /// Other organisations of Microsoft 365 that may use the connector.
    OtherOrganizations,
    /// Names of hosts that the sender may have: not documented.
    HostNames,
    /// Mail goes where DNS says (MX).
    ByMx,
    /// Every accepted domain is in the connector's scope.
    EveryAcceptedDomain,
    /// Mail to anybody goes through the connector.
    EveryRecipient,
    /// Only rules for single messages choose the connector.
    ByRules,
    /// Senders are rewritten.
    Rewriting,
    /// MTA-STS and DANE: next hops' own policies for TLS.
    PublishedPolicies,
    /// The port of all smart hosts.
    Port,
    /// User name and password for the next hop.
    Login,
    /// Which servers send by it, and how they pass mail among themselves.
    Servers,
    /// How connections are made and kept, and how many messages go over one.
    Connections,
    /// Largest message.
    MessageSize,
    /// Other codes for errors.
    ErrorCodes,
    /// TLS with certificates of both sides by Exchange's own lists.
    MutualTls,
    /// HELO in place of EHLO.
    OldHello,
    /// Address spaces of other kinds of mail.
    OtherMail,
    /// The addresses and ports that a server listens on.
    Listening,
    /// How a server greets, and the extensions it offers.
    Greeting,
    /// The certificate that a server presents to its clients.
    ServerCertificate,
    /// How clients prove who they are, and what they may do then.
    Permissions,
    /// How fast, how many, how large, how long.
    Limits,
    /// Mailboxes, address books and sign-in of a domain.
    Mailboxes,
    /// Whether mail from or to a domain is switched off.
    SwitchedOff,
    /// Where a server keeps its logs, and how long.
    Logs,
    /// What the Hybrid Configuration Wizard was told.
    Wizard,
    /// A certificate in a server's store.
    Certificate,
}

type Table = &'static [(&'static str, About)];

/// Of every object.
const EVERY: Table = &[
    ("AdminDisplayName", About::Bookkeeping),
    ("ExchangeVersion", About::Bookkeeping),
    ("DistinguishedName", About::Bookkeeping),
    ("Identity", About::Bookkeeping),
    ("Guid", About::Bookkeeping),
    ("ImmutableId", About::Bookkeeping),
    ("ObjectCategory", About::Bookkeeping),
    ("ObjectClass", About::Bookkeeping),
    ("ObjectState", About::Bookkeeping),
    ("WhenChanged", About::Bookkeeping),
    ("WhenCreated", About::Bookkeeping),
    ("WhenChangedUTC", About::Bookkeeping),
    ("WhenCreatedUTC", About::Bookkeeping),
    ("OrganizationId", About::Bookkeeping),
    ("OrganizationalUnitRoot", About::Bookkeeping),
    ("ExchangeObjectId", About::Bookkeeping),
    ("Id", About::Bookkeeping),
    ("OriginatingServer", About::Bookkeeping),
    ("IsValid", About::Bookkeeping),
    ("PSComputerName", About::Bookkeeping),
    ("PSShowComputerName", About::Bookkeeping),
    ("PSSourceJobInstanceId", About::Bookkeeping),
    ("RunspaceId", About::Bookkeeping),
    ("SerializationData", About::Bookkeeping),
    ("Region", About::Bookkeeping),
    ("ConnectorSource", About::Bookkeeping),
];

const INBOUND: Table = &[
    ("Name", About::Field(Field::Name)),
    ("Enabled", About::Field(Field::Enabled)),
    ("Comment", About::Field(Field::Comment)),
    ("ConnectorType", About::Field(Field::Type)),
    ("TlsSenderCertificateName", About::Field(Field::TlsSenderCertificateName)),
    ("SenderIPAddresses", About::Field(Field::SenderIpAddresses)),
    ("SenderDomains", About::Field(Field::SenderDomains)),
    ("AssociatedAcceptedDomains", About::Field(Field::AssociatedAcceptedDomains)),
    ("RequireTls", About::Field(Field::RequireTls)),
    ("RestrictDomainsToIPAddresses", About::Field(Field::RestrictDomainsToIpAddresses)),
    ("RestrictDomainsToCertificate", About::Field(Field::RestrictDomainsToCertificate)),
    ("CloudServicesMailEnabled", About::InternalHeaders),
    ("TreatMessagesAsInternal", About::CountsAsInternal),
    ("TrustedOrganizations", About::OtherOrganizations),
    ("ClientHostNames", About::HostNames),
    ("EFTestMode", About::Filtering),
    ("EFSkipLastIP", About::Filtering),
    ("EFSkipIPs", About::Filtering),
    ("EFSkipMailGateway", About::Filtering),
    ("EFUsers", About::Filtering),
    ("ScanAndDropRecipients", About::Filtering),
];

const OUTBOUND: Table = &[
    ("Name", About::Field(Field::Name)),
    ("Enabled", About::Field(Field::Enabled)),
    ("Comment", About::Field(Field::Comment)),
    ("RecipientDomains", About::Field(Field::AddressSpaces)),
    ("SmartHosts", About::Field(Field::SmartHosts)),
    ("TlsSettings", About::Field(Field::Tls)),
    ("TlsDomain", About::Field(Field::TlsDomain)),
    ("ConnectorType", About::Bookkeeping),
    ("UseMXRecord", About::ByMx),
    ("AllAcceptedDomains", About::EveryAcceptedDomain),
    ("RouteAllMessagesViaOnPremises", About::EveryRecipient),
    ("IsTransportRuleScoped", About::ByRules),
    ("CloudServicesMailEnabled", About::InternalHeaders),
    ("SenderRewritingEnabled", About::Rewriting),
    ("MtaStsMode", About::PublishedPolicies),
    ("SmtpDaneMode", About::PublishedPolicies),
    ("TestMode", About::Checked),
    ("ValidationRecipients", About::Checked),
    ("IsValidated", About::Checked),
    ("LastValidationTimestamp", About::Checked),
    ("LinkForModifiedConnector", About::Bookkeeping),
];

const SEND: Table = &[
    ("Name", About::Field(Field::Name)),
    ("Enabled", About::Field(Field::Enabled)),
    ("Comment", About::Field(Field::Comment)),
    ("AddressSpaces", About::Field(Field::AddressSpaces)),
    ("SmartHosts", About::Field(Field::SmartHosts)),
    ("SmartHostsString", About::Bookkeeping),
    ("Port", About::Port),
    ("Fqdn", About::Field(Field::Fqdn)),
    ("TlsCertificateName", About::Field(Field::Certificate)),
    ("TlsAuthLevel", About::Field(Field::Tls)),
    ("RequireTLS", About::Field(Field::Tls)),
    ("IgnoreSTARTTLS", About::Field(Field::Tls)),
    ("TlsDomain", About::Field(Field::TlsDomain)),
    ("SourceIPAddress", About::Field(Field::SourceAddress)),
    ("ProtocolLoggingLevel", About::Field(Field::ProtocolLogging)),
    ("DNSRoutingEnabled", About::ByMx),
    ("UseExternalDNSServersEnabled", About::ByMx),
    ("CloudServicesMailEnabled", About::InternalHeaders),
    ("RequireOorg", About::InternalHeaders),
    ("SmartHostAuthMechanism", About::Login),
    ("AuthenticationCredential", About::Login),
    ("DomainSecureEnabled", About::MutualTls),
    ("CertificateSubject", About::Bookkeeping),
    ("ForceHELO", About::OldHello),
    ("FrontendProxyEnabled", About::Servers),
    ("SourceTransportServers", About::Servers),
    ("SourceRoutingGroup", About::Servers),
    ("HomeMTA", About::Servers),
    ("HomeMtaServerId", About::Servers),
    ("IsScopedConnector", About::Servers),
    ("IsCoexistenceConnector", About::Servers),
    ("LinkedReceiveConnector", About::Servers),
    ("ConnectorType", About::Servers),
    ("Usage", About::Bookkeeping),
    ("IsSmtpConnector", About::Bookkeeping),
    ("ConnectedDomains", About::OtherMail),
    ("MaxMessageSize", About::MessageSize),
    ("ErrorPolicies", About::ErrorCodes),
    ("ConnectionInactivityTimeOut", About::Connections),
    ("SmtpMaxMessagesPerConnection", About::Connections),
];

const RECEIVE: Table = &[
    ("Name", About::Field(Field::Name)),
    ("Enabled", About::Field(Field::Enabled)),
    ("Comment", About::Field(Field::Comment)),
    ("RemoteIPRanges", About::Field(Field::SenderIpAddresses)),
    ("RequireTLS", About::Field(Field::RequireTls)),
    ("PermissionGroups", About::Permissions),
    ("AuthMechanism", About::Permissions),
    ("TlsDomainCapabilities", About::InternalHeaders),
    ("DomainSecureEnabled", About::MutualTls),
    ("RequireEHLODomain", About::Greeting),
    ("Bindings", About::Listening),
    ("Server", About::Listening),
    ("TransportRole", About::Listening),
    ("ServiceDiscoveryFqdn", About::Listening),
    ("ProxyEnabled", About::Listening),
    ("Fqdn", About::Greeting),
    ("Banner", About::Greeting),
    ("AdvertiseClientSettings", About::Greeting),
    ("AuthTarpitInterval", About::Limits),
    ("BareLinefeedRejectionEnabled", About::Greeting),
    ("BinaryMimeEnabled", About::Greeting),
    ("ChunkingEnabled", About::Greeting),
    ("DefaultDomain", About::Greeting),
    ("DeliveryStatusNotificationEnabled", About::Greeting),
    ("EightBitMimeEnabled", About::Greeting),
    ("SmtpUtf8Enabled", About::Greeting),
    ("EnableAuthGSSAPI", About::Permissions),
    ("ExtendedProtectionPolicy", About::Permissions),
    ("LiveCredentialEnabled", About::Permissions),
    ("LongAddressesEnabled", About::Greeting),
    ("OrarEnabled", About::Greeting),
    ("PipeliningEnabled", About::Greeting),
    ("EnhancedStatusCodesEnabled", About::Greeting),
    ("RejectReservedSecondLevelRecipientDomains", About::Greeting),
    ("RejectReservedTopLevelRecipientDomains", About::Greeting),
    ("RejectSingleLabelRecipientDomains", About::Greeting),
    ("SuppressXAnonymousTls", About::Greeting),
    ("TlsCertificateName", About::ServerCertificate),
    ("ProtocolLoggingLevel", About::Logs),
    ("ConnectionInactivityTimeout", About::Limits),
    ("ConnectionTimeout", About::Limits),
    ("MaxAcknowledgementDelay", About::Limits),
    ("MaxHeaderSize", About::Limits),
    ("MaxHopCount", About::Limits),
    ("MaxInboundConnection", About::Limits),
    ("MaxInboundConnectionPercentagePerSource", About::Limits),
    ("MaxInboundConnectionPerSource", About::Limits),
    ("MaxLocalHopCount", About::Limits),
    ("MaxLogonFailures", About::Limits),
    ("MaxMessageSize", About::Limits),
    ("MaxProtocolErrors", About::Limits),
    ("MaxRecipientsPerMessage", About::Limits),
    ("MessageRateLimit", About::Limits),
    ("MessageRateSource", About::Limits),
    ("SizeEnabled", About::Limits),
    ("TarpitInterval", About::Limits),
];

const DOMAIN: Table = &[
    ("DomainName", About::Field(Field::Name)),
    ("DomainType", About::Field(Field::Type)),
    ("MatchSubDomains", About::Field(Field::MatchSubdomains)),
    ("Name", About::Bookkeeping),
    ("InitialDomain", About::Bookkeeping),
    ("Default", About::Mailboxes),
    ("AddressBookEnabled", About::Mailboxes),
    ("AuthenticationType", About::Mailboxes),
    ("RawAuthenticationType", About::Mailboxes),
    ("LiveIdInstanceType", About::Mailboxes),
    ("CatchAllRecipientID", About::Mailboxes),
    ("EmailOnly", About::Mailboxes),
    ("ExternallyManaged", About::Mailboxes),
    ("EnableNego2Authentication", About::Mailboxes),
    ("FederatedOrganizationLink", About::Mailboxes),
    ("IsDefaultFederatedDomain", About::Mailboxes),
    ("PendingFederatedAccountNamespace", About::Mailboxes),
    ("PendingFederatedDomain", About::Mailboxes),
    ("PendingCompletion", About::Bookkeeping),
    ("PendingRemoval", About::Bookkeeping),
    ("PerimeterDuplicateDetected", About::Bookkeeping),
    ("AzureProvisioningRegion", About::Bookkeeping),
    ("MailFlowRegion", About::Bookkeeping),
    ("MailFlowPartner", About::Filtering),
    ("IsCoexistenceDomain", About::Bookkeeping),
    ("SmtpDaneStatus", About::PublishedPolicies),
    ("OutboundOnly", About::SwitchedOff),
    ("SendingFromDomainDisabled", About::SwitchedOff),
    ("SendingToDomainDisabled", About::SwitchedOff),
];

const ORGANIZATION: Table = &[("RejectDirectSend", About::Field(Field::RejectDirectSend))];

/// What a property of an object is about; `None`: it is not known here. Letter case makes no difference.
#[must_use]
pub fn about(kind: ObjectKind, name: &str) -> Option<About> {
    // The REST interface tells the type of a property beside it.
    if name.contains("@odata.") || name.ends_with("@data.type") {
        return Some(About::Bookkeeping);
    }
    let found = |table: Table| table.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, about)| *about);
    found(table(kind)).or_else(|| found(EVERY)).or_else(|| whole(kind))
}

/// The properties of a field, in the order of Exchange's documentation.
pub fn property(kind: ObjectKind, about: About) -> impl Iterator<Item = &'static str> {
    table(kind).iter().filter(move |(_, own)| *own == about).map(|(name, _)| *name)
}

fn table(kind: ObjectKind) -> Table {
    match kind {
        ObjectKind::InboundConnector => INBOUND,
        ObjectKind::OutboundConnector => OUTBOUND,
        ObjectKind::SendConnector => SEND,
        ObjectKind::ReceiveConnector => RECEIVE,
        ObjectKind::AcceptedDomain => DOMAIN,
        ObjectKind::OrganizationSettings => ORGANIZATION,
        _ => &[],
    }
}

/// Kinds whose properties are all about one thing, whatever their names.
fn whole(kind: ObjectKind) -> Option<About> {
    match kind {
        ObjectKind::ExchangeCertificate => Some(About::Certificate),
        ObjectKind::TransportService | ObjectKind::FrontendTransportService => Some(About::Logs),
        ObjectKind::HybridConfiguration => Some(About::Wizard),
        ObjectKind::ExchangeServer => Some(About::Servers),
        ObjectKind::OrganizationSettings => Some(About::Mailboxes),
        _ => None,
    }
}

/// Names of the properties of a kind's own, and of every object's.
#[cfg(test)]
pub(super) fn names(kind: ObjectKind) -> impl Iterator<Item = &'static str> {
    table(kind).iter().chain(EVERY).map(|(name, _)| *name)
}
