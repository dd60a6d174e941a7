//! `GET /v1/status`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The node, its directory and its queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Status {
    /// The relay's host name.
    pub hostname: String,
    /// Version of the program.
    pub version: String,
    /// The node's name.
    pub node: String,
    /// When it started.
    pub started_at: Timestamp,
    /// Where it listens; empty for a tenant.
    pub listeners: Vec<Listener>,
    /// SMTP sessions that are open; left out for a tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sessions: Option<u64>,
    /// The directory in force.
    pub directory: DirectoryStatus,
    /// The queue; `None` if it cannot be read, which `attention` then tells.
    pub queue: Option<QueueNumbers>,
    /// Refusals of the last day by tenant, those with the most in the last hour first; empty also where they cannot be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<Refused>,
    /// What needs attention, each a sentence with what to do. Empty if all is well.
    pub attention: Vec<String>,
}

/// How much was refused of what a tenant sees. Hours are counted whole: the one that runs, and those before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Refused {
    /// The tenant; none: what the operator alone sees.
    pub tenant: Option<String>,
    /// In this hour and the one before.
    pub hour: u64,
    /// In this hour and the 24 before.
    pub day: u64,
}

/// A listener.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Listener {
    /// The address it is bound to, with its port.
    pub address: String,
    /// Whether it offers STARTTLS.
    pub starttls: bool,
    /// Whether it asks for client certificates.
    pub client_certificates: bool,
}

/// The directory in force on this node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DirectoryStatus {
    /// Its version.
    pub version: u64,
    /// When it was loaded or committed.
    pub loaded_at: Timestamp,
    /// When the store last confirmed that it is the newest.
    pub confirmed_at: Timestamp,
    /// Whether mail is judged by it: it was confirmed in the last 10 minutes (rule A11).
    pub usable: bool,
    /// What is in it.
    pub counts: Counts,
}

/// Numbers of directory objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Counts {
    /// Tenants.
    pub tenants: u64,
    /// Accepted domains.
    pub domains: u64,
    /// Those that are verified.
    pub verified_domains: u64,
    /// Inbound connectors.
    pub inbound_connectors: u64,
    /// Send connectors.
    pub send_connectors: u64,
}

/// The queue in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct QueueNumbers {
    /// Messages.
    pub total: u64,
    /// Messages held.
    pub held: u64,
    /// Messages that are due now.
    pub due: u64,
    /// Messages that a node is working on.
    pub claimed: u64,
    /// Octets of all messages.
    pub octets: u64,
    /// When the oldest was accepted.
    pub oldest_accepted: Option<Timestamp>,
    /// Messages that were accepted longer ago than ten minutes.
    #[serde(default)]
    pub older_than_10m: u64,
    /// The same for an hour.
    #[serde(default)]
    pub older_than_1h: u64,
    /// The same for four hours.
    #[serde(default)]
    pub older_than_4h: u64,
    /// The same for a day.
    #[serde(default)]
    pub older_than_24h: u64,
}
