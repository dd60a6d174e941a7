//! The command line: its shape and its help, nothing else.

mod audit;
mod backup;
mod certificate;
mod directory_file;
mod domain;
mod evidence;
mod explain;
mod generated;
mod global;
pub mod kind;
pub mod object;
mod queue;
mod serve;
mod tenant;
mod token;
mod trace;

use clap::{Parser, Subcommand};

pub use self::audit::AuditArgs;
pub use self::backup::{BackupArgs, RestoreArgs};
pub use self::certificate::{CertificateCommand, CertificateInspectArgs};
pub use self::directory_file::{ApplyArgs, ExportArgs, ExportForm, ImportArgs};
pub use self::domain::{DomainCommand, DomainVerifyArgs};
pub use self::evidence::{CollectSide, DiagnoseArgs, LintArgs};
pub use self::explain::{ExplainArgs, WhyArgs};
pub use self::generated::{CompletionsArgs, ManPagesArgs};
pub use self::global::{ColorChoice, Global};
use self::object::{InboundConnectors, ObjectCommand, SendConnectors};
pub use self::queue::{QueueCommand, QueueHoldArgs, QueueListArgs, QueueMessagesArgs, QueueSelectArgs, QueueShowArgs};
pub use self::serve::{DemoArgs, ServeArgs};
pub use self::tenant::{TenantCommand, TenantStateArgs};
pub use self::token::{RoleChoice, TokenAddArgs, TokenCommand, TokenNameArgs, TokenRemoveArgs, TokenSetArgs};
pub use self::trace::TraceArgs;

/// What help ends with: what to type first.
const FIRST_STEPS: &str = "\
First steps:
  postwarden demo                      see the whole story play here, with nothing to set up
  postwarden serve                     relay on 127.0.0.1:2525, data in ./postwarden-data
  postwarden tenant add NAME           register a tenant, its domains and connectors one by one,
  postwarden apply -f directory.toml   or all of them as a file says
  postwarden diagnose FILE…            find out why mail is refused, from logs, dumps and bounces
  postwarden explain --help            ask what the relay would say to a client, and why
  postwarden COMMAND --help            examples for each command

Exit codes:
  0 done, nothing wrong    1 the answer is no    2 wrong usage or unreadable input
  3 server out of reach    4 undetermined, evidence is missing";

/// Everything that was typed.
#[derive(Debug, Parser)]
#[command(
    name = "postwarden",
    version,
    about = "A multi-tenant SMTP relay that knows whose mail it is.",
    long_about = "A multi-tenant SMTP relay that knows whose mail it is: it recognises the sending server by its TLS client \
                  certificate or its address, relays only for verified domains, and explains every refusal.",
    after_help = FIRST_STEPS
)]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
    /// The command; none: help.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the relay
    #[command(after_long_help = "\
Examples:
  postwarden serve             127.0.0.1:2525, a certificate of its own, ./postwarden-data
  postwarden serve --config /etc/postwarden/postwarden.toml
  postwarden serve --check     is everything in order? starts nothing

SIGTERM and SIGINT end it in good order, a second one at once.
SIGHUP has the configuration and all certificates read again: what has changed is in force for \
sessions that begin from then on, and the log names what needs a restart. If anything is wrong, \
everything stays as it is.")]
    Serve(ServeArgs),
    /// See the whole story play on this machine
    #[command(after_long_help = "\
Examples:
  postwarden demo           on a terminal it stays up to play with until Ctrl-C
  postwarden demo --keep    elsewhere too

A hub, an edge and the outside world on loopback, in a folder of their own that goes afterwards.
Exit 0 if every step did what it should.")]
    Demo(DemoArgs),
    /// Make the directory equal to files: the differences first, all or nothing
    #[command(after_long_help = "\
Examples:
  postwarden apply -f directory.toml                 shows what would change and asks
  postwarden apply -f contoso.toml -f fabrikam.toml --yes
  postwarden apply -f directory.toml --dry-run       shows it, changes nothing
  postwarden apply -f directory.toml --prune         also removes what the files no longer have

Only tenants named in the files are touched. A tenant itself is never removed. docs/directory.md has \
every key of the file.")]
    Apply(ApplyArgs),
    /// Print the directory as a directory file, private keys left out
    #[command(after_long_help = "\
