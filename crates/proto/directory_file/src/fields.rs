//! The fields of each object as they are written, by key, in the order of the documentation. TOML, JSON and the store's
//! bodies are all made from these lists.

use core_directory::{
    AcceptedDomain, ClientCertificate, ConnectorType, DomainType, Field, InboundConnector, OverLimit, Proof,
    SendConnector, Tenant,
};
use proto_certificate::pem;
use proto_placed_toml::quantity::size_text;
use serde_json::{Value as Json, json};

/// The key of the list of tenants.
pub(crate) const TENANT: &str = "tenant";
/// The key of a tenant's accepted domains.
pub(crate) const DOMAIN: &str = "domain";
/// The key of a tenant's certificates.
pub(crate) const CERTIFICATE: &str = "certificate";
/// The key of a tenant's inbound connectors.
pub(crate) const INBOUND_CONNECTOR: &str = "inbound_connector";
/// The key of a tenant's send connectors.
pub(crate) const SEND_CONNECTOR: &str = "send_connector";

/// The words of an inbound connector's `type`.
pub(crate) const CONNECTOR_TYPES: [(ConnectorType, &str); 2] =
    [(ConnectorType::OnPremises, "on-premises"), (ConnectorType::Partner, "partner")];

/// The words of an accepted domain's `type`.
pub(crate) const DOMAIN_TYPES: [(DomainType, &str); 2] =
    [(DomainType::Authoritative, "authoritative"), (DomainType::InternalRelay, "internal-relay")];

/// The words of `protocol_logging`.
pub(crate) const PROTOCOL_LOGGING: [(bool, &str); 2] = [(false, "none"), (true, "verbose")];

/// The words of `over_limit`.
pub(crate) const OVER_LIMIT: [(OverLimit, &str); 2] = [(OverLimit::Refuse, "refuse"), (OverLimit::Hold, "hold")];

/// Fields with their values; null where there is none.
pub(crate) type Fields = Vec<(Field, Json)>;

/// A tenant's own fields, without its children.
pub(crate) fn of_tenant(tenant: &Tenant) -> Fields {
    let roots = tenant.trusted_roots.iter().map(|root| pem::write_certificates(std::slice::from_ref(&root.der)));
    let mut fields = vec![
        (Field::Name, json!(tenant.name)),
        (Field::RejectDirectSend, json!(tenant.reject_direct_send)),
        (Field::TrustedRoots, roots.collect::<Vec<_>>().into()),
        (Field::Suspended, json!(tenant.suspended)),
    ];
    fields.extend(tenant.limits.numbers().map(|(field, limit)| (field, json!(limit))));
    fields.extend(tenant.limits.sizes().map(|(field, size)| (field, json!(size.map(size_text)))));
    fields.push((Field::OverLimit, word(tenant.limits.over_limit, &OVER_LIMIT)));
    fields
}

/// An accepted domain's fields.
pub(crate) fn of_domain(domain: &AcceptedDomain) -> Fields {
    vec![
        (Field::Name, json!(domain.name.as_str())),
        (Field::Type, word(domain.domain_type, &DOMAIN_TYPES)),
        (Field::MatchSubdomains, json!(domain.match_subdomains)),
        (Field::Verified, if domain.proof == Proof::Unsaid { Json::Null } else { json!(domain.verified()) }),
    ]
}

/// A certificate's fields without its key.
pub(crate) fn of_certificate(certificate: &ClientCertificate) -> Fields {
    vec![
        (Field::Name, json!(certificate.name)),
        (Field::Certificate, json!(pem::write_certificates(&certificate.chain))),
    ]
}

/// A certificate's fields with its key, where it has one.
pub(crate) fn of_certificate_with_key(certificate: &ClientCertificate) -> Fields {
    let mut fields = of_certificate(certificate);
    if !certificate.key.is_empty() {
        fields.push((Field::Key, json!(pem::write_key(&certificate.key))));
    }
    fields
}

/// An inbound connector's fields.
pub(crate) fn of_inbound_connector(connector: &InboundConnector) -> Fields {
    vec![
        (Field::Name, json!(connector.name)),
        (Field::Enabled, json!(connector.enabled)),
        (Field::Comment, json!(connector.comment)),
        (Field::Type, word(connector.connector_type, &CONNECTOR_TYPES)),
        (Field::TlsSenderCertificateName, optional(connector.tls_sender_certificate_name.as_ref())),
        (Field::SenderIpAddresses, list(&connector.sender_ip_addresses)),
        (Field::PinnedCertificates, list(&connector.pinned_certificates)),
        (Field::SenderDomains, list(&connector.sender_domains)),
        (Field::AssociatedAcceptedDomains, list(&connector.associated_accepted_domains)),
        (Field::RequireTls, json!(connector.require_tls)),
        (Field::RequireClientAuth, json!(connector.require_client_auth)),
        (Field::RestrictDomainsToIpAddresses, json!(connector.restrict_domains_to_ip_addresses)),
        (Field::RestrictDomainsToCertificate, json!(connector.restrict_domains_to_certificate)),
        (Field::AnySender, json!(connector.any_sender)),
    ]
}

/// A send connector's fields.
pub(crate) fn of_send_connector(connector: &SendConnector) -> Fields {
    vec![
        (Field::Name, json!(connector.name)),
        (Field::Enabled, json!(connector.enabled)),
        (Field::Comment, json!(connector.comment)),
        (Field::AddressSpaces, list(&connector.address_spaces)),
        (Field::SmartHosts, list(&connector.smart_hosts)),
        (Field::Tls, json!(connector.tls.name())),
        (Field::TlsDomain, optional(connector.tls_domain.as_ref())),
        (Field::Certificate, optional(connector.certificate.as_ref())),
        (Field::Fqdn, optional(connector.fqdn.as_ref())),
        (Field::SourceAddress, optional(connector.source_address.as_ref())),
        (Field::CutThrough, json!(connector.cut_through)),
        (Field::ProtocolLogging, word(connector.protocol_logging, &PROTOCOL_LOGGING)),
    ]
}

/// The fields that do not have their default value: those of `fields` that differ from `defaults`, the fields of an object
/// that says nothing.
pub(crate) fn changed(fields: Fields, defaults: &Fields) -> Fields {
    fields.into_iter().filter(|field| !defaults.contains(field)).collect()
}

fn word<T: PartialEq>(value: T, words: &[(T, &'static str)]) -> Json {
    words.iter().find(|(own, _)| *own == value).map_or(Json::Null, |(_, word)| json!(word))
}

fn optional<T: ToString>(value: Option<&T>) -> Json {
    value.map_or(Json::Null, |value| json!(value.to_string()))
}

fn list<T: ToString>(items: &[T]) -> Json {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().into()
}
