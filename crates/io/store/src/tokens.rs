//! Tokens: what programs and administrators from afar show who they are with. The store has a digest of each and never
//! its text; what a role may do is decided above.

use async_trait::async_trait;
use core_directory::TenantId;
use jiff::{SignedDuration, Timestamp};

use crate::{AuditEntry, Scope, StoreError};

/// Most tokens: a hundred for each of a thousand tenants. More is a program that makes one at each run.
pub const MAX_TOKENS: u64 = 100_000;

/// Most tokens in one answer.
pub const MAX_TOKEN_PAGE: usize = 1000;

/// How long a use that was noted stands for those that follow, so that reading writes next to nothing.
pub const USE_NOTED_FOR: SignedDuration = SignedDuration::from_secs(60);

/// The SHA-256 of a token's text. The text has 32 random octets, so that nothing slower is needed to keep it safe, and a look-up
/// by the digest tells nothing by the time it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TokenDigest(pub [u8; 32]);

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenRole {
    /// Everything.
    Operator,
    /// One tenant, which it sees and changes.
    TenantAdministrator(TenantId),
    /// One tenant, or all of them, which it sees.
    Reader(Option<TenantId>),
}

impl TokenRole {
    /// The tenant it is held to.
    #[must_use]
    pub fn tenant(self) -> Option<TenantId> {
        match self {
            Self::Operator => None,
            Self::TenantAdministrator(tenant) => Some(tenant),
            Self::Reader(tenant) => tenant,
        }
    }
}

/// A token as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRecord {
    /// Its name, unique over all tenants.
    pub name: String,
    /// What it is for; it never changes.
    pub role: TokenRole,
    /// When it was made.
    pub created: Timestamp,
    /// From when on it is no longer in force.
    pub expires: Option<Timestamp>,
    /// When it was last used, to within [`USE_NOTED_FOR`].
    pub last_used: Option<TokenUse>,
}

/// One use of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenUse {
    /// When.
    pub at: Timestamp,
    /// From which address.
    pub from: String,
}

/// A token to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// See [`TokenRecord::name`].
    pub name: String,
    /// Of its text.
    pub digest: TokenDigest,
    /// See [`TokenRecord::role`].
    pub role: TokenRole,
    /// See [`TokenRecord::expires`].
    pub expires: Option<Timestamp>,
}

/// Tokens. Each change is committed together with its audit entry; none makes a new version of the directory.
#[async_trait]
pub trait Tokens: Send + Sync {
    /// Tokens by name: at most `limit` (and [`MAX_TOKEN_PAGE`]) behind the name `after`. A tenant's scope has those of the
    /// tenant.
    ///
    /// # Errors
    /// `Unavailable`, `Corrupt`.
    async fn list(&self, scope: Scope, after: Option<String>, limit: usize) -> Result<Vec<TokenRecord>, StoreError>;

    /// The token with this name.
    ///
    /// # Errors
    /// `NotFound`, also outside the scope; `Unavailable`, `Corrupt`.
    async fn get(&self, scope: Scope, name: &str) -> Result<TokenRecord, StoreError>;

    /// The token whose text has this digest, expired or not.
    ///
    /// # Errors
    /// `Unavailable`, `Corrupt`.
    async fn by_digest(&self, scope: Scope, digest: TokenDigest) -> Result<Option<TokenRecord>, StoreError>;

    /// Makes one, at the time of the audit entry.
    ///
    /// # Errors
    /// `Taken` for a name in use; `NotFound` for a tenant that is not there or outside the scope, and for a token of no
    /// tenant in a tenant's scope; `Invalid` beyond [`MAX_TOKENS`] or without an audit summary; `Unavailable`, `Full`.
    async fn add(&self, scope: Scope, token: NewToken, audit: AuditEntry) -> Result<TokenRecord, StoreError>;

    /// Changes when it expires.
    ///
    /// # Errors
    /// `NotFound`, `Invalid` without an audit summary; `Unavailable`, `Full`.
    async fn set_expiry(
        &self,
        scope: Scope,
        name: &str,
        expires: Option<Timestamp>,
        audit: AuditEntry,
    ) -> Result<TokenRecord, StoreError>;

    /// Removes it; it is no longer in force when this returns. Those of a tenant go with the tenant.
    ///
    /// # Errors
    /// `NotFound`, `Invalid` without an audit summary; `Unavailable`.
    async fn remove(&self, scope: Scope, name: &str, audit: AuditEntry) -> Result<TokenRecord, StoreError>;

    /// Notes a use, unless one was noted less than [`USE_NOTED_FOR`] before. A token that is gone changes nothing.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn note_use(&self, scope: Scope, name: &str, used: TokenUse) -> Result<(), StoreError>;
}