Examples:
  postwarden export > directory.toml
  postwarden export --tenant contoso --json
  postwarden export --tenant contoso --as exchange-online-powershell > connectors.ps1")]
    Export(ExportArgs),
    /// Register tenants, limit what they use, suspend and resume them
    #[command(subcommand)]
    Tenant(TenantCommand),
    /// Register the domains of tenants, and prove that they are theirs
    #[command(subcommand)]
    Domain(DomainCommand),
    /// Keep the certificates that send connectors present, and look into certificate files
    #[command(subcommand)]
    Certificate(CertificateCommand),
    /// Say which servers are a tenant's own, and what is demanded of its partners
    #[command(subcommand)]
    InboundConnector(ObjectCommand<InboundConnectors>),
    /// Say where a tenant's mail goes on to, and how
    #[command(subcommand)]
    SendConnector(ObjectCommand<SendConnectors>),
    /// Say who may use the server's API from afar, and what for
    #[command(subcommand)]
    Token(TokenCommand),
    /// Show who changed what from what to what, when, and from where
    #[command(after_long_help = "\
Examples:
  postwarden audit
  postwarden audit --since 2d --tenant contoso
  postwarden audit --object 'Inbound from HQ' --actor anna
  postwarden audit --since 2026-01-05 --limit 1000 --json")]
    Audit(AuditArgs),
    /// Make a directory file to review from dumps of Exchange or the files of Postfix; no server is asked
    #[command(after_long_help = "\
Examples:
  postwarden import inbound-connectors.json accepted-domains.json > directory.toml
  postwarden import dumps/ --tenant contoso -o directory.toml
  postwarden import /etc/postfix/main.cf /etc/postfix/transport /etc/postfix/relay_clientcerts
  postconf -n | postwarden import - --json

What a file is is told by its content. The directory file says at each object where it came from, and at its end what became of \
every property: carried over, without meaning here, not to be carried over and what to do, or not shown. docs/importing.md \
tells more.

Exit 0 all was carried over, 2 nothing could be read, 4 something could not be carried over or read.")]
    Import(ImportArgs),
    /// Say what the relay would do with a mail, and why; what is not given is unknown
    #[command(after_long_help = "\
Examples:
  postwarden explain --presented-name mail.contoso.com --mail-from contoso.com --rcpt-to example.org
  postwarden explain --certificate edge.pem --mail-from '<>' --rcpt-to b@example.org
  postwarden explain --ip 192.0.2.7 --no-certificate --mail-from a@contoso.com --rcpt-to example.org
  postwarden explain -f directory.toml --trust ca.pem --certificate edge.pem --rcpt-to example.org

Exit 0 it passes, 1 it is refused, 4 it depends on what is missing.
With -f no server is asked: the files are the whole directory.")]
    Explain(ExplainArgs),
    /// Find out why mail is refused, from logs, dumps and bounces; no server is asked
    #[command(after_long_help = "\
Examples:
  postwarden diagnose bounce.eml
  postwarden diagnose SmtpSend/ MessageTracking/ inbound-connectors.xml accepted-domains.json
  postwarden diagnose evidence.zip --since 2d --html answer.html
  postwarden diagnose mail.log.1.gz mail.log postconf.txt --json
  postwarden diagnose SmtpSend/ --redact       to ask in public
  postwarden diagnose                   on a terminal: asks to paste
  journalctl -u postfix | postwarden diagnose -
  postwarden diagnose --collect exchange-server > collect.ps1     gathers it; read it, then run it there

Any mix of evidence of Exchange, Exchange Online, Postfix, Exim, sendmail or Postwarden. What a file is \
is told by its content, not its name. Folders are read with all that is in them; .gz, .zip and .tar are opened. What \
is not understood is listed with why. Nothing leaves this machine.

Exit 0 nothing wrong was found, 1 a certain or likely cause was found, 2 nothing could be read, 4 undetermined: a cause \
is only possible, or mail was refused and the evidence does not say why, or something could not be read. Ctrl-C ends with 130 and no answer: half of the evidence could point to a \
wrong cause.")]
    Diagnose(DiagnoseArgs),
    /// Say what of a configuration is broken, will break, or overlaps, before mail is refused for it
    #[command(after_long_help = "\
