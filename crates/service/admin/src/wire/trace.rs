//! `GET /v1/trace`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The query of `GET /v1/trace`. All conditions that are given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct TraceParameters {
    /// Only this tenant's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// Only mail from this address or domain; `<>` is the null sender.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail_from: Option<String>,
    /// Only events about this recipient, or about recipients in this domain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rcpt_to: Option<String>,
    /// Only messages with this Message-ID, with or without angle brackets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// Only the message that was accepted under this reference, which the client was told behind `250`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// From this time on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Up to this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Most events, 1 to 1000; 100 if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 1000)]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<usize>,
    /// Only events behind this one: `next` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// A page of events, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TracePage {
    /// The events.
    pub items: Vec<TraceEvent>,
    /// What to give as `after` for the next page; none at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Something that happened to a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TraceEvent {
    /// When.
    pub at: Timestamp,
    /// Whose message; a number if the tenant is gone.
    pub tenant: String,
    /// The relay's id of the message: it stands behind `250` and in the Received field.
    pub reference: String,
    /// What: `connected`, `attributed`, `accepted`, `delivered`, `deferred`, `failed`, `refused` (by the next hop, and so to
    /// the client), `bounced`, `held`, `released`, `retried` or `removed`.
    pub kind: String,
    /// The sender without angle brackets; empty is the null one.
    pub mail_from: String,
    /// The recipient without angle brackets; none if the event concerns all.
    pub rcpt_to: Option<String>,
    /// What is told of an event of this kind: of `connected` `remote_ip`, `helo`, `tls` and `certificate`; of `attributed` `rule`,
    /// `direction`, `connector` and `send_connector`; of `accepted` `size`, `recipients` and `message_id`; of attempts
    /// `next_hop`, `tls`, `peer_proved`, `reply`, `attempt` and `next_attempt`; of what people did `by` and `reason`.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub details: serde_json::Map<String, serde_json::Value>,
}
