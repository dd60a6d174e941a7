//! What a client session is told, and what it tells its driver.

use bytes::Bytes;

use super::capabilities::Capabilities;
use super::error::ClientError;
use crate::command::HeloName;
use crate::mail_body::MailBody;
use crate::param::Parameters;
use crate::path::{ForwardPath, ReversePath};
use crate::reply::Reply;

/// Settings of a connection.
#[derive(Debug, Clone)]
pub struct ClientConfig {
    /// The name that EHLO gives.
    pub helo_name: HeloName,
    /// Whether to ask for TLS.
    pub starttls: StartTls,
}

/// Use of STARTTLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartTls {
    /// Never asked for; also right where TLS came before the first octet.
    Never,
    /// Asked for where offered; the session goes on in plaintext where it is not offered or refused.
    Opportunistic,
    /// The session fails without it.
    Required,
}

/// The next thing for the driver to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Read from the peer and feed; at the end of the stream call [`super::Session::end_of_stream`].
    NeedInput,
    /// Write these octets to the peer.
    Send(Bytes),
    /// Do the TLS handshake, then call [`super::Session::tls_established`]. If it fails, drop the connection.
    StartTls,
    /// Greeting (and TLS) are done, or a RSET on request: [`super::Session::start`] may be called.
    Ready(Capabilities),
    /// The peer waits for the message: call [`super::Session::body`] with its pieces, then
    /// [`super::Session::end_of_body`]. Comes again until then.
    NeedBody,
    /// The transaction is over. If the session is not closed with it, the next may start.
    Done(Box<TransactionOutcome>),
    /// Nothing is under way: start a transaction, ask for RSET or QUIT.
    Idle,
    /// The session is over in good order: QUIT was answered, or the peer said 421. Drop the connection.
    Closed(Reply),
    /// The session is over. Drop the connection.
    Failed(ClientError),
    /// The driver still owes the TLS handshake.
    AwaitingDriver,
}

/// One message to be handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// The sender.
    pub reverse_path: ReversePath,
    /// The recipients, at least one.
    pub recipients: Vec<Recipient>,
    /// Octets of the message, sent as `SIZE=` where the peer offers it.
    pub size: Option<u64>,
    /// What the body is. `8BITMIME` is said where the peer offers it; where it does not, the caller must have decided what to
    /// do ([`Capabilities::eight_bit_mime`]). `BINARYMIME` goes by BDAT, all else by DATA.
    pub body: MailBody,
    /// More parameters of MAIL, sent as they are: the caller knows that the peer offers their extension.
    pub params: Parameters,
}

/// One recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The address.
    pub path: ForwardPath,
    /// Parameters of RCPT, sent as they are.
    pub params: Parameters,
}

impl From<ForwardPath> for Recipient {
    fn from(path: ForwardPath) -> Self {
        Self { path, params: Parameters::new() }
    }
}

/// Every reply of one transaction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TransactionOutcome {
    /// To MAIL; nothing if the peer closed before.
    pub mail: Option<Reply>,
    /// To each RCPT, in the order of the recipients; nothing where none came.
    pub recipients: Vec<Option<Reply>>,
    /// To DATA; nothing if it was not sent, since no recipient was accepted or the message went by BDAT, or if the peer
    /// closed before.
    pub data: Option<Reply>,
    /// To the end of data, or the first refusal of a chunk; a refusal may have come before the end was sent.
    pub end_of_data: Option<Reply>,
    /// The peer's 421, wherever it came: the session is over.
    pub closing: Option<Reply>,
}

impl TransactionOutcome {
    /// The reply that decided this recipient's fate; nothing only if the index is not a recipient's.
    ///
    /// The recipient was delivered if and only if this is the positive reply to the end of data, which
    /// [`TransactionOutcome::is_delivered`] tells.
    #[must_use]
    pub fn deciding_reply(&self, recipient: usize) -> Option<&Reply> {
        let own = self.recipients.get(recipient)?.as_ref();
        let refused = |reply: &&Reply| !reply.is_positive() && !reply.is_intermediate();
        let mail = self.mail.as_ref().filter(refused);
        let data = self.data.as_ref().filter(refused);
        mail.or(own.filter(refused)).or(data).or(self.end_of_data.as_ref()).or(self.closing.as_ref())
    }

    /// Whether the peer took responsibility for this recipient.
    #[must_use]
    pub fn is_delivered(&self, recipient: usize) -> bool {
        let accepted = |reply: &Option<Reply>| reply.as_ref().is_some_and(Reply::is_positive);
        accepted(&self.end_of_data) && self.recipients.get(recipient).is_some_and(accepted)
    }
}
