//! Reads the objects of a directory out of tables: the one reader of TOML, JSON and the store's bodies.

use std::convert::Infallible;
use std::fmt::Display;
use std::net::IpAddr;

use core_directory::{
    AcceptedDomain, AddressRange, AddressSpace, CertificateName, ClientCertificate, Domain, DomainScope, DomainType,
    Field, InboundConnector, ObjectKind, Proof, SendConnector, SmartHost, Tenant, TenantLimits, Thumbprint, TlsLevel,
    limit_size, parse_limit, unmap,
};
use proto_placed_toml::{Place, Placed, TableReader, quantity};

use crate::certificates;
use crate::fields::{self, CONNECTOR_TYPES, DOMAIN_TYPES, OVER_LIMIT, PROTOCOL_LOGGING};
use crate::places::{ObjectPlaces, Places};

/// Resolves a path as it was written to the file's bytes, or says why it cannot. None: the file is not at hand, and what it
/// holds is left out without a word.
pub(crate) type Files<'f> = &'f mut dyn FnMut(&str) -> Result<Option<Vec<u8>>, String>;

/// One object's table, with the places of its fields noted on the way.
pub(crate) struct ObjectTable<'a> {
    pub(crate) table: TableReader<'a>,
    pub(crate) places: ObjectPlaces,
}

/// Reads all tenants of the table at the top and notes their places.
pub(crate) fn tenants(root: &mut TableReader<'_>, files: Files<'_>, places: &mut Places) -> Vec<Tenant> {
    let tables = root.tables(fields::TENANT, Field::Name.key());
    tables.into_iter().map(|table| tenant(table, files, places)).collect()
}

fn tenant(table: TableReader<'_>, files: Files<'_>, places: &mut Places) -> Tenant {
    let mut object = ObjectTable::new(table);
    let mut tenant = tenant_fields(&mut object, files);
    for table in object.children(fields::DOMAIN) {
        let mut child = ObjectTable::new(table);
        if let Some(domain) = domain(&mut child) {
            child.finish(&tenant.name, ObjectKind::Domain, domain.name.as_str(), places);
            tenant.domains.push(domain);
        } else {
            child.table.finish();
        }
    }
    for table in object.children(fields::CERTIFICATE) {
        let mut child = ObjectTable::new(table);
        if let Some(certificate) = certificate(&mut child, files) {
            child.finish(&tenant.name, ObjectKind::Certificate, &certificate.name, places);
            tenant.certificates.push(certificate);
        } else {
            child.table.finish();
        }
    }
    for table in object.children(fields::INBOUND_CONNECTOR) {
        let mut child = ObjectTable::new(table);
        let connector = inbound_connector(&mut child);
        child.finish(&tenant.name, ObjectKind::InboundConnector, &connector.name, places);
        tenant.inbound_connectors.push(connector);
    }
    for table in object.children(fields::SEND_CONNECTOR) {
        let mut child = ObjectTable::new(table);
        let connector = send_connector(&mut child);
        child.finish(&tenant.name, ObjectKind::SendConnector, &connector.name, places);
        tenant.send_connectors.push(connector);
    }
    let name = tenant.name.clone();
    object.finish(&name, ObjectKind::Tenant, &name, places);
    tenant
}

/// Reads a tenant without its children.
pub(crate) fn tenant_fields(object: &mut ObjectTable<'_>, files: Files<'_>) -> Tenant {
    let mut tenant = Tenant { name: object.name(), ..Tenant::default() };
    object.boolean(Field::RejectDirectSend, &mut tenant.reject_direct_send);
    let roots = object.table.parsed_list(Field::TrustedRoots.key(), |text| certificates::trust_anchors(text, files));
    if let Some(roots) = roots {
        object.places.field(Field::TrustedRoots, roots.place);
        tenant.trusted_roots = roots.value.into_iter().flat_map(|item| item.value).collect();
    }
    object.boolean(Field::Suspended, &mut tenant.suspended);
    limits(object, &mut tenant.limits);
    tenant
}

