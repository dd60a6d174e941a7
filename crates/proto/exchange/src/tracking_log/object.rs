//! Rows as Get-MessageTrackingLog prints them. It renames columns, and its `Timestamp` is the local time of whoever asked.

use std::borrow::Cow;

use jiff::Timestamp;

use super::{TrackingEvent, TrackingRow};
use crate::exact_time::exact_time;

impl TrackingRow<'static> {
    /// A row from its properties: a list is given as one text, its items joined by semicolons. `None`: it is none.
    #[must_use]
    pub fn of_object(property: &dyn Fn(&str) -> Option<String>) -> Option<Self> {
        let text = |name: &str| Cow::Owned(property(name).unwrap_or_default());
        let (event, source) = (property("EventId")?, property("Source")?);
        property("RecipientStatus").or_else(|| property("Recipients")).or_else(|| property("MessageId"))?;
        Some(Self {
            at: property("Timestamp").as_deref().and_then(exact_time),
            event: TrackingEvent::of(Cow::Owned(event)),
            source: Cow::Owned(source),
            client_hostname: text("ClientHostname"),
            client_ip: text("ClientIp"),
            server_hostname: text("ServerHostname"),
            server_ip: text("ServerIp"),
            source_context: text("SourceContext"),
            connector_id: text("ConnectorId"),
            message_id: text("MessageId"),
            recipients: text("Recipients"),
            recipient_status: text("RecipientStatus"),
            reference: text("Reference"),
            sender_address: text("Sender"),
            return_path: text("ReturnPath"),
            message_info: text("MessageInfo"),
            directionality: text("Directionality"),
            custom_data: text("EventData"),
        })
    }
}

impl TrackingRow<'_> {
    /// When the message came in, by what `message-info` begins with: the only UTC that a cmdlet prints.
    #[must_use]
    pub fn message_at(&self) -> Option<Timestamp> {
        self.message_info.split(';').next()?.trim().parse().ok()
    }
}
