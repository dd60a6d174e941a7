//! `trace` and `candidates`.

use clap::Args;

use crate::since::Since;

/// `trace`.
#[derive(Debug, Args)]
pub struct TraceArgs {
    /// From this address, or from any in this domain; <> is the null sender
    #[arg(long, value_name = "SENDER")]
    pub mail_from: Option<String>,
    /// To this address, or to any in this domain
    #[arg(long, value_name = "RECIPIENT")]
    pub rcpt_to: Option<String>,
    /// With this Message-ID
    #[arg(long, value_name = "ID")]
    pub message_id: Option<String>,
    /// What a client was told: `Queued as …`, and what the Received field has behind `id`
    #[arg(long, value_name = "REFERENCE")]
    pub reference: Option<String>,
    /// Since then: a date, a date with time in UTC, or how long ago, such as 2d
    #[arg(long, value_name = "TIME", value_parser = Since::parse)]
    pub since: Option<Since>,
    /// Until then
    #[arg(long, value_name = "TIME", value_parser = Since::parse)]
    pub until: Option<Since>,
    /// Only this tenant's
    #[arg(long, value_name = "TENANT")]
    pub tenant: Option<String>,
    /// Most messages, the newest
    #[arg(long, value_name = "NUMBER", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=100))]
    pub limit: u16,
}
