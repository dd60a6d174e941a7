//! What one connection shows of itself in a protocol log: facts with their lines. What the log does not show is not there; it
//! must not be taken for something that did not happen unless [`Session::opening_is_whole`] says so.

use std::ops::Range;
use std::sync::Arc;

use jiff::Timestamp;

use super::{CertificateRecord, LogKind, Writer};

/// A text of a session, by its place among all that the session keeps: [`Session::text`] gives it. A session has dozens of
/// texts, and a log millions of sessions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Text {
    pub(super) start: u32,
    pub(super) end: u32,
}

/// A line of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogLine {
    /// Its number in the file, from 1.
    pub number: u64,
    /// Its text without the end, cut to [`super::MAX_KEPT`] octets.
    pub text: Text,
}

/// A reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Three digits.
    pub code: u16,
    /// The text with the code; of a reply in several rows, all of them joined by spaces.
    pub text: Text,
    /// When.
    pub at: Option<Timestamp>,
    /// The row; of several, the first.
    pub line: LogLine,
}

/// What was answered to a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Answer {
    /// The log does not show it.
    #[default]
    NotShown,
    /// `2yz` or `3yz`.
    Positive,
    /// `4yz` or `5yz`.
    Negative(Box<Reply>),
}

/// A recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// What stands between the angle brackets.
    pub path: Text,
    /// The answer to RCPT TO.
    pub answer: Answer,
}

/// One message's transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transaction {
    /// What stands between the angle brackets of MAIL FROM, empty for the null sender; `None`: the row is not in the log.
    pub mail_from: Option<Text>,
    /// The answer to MAIL FROM.
    pub mail: Answer,
    /// The recipients, the first of them, by their places among all of the session: [`Session::recipients`] gives them.
    pub(super) recipients: Range<usize>,
    /// How many more there were.
    pub more_recipients: u64,
    /// Whether DATA, or BDAT, was said.
    pub data_begun: bool,
    /// The answer to the end of the message, or to DATA or BDAT if it was refused there. Positive: the message was taken.
    pub end: Answer,
    /// The row that took it, such as `250 2.6.0 … Queued mail for delivery`.
    pub accepted: Option<LogLine>,
    /// A refusal of which only the reply is in the log, not what it answers.
    pub stray: Option<Box<Reply>>,
    /// When the last answer came.
    pub at: Option<Timestamp>,
}

/// A reply to EHLO or HELO.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Greeting {
    /// The reply, as far as it is in the log.
    pub reply: Reply,
    /// Whether STARTTLS stands in it.
    pub offers_starttls: bool,
    /// Whether it came before any TLS in this session: with TLS on, STARTTLS is offered no more.
    pub before_tls: bool,
}

/// A certificate in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownCertificate {
    /// What the rows tell.
    pub record: Arc<CertificateRecord>,
    /// The row with the subject, else the first.
    pub line: LogLine,
}

/// How far TLS got.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handshake {
    /// STARTTLS was said.
    pub asked: bool,
    /// STARTTLS was answered with `220`.
    pub accepted: bool,
    /// STARTTLS was answered otherwise.
    pub refused: Option<Box<Reply>>,
    /// A row says that the negotiation succeeded.
    pub succeeded: bool,
    /// A row says that it failed: with which error, and the row.
    pub failed: Option<(Text, LogLine)>,
}

/// One connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// All texts, one behind the other.
    pub(super) texts: String,
    /// About what it takes in memory, in octets.
    pub octets: usize,
    /// Which log: by the header, else by who says what; `None`: nothing tells.
    pub kind: Option<LogKind>,
    /// Who wrote it, if a header says so.
    pub writer: Option<Writer>,
    /// The send connector, or `SERVER\Receive connector`.
    pub connector_id: Text,
    /// 16 hexadecimal digits.
    pub session_id: Text,
    /// Address and port of the writing server, as they stand there.
    pub local_endpoint: Text,
    /// Address and port of its peer.
    pub remote_endpoint: Text,
    /// Time of its first row here.
    pub first_at: Option<Timestamp>,
    /// Time of its last.
    pub last_at: Option<Timestamp>,
    /// The row `+` is here.
    pub begins: bool,
    /// The row `-` is here: its context, such as `Local` or `Remote(SocketError)`, and the row.
    pub ended: Option<(Text, LogLine)>,
    /// From the first row to the first MAIL FROM, or as far as it got, no row is missing by its numbers: what is not shown
    /// of the opening did not happen.
    pub opening_is_whole: bool,
    /// This is not the first part that is told of it: earlier transactions were told before.
    pub is_continued: bool,
    /// What the far side said first; of a Receive log, what the server itself did.
    pub banner: Option<Reply>,
    /// The name said at EHLO or HELO.
    pub helo: Option<Text>,
    /// The replies to it: before TLS, and after.
    pub greetings: Vec<Greeting>,
    /// TLS.
    pub tls: Handshake,
    /// The certificate that the writing server presented.
    pub own_certificate: Option<ShownCertificate>,
    /// The one that its peer presented.
    pub peer_certificate: Option<ShownCertificate>,
    /// A row that says in words that the client presented none.
    pub no_client_certificate: Option<LogLine>,
    /// The last reply that refused something outside transactions, and what: `banner`, `EHLO`, `STARTTLS`, `AUTH`, or
    /// `session` where nothing was asked.
    pub refused: Option<(&'static str, Box<Reply>)>,
    /// The transactions.
    pub transactions: Vec<Transaction>,
    /// Their recipients, one transaction's behind the other's.
    pub(super) recipients: Vec<Recipient>,
    /// A row that says that no connection came about, with its words.
    pub failed_to_connect: Option<(Text, LogLine)>,
    /// The last thing that was noted in words that are not understood here, such as an error; empty where there is none.
    pub last_note: String,
}

impl Session {
    /// A text of this session. Of another session's it gives anything.
    #[must_use]
    pub fn text(&self, text: Text) -> &str {
        self.texts.get(text.start as usize..text.end as usize).unwrap_or_default()
    }

    /// The recipients of a transaction of this session. Of another session's it gives any.
    #[must_use]
    pub fn recipients(&self, transaction: &Transaction) -> &[Recipient] {
        self.recipients.get(transaction.recipients.clone()).unwrap_or_default()
    }

    /// Whether it is here from its first row to its last.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.begins && self.opening_is_whole && self.ended.is_some()
    }
}