Examples:
  postwarden lint                                    the running server's directory
  postwarden lint -f directory.toml
  postwarden lint -f inbound-connectors.xml -f accepted-domains.xml
  postwarden lint -f dumps/ -f fullchain.pem --json

Reads directory files of Postwarden, dumps of Exchange Online and Exchange, and certificates: files, folders, archives. \
docs/lint.md lists every finding. What no file shows is not judged, and named with the command that shows it.

Exit 0 nothing was found, 1 something was, 2 a file could not be read, 3 no server answers, 4 nothing was found and \
something could not be judged. Ctrl-C ends with 130: nothing is judged then.")]
    Lint(LintArgs),
    /// Show the reasoning behind one refusal
    #[command(after_long_help = "\
Examples:
  postwarden why 52273580310473CC
  postwarden why '550 5.7.64 … Denied [relay.example.net 2026-01-05T09:30:00.000Z 52273580310473CC]'
  postwarden why - < bounce.eml

Exit 0 the reasoning was found and shown, 1 no such refusal is known, 2 there is no reference in the text.")]
    Why(WhyArgs),
    /// Tell what became of a message: how it came, whose it is, where it was tried, what was answered
    #[command(after_long_help = "\
Examples:
  postwarden trace --reference 5C32A0F7E1D94B86       what a client was told: `Queued as …`
  postwarden trace --mail-from printer@contoso.com --since 2h
  postwarden trace --rcpt-to example.net --since 2026-01-05 --limit 20
  postwarden trace --message-id '<20260105093000.7@contoso.com>'

An event a line, in the order of time, and what to do next where a message is stuck or failed. Of refused mail there \
is no message: `postwarden why` tells the reason.

Exit 0 a message was found, 1 none was.")]
    Trace(TraceArgs),
    /// Show who knocks and is named by no connector: certificates and addresses that were refused
    #[command(after_long_help = "\
Examples:
  postwarden candidates
  postwarden candidates --json

Each with the command that would admit it. A certificate that proves nothing is shown as a claim only, and what would \
make it trusted.")]
    Candidates,
    /// Show the server's state and what needs attention
    #[command(after_long_help = "\
Examples:
  postwarden status
  postwarden status --json")]
    Status,
    /// Keep all that the server has in one file, while mail flows
    #[command(after_long_help = "\
Examples:
  postwarden backup /var/backups/postwarden.tar
  postwarden backup postwarden.tar --without-queue     directory and trace alone
  postwarden backup - | gpg --encrypt -r ops > postwarden.tar.gpg

The file holds private keys and mail: it is for its owner only. It has its name once it is whole. Each database in \
it is as it was when the backup began. While it is made the server needs room for its largest database once more.
Listeners' certificates and the configuration are files of yours, and not in it.")]
    Backup(BackupArgs),
    /// Bring back what a backup holds
    #[command(after_long_help = "\
Examples:
  postwarden restore postwarden.tar            with no server: everything, into an empty folder
  postwarden restore postwarden.tar            with a server: its directory alone; shows it, asks
  postwarden restore postwarden.tar --dry-run  shows it, changes nothing

The backup is checked all through before anything is in place. Messages in a restored queue that were delivered \
after the backup was taken are sent a second time. A server that runs keeps its queue, since mail that it accepted \
since would be lost; tenants that the backup does not have go.")]
    Restore(RestoreArgs),
    /// Look into the queue, and hold, release, retry or remove what waits
    #[command(subcommand)]
    Queue(QueueCommand),
    /// Print completions for a shell
    #[command(after_long_help = "\
Examples:
  postwarden completions bash > /etc/bash_completion.d/postwarden
  postwarden completions zsh > ~/.zfunc/_postwarden
  postwarden completions fish > ~/.config/fish/completions/postwarden.fish

They ask the program, which must be on the path, and that the server for the names of tenants, domains, connectors and \
certificates; where it does not answer within 300 ms, no names are offered.")]
    Completions(CompletionsArgs),
    /// Write the manual pages into a folder
    #[command(hide = true)]
    ManPages(ManPagesArgs),
}

#[cfg(test)]
mod tests;
