//! The schemas of directory objects. Fields, types and defaults are those that objects are written with, and the words about
//! them are the directory file's page's, so that none of them is told twice.

use std::borrow::Cow;

use core_directory::{
    AcceptedDomain, CertificateId, ClientCertificate, Domain, Field, InboundConnector, PrivateKey, SendConnector,
    Tenant, Thumbprint,
};
use proto_directory_file::single;
use serde_json::{Map, Value as Json, json};
use utoipa::openapi::schema::{AdditionalProperties, AnyOfBuilder, SchemaType};
use utoipa::openapi::{ArrayBuilder, ObjectBuilder, Ref, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// The page that tells what each field says.
const PAGE: &str = include_str!("../../../../../docs/directory.md");

/// The schemas of a kind with the heading of its table on the page.
const KINDS: [(&str, &str); 5] = [
    ("Tenant", "tenant"),
    ("Domain", "tenant.domain"),
    ("Certificate", "tenant.certificate"),
    ("InboundConnector", "tenant.inbound_connector"),
    ("SendConnector", "tenant.send_connector"),
];

/// Fields with a few words as their values.
const CHOICES: [(&str, Field, &[&str]); 5] = [
    ("Tenant", Field::OverLimit, &["refuse", "hold"]),
    ("Domain", Field::Type, &["authoritative", "internal-relay"]),
    ("InboundConnector", Field::Type, &["on-premises", "partner"]),
    (
        "SendConnector",
        Field::Tls,
        &["none", "opportunistic", "encryption-only", "certificate-validation", "domain-validation"],
    ),
    ("SendConnector", Field::ProtocolLogging, &["none", "verbose"]),
];

/// The fields of an object of some kind.
pub(crate) struct Fields;

impl PartialSchema for Fields {
    fn schema() -> RefOr<Schema> {
        let any = KINDS.iter().fold(AnyOfBuilder::new(), |any, (name, _)| any.item(Ref::from_schema_name(*name)));
        RefOr::T(Schema::AnyOf(any.build()))
    }
}

impl ToSchema for Fields {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Fields")
    }
}

/// Of each kind the fields that may be set, and the same with those that a new object needs.
pub(super) fn schemas() -> Vec<(String, RefOr<Schema>)> {
    let mut schemas = Vec::new();
    for ((kind, heading), fields) in KINDS.into_iter().zip(samples()) {
        let needed: &[Field] =
            if kind == "Certificate" { &[Field::Name, Field::Certificate, Field::Key] } else { &[Field::Name] };
        schemas.push((kind.to_owned(), of_kind(kind, heading, &fields, &[])));
        schemas.push((format!("New{kind}"), of_kind(kind, heading, &fields, needed)));
    }
    schemas
}

fn of_kind(kind: &str, heading: &str, fields: &Map<String, Json>, needed: &[Field]) -> RefOr<Schema> {
    let mut object = ObjectBuilder::new()
        .schema_type(Type::Object)
        .additional_properties(Some(AdditionalProperties::FreeForm(false)));
    for (key, default) in fields {
        let text = told(heading, key);
        object = match needed.iter().any(|field| field.key() == key) {
            true => object.property(key, needed_text(text)),
            false => object.property(key, of_field(kind, key, default, text)),
        };
    }
    object = needed.iter().fold(object, |object, field| object.required(field.key()));
    RefOr::T(Schema::Object(object.build()))
}

/// A text that must be there.
fn needed_text(text: String) -> Schema {
    let schema = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1));
    Schema::Object(schema.description(Some(text)).build())
}

/// A value, or null for the default.
fn of_field(kind: &str, key: &str, default: &Json, text: String) -> Schema {
    let or_null = |value: Type| SchemaType::from_iter([value, Type::Null]);
    let choice = CHOICES.iter().find(|(of, field, _)| *of == kind && field.key() == key);
    if let Some((_, _, words)) = choice {
        let words = words.iter().map(|word| Some(json!(word))).chain([Some(Json::Null)]);
        let schema = ObjectBuilder::new().schema_type(or_null(Type::String)).enum_values(Some(words));
        return Schema::Object(schema.description(Some(text)).build());
    }
    let is_number = default.is_number();
    let value = match default {
        Json::Bool(_) => Type::Boolean,
        Json::Array(_) => {
            let items = ObjectBuilder::new().schema_type(Type::String);
            let schema = ArrayBuilder::new().schema_type(or_null(Type::Array)).items(items);
            return Schema::Array(schema.description(Some(text)).build());
        }
        Json::Number(_) => Type::Integer,
        _ => Type::String,
    };
    let schema = ObjectBuilder::new().schema_type(or_null(value)).description(Some(text));
    let schema = if is_number { schema.minimum(Some(0)) } else { schema };
    Schema::Object(schema.build())
}

/// An object of each kind, in the order of [`KINDS`], with a value in every field whose default tells no type.
fn samples() -> [Map<String, Json>; 5] {
    let mut tenant = single::tenant_to_json(&Tenant::default());
    for (field, _) in Tenant::default().limits.numbers() {
        tenant.insert(field.key().to_owned(), json!(0));
    }
    let domain = Domain::parse("example.com").map(|name| single::domain_to_json(&AcceptedDomain::new(name, false)));
    let mut domain = domain.unwrap_or_default();
    domain.insert(Field::Verified.key().to_owned(), Json::Bool(false));
    let certificate = ClientCertificate {
        id: CertificateId::default(),
        name: "".into(),
        chain: Vec::new(),
        leaf_sha256: Thumbprint([0; 32]),
        key: PrivateKey::new(Vec::new()),
    };
    let mut certificate = single::certificate_to_json(&certificate);
    certificate.insert(Field::Key.key().to_owned(), Json::Null);
    let inbound = single::inbound_connector_to_json(&InboundConnector::new("", None));
    let send = single::send_connector_to_json(&SendConnector::new("", Box::default()));
    [tenant, domain, certificate, inbound, send]
}

/// What the page says of a field.
fn told(heading: &str, key: &str) -> String {
    let section = PAGE.split("\n## ").find(|section| section.starts_with(&format!("`[[{heading}]]`")));
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let row = section
        .into_iter()
        .flat_map(str::lines)
        .map(cells)
        .find(|cells| cells.get(1).is_some_and(|cell| cell.trim_matches('`') == key));
    row.and_then(|cells| cells.get(3).cloned()).unwrap_or_default()
}
