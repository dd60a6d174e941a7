//! Log entries, rows of traces and messages in queues as cmdlets print them: each goes to the reader of its kind.

use proto_exchange::dump::{ObjectKind, OtherObject, PropertyBag, Value};
use proto_exchange::event_log::Event;
use proto_exchange::message_trace::TraceRecord;
use proto_exchange::tracking_log::TrackingRow;

use super::Found;
use super::event_log::Seen;
use super::{message_trace, queue, tracking_log};
use crate::evidence::EvidenceKind;

/// Adds what an object tells.
pub(super) fn take(object: &OtherObject, events: &mut Seen, found: &mut Found) {
    let OtherObject { kind, bag } = object;
    let text = |name: &str| text(bag, name);
    match kind {
        ObjectKind::TrackingEvent => {
            found.source.is(EvidenceKind::TrackingLog);
            match TrackingRow::of_object(&text) {
                Some(row) => {
                    tracking_log::take_object(&row, line_of(bag, "RecipientStatus"), &quoted(bag, &ROW), found)
                }
                None => unread(object, found),
            }
        }
        ObjectKind::MessageTrace | ObjectKind::MessageTraceDetail => {
            found.source.is(EvidenceKind::MessageTrace);
            // Of the events of a message only that of its arrival names the connector; the others tell nothing here.
            if let Some(record) = TraceRecord::of_object(&text) {
                message_trace::take_record(&record, found);
            } else if *kind == ObjectKind::MessageTrace {
                unread(object, found);
            }
        }
        ObjectKind::WindowsEvent => {
            found.source.is(EvidenceKind::EventLog);
            match Event::of_object(bag.line, &text) {
                Some(event) => events.take(&Event { data: items(bag, "ReplacementStrings"), ..event }, found),
                None => unread(object, found),
            }
        }
        ObjectKind::QueuedMessage => {
            found.source.is(EvidenceKind::Queue);
            let identity = text("Identity").or_else(|| text("Queue")).unwrap_or_default();
            let error = text("LastError").unwrap_or_default();
            queue::take_error(&identity, None, None, &error, line_of(bag, "LastError"), found);
        }
        _ => unread(object, found),
    }
}

/// Properties that a row of a tracking log is quoted by, the answer first.
const ROW: [&str; 6] = ["RecipientStatus", "Timestamp", "EventId", "ConnectorId", "Recipients", "ReturnPath"];

fn unread(object: &OtherObject, found: &mut Found) {
    let line = Some(object.bag.line);
    found.source.problem(line, "problem-dump-unused", vec![("cmdlet", object.kind.cmdlet().to_owned())]);
}

/// A value as one text, the items of a list joined by semicolons; what was cut off as far as it goes.
fn text(bag: &PropertyBag, name: &str) -> Option<String> {
    match bag.get(name)?.value.any()? {
        Value::Nothing => Some(String::new()),
        Value::Text(text) => Some(text.to_string()),
        Value::List(items) => Some(items.join(";")),
    }
}

/// The items of a list that is whole.
fn items(bag: &PropertyBag, name: &str) -> Vec<String> {
    match bag.get(name).and_then(|property| property.value.whole()) {
        Some(Value::List(items)) => items.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}

fn line_of(bag: &PropertyBag, name: &str) -> u64 {
    bag.get(name).map_or(bag.line, |property| property.line)
}

fn quoted(bag: &PropertyBag, names: &[&str]) -> String {
    let parts = names.iter().filter_map(|name| text(bag, name).map(|value| format!("{name} : {value}")));
    parts.collect::<Vec<_>>().join("  ")
}
