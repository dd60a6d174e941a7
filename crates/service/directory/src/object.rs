//! What the objects inside a tenant have in common: a name, an identity, a stored body. Must not know how they are changed.

use core_directory::{
    AcceptedDomain, CertificateId, ClientCertificate, ConnectorId, DomainId, InboundConnector, SendConnector,
    SendConnectorId,
};
use io_store::ObjectKind;
use proto_directory_file::object;

/// An object of a tenant.
pub(crate) trait Object: Clone + PartialEq {
    /// Its kind in the store.
    const KIND: ObjectKind;

    /// Unique within tenant and kind.
    fn name(&self) -> &str;

    /// 0 until the store gave one.
    fn id(&self) -> u64;

    fn set_id(&mut self, id: u64);

    /// The body as stored, with the private key where there is one.
    fn body(&self) -> String;

    /// What only one object of the kind may have, over all tenants.
    fn unique_key(&self) -> Option<String> {
        None
    }
}

impl Object for AcceptedDomain {
    const KIND: ObjectKind = ObjectKind::Domain;

    fn name(&self) -> &str {
        self.name.as_str()
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
}
