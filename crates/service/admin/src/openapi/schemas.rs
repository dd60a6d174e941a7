//! The schemas of the document: those of the types on the wire with what they hold, and those of objects.

use std::collections::BTreeMap;

use utoipa::ToSchema;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};

use super::{mirrors, objects};
use crate::wire;

type Schemas = Vec<(String, RefOr<Schema>)>;

/// All of them, by name.
pub(super) fn all() -> BTreeMap<String, RefOr<Schema>> {
    let mut schemas = Schemas::new();
    add::<mirrors::Answer>(&mut schemas);
    add::<wire::ApplyRequest>(&mut schemas);
    add::<wire::ApplyResponse>(&mut schemas);
    add::<wire::AuditPage>(&mut schemas);
    add::<wire::DomainChallenge>(&mut schemas);
    add::<wire::DomainVerification>(&mut schemas);
    add::<wire::ExplainRequest>(&mut schemas);
    add::<wire::MadeToken>(&mut schemas);
    add::<wire::MessageDetails>(&mut schemas);
    add::<wire::NewToken>(&mut schemas);
    add::<wire::Problem>(&mut schemas);
    add::<wire::QueueChange>(&mut schemas);
    add::<wire::QueueChanged>(&mut schemas);
    add::<wire::QueueCount>(&mut schemas);
    add::<wire::QueuePage>(&mut schemas);
    add::<wire::Candidates>(&mut schemas);
    add::<wire::Refusal>(&mut schemas);
    add::<wire::RefusalPage>(&mut schemas);
    add::<wire::RefusalStatistics>(&mut schemas);
    add::<wire::ReplaceRequest>(&mut schemas);
    add::<wire::ResourceChanged>(&mut schemas);
    add::<wire::ResourcePage>(&mut schemas);
    add::<wire::Status>(&mut schemas);
    add::<wire::TokenChange>(&mut schemas);
    add::<wire::TokenPage>(&mut schemas);
    add::<wire::TracePage>(&mut schemas);
    schemas.extend(objects::schemas());
    let anything = |text: &str| {
        let schema = ObjectBuilder::new().schema_type(Type::Object).description(Some(text)).build();
        RefOr::T(Schema::Object(schema))
    };
    schemas.push(("Document".to_owned(), anything("An OpenAPI document.")));
    schemas.push((
        "Directory".to_owned(),
        anything("`tenant`: the tenants with all that they have, by the directory file's keys."),
    ));
    schemas.push(("LintReport".to_owned(), anything("The findings, as `postwarden lint --json` prints them.")));
    schemas.into_iter().collect()
}

fn add<T: ToSchema>(schemas: &mut Schemas) {
    schemas.push((T::name().into_owned(), T::schema()));
    T::schemas(schemas);
}
