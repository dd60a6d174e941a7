//! Objects from their properties: one function a type, in the order of `objects`.

use proto_certificate::ParsedCertificate;

use super::date::DateOrder;
use super::fields::{Fields, Lack};
use super::format_table::services_in_letters;
use super::kind::ObjectKind;
use super::{
    AcceptedDomain, BlockedConnector, DumpedCertificate, DumpedObject, ExchangeServer, HybridConfiguration,
    InboundConnector, OrganizationSettings, Origin, OutboundConnector, PropertyBag, QueueState, ReceiveConnector,
    SendConnector, Shown, TransportService,
};

type Text = Box<str>;

/// Properties that only Exchange Online's accepted domains have.
const ONLINE_DOMAIN: [&str; 4] =
    ["SendingFromDomainDisabled", "SendingToDomainDisabled", "SmtpDaneStatus", "MailFlowRegion"];

/// Properties that only accepted domains on premises have.
const ON_PREMISES_DOMAIN: [&str; 3] = ["LiveIdInstanceType", "PerimeterDuplicateDetected", "EnableNego2Authentication"];

/// The object, and what was lost of it. `None` for kinds that are handed on as they are.
pub(super) fn object(kind: ObjectKind, bag: &PropertyBag, dates: DateOrder) -> Option<(DumpedObject, Vec<Lack>)> {
    let mut fields = Fields::new(bag, dates);
    let object = match kind {
        ObjectKind::InboundConnector => DumpedObject::InboundConnector(inbound_connector(&mut fields)),
        ObjectKind::OutboundConnector => DumpedObject::OutboundConnector(outbound_connector(&mut fields)),
        ObjectKind::SendConnector => DumpedObject::SendConnector(send_connector(&mut fields)),
        ObjectKind::ReceiveConnector => DumpedObject::ReceiveConnector(receive_connector(&mut fields)),
        ObjectKind::AcceptedDomain => DumpedObject::AcceptedDomain(accepted_domain(&mut fields, origin(bag))),
        ObjectKind::ExchangeCertificate => DumpedObject::Certificate(certificate(&mut fields)),
        ObjectKind::TransportService | ObjectKind::FrontendTransportService => {
            let is_front_end = kind == ObjectKind::FrontendTransportService;
            DumpedObject::TransportService(transport_service(&mut fields, is_front_end))
        }
        ObjectKind::ExchangeServer => DumpedObject::ExchangeServer(exchange_server(&mut fields)),
        ObjectKind::HybridConfiguration => DumpedObject::HybridConfiguration(hybrid_configuration(&mut fields)),
        ObjectKind::Queue => DumpedObject::Queue(queue(&mut fields)),
        ObjectKind::OrganizationSettings => DumpedObject::OrganizationSettings(organization_settings(&mut fields)),
        ObjectKind::BlockedConnector => DumpedObject::BlockedConnector(blocked_connector(&mut fields)),
        ObjectKind::TrackingEvent
        | ObjectKind::MessageTrace
        | ObjectKind::MessageTraceDetail
        | ObjectKind::QueuedMessage
        | ObjectKind::WindowsEvent => return None,
    };
    Some((object, fields.into_lacks()))
}

fn inbound_connector(fields: &mut Fields<'_>) -> InboundConnector {
    InboundConnector {
        line: fields.line(),
        name: fields.name(&["Name", "Identity"]),
        enabled: fields.bool("Enabled"),
        connector_type: fields.word("ConnectorType"),
        sender_ip_addresses: fields.list("SenderIPAddresses"),
        sender_domains: fields.list("SenderDomains"),
        associated_accepted_domains: fields.list("AssociatedAcceptedDomains"),
        require_tls: fields.bool("RequireTls"),
        restrict_domains_to_ip_addresses: fields.bool("RestrictDomainsToIPAddresses"),
        restrict_domains_to_certificate: fields.bool("RestrictDomainsToCertificate"),
        tls_sender_certificate_name: fields.optional("TlsSenderCertificateName"),
        certificate_name_line: fields.line_of("TlsSenderCertificateName"),
        addresses_line: fields.line_of("SenderIPAddresses"),
        when_changed: fields.moment(&["WhenChangedUTC", "WhenChanged"]),
    }
}

fn outbound_connector(fields: &mut Fields<'_>) -> OutboundConnector {
    OutboundConnector {
        line: fields.line(),
        name: fields.name(&["Name", "Identity"]),
        enabled: fields.bool("Enabled"),
        connector_type: fields.word("ConnectorType"),
        smart_hosts: fields.list("SmartHosts"),
        tls_settings: fields.optional_word("TlsSettings"),
        tls_domain: fields.optional("TlsDomain"),
        when_changed: fields.moment(&["WhenChangedUTC", "WhenChanged"]),
    }
}