/// Reads what the operator allows a tenant.
fn limits(object: &mut ObjectTable<'_>, limits: &mut TenantLimits) {
    for (field, limit) in limits.numbers_mut() {
        object.quantity(field, limit, |text| parse_limit(text).map_err(|error| error.to_string()));
    }
    for (field, limit) in limits.sizes_mut() {
        object.quantity(field, limit, size_limit);
    }
    object.choice(Field::OverLimit, &mut limits.over_limit, &OVER_LIMIT);
}

/// A size in octets, or with a unit.
fn size_limit(text: &str) -> Result<u64, String> {
    let octets = match text.parse() {
        Ok(octets) => octets,
        Err(_) => quantity::size(text)?,
    };
    limit_size(octets).map_err(|error| error.to_string())
}

/// Reads an accepted domain; without a readable name there is none.
pub(crate) fn domain(object: &mut ObjectTable<'_>) -> Option<AcceptedDomain> {
    let name = object.table.required_parsed(Field::Name.key(), Domain::parse);
    let (mut domain_type, mut match_subdomains, mut proof) = (DomainType::default(), false, Proof::Unsaid);
    object.choice(Field::Type, &mut domain_type, &DOMAIN_TYPES);
    object.boolean(Field::MatchSubdomains, &mut match_subdomains);
    let verified = object.table.boolean(Field::Verified.key());
    let said = verified.map(|verified| Placed { value: Proof::said(verified.value), place: verified.place });
    object.set(Field::Verified, &mut proof, said);
    let name = name?;
    object.places.field(Field::Name, name.place);
    Some(AcceptedDomain { domain_type, match_subdomains, proof, ..AcceptedDomain::new(name.value, false) })
}

/// Reads a certificate with its key, or with none where the key is left out.
pub(crate) fn certificate(object: &mut ObjectTable<'_>, files: Files<'_>) -> Option<ClientCertificate> {
    let name = object.name();
    let certificate = object.table.required_text(Field::Certificate.key());
    let key = object.table.text(Field::Key.key());
    let certificate = certificate?;
    object.places.field(Field::Certificate, certificate.place);
    if let Some(key) = key {
        object.places.field(Field::Key, key.place);
    }
    certificates::client_certificate(&object.table, &name, certificate, key, files)
}

/// Reads an inbound connector.
pub(crate) fn inbound_connector(object: &mut ObjectTable<'_>) -> InboundConnector {
    let name = object.name();
    let mut certificate_name = None;
    object.optional(Field::TlsSenderCertificateName, &mut certificate_name, CertificateName::parse_value);
    let mut connector = InboundConnector::new(&name, certificate_name);
    object.boolean(Field::Enabled, &mut connector.enabled);
    object.text(Field::Comment, &mut connector.comment);
    object.choice(Field::Type, &mut connector.connector_type, &CONNECTOR_TYPES);
    object.list(Field::SenderIpAddresses, &mut connector.sender_ip_addresses, AddressRange::parse);
    object.list(Field::PinnedCertificates, &mut connector.pinned_certificates, Thumbprint::parse);
    object.list(Field::SenderDomains, &mut connector.sender_domains, DomainScope::parse);
    object.list(Field::AssociatedAcceptedDomains, &mut connector.associated_accepted_domains, Domain::parse);
    object.boolean(Field::RequireTls, &mut connector.require_tls);
    object.boolean(Field::RequireClientAuth, &mut connector.require_client_auth);
    object.boolean(Field::RestrictDomainsToIpAddresses, &mut connector.restrict_domains_to_ip_addresses);
    object.boolean(Field::RestrictDomainsToCertificate, &mut connector.restrict_domains_to_certificate);
    object.boolean(Field::AnySender, &mut connector.any_sender);
    connector
}

