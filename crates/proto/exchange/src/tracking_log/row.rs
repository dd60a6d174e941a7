//! One event of one message.

use std::borrow::Cow;

use jiff::Timestamp;

use super::RecipientStatus;
use super::recipient_status::split_statuses;

/// What happened, as far as it tells of the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrackingEvent<'a> {
    /// Handed to another server. In 2010 and 2013 of whatever organisation.
    Send,
    /// Handed to a server outside the organisation, 2016 and later.
    SendExternal,
    /// Given up for good.
    Fail,
    /// Put off.
    Defer,
    /// Any other, as it is written: there are some forty, and more come.
    Other(Cow<'a, str>),
}

/// One row. Texts are as logged; lists are joined by semicolons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackingRow<'a> {
    /// When, UTC; none where a cmdlet printed local time.
    pub at: Option<Timestamp>,
    /// What happened.
    pub event: TrackingEvent<'a>,
    /// Which part of transport says so: `SMTP`, `QUEUE`, `DSN`, `ROUTING`, ….
    pub source: Cow<'a, str>,
    /// The server that submits: of what goes out, the one that writes the log.
    pub client_hostname: Cow<'a, str>,
    /// Its own, inner address. The far side may see another.
    pub client_ip: Cow<'a, str>,
    /// The other end.
    pub server_hostname: Cow<'a, str>,
    /// Its address.
    pub server_ip: Cow<'a, str>,
    /// The reply of the other end, of what was handed over.
    pub source_context: Cow<'a, str>,
    /// The Send connector.
    pub connector_id: Cow<'a, str>,
    /// Message-ID.
    pub message_id: Cow<'a, str>,
    /// Recipients.
    pub recipients: Cow<'a, str>,
    /// Their statuses, in the same order.
    pub recipient_status: Cow<'a, str>,
    /// Of a failure, the Message-ID of the bounce.
    pub reference: Cow<'a, str>,
    /// `Sender` or `From`: not MAIL FROM.
    pub sender_address: Cow<'a, str>,
    /// MAIL FROM; `<>` is the null sender.
    pub return_path: Cow<'a, str>,
    /// Begins with the time at which the message came in, UTC.
    pub message_info: Cow<'a, str>,
    /// `Originating`, `Incoming` or `Undefined`, in this organisation's view, not the far side's.
    pub directionality: Cow<'a, str>,
    /// `S:Key=Value;S:Key=Value`, or of a cmdlet `[Key, Value], …`.
    pub custom_data: Cow<'a, str>,
}

impl<'a> TrackingEvent<'a> {
    /// The event of this name.
    #[must_use]
    pub fn of(name: Cow<'a, str>) -> Self {
        const KNOWN: [(&str, TrackingEvent<'static>); 4] = [
            ("SEND", TrackingEvent::Send),
            ("SENDEXTERNAL", TrackingEvent::SendExternal),
            ("FAIL", TrackingEvent::Fail),
            ("DEFER", TrackingEvent::Defer),
        ];
        let known = KNOWN.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(&name));
        known.map_or(Self::Other(name), |(_, event)| event)
    }
}

impl TrackingRow<'_> {
    /// Each recipient with its status. Where there are not as many statuses as recipients, the whole text is that of all: a
    /// reply that is not wrapped may hold semicolons, as `550 4.4.7 QUEUE.Expired;454 4.7.5 …` does.
    pub fn statuses(&self) -> Vec<(&str, RecipientStatus<'_>)> {
        let recipients: Vec<&str> = self.recipients.split([';', ',']).map(bare).filter(|one| !one.is_empty()).collect();
        let statuses = split_statuses(&self.recipient_status);
        if statuses.len() == recipients.len() {
            return recipients.into_iter().zip(statuses.into_iter().map(RecipientStatus::parse)).collect();
        }
        let of_all = RecipientStatus::parse(&self.recipient_status);
        recipients.into_iter().map(|recipient| (recipient, of_all)).collect()
    }

    /// The value of a key of the custom data.
    #[must_use]
    pub fn custom(&self, key: &str) -> Option<&str> {
        super::custom_data(&self.custom_data, key)
    }
}

/// An address without the braces and blanks of a cmdlet's list.
fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '{' | '}'))
}
