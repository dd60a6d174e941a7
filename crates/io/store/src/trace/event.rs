//! Events in the life of accepted messages.

use core_directory::TenantId;
use jiff::Timestamp;

/// Something that happened to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceEvent {
    /// When.
    pub at: Timestamp,
    /// Whose message.
    pub tenant: TenantId,
    /// Our id in the message's Received field.
    pub reference: String,
    /// What, in one word: accepted, delivered, deferred, failed and the like.
    pub kind: String,
    /// The sender without angle brackets; `None` is the null one.
    pub mail_from: Option<String>,
    /// The recipient without angle brackets; `None` if the event concerns all.
    pub rcpt_to: Option<String>,
    /// The Message-ID as [`message_id_key`](crate::message_id_key) has it; one event of a message carries it.
    pub message_id: Option<String>,
    /// The rest in JSON, at most [`MAX_TRACE_BODY`](crate::MAX_TRACE_BODY) octets.
    pub body: String,
}
