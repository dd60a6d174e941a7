//! `GET /v1/candidates`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Who knocks and is named by no connector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Candidates {
    /// Certificates that prove their names first, then addresses, then certificates that prove nothing.
    pub items: Vec<Candidate>,
}

/// What a candidate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum CandidateKind {
    /// A certificate that proves its names.
    Certificate,
    /// An address.
    Address,
    /// A certificate that proves nothing: anybody could have made it.
    Claim,
}

/// A certificate or an address that was refused (rule A10) and that no connector names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Candidate {
    /// What it is.
    pub kind: CandidateKind,
    /// The address; none for a certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// SHA-256 of the certificate; none for an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaf_sha256: Option<String>,
    /// The certificate's names: of a claim they are proved by nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// The certificate's issuer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// When the certificate ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<Timestamp>,
    /// Why the certificate proves nothing, each a sentence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<String>,
    /// When it was first refused.
    pub first_seen: Timestamp,
    /// When it was last refused.
    pub last_seen: Timestamp,
    /// How often.
    pub times: u64,
    /// The last domains that it sent from, at most five.
    pub sender_domains: Vec<String>,
    /// The connectors that would admit it, one for each tenant that could have one.
    pub admit: Vec<Admit>,
    /// Why there is none, or what would make the certificate trusted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A connector that would admit a candidate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Admit {
    /// Whose.
    pub tenant: String,
    /// The field, by its key in a directory file.
    pub field: String,
    /// Its value.
    pub value: String,
    /// The command that makes it, quoted for a shell.
    pub command: String,
}
