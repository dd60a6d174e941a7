//! `token`: who may use the server's API from afar.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;

use crate::config::duration;
use crate::since::Since;

/// `token`.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token; it is shown this once
    #[command(after_long_help = "\
Examples:
  postwarden token add monitoring --role reader --expires 90d
  postwarden token add anna --role tenant-administrator --tenant contoso -o anna.token
  postwarden token add deployment --role operator --expires 2027-01-31 -o deployment.token
  TOKEN=$(postwarden token add ci --role operator --expires 12h)

The token stands alone on standard output, or in the file, which only you can read. The server keeps its digest alone: \
what is lost cannot be shown again.

Roles:
  operator                everything, at all tenants
  tenant-administrator    one tenant: what it has, its queue, its refusals, its part of the audit trail
  reader                  looks at one tenant, or without --tenant at all, and changes nothing")]
    Add(TokenAddArgs),
    /// Change when a token expires
    #[command(after_long_help = "\
Examples:
  postwarden token set monitoring --expires 90d      from now on
  postwarden token set monitoring --expires never")]
    Set(TokenSetArgs),
    /// List tokens, with when and from where each was last used
    #[command(after_long_help = "\
Examples:
  postwarden token list
  postwarden token list --json")]
    List,
    /// Show a token, but not its text
    #[command(after_long_help = "\
Examples:
  postwarden token show monitoring
  postwarden token show monitoring --json")]
    Show(TokenNameArgs),
    /// Remove a token: it is refused within a second
    #[command(after_long_help = "\
Examples:
  postwarden token remove monitoring          says when it was last used, and asks
  postwarden token remove monitoring --yes")]
    Remove(TokenRemoveArgs),
}

/// `token add`.
#[derive(Debug, Args)]
pub struct TokenAddArgs {
    /// What it is called: letters, digits, dots, dashes and underscores; the audit trail names it so
    #[arg(value_name = "NAME")]
    pub name: String,
    /// What its holder may do
    #[arg(long, value_name = "ROLE")]
    pub role: RoleChoice,
    /// The tenant it is held to: a tenant administrator's, perhaps a reader's
    #[arg(long, value_name = "TENANT")]
    pub tenant: Option<String>,
    /// When it ends: how long from now, such as 90d, or a date [default: never]
    #[arg(long, value_name = "TIME", value_parser = Expiry::parse)]
    pub expires: Option<Expiry>,
    /// Write the token into this new file, which nobody else can read, and not on standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// `token set`.
#[derive(Debug, Args)]
pub struct TokenSetArgs {
    /// The token's name
    #[arg(value_name = "NAME")]
    pub name: String,
    /// When it ends: how long from now, such as 90d, a date, or `never`
    #[arg(long, value_name = "TIME|never", value_parser = Expiry::parse)]
    pub expires: Expiry,
}

/// `token show`.
#[derive(Debug, Args)]
pub struct TokenNameArgs {
    /// The token's name
    #[arg(value_name = "NAME")]
    pub name: String,
}

/// `token remove`.
#[derive(Debug, Args)]
pub struct TokenRemoveArgs {
    /// The token's name
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}

/// What the holder of a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RoleChoice {
    /// Everything, at all tenants
    Operator,
    /// One tenant
    TenantAdministrator,
    /// Look, and change nothing
    Reader,
}

/// When a token ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// Never.
    Never,
    /// So long from now.
    In(Duration),
    /// At this moment.
    At(Timestamp),
}

impl Expiry {
    /// Reads it.
    fn parse(text: &str) -> Result<Self, &'static str> {
        const FORMS: &str = "give how long from now (90d, 12h), a date (2027-01-31), or `never`";
        if text == "never" {
            return Ok(Self::Never);
        }
        match duration(text) {
            Ok(duration) => Ok(Self::In(duration)),
            Err(_) => match Since::parse(text) {
                Ok(Since::At(at)) => Ok(Self::At(at)),
                _ => Err(FORMS),
            },
        }
    }

    /// The moment, seen from now, to the second.
    pub fn moment(self, now: Timestamp) -> Option<Timestamp> {
        let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
        match self {
            Self::Never => None,
            Self::In(duration) => Some(now.checked_add(duration).unwrap_or(Timestamp::MAX)),
            Self::At(at) => Some(at),
        }
    }
}
