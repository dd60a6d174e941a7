//! The directory as the store sees it: records with identity, name, version and a body that it does not read.
//! What an object means, and whether a change is allowed, is decided above.

use async_trait::async_trait;
use core_directory::{DirectoryVersion, TenantId};
use jiff::Timestamp;

use crate::{AuditEntry, AuditFilter, AuditRecord, Once, OnceRecord, Scope, Secret, StoreError};

/// Longest body of one object in octets. A certificate with its chain and key stays far below; more is a mistake.
pub const MAX_OBJECT_BODY: usize = 1024 * 1024;

/// Most identities given out at once: more than ten objects for each of a hundred thousand connectors.
pub const MAX_ALLOCATION: u32 = 1_000_000;

/// The kinds of directory objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectKind {
    /// A tenant. Its record's `tenant` is its own `id`.
    Tenant,
    /// An accepted domain.
    Domain,
    /// An inbound connector.
    InboundConnector,
    /// A send connector.
    SendConnector,
    /// A certificate with its key.
    Certificate,
}

impl ObjectKind {
    /// All kinds, in the order in which a directory is read.
    pub const ALL: [Self; 5] =
        [Self::Tenant, Self::Domain, Self::InboundConnector, Self::SendConnector, Self::Certificate];

    /// The word for the kind in stored rows and in texts. It never changes.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Domain => "domain",
            Self::InboundConnector => "inbound-connector",
            Self::SendConnector => "send-connector",
            Self::Certificate => "certificate",
        }
    }

    /// The kind of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// One object as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct ObjectRecord {
    /// Its kind.
    pub kind: ObjectKind,
    /// Its identity: unique over all kinds and tenants, never given out twice.
    pub id: u64,
    /// The tenant it belongs to.
    pub tenant: TenantId,
    /// Its name, unique within tenant and kind (a tenant's: among tenants), compared octet by octet.
    pub name: String,
    /// One when made, one more with each change.
    pub version: u64,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub modified: Timestamp,
    /// Unique within the kind over all tenants, as a verified domain is.
    pub unique_key: Option<String>,
    /// Its fields in JSON. It may hold a private key and is therefore not in `Debug`.
    pub body: String,
}

impl std::fmt::Debug for ObjectRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ObjectRecord")
            .field("kind", &self.kind)
            .field("id", &self.id)
            .field("tenant", &self.tenant)
            .field("name", &self.name)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// An object to be made, or to replace the one with its identity.
#[derive(Clone, PartialEq, Eq)]
pub struct ObjectPut {
    /// Its kind; an object never changes it.
    pub kind: ObjectKind,
    /// An identity from [`Directories::allocate_ids`] for a new object, else the object's own.
    pub id: u64,
    /// The tenant it belongs to, which an object never changes; for a tenant its own `id`.
    pub tenant: TenantId,
    /// See [`ObjectRecord::name`].
    pub name: String,
    /// See [`ObjectRecord::unique_key`].
    pub unique_key: Option<String>,
    /// See [`ObjectRecord::body`]; at most [`MAX_OBJECT_BODY`] octets.
    pub body: String,
}

impl std::fmt::Debug for ObjectPut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ObjectPut")
            .field("kind", &self.kind)
            .field("id", &self.id)
            .field("tenant", &self.tenant)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// One change of one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObjectChange {
    /// Make or replace.
    Put(ObjectPut),
    /// Remove. With a tenant go all its objects.
    Remove {
        /// The kind of the object.
        kind: ObjectKind,
        /// Its identity.
        id: u64,
    },
}

/// The directory, or the part of it in the scope, at one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryImage {
    /// The version of the whole directory.
    pub version: DirectoryVersion,
    /// The objects, by kind in the order of [`ObjectKind::ALL`], then by identity.
    pub objects: Vec<ObjectRecord>,
}

/// A change that is in force and durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The version it made.
    pub version: DirectoryVersion,
}

/// What tenants registered, and who changed it when.
#[async_trait]
pub trait Directories: Send + Sync {
    /// Reads all objects in the scope, at one version.
    ///
    /// # Errors
    /// `Unavailable`, `Corrupt`.
    async fn load(&self, scope: Scope) -> Result<DirectoryImage, StoreError>;

    /// The version in force. It is the directory's as a whole, whatever the scope.
    ///
    /// # Errors
    /// `Unavailable`, `Corrupt`.
    async fn version(&self, scope: Scope) -> Result<DirectoryVersion, StoreError>;

    /// Gives out `count` identities for new objects, so that objects made together can name each other. Those that
    /// are not used are lost.
    ///
    /// # Errors
    /// `Invalid` for more than [`MAX_ALLOCATION`]; `Unavailable`, `Full`.
    async fn allocate_ids(&self, scope: Scope, count: u32) -> Result<Vec<u64>, StoreError>;

    /// Applies all changes and the audit entry, or nothing. Names and keys are judged after the last change, so that
    /// two objects may swap names.
    ///
    /// # Errors
    /// `Conflict` if `expected` is not the version in force; `Taken` for a name or key in use, that of `once` too; `NotFound` for an
    /// object, tenant or audit summary outside the scope, and for a new tenant or a tenant's removal in a tenant's
    /// scope; `Invalid` for an identity that was not allocated, an object that changes kind or tenant, a body too
    /// long, or no audit summary; `Unavailable`, `Full`.
    async fn commit(
        &self,
        scope: Scope,
        expected: DirectoryVersion,
        changes: Vec<ObjectChange>,
        audit: AuditEntry,
    ) -> Result<Committed, StoreError>;

    /// The audit trail, newest first.
    ///
    /// # Errors
    /// `Unavailable`, `Corrupt`.
    async fn audit(&self, scope: Scope, filter: AuditFilter) -> Result<Vec<AuditRecord>, StoreError>;

    /// The secret that the challenges of domain proof are made with: the one that is kept, or, where none is yet, the one
    /// proposed, which is kept from then on. It never changes, or every challenge that is published would be void.
    ///
    /// # Errors
    /// `NotFound` in a tenant's scope; `Unavailable`, `Corrupt`, `Full`.
    async fn challenge_secret(&self, scope: Scope, proposed: Secret) -> Result<Secret, StoreError>;

    /// What was made under an actor's key, if it is still kept at `now`.
    ///
    /// # Errors
    /// `Unavailable`, `Corrupt`.
    async fn once(
        &self,
        scope: Scope,
        actor: &str,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<OnceRecord>, StoreError>;

    /// Keeps the answer to a request: with the change that was committed under its key, or, where there was nothing to
    /// change, as the first under it. An answer longer than [`MAX_ONCE_ANSWER`](crate::MAX_ONCE_ANSWER) is left out.
    ///
    /// # Errors
    /// `Taken` if the key is another request's; `Unavailable`, `Full`.
    async fn keep_answer(
        &self,
        scope: Scope,
        actor: &str,
        once: Once,
        answer: String,
        at: Timestamp,
    ) -> Result<(), StoreError>;
}
