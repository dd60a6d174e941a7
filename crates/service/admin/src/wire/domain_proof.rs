//! `GET` and `POST /v1/tenants/{tenant}/domains/{name}/verify`: the record that proves a domain, and what was found of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How a domain can be proved, and how it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DomainChallenge {
    /// Name of the tenant.
    pub tenant: String,
    /// The domain.
    pub domain: String,
    /// What the tenant is to publish.
    pub record: ChallengeRecord,
    /// How the domain is proved.
    pub proof: ProofState,
}

/// A TXT record. It is the same each time, and of no use to another tenant or for another domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ChallengeRecord {
    /// Its name in full, without a dot at the end.
    pub name: String,
    /// Its value, one string.
    pub value: String,
    /// Both as a line of a zone file.
    pub zone_line: String,
}

/// How a domain is proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ProofState {
    /// Whether it counts as the tenant's.
    pub verified: bool,
    /// By what; left out if it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<ProvedBy>,
    /// When the record was found first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<Timestamp>,
    /// Since when the record is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing_since: Option<Timestamp>,
    /// Until when the domain counts although the record is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts_until: Option<Timestamp>,
}

/// What proves a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProvedBy {
    /// The operator said so. No record is needed, and none takes it away.
    Operator,
    /// The record.
    Dns,
}

/// What came of a look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DomainVerification {
    /// The record, and how the domain is proved now.
    #[serde(flatten)]
    pub challenge: DomainChallenge,
    /// The answer.
    pub outcome: VerificationOutcome,
    /// Whether another tenant had the domain until now.
    pub moved: bool,
    /// What was found; left out if nobody looked, since the operator verified the domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<Found>,
}

/// The answer to whether a domain is the tenant's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VerificationOutcome {
    /// The record is there, or the operator said so.
    Verified,
    /// The record is not there. A domain that was proved before still counts for a time, see `proof`.
    NotVerified,
    /// The DNS could not be asked.
    Undetermined,
}

/// What is at the record's name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Found {
    /// In one word.
    pub what: FoundWhat,
    /// Other records that are there instead, printable and cut short; at most ten.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// How many there are beside.
    #[serde(default)]
    pub more: u64,
    /// How many of all are such records of another tenant or of another installation.
    #[serde(default)]
    pub strangers: u64,
    /// Another name, at which the right record was put by mistake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub misplaced_at: Option<String>,
    /// Why the DNS could not be asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// What is at a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FoundWhat {
    /// The record.
    Record,
    /// There is no such name.
    NoSuchName,
    /// The name is there, without a TXT record.
    NoRecord,
    /// Other records.
    OtherRecords,
    /// It is not known.
    #[default]
    Unknown,
}
