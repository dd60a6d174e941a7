//! A change of one object: added, set or removed, known by its name, and checked against the version that its author saw.
//! What becomes of the directory is [`plan`]'s to say; commit and publication are those of every change.

mod plan;

use core_directory::{DirectoryVersion, ObjectKind, Standing};
use io_store::Once;
use jiff::Timestamp;
use serde_json::{Map, Value as Json};

pub(crate) use plan::{Subject, plan};

use crate::apply::{Content, Order, carry_out};
use crate::{ApplyError, Consequence, DiffEntry, DirectoryService, ObjectMeta, ObjectVersion};

/// A change of one object.
#[derive(Clone)]
pub struct EditRequest {
    /// Name of the tenant that it belongs to. Whether the author may change this tenant is decided by the caller.
    pub tenant: String,
    /// Its kind. A tenant is edited without what it has.
    pub kind: ObjectKind,
    /// Its name; for a tenant, `tenant` again.
    pub name: String,
    /// What becomes of it.
    pub action: EditAction,
    /// What the change was made for; `None` takes whatever object of that name is in force.
    pub expected_version: Option<ObjectVersion>,
    /// Say what would change, and change nothing.
    pub dry_run: bool,
    /// Whose word it is.
    pub standing: Standing,
    /// Who, for the audit trail: a token's name or a local user.
    pub actor: String,
    /// From where, for the audit trail: an address or the local socket.
    pub origin: String,
    /// When.
    pub at: Timestamp,
    /// The client's name for the change, which is then made once: it is kept with it.
    pub once: Option<Once>,
}

/// What becomes of an object. Fields are the directory file's keys; it may hold a private key and has therefore no `Debug`.
#[derive(Clone)]
pub enum EditAction {
    /// It is made, with these fields.
    Add(Map<String, Json>),
    /// These fields are set, and those that are null get their default (RFC 7396). `name` renames, except a domain.
    Set(Map<String, Json>),
    /// It goes; a tenant with all that it has.
    Remove,
}

/// An object that was changed, or would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// What it changes; empty if everything was so already.
    pub diff: Vec<DiffEntry>,
    /// The version in force now.
    pub directory_version: DirectoryVersion,
    /// The object's name now; of one that is gone the name that it had.
    pub name: String,
    /// Its version and times now; of one that is gone, or would only be made, none.
    pub meta: Option<ObjectMeta>,
    /// Its identity; none of one that would only be made.
    pub id: Option<u64>,
    /// What stops or begins to work by it.
    pub consequences: Vec<Consequence>,
}

/// The part of a request that says what the directory becomes.
#[derive(Clone)]
pub(crate) struct Edit {
    pub tenant: String,
    pub kind: ObjectKind,
    pub name: String,
    pub action: EditAction,
    pub expected_version: Option<ObjectVersion>,
    pub standing: Standing,
}

pub(crate) async fn edit(service: &DirectoryService, request: EditRequest) -> Result<Edited, ApplyError> {
    let EditRequest { tenant, kind, name, action, expected_version, dry_run, standing, actor, origin, at, once } =
        request;
    let edit = Edit { tenant, kind, name: name.clone(), action, expected_version, standing };
    let content = Content::Edited(Box::new(edit));
    let done = carry_out(service, Order { content, dry_run, actor, origin, at, expected_version: None, once }).await?;
    let subject = done.subject.unwrap_or(Subject { id: None, name });
    Ok(Edited {
        diff: done.applied.diff,
        directory_version: done.applied.version,
        meta: subject.id.and_then(|id| done.current.meta(id)),
        name: subject.name,
        id: subject.id,
        consequences: done.consequences,
    })
}
