//! Commands (RFC 5321 §4.1.1): read from one line, written as one line.
//!
//! A command holds only checked values, so that writing it cannot write two. What must not be here: whether a command
//! is in sequence, and which extensions are on.

use std::fmt;

use crate::param::Parameters;
use crate::path::{ForwardPath, ReversePath};

mod error;
mod parse;
#[cfg(test)]
mod tests;

pub use error::CommandError;

/// The name that a client gives itself in HELO or EHLO: a domain or an address literal by RFC 5321 §4.1.1.1.
///
/// Kept as written; any word without spaces and control characters is taken, since real clients send host names with
/// underscores and worse, and the name proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HeloName(String);

impl HeloName {
    /// Checks a name: not empty, at most 255 octets, no space, no control character.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        let word = !name.is_empty()
            && name.len() <= crate::limits::MAX_DOMAIN
            && !name.chars().any(|c| c.is_whitespace() || c.is_control());
        word.then(|| Self(name.to_owned()))
    }

    /// The name as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HeloName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An argument that nobody takes apart: text without control characters and without spaces at its ends.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Argument(String);

impl Argument {
    /// Checks a text; spaces at its ends are taken off. Nothing if it holds a control character.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        (!text.chars().any(char::is_control)).then(|| Self(text.trim_matches(' ').to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// With a space before it, unless it is empty.
impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, " {}", self.0) }
    }
}

/// The verb of a command that we do not know: up to the first space, in upper case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Verb(String);

impl Verb {
    /// Checks a verb: printable ASCII without spaces, and none of those that [`Command`] knows.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let verb = text.to_ascii_uppercase();
        let plain = !verb.is_empty() && verb.bytes().all(|b| b.is_ascii_graphic());
        (plain && !parse::KNOWN.contains(&verb.as_str())).then_some(Self(verb))
    }

    /// The verb in upper case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One command of a client.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Command {
    /// `HELO name`.
    Helo(HeloName),
    /// `EHLO name`.
    Ehlo(HeloName),
    /// `STARTTLS` (RFC 3207).
    StartTls,
    /// `MAIL FROM:<path> …`.
    Mail {
        /// The sender.
        path: ReversePath,
        /// All parameters, unknown ones too.
        params: Parameters,
    },
    /// `RCPT TO:<path> …`.
    Rcpt {
        /// The recipient.
        path: ForwardPath,
        /// All parameters, unknown ones too.
        params: Parameters,
    },
    /// `DATA`.
    Data,
    /// `BDAT size [LAST]` (RFC 3030).
    Bdat {
        /// Octets that follow the command's line.
        size: u64,
        /// Whether this chunk ends the message.
        last: bool,
    },
    /// `RSET`.
    Rset,
    /// `NOOP [text]`.
    Noop(Argument),
    /// `QUIT`.
    Quit,
    /// `VRFY text`.
    Vrfy(Argument),
    /// `EXPN text`.
    Expn(Argument),
    /// `HELP [text]`.
    Help(Argument),
    /// Anything else.
    Unknown {
        /// The first word.
        verb: Verb,
        /// The rest of the line.
        argument: Argument,
    },
}

impl Command {
    /// Reads a command from its line, without the line end.
    ///
    /// Tolerated because real clients do it: lower case, spaces at the end and behind the colon, a path without its
    /// brackets.
    ///
    /// # Errors
    /// [`CommandError`], which knows the reply that it deserves.
    pub fn parse(line: &[u8]) -> Result<Self, CommandError> {
        parse::parse(line)
    }

    /// Writes the command in its canonical form, CRLF included.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.to_string().as_bytes());
        out.extend_from_slice(b"\r\n");
    }
}

/// The canonical form without the line end.
impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Helo(name) => write!(f, "HELO {name}"),
            Self::Ehlo(name) => write!(f, "EHLO {name}"),
            Self::StartTls => f.write_str("STARTTLS"),
            Self::Mail { path, params } => write!(f, "MAIL FROM:{path}{params}"),
            Self::Rcpt { path, params } => write!(f, "RCPT TO:{path}{params}"),
            Self::Data => f.write_str("DATA"),
            Self::Bdat { size, last } => write!(f, "BDAT {size}{}", if *last { " LAST" } else { "" }),
            Self::Rset => f.write_str("RSET"),
            Self::Noop(text) => write!(f, "NOOP{text}"),
            Self::Quit => f.write_str("QUIT"),
            Self::Vrfy(text) => write!(f, "VRFY{text}"),
            Self::Expn(text) => write!(f, "EXPN{text}"),
            Self::Help(text) => write!(f, "HELP{text}"),
            Self::Unknown { verb, argument } => write!(f, "{}{argument}", verb.as_str()),
        }
    }
}
