//! What an object is: told by its type's name, by the command before it, or by the properties that only such objects have.
//! Never by a file's name.

use super::bag::{Loss, PropertyBag};
use super::command::Command;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $cmdlet:literal types $types:tt nouns $nouns:tt marks $marks:tt)*) => {
        /// A kind of object that is of use here.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ObjectKind { $($(#[$doc])* $kind,)* }

        impl ObjectKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// The cmdlet that prints it.
            #[must_use]
            pub fn cmdlet(self) -> &'static str {
                match self { $(Self::$kind => $cmdlet,)* }
            }

            /// Last parts of its types' names.
            fn types(self) -> &'static [&'static str] {
                match self { $(Self::$kind => &$types,)* }
            }

            /// Nouns of cmdlets that print it, in lower case.
            fn nouns(self) -> &'static [&'static str] {
                match self { $(Self::$kind => &$nouns,)* }
            }

            /// Properties that none of the other kinds has, nor any object that is likely to be near.
            fn marks(self) -> &'static [&'static str] {
                match self { $(Self::$kind => &$marks,)* }
            }
        }
    };
}

kinds! {
    /// Exchange Online.
    InboundConnector "Get-InboundConnector"
        types ["TenantInboundConnector", "InboundConnector"] nouns ["inboundconnector"]
        marks ["TlsSenderCertificateName", "SenderIPAddresses", "SenderDomains", "RestrictDomainsToIPAddresses",
            "RestrictDomainsToCertificate", "TreatMessagesAsInternal", "TrustedOrganizations", "AssociatedAcceptedDomains",
            "ClientHostNames", "EFSkipIPs", "EFSkipLastIP"]
    /// Exchange Online.
    OutboundConnector "Get-OutboundConnector"
        types ["TenantOutboundConnector", "OutboundConnector"] nouns ["outboundconnector"]
        marks ["RecipientDomains", "RouteAllMessagesViaOnPremises", "IsTransportRuleScoped", "AllAcceptedDomains",
            "TlsSettings", "UseMXRecord", "SenderRewritingEnabled", "IsValidated"]
    /// On premises.
    SendConnector "Get-SendConnector"
        types ["SmtpSendConnectorConfig", "SendConnector"] nouns ["sendconnector"]
        marks ["AddressSpaces", "DNSRoutingEnabled", "SourceTransportServers", "FrontendProxyEnabled", "IgnoreSTARTTLS",
            "TlsAuthLevel", "SmartHostAuthMechanism", "ForceHELO"]
    /// On premises.
    ReceiveConnector "Get-ReceiveConnector"
        types ["ReceiveConnector"] nouns ["receiveconnector"]
        marks ["Bindings", "RemoteIPRanges", "PermissionGroups", "TlsDomainCapabilities", "AuthMechanism", "TransportRole"]
    /// Either side.
    AcceptedDomain "Get-AcceptedDomain"
        types ["AcceptedDomain"] nouns ["accepteddomain"]
        marks ["DomainType", "MatchSubDomains", "InitialDomain", "AddressBookEnabled", "SendingFromDomainDisabled",
            "CatchAllRecipientID", "OutboundOnly", "IsCoexistenceDomain"]
    /// On premises.
    ExchangeCertificate "Get-ExchangeCertificate"
        types ["ExchangeCertificate", "X509Certificate2"] nouns ["exchangecertificate"]
        marks ["Thumbprint", "CertificateDomains", "RootCAType", "HasPrivateKey", "IsSelfSigned", "NotAfter", "RawData"]
    /// On premises, the front end's.
    FrontendTransportService "Get-FrontendTransportService"
        types ["FrontendTransportServer", "FrontendTransportServerPresentationObject"] nouns ["frontendtransportservice"]
        marks []
    /// On premises.
    TransportService "Get-TransportService"
        types ["TransportServer", "TransportServerPresentationObject"] nouns ["transportservice", "transportserver"]
        marks ["SendProtocolLogPath", "ReceiveProtocolLogPath", "InternalTransportCertificateThumbprint",
            "ConnectivityLogPath", "MessageTrackingLogPath", "IntraOrgConnectorProtocolLoggingLevel"]
    /// On premises.
    ExchangeServer "Get-ExchangeServer"
        types ["ExchangeServer"] nouns ["exchangeserver"]
        marks ["ServerRole", "Edition", "IsHubTransportServer", "IsEdgeServer", "IsFrontendTransportServer", "IsE15OrLater"]
    /// On premises.
    HybridConfiguration "Get-HybridConfiguration"
        types ["HybridConfiguration"] nouns ["hybridconfiguration"]
        marks ["SendingTransportServers", "ReceivingTransportServers", "OnPremisesSmartHost", "EdgeTransportServers"]
    /// On premises.
    Queue "Get-Queue"
        types ["ExtensibleQueueInfo", "PropertyBagBasedQueueInfo", "QueueInfo"] nouns ["queue"]
        marks ["NextHopDomain", "NextHopConnector", "DeliveryType", "NextHopCategory", "RiskLevel", "DeferredMessageCount"]
    /// Either side: Get-OrganizationConfig, Get-TransportConfig.
    OrganizationSettings "Get-OrganizationConfig"
        types ["OrganizationConfig", "ADOrganizationConfig", "TransportConfigContainer"]
        nouns ["organizationconfig", "transportconfig"]
        marks ["RejectDirectSend"]
    /// Exchange Online.
    BlockedConnector "Get-BlockedConnector"
        types ["BlockedConnector"] nouns ["blockedconnector"]
        marks ["BlockedConnectorId", "ConnectorId", "Reason"]
    /// Get-MessageTrackingLog.
    TrackingEvent "Get-MessageTrackingLog"
        types ["MessageTrackingEvent"] nouns ["messagetrackinglog"]
        marks ["InternalMessageId", "SourceContext", "RecipientStatus", "ClientHostname", "ServerHostname", "EventData",
            "EventId", "RelatedRecipientAddress", "MessageSubject", "Recipients"]
    /// Get-MessageTraceV2, Get-MessageTrace.
    MessageTrace "Get-MessageTraceV2"
        types ["MessageTrace", "MessageTraceV2"] nouns ["messagetrace", "messagetracev2"]
        marks ["MessageTraceId", "FromIP", "ToIP", "RecipientAddress"]
    /// Get-MessageTraceDetailV2.
    MessageTraceDetail "Get-MessageTraceDetailV2"
        types ["MessageTraceDetail", "MessageTraceDetailV2"] nouns ["messagetracedetail", "messagetracedetailv2"]
        marks ["Event", "Detail", "Action", "Data", "MessageTraceId"]
    /// Get-Message: a message in a queue.
    QueuedMessage "Get-Message"
        types ["ExtensibleMessageInfo", "PropertyBagBasedMessageInfo", "MessageInfo"] nouns ["message"]
        marks ["InternetMessageId", "MessageSourceName", "FromAddress", "SourceIP", "DateReceived", "ExpirationTime", "Queue"]
    /// Get-WinEvent, Get-EventLog.
    WindowsEvent "Get-WinEvent"
        types ["EventLogRecord", "EventLogEntry"] nouns ["winevent", "eventlog"]
        marks ["ProviderName", "LevelDisplayName", "TimeCreated", "MachineName", "EntryType", "ReplacementStrings",
            "InstanceId", "TimeGenerated"]
}

