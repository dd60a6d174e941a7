//! `POST /v1/explain`; the answer is a `core_attribution::Answer`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Evidence to be judged. What is not given is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ExplainRequest {
    /// Where the client comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_ip: Option<String>,
    /// Whether over TLS. A certificate implies it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<bool>,
    /// The certificate presented with its intermediates, PEM; it is judged as one that the client proves to own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_pem: Option<String>,
    /// Names of a certificate that is trusted and in date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presented_names: Option<Vec<String>>,
    /// The client presents no certificate.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub no_certificate: bool,
    /// MAIL FROM: an address or a domain; empty or `<>` is the null sender.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail_from: Option<String>,
    /// RCPT TO: an address or a domain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rcpt_to: Option<String>,
    /// The time of judgement; now if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}
