//! Refusals, and how many there were.

use std::net::IpAddr;

use core_directory::TenantId;
use jiff::Timestamp;

/// One refusal, found again by the reference that its reply carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusalRecord {
    /// The random reference in the reply.
    pub reference: String,
    /// When it was refused.
    pub at: Timestamp,
    /// The tenants that may see it beside the operator, in the order of their identities. Empty for most of what strangers
    /// try.
    pub tenant_sight: Vec<TenantId>,
    /// The connectors that came nearest: the nearest of all first, then that of each other tenant with sight.
    pub nearest: Vec<NearMiss>,
    /// The client; `None` when a balancer did not say.
    pub remote_ip: Option<IpAddr>,
    /// The sender without angle brackets; `None` is the null one.
    pub mail_from: Option<String>,
    /// The recipient without angle brackets.
    pub rcpt_to: String,
    /// The reply as it was sent.
    pub reply: String,
    /// The reply without what is in brackets, which is the same for all refusals of a kind; empty in records of old versions.
    pub kind: String,
    /// The reasoning in JSON, at most [`MAX_TRACE_BODY`](crate::MAX_TRACE_BODY) octets.
    pub body: String,
    /// How often the same was refused again without a record of its own.
    pub repeats: u32,
    /// When it was last refused.
    pub last_at: Timestamp,
}

/// A connector that nearly matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearMiss {
    /// Whose.
    pub tenant: TenantId,
    /// Its name.
    pub connector: String,
}

/// Which refusals are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountFilter {
    /// From the hour or day on that holds this time.
    pub since: Timestamp,
    /// Up to and with the hour or day that holds this time.
    pub until: Timestamp,
    /// What is counted together.
    pub step: CountStep,
}

/// Times that are counted together, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountStep {
    /// By the hour.
    Hour,
    /// By the day.
    Day,
}

impl CountStep {
    /// Its length in seconds.
    #[must_use]
    pub fn seconds(self) -> i64 {
        match self {
            Self::Hour => 3_600,
            Self::Day => 86_400,
        }
    }
}

/// How many refusals of one kind there were in an hour or a day. A refusal that several tenants see counts for each of them;
/// `first` says where it counts in a sum over tenants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusalCount {
    /// When the hour or day began.
    pub from: Timestamp,
    /// The tenant with sight; `None`: nobody but the operator.
    pub tenant: Option<TenantId>,
    /// The connector that came nearest, of that tenant where it has sight.
    pub nearest: Option<NearMiss>,
    /// The reply without what is in brackets.
    pub kind: String,
    /// Whether these refusals count in a sum over all tenants.
    pub first: bool,
    /// How many.
    pub refused: u64,
}
