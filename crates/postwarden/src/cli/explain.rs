//! `explain` and `why`: what is judged.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

/// `explain`.
#[derive(Debug, Default, Args)]
pub struct ExplainArgs {
    /// Where the client comes from
    #[arg(long, value_name = "ADDRESS")]
    pub ip: Option<String>,
    /// The certificate that it presents, with its intermediates (PEM)
    #[arg(long, value_name = "FILE", group = "presented")]
    pub certificate: Option<PathBuf>,
    /// A name in its certificate, which is trusted and in date; may be repeated
    #[arg(long, value_name = "NAME", num_args = 1.., group = "presented")]
    pub presented_name: Vec<String>,
    /// It presents no certificate
    #[arg(long, group = "presented")]
    pub no_certificate: bool,
    /// It uses TLS, which a certificate says already
    #[arg(long, conflicts_with = "no_tls")]
    pub tls: bool,
    /// It does not use TLS
    #[arg(long, conflicts_with_all = ["certificate", "presented_name"])]
    pub no_tls: bool,
    /// MAIL FROM: an address or a domain; '' or '<>' is the null sender
    #[arg(long, value_name = "SENDER")]
    pub mail_from: Option<String>,
    /// RCPT TO: an address or a domain
    #[arg(long, value_name = "RECIPIENT")]
    pub rcpt_to: Option<String>,
    /// A directory file to judge by, in place of the server's directory; may be repeated
    #[arg(short, long = "file", value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// With -f: a PEM file of trusted roots, or `system`; may be repeated [default: system]
    #[arg(long, value_name = "FILE|system", requires = "files")]
    pub trust: Vec<String>,
    /// The time of judgement, such as 2026-01-05T09:30:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub at: Option<Timestamp>,
}

/// `why`.
#[derive(Debug, Args)]
pub struct WhyArgs {
    /// The reference of a refusal, the whole reply, or - to read a reply or a bounce from standard input
    #[arg(value_name = "REFERENCE|-")]
    pub reference: String,
}