/// Reads a send connector.
pub(crate) fn send_connector(object: &mut ObjectTable<'_>) -> SendConnector {
    let name = object.name();
    let mut smart_hosts = Box::default();
    object.list(Field::SmartHosts, &mut smart_hosts, SmartHost::parse);
    let mut connector = SendConnector::new(&name, smart_hosts);
    object.boolean(Field::Enabled, &mut connector.enabled);
    object.text(Field::Comment, &mut connector.comment);
    object.list(Field::AddressSpaces, &mut connector.address_spaces, AddressSpace::parse);
    object.choice(Field::Tls, &mut connector.tls, &TlsLevel::NAMES);
    object.optional(Field::TlsDomain, &mut connector.tls_domain, CertificateName::parse_value);
    object.optional(Field::Certificate, &mut connector.certificate, |name| Ok::<_, Infallible>(name.into()));
    object.optional(Field::Fqdn, &mut connector.fqdn, Domain::parse);
    object.optional(Field::SourceAddress, &mut connector.source_address, source_address);
    object.boolean(Field::CutThrough, &mut connector.cut_through);
    object.choice(Field::ProtocolLogging, &mut connector.protocol_logging, &PROTOCOL_LOGGING);
    connector
}

fn source_address(text: &str) -> Result<IpAddr, &'static str> {
    text.parse().map(unmap).map_err(|_| "not an IP address such as 192.0.2.1")
}

impl<'a> ObjectTable<'a> {
    pub(crate) fn new(table: TableReader<'a>) -> Self {
        let places = ObjectPlaces::new(table.path(), table.place());
        Self { table, places }
    }

    /// Reports unknown keys and notes the places under the object's name.
    fn finish(self, tenant: &str, kind: ObjectKind, name: &str, places: &mut Places) {
        self.table.finish();
        places.add(tenant, kind, name, self.places);
    }

    fn children(&mut self, key: &'static str) -> Vec<TableReader<'a>> {
        self.table.tables(key, Field::Name.key())
    }

    fn name(&mut self) -> Box<str> {
        let name = self.table.required_text(Field::Name.key());
        self.note(Field::Name, name.map(|name| name.place));
        name.map_or_else(Box::default, |name| name.value.into())
    }

    fn text(&mut self, field: Field, target: &mut Box<str>) {
        let text = self.table.text(field.key()).map(|text| Placed { value: text.value.into(), place: text.place });
        self.set(field, target, text);
    }

    pub(crate) fn boolean(&mut self, field: Field, target: &mut bool) {
        let boolean = self.table.boolean(field.key());
        self.set(field, target, boolean);
    }

    fn choice<T: Copy>(&mut self, field: Field, target: &mut T, choices: &[(T, &'static str)]) {
        let choice = self.table.choice(field.key(), choices);
        self.set(field, target, choice);
    }

    /// Empty text means none, so that a field can be cleared by hand and from the command line.
    fn optional<T, E: Display>(
        &mut self,
        field: Field,
        target: &mut Option<T>,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) {
        let parse = |text: &str| if text.is_empty() { Ok(None) } else { parse(text).map(Some) };
        let value = self.table.parsed(field.key(), parse);
        self.set(field, target, value);
    }

    /// Empty text means none, here too.
    fn quantity(&mut self, field: Field, target: &mut Option<u64>, parse: impl FnOnce(&str) -> Result<u64, String>) {
        let parse = |text: &str| if text.is_empty() { Ok(None) } else { parse(text).map(Some) };
        let value = self.table.parsed_quantity(field.key(), parse);
        self.set(field, target, value);
    }

    fn list<T: Display, E: Display>(
        &mut self,
        field: Field,
        target: &mut Box<[T]>,
        parse: impl FnMut(&str) -> Result<T, E>,
    ) {
        let Some(list) = self.table.parsed_list(field.key(), parse) else { return };
        self.note(field, Some(list.place));
        for item in &list.value {
            self.places.item(field, item.value.to_string(), item.place);
        }
        *target = list.value.into_iter().map(|item| item.value).collect();
    }

    fn set<T>(&mut self, field: Field, target: &mut T, value: Option<Placed<T>>) {
        self.note(field, value.as_ref().map(|value| value.place));
        if let Some(value) = value {
            *target = value.value;
        }
    }

    fn note(&mut self, field: Field, place: Option<Place>) {
        if let Some(place) = place {
            self.places.field(field, place);
        }
    }
}
