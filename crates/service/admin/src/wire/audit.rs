//! `GET /v1/audit`: who changed what from what to what, when and from where.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use service_directory::{DiffChange, DiffEntry};

/// The query. All conditions that are given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct AuditParameters {
    /// Only what this tenant may read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// Only from this time on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Only by this token, or this local user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Only what is about an object of this name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Most records, 1 to 1000; 100 if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 1000)]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<usize>,
    /// Only records before this one: `next` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
}

/// A page of the audit trail, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AuditPage {
    /// The records.
    pub items: Vec<AuditRecord>,
    /// What to give as `before` for the next page; left out at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// What one change said to one tenant, or to the operator alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AuditRecord {
    /// Grows with each record.
    pub id: u64,
    /// When.
    pub at: Timestamp,
    /// Who: a token's name, or a local user.
    pub actor: String,
    /// From where: an address, or `admin.sock`.
    pub origin: String,
    /// The version of the directory that it made, or that was in force.
    pub directory_version: u64,
    /// The tenant that may read it; left out where that is the operator alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// What changed.
    #[schema(value_type = Vec<crate::openapi::mirrors::AuditChange>)]
    pub diff: Vec<AuditChange>,
}

/// One difference. Its text is one line for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditChange {
    /// Name of the tenant at that time; empty for a token of no tenant.
    #[serde(default)]
    pub tenant: String,
    /// The kind of object: a kind of the directory's, or `token`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// What became of it.
    #[serde(flatten)]
    pub change: DiffChange,
}

impl fmt::Display for AuditChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let own = serde_json::to_value(self).and_then(serde_json::from_value::<DiffEntry>);
        if let Ok(entry) = own {
            return entry.fmt(f);
        }
        let shown = |value: &str| if value.is_empty() { "none".to_owned() } else { value.to_owned() };
        match &self.change {
            DiffChange::Added => write!(f, "+ {} {}", self.kind, self.name),
            DiffChange::Removed => write!(f, "- {} {}", self.kind, self.name),
            DiffChange::Changed { field, from, to } => {
                write!(f, "~ {} {}: {field}: {} -> {}", self.kind, self.name, shown(from), shown(to))
            }
        }
    }
}
