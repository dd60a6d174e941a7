//! `audit`: which changes to show.

use clap::Args;

use crate::since::Since;

/// `audit`.
#[derive(Debug, Args)]
pub struct AuditArgs {
    /// Only what this tenant may read
    #[arg(long, value_name = "TENANT")]
    pub tenant: Option<String>,
    /// Only since then: a date, a date with time in UTC, or how long ago, such as 2d
    #[arg(long, value_name = "TIME", value_parser = Since::parse)]
    pub since: Option<Since>,
    /// Only by this local user, or by the token of this name
    #[arg(long, value_name = "NAME")]
    pub actor: Option<String>,
    /// Only what is about an object of this name
    #[arg(long, value_name = "NAME")]
    pub object: Option<String>,
    /// Most changes, the newest first
    #[arg(long, value_name = "NUMBER", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,
}
