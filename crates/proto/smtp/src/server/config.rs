//! What the operator sets for the sessions of one listener.

use crate::data::BareNewline;
use crate::limits::{DEFAULT_MAX_ERRORS, DEFAULT_MAX_IDLE_COMMANDS, DEFAULT_MAX_MESSAGE_SIZE, DEFAULT_MAX_RECIPIENTS};

/// Settings of a session.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// The name in the banner and in the answer to EHLO.
    pub hostname: String,
    /// Octets of one message, offered as SIZE (RFC 1870); nothing: no limit.
    pub max_message_size: Option<u64>,
    /// Recipients of one transaction.
    pub max_recipients: usize,
    /// Errors of syntax and sequence in one session.
    pub max_errors: u32,
    /// Commands without mail between two messages; a MAIL counts until its message is accepted.
    pub max_idle_commands: u32,
    /// Whether STARTTLS is offered.
    pub starttls: bool,
    /// Whether the connection is in TLS from its first octet.
    pub tls: bool,
    /// What becomes of a bare LF in a message.
    pub bare_newline: BareNewline,
    /// Whether BDAT is offered and taken (CHUNKING, RFC 3030).
    pub chunking: bool,
    /// Whether BODY=BINARYMIME is (RFC 3030); only together with CHUNKING, since such mail travels by BDAT alone.
    pub binary_mime: bool,
    /// Whether each command line is handed out as [`super::Output::Command`], for a record of the session.
    pub tell_commands: bool,
}

impl ServerConfig {
    /// The defaults: no TLS, no BDAT, the limits of [`crate::limits`].
    #[must_use]
    pub fn new(hostname: impl Into<String>) -> Self {
        Self {
            hostname: hostname.into(),
            max_message_size: Some(DEFAULT_MAX_MESSAGE_SIZE),
            max_recipients: DEFAULT_MAX_RECIPIENTS,
            max_errors: DEFAULT_MAX_ERRORS,
            max_idle_commands: DEFAULT_MAX_IDLE_COMMANDS,
            starttls: false,
            tls: false,
            bare_newline: BareNewline::Reject,
            chunking: false,
            binary_mime: false,
            tell_commands: false,
        }
    }

    /// Whether mail of any octets is taken.
    pub(super) fn takes_binary(&self) -> bool {
        self.chunking && self.binary_mime
    }
}
