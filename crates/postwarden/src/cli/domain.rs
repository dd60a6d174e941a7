//! `domain`: what there is beside `add`, `set`, `list`, `show` and `remove`.

use clap::{Args, Subcommand};

use super::object::{Domains, ObjectCommand};

/// `domain`.
#[derive(Debug, Subcommand)]
pub enum DomainCommand {
    /// What is done to all kinds of objects.
    #[command(flatten)]
    Object(ObjectCommand<Domains>),
    /// Prove by a DNS record that a domain is its tenant's: look for it now, and show what to publish
    #[command(after_long_help = "\
Examples:
  postwarden domain verify contoso.com
  postwarden domain verify contoso.com --tenant contoso
  postwarden domain verify contoso.com --json

The record is a TXT record at _postwarden-challenge in the domain. Its value is of use to this tenant for this domain alone, \
and the same each time. A domain that another tenant proved by DNS goes over to the one that proves it now. The record has to \
stay: it is looked at each day, and a domain whose record is missing for two weeks is verified no more.

Exit 0 the domain is verified, 1 the record is not there, 4 the DNS could not be asked.")]
    Verify(DomainVerifyArgs),
}

/// `domain verify`.
#[derive(Debug, Args)]
pub struct DomainVerifyArgs {
    /// The domain
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Its tenant [default: the only one]
    #[arg(long, value_name = "TENANT")]
    pub tenant: Option<String>,
}
