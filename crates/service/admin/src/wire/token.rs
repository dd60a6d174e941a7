//! `/v1/tokens`: who may use the interface from afar. A token's text is in the answer to the `POST` that makes it, and
//! nowhere else.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

/// Longest name of a token in octets.
pub const MAX_TOKEN_NAME: usize = 64;

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TokenRole {
    /// Everything.
    Operator,
    /// One tenant: what it has, its queue, trace, refusals and audit.
    TenantAdministrator,
    /// Sees one tenant, or all of them, and changes nothing.
    Reader,
}

/// A token to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// Its name, which the audit trail shows: 1 to 64 letters, digits, `.`, `_` and `-`.
    #[schema(min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9._-]+$")]
    pub name: String,
    /// What it is for.
    pub role: TokenRole,
    /// The tenant it is held to: a tenant administrator's, perhaps a reader's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// From when on it is no longer in force; never, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
}

/// The body of `PATCH`, a merge patch (RFC 7396): what is left out stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenChange {
    /// From when on it is no longer in force; `null` for never.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Timestamp>)]
    pub expires: Option<Option<Timestamp>>,
}

/// What is there, `null` too, is given.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Timestamp>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// A token as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Token {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub role: TokenRole,
    /// The tenant it is held to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// From when on it is no longer in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
    /// When it was last used, to the minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used: Option<TokenUse>,
}

/// One use of a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TokenUse {
    /// When.
    pub at: Timestamp,
    /// From which address.
    pub from: String,
}

/// A token that was made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MadeToken {
    /// What its holder sends. It is told this once.
    pub text: String,
    /// The token.
    pub token: Token,
}

/// Its text is a secret.
impl std::fmt::Debug for MadeToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MadeToken").field("token", &self.token).finish_non_exhaustive()
    }
}

/// A page of tokens, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TokenPage {
    /// The tokens.
    pub items: Vec<Token>,
    /// What to give as `after` for the next page; left out at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
