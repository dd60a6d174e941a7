//! The directory as JSON, for the API: the keys of the directory file, every field written out.

use core_directory::{ClientCertificate, Tenant};
use proto_placed_toml::{Document, FileError, Report};
use serde_json::{Map, Value as Json};

use crate::fields::{self, Fields};
use crate::objects;
use crate::places::Places;

/// Why a path is refused over the API.
pub(crate) const NO_FILES: &str = "a file name means nothing here; send the PEM text itself";

/// Writes tenants as `{"tenant":[…]}`, without private keys.
pub fn to_json(tenants: &[Tenant]) -> Json {
    write(tenants, fields::of_certificate)
}

/// Writes tenants with their private keys: for sending a directory to the server over its own socket, and for nothing else.
pub fn to_json_with_keys(tenants: &[Tenant]) -> Json {
    write(tenants, fields::of_certificate_with_key)
}

/// Reads `{"tenant":[…]}`. Certificates, keys and roots are PEM text.
///
/// # Errors
/// Everything that is wrong, each with a JSON pointer.
pub fn from_json(json: &Json) -> Result<Vec<Tenant>, Vec<FileError>> {
    let document = Document::from_json("", json);
    let report = Report::new(&document);
    let mut root = report.root();
    let tenants = objects::tenants(&mut root, &mut |_| Err(NO_FILES.to_owned()), &mut Places::default());
    root.finish();
    report.finish(tenants)
}

fn write(tenants: &[Tenant], certificate: fn(&ClientCertificate) -> Fields) -> Json {
    let tenants = list(tenants, |tenant| {
        let mut object = object(fields::of_tenant(tenant));
        let mut child = |key: &str, items: Json| object.insert(key.to_owned(), items);
        child(fields::DOMAIN, list(&tenant.domains, |domain| self::object(fields::of_domain(domain))));
        child(fields::CERTIFICATE, list(&tenant.certificates, |own| self::object(certificate(own))));
        child(
            fields::INBOUND_CONNECTOR,
            list(&tenant.inbound_connectors, |connector| self::object(fields::of_inbound_connector(connector))),
        );
        child(
            fields::SEND_CONNECTOR,
            list(&tenant.send_connectors, |connector| self::object(fields::of_send_connector(connector))),
        );
        object
    });
    Json::Object(Map::from_iter([(fields::TENANT.to_owned(), tenants)]))
}

/// One object with all its fields.
pub(crate) fn object(fields: Fields) -> Map<String, Json> {
    fields.into_iter().map(|(field, value)| (field.key().to_owned(), value)).collect()
}

fn list<T>(items: &[T], write: impl Fn(&T) -> Map<String, Json>) -> Json {
    Json::Array(items.iter().map(|item| Json::Object(write(item))).collect())
}
