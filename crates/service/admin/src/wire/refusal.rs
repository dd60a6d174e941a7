//! `GET /v1/refusals/{reference}`.

use core_attribution::Answer;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A refusal with its reasoning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    pub answer: Answer,
}
