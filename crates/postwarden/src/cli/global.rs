//! What holds for every command: which server, and how to answer.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use core_wording::Language;

/// Options of every command.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Everywhere")]
pub struct Global {
    /// The node's configuration [default: ./postwarden.toml, else /etc/postwarden/postwarden.toml, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The data directory, in place of the configuration's
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The server's admin socket [default: admin.sock in the data directory]
    #[arg(long, global = true, value_name = "PATH")]
    pub socket: Option<PathBuf>,
    /// A server by the address of its API: https://HOST[:PORT], or http:// on this machine [default: POSTWARDEN_URL, else the socket]
    #[arg(long, global = true, value_name = "URL", conflicts_with = "socket")]
    pub url: Option<String>,
    /// With a URL: a file with the token [default: the token in POSTWARDEN_TOKEN]
    #[arg(long, global = true, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// With a URL: a PEM file of roots, in place of the system's, or of the server's own certificate
    #[arg(long, global = true, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// Print JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// The language of verdicts and their reasons [default: from LC_ALL, LC_MESSAGES or LANG, else en]
    #[arg(long, global = true, value_name = "LANGUAGE")]
    pub lang: Option<LanguageChoice>,
    /// When to colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
}

/// Languages to choose from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LanguageChoice {
    /// English
    En,
    /// Czech
    Cs,
}

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Global {
    /// The language of verdicts: what was typed, else what the environment says in the order of POSIX.
    pub fn language(&self) -> Language {
        match self.lang {
            Some(LanguageChoice::En) => return Language::English,
            Some(LanguageChoice::Cs) => return Language::Czech,
            None => {}
        }
        let set = |name: &&str| std::env::var(name).is_ok_and(|value| !value.is_empty());
        let name = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find(|name| set(name));
        let tag = name.and_then(|name| std::env::var(name).ok()).unwrap_or_default();
        Language::from_tag(&tag)
    }
}