impl ObjectKind {
    /// The command that exports the kind whole, in the form in which something of it was lost, where that form has a whole one.
    #[must_use]
    pub fn whole_export(self, loss: Option<Loss>) -> String {
        let cmdlet = self.cmdlet();
        let file = cmdlet.trim_start_matches("Get-");
        match loss {
            Some(Loss::Enumeration) => format!("$FormatEnumerationLimit = -1; {cmdlet} | Format-List"),
            Some(Loss::Depth) => format!("{cmdlet} | ConvertTo-Json -Depth 5"),
            _ => format!("{cmdlet} | Export-Clixml {file}.xml"),
        }
    }

    /// What an object is; `None`: nothing that is known here.
    pub(super) fn of(bag: &PropertyBag, command: Option<&Command>) -> Option<Self> {
        let kinds = || Self::ALL.iter().copied();
        if let Some(name) = bag.type_name.as_deref()
            && let Some(kind) = kinds().find(|kind| kind.types().contains(&name))
        {
            return Some(kind);
        }
        let marked = kinds().map(|kind| (kind.count_marks(bag), kind)).max_by_key(|(count, kind)| {
            // Of equals the first of the table.
            (*count, std::cmp::Reverse(*kind))
        });
        let marked = marked.filter(|(count, kind)| *count >= kind.least_marks());
        let commanded = command.and_then(|command| kinds().find(|kind| kind.nouns().contains(&&*command.noun)));
        match (commanded, marked) {
            // Text that follows a command may be another's output: its own marks speak louder then.
            (Some(kind), Some((_, marked))) if kind == marked || kind.count_marks(bag) > 0 || kind.is_near(marked) => {
                Some(kind)
            }
            (Some(kind), None) => Some(kind),
            (_, marked) => marked.map(|(_, kind)| kind),
        }
    }

    fn count_marks(self, bag: &PropertyBag) -> usize {
        self.marks().iter().filter(|mark| bag.has(mark)).count()
    }

    /// How many marks are enough. Kinds whose marks are everyday words need more than one.
    fn least_marks(self) -> usize {
        match self {
            Self::BlockedConnector
            | Self::MessageTrace
            | Self::MessageTraceDetail
            | Self::QueuedMessage
            | Self::WindowsEvent
            | Self::TrackingEvent => 2,
            _ => 1,
        }
    }

    /// Whether it has the properties of the other.
    fn is_near(self, other: Self) -> bool {
        self == Self::FrontendTransportService && other == Self::TransportService
    }

    /// Whether a command asks for this kind.
    pub(super) fn is_asked_by(self, command: &Command) -> bool {
        self.nouns().contains(&&*command.noun)
    }
}
