//! What ends a client session in bad order.

use std::fmt;

use thiserror::Error;

use crate::data::EncodeError;
use crate::reply::{Reply, ReplyError};

/// Why the session failed. The peer's blame, but for [`ClientError::Body`], which is the message's.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ClientError {
    /// The peer opened with something other than 220.
    #[error("the peer refused the connection: {0}")]
    BannerRefused(Reply),
    /// Neither EHLO nor HELO was accepted.
    #[error("the peer refused our greeting: {0}")]
    HelloRefused(Reply),
    /// TLS is required and STARTTLS is not offered.
    #[error("the peer does not offer STARTTLS, which this route requires")]
    TlsNotOffered,
    /// TLS is required and STARTTLS was refused.
    #[error("the peer refused STARTTLS, which this route requires: {0}")]
    TlsRefused(Reply),
    /// Octets came behind the reply to STARTTLS in plaintext: someone on the path may have put them there.
    #[error("plaintext came behind the peer's reply to STARTTLS")]
    ResponseInjection,
    /// Not SMTP.
    #[error(transparent)]
    Reply(#[from] ReplyError),
    /// A reply that means nothing here.
    #[error("the peer sent an unexpected reply {waiting}: {reply}")]
    UnexpectedReply {
        /// The reply.
        reply: Reply,
        /// What we were waiting for.
        waiting: Waiting,
    },
    /// More replies than questions: one of them answers something that we never said.
    #[error("the peer sent more than one reply {waiting}")]
    Unasked {
        /// What we were waiting for.
        waiting: Waiting,
    },
    /// The stream ended.
    #[error("the peer closed the connection {waiting}")]
    ConnectionLost {
        /// What we were waiting for.
        waiting: Waiting,
    },
    /// The message cannot be sent by DATA.
    #[error("the message cannot be sent: {0}")]
    Body(#[from] EncodeError),
}

/// What a session was waiting for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// The banner.
    Banner,
    /// The reply to EHLO.
    Ehlo,
    /// The reply to HELO.
    Helo,
    /// The reply to STARTTLS.
    StartTls,
    /// The driver's TLS handshake.
    Handshake,
    /// Nothing: between transactions.
    Nothing,
    /// The reply to RSET.
    Rset,
    /// The reply to MAIL.
    Mail,
    /// The reply to RCPT.
    Rcpt,
    /// The reply to DATA.
    Data,
    /// Nothing: the message is being sent.
    Body,
    /// The reply to a chunk of the message (BDAT), the last excepted.
    Chunk,
    /// The reply to the end of data. If the connection is lost here, the peer may have accepted the message.
    EndOfData,
    /// The reply to QUIT.
    Quit,
    /// Nothing ever: the session is over.
    Over,
}

/// Reads on from "the peer …".
impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Banner => "instead of its banner",
            Self::Ehlo => "in answer to EHLO",
            Self::Helo => "in answer to HELO",
            Self::StartTls => "in answer to STARTTLS",
            Self::Handshake => "during the TLS handshake",
            Self::Nothing => "between transactions",
            Self::Rset => "in answer to RSET",
            Self::Mail => "in answer to MAIL",
            Self::Rcpt => "in answer to RCPT",
            Self::Data => "in answer to DATA",
            Self::Chunk => "in answer to a chunk",
            Self::Body => "while the message was being sent",
            Self::EndOfData => "in answer to the end of data",
            Self::Quit => "in answer to QUIT",
            Self::Over => "after the end of the session",
        })
    }
}

/// Why a transaction or a command cannot begin: an error of the driver, or a fact about the peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum StartError {
    /// The session is not between transactions.
    #[error("the session is not ready for this")]
    NotReady,
    /// A transaction without recipients.
    #[error("the transaction has no recipients")]
    NoRecipients,
    /// An address is not ASCII and the peer does not offer SMTPUTF8 (`553 5.6.7`).
    #[error("an address needs SMTPUTF8, which the peer does not offer")]
    NeedsSmtpUtf8,
    /// The body is BINARYMIME and the peer does not offer that and CHUNKING (`554 5.6.3`).
    #[error("the message is binary, and the peer does not offer CHUNKING and BINARYMIME")]
    NeedsBinaryMime,
}
