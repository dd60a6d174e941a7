//! What a server session tells and asks its driver.

use bytes::Bytes;
use thiserror::Error;

use crate::command::HeloName;
use crate::data::DataEnd;
use crate::mail_body::MailBody;
use crate::param::Parameters;
use crate::path::{ForwardPath, ReversePath};
use crate::reply::Reply;

/// The next thing for the driver to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Read from the client and feed.
    NeedInput,
    /// Write these octets to the client.
    Send(Bytes),
    /// The client said this, one command line with its CRLF, whatever becomes of it. Only with
    /// [`super::ServerConfig::tell_commands`]. Nothing to answer.
    Command(Bytes),
    /// Do the TLS handshake, then call [`super::Session::tls_established`]. If it fails, drop the connection.
    StartTls,
    /// The client has said who it is. Nothing to answer. An open transaction is over (a [`Output::Reset`] came before).
    Greeting(Greeting),
    /// May this sender begin a transaction? Answer.
    Mail(MailRequest),
    /// May this recipient be added? Answer.
    Rcpt(RcptRequest),
    /// May the message come, by DATA or by BDAT? At least one recipient was accepted. Answer.
    Data,
    /// A piece of the message, decoded.
    Body(Bytes),
    /// The message is complete. Answer, and with success only when it is safe. Where [`DataEnd::refusal`] names a
    /// reply the client gets that one whatever the answer. The transaction is over after the answer.
    EndOfData(DataEnd),
    /// The open transaction is over without a message.
    Reset(ResetCause),
    /// Everything has been sent: drop the connection, and with it an open transaction.
    Closing(ClosingCause),
    /// The driver still owes an answer, or the TLS handshake.
    AwaitingDriver,
}

/// What a client said about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Greeting {
    /// The name that it gave.
    pub name: HeloName,
    /// EHLO, not HELO.
    pub extended: bool,
    /// It had sent more before it could know our reply, which RFC 2920 §3.1 forbids.
    pub pipelined: bool,
}

/// A MAIL command that keeps to the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailRequest {
    /// The sender.
    pub reverse_path: ReversePath,
    /// The size in octets that the client declared; within the limit.
    pub declared_size: Option<u64>,
    /// The body's kind.
    pub body: MailBody,
    /// Whether the client asked for SMTPUTF8.
    pub smtputf8: bool,
    /// All parameters as sent, those above too.
    pub params: Parameters,
}

/// A RCPT command that keeps to the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RcptRequest {
    /// The recipient.
    pub forward_path: ForwardPath,
    /// All parameters as sent.
    pub params: Parameters,
}

/// What ended a transaction before its message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResetCause {
    /// RSET.
    Rset,
    /// EHLO or HELO.
    Greeting,
    /// STARTTLS.
    StartTls,
    /// A BDAT chunk was refused, and with it the message.
    ChunkRefused,
}

/// Why the session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClosingCause {
    /// QUIT.
    Quit,
    /// The driver wanted it: [`super::Session::close`], [`super::Session::refused`] or an answer with code 421.
    Driver,
    /// Too many errors of syntax and sequence.
    TooManyErrors,
    /// Too many commands without mail.
    TooManyIdleCommands,
    /// A command line without end.
    EndlessLine,
    /// The client sent plaintext behind STARTTLS.
    PlaintextAfterStartTls,
    /// The client sent a message before it was asked to.
    EarlyData,
    /// The client talked before the banner.
    EarlyTalk,
    /// The client wanted TLS while there was no room for a handshake.
    TlsBusy,
    /// A BDAT chunk that we would not even skip.
    HugeChunk,
    /// A BDAT that does not tell where its chunk ends.
    UnreadableChunk,
}

/// The driver's answer to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Yes, with the usual text.
    Accept,
    /// This reply. A positive one accepts, a 4xx or 5xx refuses; 421 also closes. Another code is an error of ours and
    /// becomes `451 4.3.0`.
    Reply(Reply),
}

/// The driver answered though nothing was asked, or mixed up handshake and answer: an error in the driver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the SMTP session has no such question open")]
pub struct NotAsked;
