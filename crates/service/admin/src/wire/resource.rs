//! Tenants and what they have, one by one: `GET`, `POST`, `PATCH` and `DELETE` below `/v1/tenants`.

use core_directory::ObjectKind;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use service_directory::DiffEntry;

/// Most objects of a page.
pub const MAX_PAGE: usize = 1000;

/// Objects of a page, unless the query says otherwise.
pub const DEFAULT_PAGE: usize = 100;

/// Longest `Idempotency-Key` in octets.
pub const MAX_IDEMPOTENCY_KEY: usize = 64;

/// Says that an answer was given before, to the request with the same `Idempotency-Key`.
pub const IDEMPOTENCY_REPLAYED: &str = "idempotency-replayed";

/// The header with which a client names a change, so that it is made once however often it is sent.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// An object of the directory, a tenant itself among them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Resource {
    /// Name of the tenant that it belongs to; a tenant's own name.
    pub tenant: String,
    /// Its identity, which stays when it is renamed and is never given to another.
    pub id: u64,
    /// One when made, one more with each change.
    pub version: u64,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub modified: Timestamp,
    /// Its fields by the keys of the directory file, every one written out. Private keys are never shown.
    #[schema(value_type = crate::openapi::objects::Fields)]
    pub object: Map<String, Json>,
    /// What follows from it and is nobody's to set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<ResourceStatus>,
}

/// What follows from an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ResourceStatus {
    /// Of a tenant.
    Tenant(TenantStatus),
    /// Of an accepted domain.
    Domain(DomainStatus),
    /// Of a certificate.
    Certificate(CertificateStatus),
}

/// What a tenant has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TenantStatus {
    /// Accepted domains.
    pub domains: u64,
    /// Those that are verified.
    pub verified_domains: u64,
    /// Inbound connectors.
    pub inbound_connectors: u64,
    /// Send connectors.
    pub send_connectors: u64,
    /// Certificates.
    pub certificates: u64,
    /// What it uses of its limits; only where this one tenant was asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub used: Vec<LimitUse>,
}

/// A limit of a tenant with what is used of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LimitUse {
    /// The limit's key in the directory file.
    pub limit: String,
    /// What is used now: messages, recipients, sessions or octets.
    pub used: u64,
    /// How much may be used; left out where there is no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<u64>,
    /// When counting begins anew, where it does by time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<Timestamp>,
}

/// How a domain stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DomainStatus {
    /// Who or what says that it is the tenant's.
    pub proof: DomainProof,
    /// When DNS last proved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<Timestamp>,
    /// Since when its record is missing from DNS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing_since: Option<Timestamp>,
}

/// Who or what says that a domain is the tenant's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DomainProof {
    /// Nobody: it is not verified.
    None,
    /// The operator.
    OperatorsWord,
    /// A record in DNS.
    Dns,
}

/// What a certificate says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CertificateStatus {
    /// SHA-256 of the leaf, in hexadecimal.
    pub sha256: String,
    /// Its subject.
    pub subject: String,
    /// The issuer of the leaf.
    pub issuer: String,
    /// Its names that a peer can check.
    pub names: Vec<String>,
    /// When it begins to be valid; left out where it cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<Timestamp>,
    /// Intermediates that are sent with it.
    pub intermediates: u64,
    /// Names of the send connectors that present it.
    pub used_by: Vec<String>,
}

/// The query of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct PageParameters {
    /// Most objects, 1 to 1000; 100 if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 1000)]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<usize>,
    /// Only objects behind this one: `next` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// A page of objects, by name. What is made, changed or removed meanwhile moves no other object from one page to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ResourcePage {
    /// The objects.
    pub items: Vec<Resource>,
    /// What to give as `after` for the next page; left out at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// The query of a change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct ChangeParameters {
    /// Say what would change, and change nothing.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

/// What became of a change, or would become of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ResourceChanged {
    /// The object as it is now; left out when it was removed. In a dry run it is the one in force, left out when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<Resource>,
    /// The differences; empty if everything was so already.
    #[schema(value_type = Vec<crate::openapi::mirrors::DiffEntry>)]
    pub diff: Vec<DiffEntry>,
    /// What begins or stops to work by it, each a sentence.
    pub consequences: Vec<String>,
    /// The version of the directory in force.
    pub directory_version: u64,
}

impl Resource {
    /// The object's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.object.get("name").and_then(Json::as_str).unwrap_or_default()
    }

    /// What `If-Match` takes: it changes with each change of the object.
    #[must_use]
    pub fn etag(&self) -> String {
        etag(self.id, self.version)
    }
}

/// The entity tag of an object in a version.
#[must_use]
pub fn etag(id: u64, version: u64) -> String {
    format!("\"{id}.{version}\"")
}

/// The path of the objects of a kind, or of the one with a name.
#[must_use]
pub fn resource_path(tenant: &str, kind: ObjectKind, name: Option<&str>) -> String {
    let tenant_path = || format!("/v1/tenants/{}", path_segment(tenant));
    let collection = match kind {
        ObjectKind::Tenant if name.is_none() => return "/v1/tenants".to_owned(),
        ObjectKind::Tenant => return tenant_path(),
        ObjectKind::Domain => "domains",
        ObjectKind::InboundConnector => "inbound-connectors",
        ObjectKind::SendConnector => "send-connectors",
        ObjectKind::Certificate => "certificates",
    };
    let objects = format!("{}/{collection}", tenant_path());
    name.map_or_else(|| objects.clone(), |name| format!("{objects}/{}", path_segment(name)))
}

/// A text as one segment of a path (RFC 3986): what is not unreserved is percent-encoded.
#[must_use]
pub fn path_segment(text: &str) -> String {
    let mut segment = String::with_capacity(text.len());
    for octet in text.bytes() {
        if octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_' | b'~') {
            segment.push(char::from(octet));
        } else {
            segment.push_str(&format!("%{octet:02X}"));
        }
    }
    segment
}