fn send_connector(fields: &mut Fields<'_>) -> SendConnector {
    SendConnector {
        line: fields.line(),
        name: fields.name(&["Name", "Identity"]),
        guid: Some(fields.name(&["Guid"])).filter(|guid| !guid.is_empty()),
        enabled: fields.bool("Enabled"),
        address_spaces: fields.list("AddressSpaces"),
        smart_hosts: fields.list("SmartHosts"),
        smart_hosts_line: fields.line_of("SmartHosts"),
        fqdn: fields.optional("Fqdn"),
        tls_certificate_name: fields.identifier("TlsCertificateName"),
        certificate_name_line: fields.line_of("TlsCertificateName"),
        require_tls: fields.bool("RequireTLS"),
        ignore_starttls: fields.bool("IgnoreSTARTTLS"),
        tls_auth_level: fields.optional_word("TlsAuthLevel"),
        tls_domain: fields.optional("TlsDomain"),
        frontend_proxy_enabled: fields.bool("FrontendProxyEnabled"),
        source_transport_servers: fields.list("SourceTransportServers"),
        protocol_logging_level: fields.word("ProtocolLoggingLevel"),
        when_changed: fields.moment(&["WhenChangedUTC", "WhenChanged"]),
    }
}

fn receive_connector(fields: &mut Fields<'_>) -> ReceiveConnector {
    let identity = fields.name(&["Identity"]);
    let server = identity.split_once('\\').map(|(server, _)| Text::from(server));
    ReceiveConnector {
        line: fields.line(),
        name: fields.name(&["Name", "Identity"]),
        server: server.or_else(|| Some(fields.name(&["Server"])).filter(|server| !server.is_empty())),
        fqdn: fields.optional("Fqdn"),
        tls_certificate_name: fields.identifier("TlsCertificateName"),
    }
}

fn accepted_domain(fields: &mut Fields<'_>, origin: Origin) -> AcceptedDomain {
    AcceptedDomain {
        line: fields.line(),
        origin,
        domain_name: fields.name(&["DomainName", "Name", "Identity"]),
        domain_type: fields.word("DomainType"),
        match_subdomains: fields.bool("MatchSubDomains"),
        initial_domain: fields.bool("InitialDomain"),
    }
}

/// Whose accepted domain it is. Exchange Online's place in its directory has no `Transport Settings`.
fn origin(bag: &PropertyBag) -> Origin {
    let has_any = |names: &[&str]| names.iter().any(|name| bag.has(name));
    let place = bag.get("DistinguishedName");
    if has_any(&ONLINE_DOMAIN) {
        Origin::ExchangeOnline
    } else if has_any(&ON_PREMISES_DOMAIN)
        || place.is_some_and(|place| place.any_text(|name| name.contains("CN=Transport Settings")))
    {
        Origin::OnPremises
    } else {
        Origin::Unknown
    }
}

fn certificate(fields: &mut Fields<'_>) -> DumpedCertificate {
    let der = fields.octets("RawData");
    let parsed = der.as_deref().and_then(|der| ParsedCertificate::parse(der).ok());
    let mut certificate = DumpedCertificate {
        line: fields.line(),
        server: server_of_certificate(fields),
        services: services(fields),
        status: fields.filled("Status"),
        has_private_key: fields.bool("HasPrivateKey"),
        der: der.filter(|_| parsed.is_some()),
        ..DumpedCertificate::default()
    };
    match parsed {
        Some(parsed) => fill(&mut certificate, parsed),
        None => {
            let (from, to) = (fields.any_moment("NotBefore"), fields.any_moment("NotAfter"));
            certificate.subject = fields.filled("Subject");
            certificate.issuer = fields.filled("Issuer");
            certificate.serial_number = fields.filled("SerialNumber");
            certificate.thumbprint = upper_case(fields.filled("Thumbprint"));
            certificate.dates_are_local = from.or(to).is_some_and(|moment| !moment.has_zone);
            certificate.not_before = from.map(|moment| moment.at);
            certificate.not_after = to.map(|moment| moment.at);
            certificate.certificate_domains = fields.list("CertificateDomains");
            certificate.is_self_signed = fields.bool("IsSelfSigned");
        }
    }
    certificate
}

