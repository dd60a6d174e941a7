//! From errors of the layers below to problems on the wire, and from problems to responses.

use std::fmt;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use core_directory::{Fault, ObjectKind, ObjectPath};
use io_store::StoreError;
use proto_directory_file::{FileError, Location};
use serde::de::{DeserializeOwned, Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value as Json};
use service_directory::{ApplyError, DirectoryServiceError, Unconfirmed};

use crate::wire::{ObjectReference, Problem, ProblemError, ProblemKind};

/// Reads a body of JSON, which is an object: a list would be taken for the fields in their order otherwise.
pub(crate) fn json<T: DeserializeOwned>(body: Result<Bytes, BytesRejection>) -> Result<T, Problem> {
    let body = body.map_err(|rejection| {
        let kind = match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => ProblemKind::TooLarge,
            _ => ProblemKind::BadRequest,
        };
        Problem::new(kind, rejection.body_text())
    })?;
    let first = body.iter().find(|octet| !octet.is_ascii_whitespace());
    if first == Some(&b'[') {
        return Err(Problem::new(ProblemKind::BadRequest, "the body: a list stands where an object should"));
    }
    serde_json::from_slice(&body).map_err(|error| Problem::new(ProblemKind::BadRequest, format!("the body: {error}")))
}

/// The fields of an object, each named once: which of two values is meant is not guessed.
pub(crate) struct Fields(pub Map<String, Json>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Fields, A::Error> {
        let mut fields = Map::new();
        while let Some((key, value)) = access.next_entry::<String, Json>()? {
            if fields.contains_key(&key) {
                return Err(A::Error::custom(format!("{key:?} is named twice: leave one of them out")));
            }
            fields.insert(key, value);
        }
        Ok(Fields(fields))
    }
}

/// The problem of one field, or of one part of the query.
pub(crate) fn wrong(field: &str, message: String) -> Problem {
    let errors = vec![ProblemError::field(field, message.clone())];
    Problem::new(ProblemKind::BadRequest, format!("{field}: {message}")).with_errors(errors)
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let kind = HeaderValue::from_static("application/problem+json");
        let mut response = (status, [(header::CONTENT_TYPE, kind)], body).into_response();
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let kind = match &error {
            StoreError::NotFound { .. } => ProblemKind::NotFound,
            StoreError::Conflict { .. } | StoreError::Taken { .. } | StoreError::Stale { .. } => ProblemKind::Conflict,
            StoreError::Invalid { .. } => ProblemKind::Invalid,
            StoreError::Unavailable { .. } | StoreError::Full { .. } => ProblemKind::Unavailable,
            StoreError::Corrupt { .. } | StoreError::Newer { .. } | StoreError::Configuration { .. } => {
                ProblemKind::Internal
            }
        };
        Self::new(kind, error.to_string())
    }
}

impl From<DirectoryServiceError> for Problem {
    fn from(error: DirectoryServiceError) -> Self {
        match error {
            DirectoryServiceError::Store(error) => error.into(),
            DirectoryServiceError::Stopping => Self::new(ProblemKind::Unavailable, error.to_string()),
            DirectoryServiceError::Damaged { .. } => Self::new(ProblemKind::Internal, error.to_string()),
        }
    }
}

impl From<Unconfirmed> for Problem {
    fn from(error: Unconfirmed) -> Self {
        Self::new(ProblemKind::Unavailable, error.to_string())
    }
}

impl From<ApplyError> for Problem {
    fn from(error: ApplyError) -> Self {
        let invalid =
            |errors: Vec<ProblemError>| Self::new(ProblemKind::Invalid, found(errors.len())).with_errors(errors);
        let text = error.to_string();
        match error {
            ApplyError::Faults(faults) => invalid(faults.iter().map(of_fault).collect()),
            ApplyError::Conflict { .. } => Self::new(ProblemKind::Conflict, text),
            ApplyError::MissingKey { tenant, certificate } => {
                let path = ObjectPath { tenant, kind: ObjectKind::Certificate, name: certificate };
                let message = "a new certificate needs its private key; it may be left out only while the certificate \
                               stays the same";
                invalid(vec![of_object(&path, "key", message.to_owned())])
            }
            ApplyError::UnusableRoot { tenant, problem } => {
                let path = ObjectPath { name: tenant.clone(), kind: ObjectKind::Tenant, tenant };
                invalid(vec![of_object(&path, "trusted_roots", problem)])
            }
            ApplyError::NotThere { .. } => Self::new(ProblemKind::NotFound, text),
            ApplyError::Taken { .. } => Self::new(ProblemKind::Conflict, text),
            ApplyError::Changed { .. } => Self::new(ProblemKind::Changed, text),
            ApplyError::Unreadable(errors) => unreadable_object(&errors),
            ApplyError::Store(error) => error.into(),
            ApplyError::Directory(error) => error.into(),
        }
    }
}

/// Errors of a directory in JSON.
pub(crate) fn unreadable_directory(errors: &[FileError]) -> Problem {
    unreadable(errors, "/directory")
}

/// Errors of one object in JSON, which is the body.
pub(crate) fn unreadable_object(errors: &[FileError]) -> Problem {
    unreadable(errors, "")
}

/// Errors of JSON that stands below `root` in the body.
fn unreadable(errors: &[FileError], root: &str) -> Problem {
    let one = |error: &FileError| {
        let pointer = match &error.location {
            Location::Pointer(pointer) => format!("{root}{pointer}"),
            Location::Line { .. } | Location::Whole => root.to_owned(),
        };
        let place = if error.path.is_empty() { pointer } else { format!("{}, {pointer}", error.path) };
        let message = match &error.hint {
            Some(hint) => format!("{}; {hint}", error.what),
            None => error.what.clone(),
        };
        ProblemError { place, field: String::new(), message, object: None }
    };
    let errors: Vec<ProblemError> = errors.iter().map(one).collect();
    Problem::new(ProblemKind::Invalid, found(errors.len())).with_errors(errors)
}

fn of_fault(fault: &Fault) -> ProblemError {
    of_object(&fault.path, fault.field.key(), fault.code.to_string())
}

fn of_object(path: &ObjectPath, field: &str, message: String) -> ProblemError {
    ProblemError {
        place: path.to_string(),
        field: field.to_owned(),
        message,
        object: Some(ObjectReference::from(path)),
    }
}

fn found(errors: usize) -> String {
    match errors {
        1 => "one error; nothing was changed".to_owned(),
        many => format!("{many} errors; nothing was changed"),
    }
}
