//! `queue` and what follows it: which messages, by their ids or by what they are like.

use std::time::Duration;

use clap::{Args, Subcommand};

use crate::config::duration;

/// `queue`.
#[derive(Debug, Subcommand)]
pub enum QueueCommand {
    /// List what waits
    #[command(after_long_help = "\
Examples:
  postwarden queue list
  postwarden queue list --tenant contoso --limit 20
  postwarden queue list --destination example.com --last-reply 4.7.
  postwarden queue list --sender '<>' --older-than 1d
  postwarden queue list --reference 5C32A0F7E1D94B86     what a client was told: `Queued as …`")]
    List(QueueListArgs),
    /// Show one message, its recipients and the attempts so far
    #[command(after_long_help = "\
Examples:
  postwarden queue show 00000000000000a1")]
    Show(QueueShowArgs),
    /// Hold messages back until they are released
    #[command(after_long_help = "\
Examples:
  postwarden queue hold 00000000000000a1
  postwarden queue hold a1 a2 --reason 'asked the sender, ticket 4711'
  postwarden queue hold --sender printer@contoso.com --yes
  postwarden queue hold --destination '*.example.com' --reason 'they move house'

An attempt that is under way ends as it will; none follows. All messages that are named are held, or none; selected \
ones 1000 at a time. What comes later is not held.")]
    Hold(QueueHoldArgs),
    /// Let held messages go on
    #[command(after_long_help = "\
Examples:
  postwarden queue release 00000000000000a1
  postwarden queue release a1 a2
  postwarden queue release --destination example.com --yes

Each goes on when its next attempt is due, which `queue retry` brings forward. One that has waited longer than \
mail may wait is tried once more, and bounces if that fails. All messages that are named are released, or none; \
selected ones 1000 at a time.")]
    Release(QueueMessagesArgs),
    /// Try messages again now, not when their next attempt is due
    #[command(after_long_help = "\
Examples:
  postwarden queue retry 00000000000000a1
  postwarden queue retry a1 a2
  postwarden queue retry --last-reply 451 --yes
  postwarden queue retry --all --yes

Send connectors that reached no next hop, and were left alone for that, are tried again too. What is held stays held.
All messages that are named are due at once, or none; selected ones 1000 at a time.")]
    Retry(QueueMessagesArgs),
    /// Remove messages for good; nothing is bounced, nobody is told
    #[command(after_long_help = "\
Examples:
  postwarden queue remove 00000000000000a1          asks first
  postwarden queue remove a1 a2 --yes
  postwarden queue remove --sender '<>' --older-than 1d

An attempt that is under way may still deliver its message. All messages that are named are removed, or none; \
selected ones 1000 at a time.")]
    Remove(QueueMessagesArgs),
}

/// `queue list`.
#[derive(Debug, Args)]
pub struct QueueListArgs {
    /// What they are like.
    #[command(flatten)]
    pub select: QueueSelectArgs,
    /// Most messages, 1 to 1000
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub limit: Option<u16>,
    /// Only messages behind this one: where the list before ended
    #[arg(long, value_name = "ID")]
    pub after: Option<String>,
}

/// `queue show`.
#[derive(Debug, Args)]
pub struct QueueShowArgs {
    /// The message's id, as `queue list` shows it
    pub id: String,
}

/// Which messages, by what they are like.
#[derive(Debug, Default, Args)]
pub struct QueueSelectArgs {
    /// Only this tenant's
    #[arg(long, value_name = "NAME")]
    pub tenant: Option<String>,
    /// Only to this domain, or with *.DOMAIN to those below it
    #[arg(long, value_name = "DOMAIN")]
    pub destination: Option<String>,
    /// Only from this address or domain; '<>' is the null sender, of bounces
    #[arg(long, value_name = "SENDER")]
    pub sender: Option<String>,
    /// Only with this last reply: a code such as 451 or 4.7., or some of its words
    #[arg(long, value_name = "TEXT")]
    pub last_reply: Option<String>,
    /// Only what was accepted under this reference, which its client was told: `Queued as …`
    #[arg(long, value_name = "REFERENCE")]
    pub reference: Option<String>,
    /// Only accepted longer ago, such as 4h or 2d
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub older_than: Option<Duration>,
    /// Only accepted since, such as 30m
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub younger_than: Option<Duration>,
}

/// `queue release`, `queue retry`, `queue remove`.
#[derive(Debug, Args)]
pub struct QueueMessagesArgs {
    /// The messages' ids, as `queue list` shows them
    #[arg(value_name = "ID", conflicts_with_all = SELECTORS)]
    pub ids: Vec<String>,
    /// What they are like.
    #[command(flatten)]
    pub select: QueueSelectArgs,
    /// All messages, whatever they are like
    #[arg(long, conflicts_with_all = CONDITIONS)]
    pub all: bool,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}

/// The conditions of a selection.
const CONDITIONS: [&str; 7] =
    ["tenant", "destination", "sender", "last_reply", "reference", "older_than", "younger_than"];

/// What stands in place of ids.
const SELECTORS: [&str; 8] =
    ["tenant", "destination", "sender", "last_reply", "reference", "older_than", "younger_than", "all"];

/// `queue hold`.
#[derive(Debug, Args)]
pub struct QueueHoldArgs {
    /// Which.
    #[command(flatten)]
    pub messages: QueueMessagesArgs,
    /// Why, for whoever looks next [default: who held them]
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
}
