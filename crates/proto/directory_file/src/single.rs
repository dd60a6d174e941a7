//! Single objects as the API shows and takes them: the directory file's keys, every field written out, never a private key in
//! what is shown, and nothing that only the store knows. Places in errors are pointers into the object.

use core_directory::{AcceptedDomain, ClientCertificate, InboundConnector, SendConnector, Tenant};
use proto_placed_toml::{Document, FileError, Report};
use serde_json::{Map, Value as Json};

use crate::fields;
use crate::json::{NO_FILES, object};
use crate::objects::{self, ObjectTable};

/// A tenant without its children.
pub fn tenant_to_json(tenant: &Tenant) -> Map<String, Json> {
    object(fields::of_tenant(tenant))
}

/// An accepted domain.
pub fn domain_to_json(domain: &AcceptedDomain) -> Map<String, Json> {
    object(fields::of_domain(domain))
}

/// A certificate without its private key.
pub fn certificate_to_json(certificate: &ClientCertificate) -> Map<String, Json> {
    object(fields::of_certificate(certificate))
}

/// An inbound connector.
pub fn inbound_connector_to_json(connector: &InboundConnector) -> Map<String, Json> {
    object(fields::of_inbound_connector(connector))
}

/// A send connector.
pub fn send_connector_to_json(connector: &SendConnector) -> Map<String, Json> {
    object(fields::of_send_connector(connector))
}

/// Reads a tenant; children have no place in it.
///
/// # Errors
/// Everything that is wrong.
pub fn tenant_from_json(json: &Json) -> Result<Tenant, Vec<FileError>> {
    read(json, |object| Some(objects::tenant_fields(object, &mut |_| Err(NO_FILES.to_owned()))))
}

/// Reads an accepted domain.
///
/// # Errors
/// Everything that is wrong.
pub fn domain_from_json(json: &Json) -> Result<AcceptedDomain, Vec<FileError>> {
    read(json, objects::domain)
}

/// Reads a certificate; one without a key gets an empty one.
///
/// # Errors
/// Everything that is wrong.
pub fn certificate_from_json(json: &Json) -> Result<ClientCertificate, Vec<FileError>> {
    read(json, |object| objects::certificate(object, &mut |_| Err(NO_FILES.to_owned())))
}

/// Reads an inbound connector.
///
/// # Errors
/// Everything that is wrong.
pub fn inbound_connector_from_json(json: &Json) -> Result<InboundConnector, Vec<FileError>> {
    read(json, |object| Some(objects::inbound_connector(object)))
}

/// Reads a send connector.
///
/// # Errors
/// Everything that is wrong.
pub fn send_connector_from_json(json: &Json) -> Result<SendConnector, Vec<FileError>> {
    read(json, |object| Some(objects::send_connector(object)))
}

/// Reads one object, and nothing beside what `read` asks for.
pub(crate) fn read<T>(json: &Json, read: impl FnOnce(&mut ObjectTable<'_>) -> Option<T>) -> Result<T, Vec<FileError>> {
    let document = Document::from_json("", json);
    let report = Report::new(&document);
    let mut object = ObjectTable::new(report.root());
    let value = read(&mut object);
    object.table.finish();
    // Where there is no value, the reason has been reported.
    report.finish(value)?.ok_or_else(|| vec![FileError::whole("", "the object is incomplete", None)])
}
