//! What tenants and the objects inside them have in common: a name, an identity, a stored body. Must not know how they are changed.

use core_directory::{
    AcceptedDomain, CertificateId, ClientCertificate, ConnectorId, Domain, DomainId, InboundConnector, SendConnector,
    SendConnectorId, Tenant, TenantId,
};
use io_store::ObjectKind;
use proto_directory_file::{FileError, object, single};
use serde_json::{Map, Value as Json};

/// A tenant without what it has, or an object of a tenant.
pub(crate) trait Object: Clone + PartialEq {
    /// Its kind in the store.
    const KIND: ObjectKind;

    /// Unique within tenant and kind.
    fn name(&self) -> &str;

    /// The name that an object has which somebody asks for by this one.
    fn canonical_name(asked: &str) -> String {
        asked.to_owned()
    }

    /// 0 until the store gave one.
    fn id(&self) -> u64;

    fn set_id(&mut self, id: u64);

    /// The body as stored, with the private key where there is one.
    fn body(&self) -> String;

    /// Its fields as the API shows them, without a private key.
    fn to_json(&self) -> Map<String, Json>;

    /// Reads what the API sent.
    fn from_json(json: &Json) -> Result<Self, Vec<FileError>>;

    /// What only one object of the kind may have, over all tenants.
    fn unique_key(&self) -> Option<String> {
        None
    }
}

impl Object for Tenant {
    const KIND: ObjectKind = ObjectKind::Tenant;

    fn name(&self) -> &str {
        &self.name
    }

    fn id(&self) -> u64 {
        self.id.0
    }

    fn set_id(&mut self, id: u64) {
        self.id = TenantId(id);
    }

    fn body(&self) -> String {
        object::write_tenant(self)
    }

    fn to_json(&self) -> Map<String, Json> {
        single::tenant_to_json(self)
    }

    fn from_json(json: &Json) -> Result<Self, Vec<FileError>> {
        single::tenant_from_json(json)
    }
}

impl Object for AcceptedDomain {
    const KIND: ObjectKind = ObjectKind::Domain;

    fn name(&self) -> &str {
        self.name.as_str()
    }

    fn canonical_name(asked: &str) -> String {
        Domain::parse(asked).map_or_else(|_| asked.to_owned(), |domain| domain.to_string())
    }

    fn id(&self) -> u64 {
        self.id.0
    }

    fn set_id(&mut self, id: u64) {
        self.id = DomainId(id);
    }

    fn body(&self) -> String {
        object::write_domain(self)
    }

    fn to_json(&self) -> Map<String, Json> {
        single::domain_to_json(self)
    }

    fn from_json(json: &Json) -> Result<Self, Vec<FileError>> {
        single::domain_from_json(json)
    }

    /// Rule A4: verified at one tenant at a time, whichever node commits.
    fn unique_key(&self) -> Option<String> {
        self.verified().then(|| self.name.to_string())
    }
}

impl Object for ClientCertificate {
    const KIND: ObjectKind = ObjectKind::Certificate;

    fn name(&self) -> &str {
        &self.name
    }

    fn id(&self) -> u64 {
        self.id.0
    }

    fn set_id(&mut self, id: u64) {
        self.id = CertificateId(id);
    }

    fn body(&self) -> String {
        object::write_certificate(self)
    }

    fn to_json(&self) -> Map<String, Json> {
        single::certificate_to_json(self)
    }

    fn from_json(json: &Json) -> Result<Self, Vec<FileError>> {
        single::certificate_from_json(json)
    }
}

impl Object for InboundConnector {
    const KIND: ObjectKind = ObjectKind::InboundConnector;

    fn name(&self) -> &str {
        &self.name
    }

    fn id(&self) -> u64 {
        self.id.0
    }

    fn set_id(&mut self, id: u64) {
        self.id = ConnectorId(id);
    }

    fn body(&self) -> String {
        object::write_inbound_connector(self)
    }

    fn to_json(&self) -> Map<String, Json> {
        single::inbound_connector_to_json(self)
    }

    fn from_json(json: &Json) -> Result<Self, Vec<FileError>> {
        single::inbound_connector_from_json(json)
    }
}

impl Object for SendConnector {
    const KIND: ObjectKind = ObjectKind::SendConnector;

    fn name(&self) -> &str {
        &self.name
    }

    fn id(&self) -> u64 {
        self.id.0
    }

    fn set_id(&mut self, id: u64) {
        self.id = SendConnectorId(id);
    }

    fn body(&self) -> String {
        object::write_send_connector(self)
    }

    fn to_json(&self) -> Map<String, Json> {
        single::send_connector_to_json(self)
    }

    fn from_json(json: &Json) -> Result<Self, Vec<FileError>> {
        single::send_connector_from_json(json)
    }
}
