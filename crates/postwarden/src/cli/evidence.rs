//! `diagnose` and `lint`: what to read, and how to answer.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use crate::since::Since;

/// `diagnose`.
#[derive(Debug, Default, Args)]
pub struct DiagnoseArgs {
    /// Evidence: files, folders, archives, or - for standard input [default: on a terminal, asks to paste]
    #[arg(value_name = "FILE|FOLDER|-")]
    pub files: Vec<PathBuf>,
    /// Pass over what happened before: a date, a date with time in UTC, or how long ago, such as 2d
    #[arg(long, value_name = "TIME", value_parser = Since::parse)]
    pub since: Option<Since>,
    /// Write the answer as a page too, to send to a colleague: one file that needs nothing else
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Mask names, addresses, mailboxes and thumbprints all over the answer: the same value by the same mask
    #[arg(long)]
    pub redact: bool,
    /// The time of diagnosis, by which certificates expire, such as 2026-01-05T09:30:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub at: Option<Timestamp>,
    /// Print a script that gathers the evidence where it lies; it only reads
    #[arg(long, value_name = "SIDE", conflicts_with_all = ["files", "since", "html", "redact"])]
    pub collect: Option<CollectSide>,
}

/// Sides that evidence is gathered on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CollectSide {
    /// Exchange Online PowerShell
    ExchangeOnline,
    /// Exchange 2013 and later, in Windows PowerShell 5.1
    ExchangeServer,
    /// Exchange 2010, in PowerShell 2.0
    #[value(name = "exchange-2010")]
    Exchange2010,
    /// Postfix, in sh
    Postfix,
}

/// `lint`.
#[derive(Debug, Args)]
pub struct LintArgs {
    /// A directory file, a dump, a certificate, a folder or an archive of them, or -; may be repeated [default: asks the server]
    #[arg(short, long = "file", value_name = "FILE")]
    pub files: Vec<PathBuf>,
}
