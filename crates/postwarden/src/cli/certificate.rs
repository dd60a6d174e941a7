//! `certificate`: what tenants keep at the server, and a look into files.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::object::{Certificates, ObjectCommand};

/// `certificate`.
#[derive(Debug, Subcommand)]
pub enum CertificateCommand {
    /// What is done to all kinds of objects.
    #[command(flatten)]
    Object(ObjectCommand<Certificates>),
    /// Look into certificate files: names, thumbprints, dates, chain, and the connectors that they satisfy
    #[command(after_long_help = "\
Examples:
  postwarden certificate inspect mail.pem
  postwarden certificate inspect mail.pfx --password-file password.txt
  postwarden certificate inspect new.pem -f directory.toml                which connectors would take it
  postwarden certificate inspect new.cer -f Get-InboundConnector.xml -f Get-AcceptedDomain.xml
  postwarden certificate inspect edge.pem --trust company-ca.pem

PEM, DER (.cer) and PKCS#12 (.pfx, .p12), told by their content. The first certificate of a file is judged with the \
others as its intermediates. No server is asked, and no private key is shown or kept.
Exit 0 nothing is wrong, 1 something is: the chain, the dates, the use, or no connector takes it; 2 unreadable, \
4 what the dumps leave out decides. With -f, where everybody who is asked takes it, the chain is shown and not counted: \
who pins a certificate asks for no chain.")]
    Inspect(CertificateInspectArgs),
}

/// `certificate inspect`.
#[derive(Debug, Args)]
pub struct CertificateInspectArgs {
    /// A file with a certificate and its intermediates
    #[arg(value_name = "FILE", required = true)]
    pub certificates: Vec<PathBuf>,
    /// A file with the passwords of PKCS#12 files, one a line; the empty one is tried first
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// A directory file, or a dump of Exchange Online, whose connectors are asked; may be repeated
    #[arg(short, long = "file", value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// A PEM file of trusted roots, or `system`; may be repeated [default: system]
    #[arg(long, value_name = "FILE|system")]
    pub trust: Vec<String>,
    /// The time of judgement, such as 2026-01-05T09:30:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub at: Option<Timestamp>,
}
