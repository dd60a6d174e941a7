//! `GET /v1/backup` and `POST /v1/directory/replace`.

use serde::{Deserialize, Serialize};

/// The header that says about how many octets a backup will have.
pub const BACKUP_OCTETS: &str = "postwarden-backup-octets";

/// A directory that was kept elsewhere, to be put in the place of the one in force. It holds private keys.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplaceRequest {
    /// All its objects.
    pub objects: Vec<KeptObject>,
    /// Say what would change, and change nothing.
    #[serde(default)]
    pub dry_run: bool,
    /// The version in force that it was made for; `None` takes whatever is in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_version: Option<u64>,
}

/// An object as a store keeps it.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeptObject {
    /// Its kind, by the store's word.
    pub kind: String,
    /// Its identity in the store that it comes from.
    pub id: u64,
    /// The identity of its tenant there.
    pub tenant: u64,
    /// Its name.
    pub name: String,
    /// Its fields in JSON, a private key among them.
    pub body: String,
}