/// What the certificate itself says: surer than what was printed of it.
fn fill(certificate: &mut DumpedCertificate, parsed: ParsedCertificate) {
    // A signature that cannot be checked, such as one by SHA-1, tells nothing.
    certificate.is_self_signed = match parsed.self_signed {
        false if parsed.subject == parsed.issuer => Shown::NotShown,
        is_self_signed => Shown::Whole(is_self_signed),
    };
    certificate.subject = Shown::Whole(parsed.windows_subject.into());
    certificate.issuer = Shown::Whole(parsed.windows_issuer.into());
    certificate.serial_number = Shown::Whole(parsed.serial.to_ascii_uppercase().into());
    certificate.thumbprint = Shown::Whole(parsed.sha1.into());
    certificate.not_before = Some(parsed.validity.not_before);
    certificate.not_after = Some(parsed.validity.not_after);
    certificate.certificate_domains = Shown::Whole(parsed.names.iter().map(|name| name.to_string().into()).collect());
}

/// The server before the thumbprint in Identity, else the one that answered the command, which is the same unless `-Server` was
/// given.
fn server_of_certificate(fields: &mut Fields<'_>) -> Option<Text> {
    let identity = fields.name(&["Identity"]);
    let server = identity.split_once('\\').map(|(server, _)| Text::from(server));
    server.or_else(|| Some(fields.name(&["PSComputerName"]))).filter(|server| !server.is_empty())
}

/// `IIS, SMTP`; or, in a table, letters in fixed places: `IP.WS..`.
fn services(fields: &mut Fields<'_>) -> Shown<Vec<Text>> {
    let services = fields.list("Services");
    let Shown::Whole(words) = &services else { return services };
    match words.as_slice() {
        [word] if word.bytes().all(|octet| octet.is_ascii_digit()) => Shown::NotShown,
        [word] if word.eq_ignore_ascii_case("None") => Shown::Whole(Vec::new()),
        [word] => match services_in_letters(word) {
            Some(named) => Shown::Whole(named.into_iter().map(Text::from).collect()),
            None => services,
        },
        _ => services,
    }
}

fn upper_case(text: Shown<Text>) -> Shown<Text> {
    match text {
        Shown::Whole(text) => Shown::Whole(text.to_ascii_uppercase().into()),
        Shown::Cut(text) => Shown::Cut(text.to_ascii_uppercase().into()),
        Shown::NotShown => Shown::NotShown,
    }
}

fn transport_service(fields: &mut Fields<'_>, is_front_end: bool) -> TransportService {
    let path = fields.optional("SendProtocolLogPath");
    let names_it = |path: &Text| path.to_ascii_lowercase().contains("\\frontend\\");
    let is_front_end = is_front_end || path.any().and_then(Option::as_ref).is_some_and(names_it);
    TransportService {
        line: fields.line(),
        name: fields.name(&["Name", "Identity"]),
        is_front_end,
        send_protocol_log_path: path,
    }
}

fn exchange_server(fields: &mut Fields<'_>) -> ExchangeServer {
    ExchangeServer {
        line: fields.line(),
        name: fields.name(&["Name", "Identity"]),
        fqdn: fields.filled("Fqdn"),
        server_role: fields.filled("ServerRole"),
    }
}

fn hybrid_configuration(fields: &mut Fields<'_>) -> HybridConfiguration {
    HybridConfiguration {
        line: fields.line(),
        tls_certificate_name: fields.identifier("TlsCertificateName"),
        edge_transport_servers: fields.list("EdgeTransportServers"),
        domains: fields.list("Domains"),
        when_changed: fields.moment(&["WhenChangedUTC", "WhenChanged"]),
    }
}

fn queue(fields: &mut Fields<'_>) -> QueueState {
    QueueState {
        line: fields.line(),
        identity: fields.name(&["Identity", "QueueIdentity"]),
        next_hop_domain: fields.filled("NextHopDomain"),
        next_hop_connector: fields.filled("NextHopConnector"),
        status: fields.filled("Status"),
        last_error: fields.text("LastError"),
        last_error_line: fields.line_of("LastError"),
    }
}

fn organization_settings(fields: &mut Fields<'_>) -> OrganizationSettings {
    OrganizationSettings {
        line: fields.line(),
        name: fields.name(&["Name", "Identity"]),
        reject_direct_send: fields.bool("RejectDirectSend"),
    }
}

fn blocked_connector(fields: &mut Fields<'_>) -> BlockedConnector {
    BlockedConnector {
        line: fields.line(),
        connector: fields.name(&["ConnectorName", "ConnectorId", "BlockedConnectorId"]),
        reason: fields.filled("Reason"),
    }
}
