//! What can be wrong with a command line, and the reply to each.
//!
//! All of it is the client's blame. Errors of sequence are not here but in the server's states.

use thiserror::Error;

use crate::limits::MAX_COMMAND_LINE;
use crate::path::PathError;
use crate::reply::Reply;

/// Why a line is no command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CommandError {
    /// Longer than [`MAX_COMMAND_LINE`].
    #[error("the command line is longer than {MAX_COMMAND_LINE} octets")]
    LineTooLong,
    /// An LF without CR. Such lines are how one program's data becomes another's command.
    #[error("the command line ends in a bare LF; send CRLF")]
    BareLf,
    /// A CR without LF.
    #[error("the command line has a bare CR; send CRLF")]
    BareCr,
    /// A control character, NUL among them.
    #[error("the command line has a control character at octet {at}")]
    ControlCharacter {
        /// Octets before it.
        at: usize,
    },
    /// Octets that are neither ASCII nor UTF-8.
    #[error("the command line is neither ASCII nor UTF-8 from octet {at} on")]
    NotUtf8 {
        /// Octets before the first that is wrong.
        at: usize,
    },
    /// No verb.
    #[error("the command line is empty")]
    Empty,
    /// HELO or EHLO without a usable name.
    #[error("HELO and EHLO need the client's name: one word of at most 255 octets")]
    HeloName,
    /// MAIL or RCPT not followed by `FROM:` or `TO:`.
    #[error("write {wanted}")]
    Syntax {
        /// The form that the command has.
        wanted: &'static str,
    },
    /// BDAT without a size that can be read, so that nobody knows where its chunk ends.
    #[error("write BDAT size or BDAT size LAST")]
    ChunkSize,
    /// A sender's address that is none.
    #[error("the sender's address {0}")]
    ReversePath(PathError),
    /// A recipient's address that is none.
    #[error("the recipient's address {0}")]
    ForwardPath(PathError),
    /// A parameter that breaks the grammar, or a keyword that comes twice.
    #[error("a parameter is malformed or given twice")]
    Parameter,
}

impl CommandError {
    /// The reply that tells the client.
    #[must_use]
    pub fn reply(&self) -> Reply {
        let (code, status) = match self {
            Self::LineTooLong | Self::BareLf | Self::BareCr | Self::ControlCharacter { .. } => (500, (5, 5, 2)),
            Self::NotUtf8 { .. } | Self::Empty => (500, (5, 5, 2)),
            Self::HeloName | Self::Syntax { .. } | Self::ChunkSize | Self::Parameter => (501, (5, 5, 4)),
            Self::ReversePath(_) => (501, (5, 1, 7)),
            Self::ForwardPath(_) => (501, (5, 1, 3)),
        };
        Reply::with_status(code, status, self.to_string())
    }
}
