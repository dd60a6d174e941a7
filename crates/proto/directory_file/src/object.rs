//! Single objects as the store keeps them: a body of JSON with the directory file's keys, the private key of a certificate
//! and what the operator granted among them. Identities are not in the body; the store has them beside it.
//!
//! What is written is read back equal. A body that cannot be read is a damaged store, and the errors say where.

use core_directory::{AcceptedDomain, ClientCertificate, InboundConnector, Proof, SendConnector, Tenant};
use jiff::Timestamp;
use proto_placed_toml::FileError;
use serde_json::Value as Json;

use crate::fields::{self, Fields};
use crate::json::{NO_FILES, object};
use crate::objects::{self, ObjectTable};
use crate::single;

/// The key that only the store has: whether the operator set the addresses.
const ADDRESSES_GRANTED: &str = "addresses_granted";

/// The keys that only the store has: when a domain was proved by DNS, and since when the proof is missing.
const DNS_VERIFIED_AT: &str = "dns_verified_at";
const DNS_MISSING_SINCE: &str = "dns_missing_since";

/// A tenant's body, without its children.
pub fn write_tenant(tenant: &Tenant) -> String {
    body(fields::of_tenant(tenant))
}

/// An accepted domain's body.
pub fn write_domain(domain: &AcceptedDomain) -> String {
    let mut object = object(fields::of_domain(domain));
    if let Proof::Dns { verified_at, missing_since } = domain.proof {
        object.insert(DNS_VERIFIED_AT.to_owned(), Json::String(verified_at.to_string()));
        let since = missing_since.map_or(Json::Null, |since| Json::String(since.to_string()));
        object.insert(DNS_MISSING_SINCE.to_owned(), since);
    }
    Json::Object(object).to_string()
}

/// A certificate's body with its private key: it must not be logged.
pub fn write_certificate(certificate: &ClientCertificate) -> String {
    body(fields::of_certificate_with_key(certificate))
}

/// An inbound connector's body.
pub fn write_inbound_connector(connector: &InboundConnector) -> String {
    let mut object = object(fields::of_inbound_connector(connector));
    object.insert(ADDRESSES_GRANTED.to_owned(), Json::Bool(connector.addresses_granted));
    Json::Object(object).to_string()
}

/// A send connector's body.
pub fn write_send_connector(connector: &SendConnector) -> String {
    body(fields::of_send_connector(connector))
}

/// Reads a tenant's body; the tenant has no children.
///
/// # Errors
/// A body that [`write_tenant`] did not write.
pub fn read_tenant(body: &str) -> Result<Tenant, Vec<FileError>> {
    read(body, |object| Some(objects::tenant_fields(object, &mut |_| Err(NO_FILES.to_owned()))))
}

/// Reads an accepted domain's body.
///
/// # Errors
/// A body that [`write_domain`] did not write.
pub fn read_domain(body: &str) -> Result<AcceptedDomain, Vec<FileError>> {
    read(body, |object| {
        let mut domain = objects::domain(object)?;
        let verified_at = object.table.parsed(DNS_VERIFIED_AT, str::parse::<Timestamp>);
        let missing_since = object.table.parsed(DNS_MISSING_SINCE, str::parse::<Timestamp>);
        if let Some(verified_at) = verified_at {
            let missing_since = missing_since.map(|since| since.value);
            domain.proof = Proof::Dns { verified_at: verified_at.value, missing_since };
        }
        Some(domain)
    })
}

/// Reads a certificate's body.
///
/// # Errors
/// A body that [`write_certificate`] did not write.
pub fn read_certificate(body: &str) -> Result<ClientCertificate, Vec<FileError>> {
    read(body, |object| objects::certificate(object, &mut |_| Err(NO_FILES.to_owned())))
}

/// Reads an inbound connector's body.
///
/// # Errors
/// A body that [`write_inbound_connector`] did not write.
pub fn read_inbound_connector(body: &str) -> Result<InboundConnector, Vec<FileError>> {
    read(body, |object| {
        let mut connector = objects::inbound_connector(object);
        connector.addresses_granted = object.table.boolean(ADDRESSES_GRANTED).is_some_and(|granted| granted.value);
        Some(connector)
    })
}

/// Reads a send connector's body.
///
/// # Errors
/// A body that [`write_send_connector`] did not write.
pub fn read_send_connector(body: &str) -> Result<SendConnector, Vec<FileError>> {
    read(body, |object| Some(objects::send_connector(object)))
}

fn body(fields: Fields) -> String {
    Json::Object(object(fields)).to_string()
}

fn read<T>(body: &str, read: impl FnOnce(&mut ObjectTable<'_>) -> Option<T>) -> Result<T, Vec<FileError>> {
    let json: Json = serde_json::from_str(body)
        .map_err(|error| vec![FileError::whole("", format!("the stored object is no JSON: {error}"), None)])?;
    single::read(&json, read)
}
