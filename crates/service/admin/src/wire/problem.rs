//! Errors: `application/problem+json` (RFC 9457).

use core_directory::{ObjectKind, ObjectPath};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::Resource;

/// Why a request was not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error, ToSchema)]
#[error("{title}: {detail}")]
pub struct Problem {
    /// Which kind of problem.
    #[serde(rename = "type")]
    pub kind: ProblemKind,
    /// The kind in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong here, and what to do.
    pub detail: String,
    /// Each single thing that is wrong with what was sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemError>,
    /// Of a change that was made for another version: the object as it is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Resource>)]
    pub current: Option<Box<Resource>>,
    /// Of a change that was made for another version: what was sent, without private keys; left out where an object should go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub requested: Option<Box<Json>>,
}

/// One thing that is wrong with what was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProblemError {
    /// Where: an object of the directory, or a JSON pointer; for people.
    pub place: String,
    /// The field; empty if it is about the whole.
    pub field: String,
    /// What is wrong.
    pub message: String,
    /// The object of the directory, for programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<ObjectReference>,
}

/// An object of the directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ObjectReference {
    /// Name of the tenant.
    pub tenant: String,
    /// Its kind.
    #[serde(with = "service_directory::kind_word")]
    #[schema(value_type = crate::openapi::mirrors::Kind)]
    pub kind: ObjectKind,
    /// Its name.
    pub name: String,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $status:literal, $word:literal, $title:literal;)*) => {
        /// The kinds of problems.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum ProblemKind {
            $($(#[$doc])* #[serde(rename = $word)] $kind,)*
        }

        impl ProblemKind {
            /// Their words on the wire.
            const WORDS: &[&str] = &[$($word,)*];

            /// The HTTP status.
            #[must_use]
            pub fn status(self) -> u16 {
                match self { $(Self::$kind => $status,)* }
            }

            /// The kind in words.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$kind => $title,)* }
            }
        }
    };
}

kinds! {
    /// The request cannot be understood.
    BadRequest = 400, "urn:postwarden:bad-request", "The request cannot be understood";
    /// Nobody says who asks, or the token is not in force.
    Unauthorized = 401, "urn:postwarden:unauthorized", "A token is needed";
    /// The caller's role does not go so far.
    Forbidden = 403, "urn:postwarden:forbidden", "The token's role does not go so far";
    /// There is no such thing.
    NotFound = 404, "urn:postwarden:not-found", "There is no such thing";
    /// The path has no such method.
    MethodNotAllowed = 405, "urn:postwarden:method-not-allowed", "This path has other methods";
    /// The request took too long.
    Timeout = 408, "urn:postwarden:timeout", "The request took too long";
    /// It contradicts what is in force.
    Conflict = 409, "urn:postwarden:conflict", "It contradicts what is in force";
    /// The object is no longer the one that the request was made for.
    Changed = 412, "urn:postwarden:changed", "It was changed by somebody else";
    /// The body is too long.
    TooLarge = 413, "urn:postwarden:too-large", "The request is too long";
    /// The body is in another format.
    MediaType = 415, "urn:postwarden:media-type", "The body is in another format";
    /// The directory that would result is wrong.
    Invalid = 422, "urn:postwarden:invalid", "The content is wrong, nothing was changed";
    /// It was asked too often.
    TooMany = 429, "urn:postwarden:too-many", "It was asked too often";
    /// A fault of ours.
    Internal = 500, "urn:postwarden:internal", "The server has a fault";
    /// The store is out of reach.
    Unavailable = 503, "urn:postwarden:unavailable", "The server cannot do it at present";
}

impl PartialSchema for ProblemKind {
    fn schema() -> RefOr<Schema> {
        let words = Self::WORDS.iter().map(|word| Some(Json::from(*word)));
        let schema = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words));
        RefOr::T(Schema::Object(schema.description(Some("The kinds of problems.")).build()))
    }
}

impl ToSchema for ProblemKind {}

impl Problem {
    /// A problem of a kind.
    #[must_use]
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            title: kind.title().to_owned(),
            status: kind.status(),
            detail: detail.into(),
            errors: Vec::new(),
            current: None,
            requested: None,
        }
    }

    /// The same with what is wrong one by one.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<ProblemError>) -> Self {
        self.errors = errors;
        self
    }

    /// The same with both versions of an object.
    #[must_use]
    pub fn with_versions(mut self, current: Resource, requested: Option<Json>) -> Self {
        self.current = Some(Box::new(current));
        self.requested = requested.map(Box::new);
        self
    }
}

impl ProblemError {
    /// A field of the request itself.
    #[must_use]
    pub fn field(field: &str, message: impl Into<String>) -> Self {
        Self { place: String::new(), field: field.to_owned(), message: message.into(), object: None }
    }
}

impl From<&ObjectPath> for ObjectReference {
    fn from(path: &ObjectPath) -> Self {
        Self { tenant: path.tenant.clone(), kind: path.kind, name: path.name.clone() }
    }
}

impl From<&ObjectReference> for ObjectPath {
    fn from(reference: &ObjectReference) -> Self {
        Self { tenant: reference.tenant.clone(), kind: reference.kind, name: reference.name.clone() }
    }
}
