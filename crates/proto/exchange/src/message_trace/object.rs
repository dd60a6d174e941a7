//! Rows as cmdlets print them, property by property.

use super::{TraceRecord, report};
use crate::exact_time::exact_time;

/// Where the connector stands that mail was attributed to: in the custom data of a RECEIVE event.
const MARK: &str = "S:InboundConnectorData=Name=";

/// The inbound connector that custom data names.
#[must_use]
pub fn inbound_connector(custom_data: &str) -> Option<&str> {
    let (_, name) = custom_data.split_once(MARK)?;
    let end = name.find([';', '"', '<', '|']).unwrap_or(name.len());
    name.get(..end).map(str::trim).filter(|name| !name.is_empty())
}

/// Whether a direction, of a report or a header, is the tenant's own: numbers stand for words in the summary.
pub(super) fn is_originating(direction: &str) -> Option<bool> {
    match direction.trim() {
        "2" => Some(true),
        "1" => Some(false),
        word if word.eq_ignore_ascii_case("originating") => Some(true),
        word if word.eq_ignore_ascii_case("incoming") => Some(false),
        _ => None,
    }
}

impl TraceRecord {
    /// A row of Get-MessageTraceV2 or Get-MessageTrace, or an event of Get-MessageTraceDetailV2, from its properties. `None`:
    /// it is neither. Of events only those tell that name the connector.
    #[must_use]
    pub fn of_object(property: &dyn Fn(&str) -> Option<String>) -> Option<Self> {
        let text = |name: &str| property(name).filter(|value| !value.is_empty());
        // As cmdlets print it, or as reports do: UTC either way.
        let time = |name: &str| text(name).and_then(|value| exact_time(&value).or_else(|| report::time(&value)));
        if let (Some(_), Some(detail)) = (text("Event"), text("Data")) {
            let connector = inbound_connector(&detail)?.to_owned();
            return Some(Self {
                at: time("Date"),
                message_id: text("MessageId"),
                recipient: text("RecipientAddress"),
                status: text("Event"),
                connector: Some(connector),
                originating: Some(true),
                ..Self::default()
            });
        }
        text("MessageTraceId")?;
        Some(Self {
            at: time("Received"),
            message_id: Some(text("MessageId")?),
            sender: text("SenderAddress"),
            recipient: text("RecipientAddress"),
            status: text("Status"),
            from_ip: text("FromIP"),
            connector: None,
            originating: None,
        })
    }
}
