//! `GET /v1/directory` answers with the directory file's JSON; `POST /v1/directory/apply` takes it.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use service_directory::DiffEntry;

/// A change of the directory.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplyRequest {
    /// The tenants, as `proto_directory_file::to_json_with_keys` writes them.
    #[schema(value_type = Object)]
    pub directory: Json,
    /// Remove objects of the named tenants that are not named.
    #[serde(default)]
    pub prune: bool,
    /// Say what would change, and change nothing.
    #[serde(default)]
    pub dry_run: bool,
    /// Refuse with 409 unless this is the version in force: that which a dry run answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_version: Option<u64>,
}

/// It may hold private keys, so the directory is not shown.
impl std::fmt::Debug for ApplyRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApplyRequest")
            .field("prune", &self.prune)
            .field("dry_run", &self.dry_run)
            .field("expected_version", &self.expected_version)
            .finish_non_exhaustive()
    }
}

/// What a change changed, or would.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ApplyResponse {
    /// The differences; empty if everything was so already.
    #[schema(value_type = Vec<crate::openapi::mirrors::DiffEntry>)]
    pub diff: Vec<DiffEntry>,
    /// The version in force now.
    pub version: u64,
}
