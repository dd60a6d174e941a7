//! A message in the queue: its envelope, who it belongs to, and how far its recipients are. The octets are a body.

use std::fmt;
use std::str::FromStr;

use core_directory::{SendConnectorId, TenantId};
use jiff::Timestamp;

use crate::bodies::BodyId;
use crate::settlement::AttemptRecord;

/// A message in the queue; people see it as 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub u64);

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// The text is no message id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a message id is 1 to 16 hexadecimal digits, as `queue list` shows it")]
pub struct NotAMessageId;

impl FromStr for MessageId {
    type Err = NotAMessageId;

    fn from_str(text: &str) -> Result<Self, NotAMessageId> {
        if text.is_empty() || !text.bytes().all(|octet| octet.is_ascii_hexdigit()) {
            return Err(NotAMessageId);
        }
        u64::from_str_radix(text, 16).map(Self).map_err(|_| NotAMessageId)
    }
}

/// One claim of one message. Later writes name it; a number is never given out twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClaimNumber(pub u64);

impl fmt::Display for ClaimNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A recipient within its message: the place in [`NewMessage::recipients`], from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecipientId(pub u32);

/// Which way the mail goes, as the verdict said (rules A8 and A9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The tenant's own mail.
    Originating,
    /// Mail to the tenant.
    Incoming,
}

/// A recipient of a message to be queued.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewRecipient {
    /// The forward-path without angle brackets, exactly as it came.
    pub forward_path: String,
    /// The NOTIFY parameter as it came (RFC 3461 §4.1).
    pub notify: Option<String>,
    /// The ORCPT parameter as it came (RFC 3461 §4.2).
    pub orcpt: Option<String>,
    /// What the next hop last said about the recipient, if an attempt came before the queue.
    pub last_reply: Option<String>,
}

/// A lease under which a message enters the queue, because an attempt to deliver it is running already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The node on which the attempt runs.
    pub node: String,
    /// When the lease expires.
    pub until: Timestamp,
}

/// A message to be queued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMessage {
    /// Whose it is.
    pub tenant: TenantId,
    /// Which way it goes.
    pub direction: Direction,
    /// The reverse-path without angle brackets, exactly as it came; `None` is the null one.
    pub reverse_path: Option<String>,
    /// The recipients, at least one.
    pub recipients: Vec<NewRecipient>,
    /// The send connector that routes it.
    pub send_connector: SendConnectorId,
    /// Its octets: a sealed body of the same tenant.
    pub body: BodyId,
    /// Octets of the body.
    pub size: u64,
    /// It has octets above 127 (BODY=8BITMIME, RFC 6152).
    pub eight_bit: bool,
    /// It came with BODY=BINARYMIME (RFC 3030): its lines keep to no rules.
    pub binary: bool,
    /// It came with SMTPUTF8, and its sender or its header is not ASCII (RFC 6531).
    pub smtp_utf8: bool,
    /// The RET parameter as it came (RFC 3461 §4.3).
    pub ret: Option<String>,
    /// The ENVID parameter as it came (RFC 3461 §4.4).
    pub envid: Option<String>,
    /// When it was accepted; retries end counted from here.
    pub accepted_at: Timestamp,
    /// Our id in its Received field.
    pub reference: String,
    /// By what it was attributed, in JSON: rule and connector, for the trace.
    pub attributed: String,
    /// The tenant of ours that sent it, when it was handed over inside the relay (rule A13): then its sender was attributed.
    pub handed_over_by: Option<TenantId>,
    /// Why it shall not be tried until released.
    pub hold: Option<String>,
    /// When it is due.
    pub next_attempt: Timestamp,
    /// The attempt that was made before the message came here; it counts as the first.
    pub first_attempt: Option<AttemptRecord>,
    /// Claimed from the first moment, because an attempt is running.
    pub lease: Option<Lease>,
}

/// A message that is in the queue, durably.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Its id.
    pub message: MessageId,
    /// The claim, if it came with a [`Lease`].
    pub claim: Option<ClaimNumber>,
}

/// How far a recipient is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecipientState {
    /// To be tried.
    Pending,
    /// The next hop took it.
    Delivered,
    /// Given up.
    Failed,
}

/// A recipient of a queued message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedRecipient {
    /// Its place in the message.
    pub id: RecipientId,
    /// See [`NewRecipient::forward_path`].
    pub forward_path: String,
    /// See [`NewRecipient::notify`].
    pub notify: Option<String>,
    /// See [`NewRecipient::orcpt`].
    pub orcpt: Option<String>,
    /// How far it is.
    pub state: RecipientState,
    /// What the next hop last said about it.
    pub last_reply: Option<String>,
}

/// A message in the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedMessage {
    /// Its id.
    pub id: MessageId,
    /// See [`NewMessage::tenant`].
    pub tenant: TenantId,
    /// See [`NewMessage::direction`].
    pub direction: Direction,
    /// See [`NewMessage::reverse_path`].
    pub reverse_path: Option<String>,
    /// The pending recipients when claimed, all of them when shown; by place.
    pub recipients: Vec<QueuedRecipient>,
    /// See [`NewMessage::send_connector`].
    pub send_connector: SendConnectorId,
    /// See [`NewMessage::body`].
    pub body: BodyId,
    /// See [`NewMessage::size`].
    pub size: u64,
    /// See [`NewMessage::eight_bit`].
    pub eight_bit: bool,
    /// See [`NewMessage::binary`].
    pub binary: bool,
    /// See [`NewMessage::smtp_utf8`].
    pub smtp_utf8: bool,
    /// See [`NewMessage::ret`].
    pub ret: Option<String>,
    /// See [`NewMessage::envid`].
    pub envid: Option<String>,
    /// See [`NewMessage::accepted_at`].
    pub accepted_at: Timestamp,
    /// See [`NewMessage::reference`].
    pub reference: String,
    /// See [`NewMessage::attributed`].
    pub attributed: String,
    /// See [`NewMessage::handed_over_by`].
    pub handed_over_by: Option<TenantId>,
    /// The sender was told that it is late; nobody is told that twice.
    pub delay_told: bool,
    /// Why it is held; `None` if it is not.
    pub hold: Option<String>,
    /// When it is, or was, due.
    pub next_attempt: Timestamp,
    /// Attempts that count.
    pub attempts: u32,
    /// The result of the last attempt that was recorded.
    pub last_reply: Option<String>,
}

/// A message that one node may work on until its claim expires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedMessage {
    /// The claim.
    pub claim: ClaimNumber,
    /// The message with its pending recipients.
    pub message: QueuedMessage,
}

/// All that is known of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageDetails {
    /// The message with all its recipients.
    pub message: QueuedMessage,
    /// The node that works on it and the time its claim expires.
    pub lease: Option<Lease>,
    /// The attempts, oldest first, the newest [`MAX_ATTEMPTS_KEPT`](crate::MAX_ATTEMPTS_KEPT).
    pub history: Vec<AttemptRecord>,
}
