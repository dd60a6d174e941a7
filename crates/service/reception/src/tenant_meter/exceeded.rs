//! A limit of a tenant that mail would exceed: the reply, and the words for it in the queue and in metrics.

use core_directory::{Field, Window};
use jiff::Timestamp;
use proto_smtp::Reply;

/// Which limit, and its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exceeded {
    Messages { number: u64, window: Window, opens: Timestamp },
    Recipients { number: u64, window: Window, opens: Timestamp },
    Sessions { number: u64 },
    Size { octets: u64 },
    QueuedMessages { number: u64 },
    QueuedSize { octets: u64 },
}

impl Exceeded {
    /// The key of the limit in the directory file.
    pub fn field(self) -> Field {
        match self {
            Self::Messages { window, .. } => fields(window).0,
            Self::Recipients { window, .. } => fields(window).1,
            Self::Sessions { .. } => Field::MaxSessions,
            Self::Size { .. } => Field::MaxMessageSize,
            Self::QueuedMessages { .. } => Field::MaxQueuedMessages,
            Self::QueuedSize { .. } => Field::MaxQueuedSize,
        }
    }

    /// What the client is told. All but the size may be otherwise when it comes again.
    pub fn reply(self) -> Reply {
        let (code, status) = match self {
            Self::Messages { .. } | Self::Recipients { .. } | Self::Sessions { .. } => (450, (4, 7, 1)),
            Self::Size { .. } => (552, (5, 3, 4)),
            Self::QueuedMessages { .. } | Self::QueuedSize { .. } => (452, (4, 3, 1)),
        };
        Reply::with_status(code, status, self.text())
    }

    /// What is exceeded, in a sentence.
    pub fn text(self) -> String {
        match self {
            Self::Messages { number, window, opens } => rate(number, "messages", window, opens),
            Self::Recipients { number, window, opens } => rate(number, "recipients", window, opens),
            Self::Sessions { number } => {
                format!("This organization's limit of {number} sessions at one time is reached; try again later")
            }
            Self::Size { octets } => {
                format!("The message is larger than this organization's limit of {octets} octets")
            }
            Self::QueuedMessages { number } => {
                format!("This organization's share of the queue, {number} messages, is used up; try again later")
            }
            Self::QueuedSize { octets } => {
                format!("This organization's share of the queue, {octets} octets, is used up; try again later")
            }
        }
    }
}

fn rate(number: u64, what: &str, window: Window, opens: Timestamp) -> String {
    let window = window.word();
    format!("This organization's limit of {number} {what} per {window} is reached; it opens again at {opens:.0}")
}

/// The keys of a window's two limits: of messages and of recipients.
pub(super) fn fields(window: Window) -> (Field, Field) {
    match window {
        Window::Minute => (Field::MessagesPerMinute, Field::RecipientsPerMinute),
        Window::Hour => (Field::MessagesPerHour, Field::RecipientsPerHour),
        Window::Day => (Field::MessagesPerDay, Field::RecipientsPerDay),
        Window::Month => (Field::MessagesPerMonth, Field::RecipientsPerMonth),
    }
}
