//! `GET /v1/refusals`, `GET /v1/refusals/{reference}` and `GET /v1/refusals/statistics`.

use core_attribution::Answer;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A refusal with its reasoning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Refusal {
    /// The reference in the reply.
    pub reference: String,
    /// When it was refused.
    pub at: Timestamp,
    /// The client; none when a balancer did not say.
    pub remote_ip: Option<String>,
    /// The sender without angle brackets; empty is the null one.
    pub mail_from: String,
    /// The recipient without angle brackets.
    pub rcpt_to: String,
    /// The reply as it was sent.
    pub reply: String,
    /// How often the same was refused again.
    pub repeats: u32,
    /// When it was last refused.
    pub last_at: Timestamp,
    /// The verdict and its reasoning at that time.
    #[schema(value_type = crate::openapi::mirrors::Answer)]
    pub answer: Answer,
}

/// The query of `GET /v1/refusals`. All conditions that are given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct RefusalParameters {
    /// Only what this tenant sees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// Only mail from this address or domain; `<>` is the null sender.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail_from: Option<String>,
    /// Only mail to this recipient, or to recipients in this domain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rcpt_to: Option<String>,
    /// Last refused at this time or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// First refused at this time or earlier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Most refusals, 1 to 1000; 100 if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 1000)]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<usize>,
    /// Only refusals behind this one: `next` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// A page of refusals, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RefusalPage {
    /// The refusals.
    pub items: Vec<RefusalEntry>,
    /// What to give as `after` for the next page; none at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A refusal in a list. Its reasoning is at `GET /v1/refusals/{reference}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RefusalEntry {
    /// The reference in the reply.
    pub reference: String,
    /// When it was refused.
    pub at: Timestamp,
    /// When it was last refused.
    pub last_at: Timestamp,
    /// How often the same was refused again.
    pub repeats: u32,
    /// The client; none when a balancer did not say.
    pub remote_ip: Option<String>,
    /// The sender without angle brackets; empty is the null one.
    pub mail_from: String,
    /// The recipient without angle brackets.
    pub rcpt_to: String,
    /// The reply as it was sent.
    pub reply: String,
    /// The tenants that see it, of those that are there for the caller.
    pub tenants: Vec<String>,
    /// The connector that came nearest, of those that are there for the caller.
    pub nearest: Option<NearestConnector>,
}

/// A connector that nearly matched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NearestConnector {
    /// Whose.
    pub tenant: String,
    /// Its name.
    pub connector: String,
}

/// The query of `GET /v1/refusals/statistics`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum StatisticsStep {
    /// By the hour, in UTC.
    #[default]
    Hour,
    /// By the day, in UTC.
    Day,
}

/// The query of `GET /v1/refusals/statistics`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct StatisticsParameters {
    /// What is counted together: `hour`, the default, or `day`.
    pub by: StatisticsStep,
    /// Only what this tenant sees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// From the hour or day on that holds this time; a day ago if left out, by the day 30 days ago.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Up to and with the hour or day that holds this time; now if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// How much was refused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RefusalStatistics {
    /// What is counted together.
    pub by: StatisticsStep,
    /// All refusals of the time, each once.
    pub refused: u64,
    /// The counts, the newest first, of each hour or day the greatest first; a refusal that several tenants see counts for each
    /// of them. At most 10,000.
    pub items: Vec<RefusalCount>,
}

/// How many refusals of one kind there were in an hour or a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RefusalCount {
    /// When the hour or day began.
    pub from: Timestamp,
    /// The tenant that sees them; none: the operator alone.
    pub tenant: Option<String>,
    /// The connector that came nearest.
    pub nearest: Option<NearestConnector>,
    /// The reply without what stands in brackets.
    pub reply: String,
    /// How many.
    pub refused: u64,
}
