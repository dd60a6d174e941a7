//! `mynetworks`: machines that may send to anybody, in any name.

use std::sync::Arc;

use core_directory::{AddressRange, Field, InboundConnector};
use proto_directory_file::AnnotatedObject;
use serde_json::json;

use super::instance::Instance;
use crate::account::{Fate, Outcome, Reason};
use crate::drafts::Draft;

const NAME: &str = "mynetworks";

pub(super) fn take(instance: &mut Instance<'_>) {
    let Some((listed, closed)) = instance.list(NAME) else { return };
    let mut connector = InboundConnector::new(NAME, None);
    connector.any_sender = true;
    let mut draft = Draft::new(instance.tenant, AnnotatedObject::InboundConnector(connector), instance.from(NAME));
    draft
        .remarks
        .push("Machines that may send to anybody, in any name: for an edge, which has one tenant alone.".to_owned());
    let (mut ranges, mut places) = (Vec::new(), Vec::new());
    for item in listed {
        let text = if item.is_not { format!("!{}", item.text) } else { item.text.clone() };
        let range = AddressRange::parse(&unbracketed(&item.text));
        let is_in_force = !item.is_not && range.is_ok();
        places.extend(item.place.map(|place| (place, text.clone(), is_in_force)));
        match range {
            Ok(_) if item.is_not => {
                let why = Reason::new("an address cannot be excepted", "name the ranges around it");
                draft.leave_out(Field::SenderIpAddresses, json!([text]), why);
                draft.disable(&format!("without the exception {text} it would admit more than it did there"));
            }
            Ok(range) => ranges.push(range),
            Err(error) => {
                let reason = Reason::new(error.to_string(), "write the range that was meant");
                draft.leave_out(Field::SenderIpAddresses, json!([text]), reason);
            }
        }
    }
    for why in closed {
        let reason = Reason::new(why, "name the ranges that are in it");
        draft.leave_out(Field::SenderIpAddresses, json!([]), reason);
    }
    if ranges.iter().any(|range| range.needs_grant()) {
        draft.remarks.push("Ranges wider than /24 (IPv4) or /48 (IPv6) are for the operator to grant.".to_owned());
    }
    if let Some(connector) = draft.inbound() {
        connector.sender_ip_addresses = ranges.into();
    }
    if !instance.permits("permit_mynetworks", true) {
        draft.disable("permit_mynetworks is in neither smtpd_relay_restrictions nor smtpd_recipient_restrictions");
    }
    let id = instance.drafts.add(draft);
    instance.goes(NAME, Fate::Field(id, Field::SenderIpAddresses));
    let object: Arc<str> = NAME.into();
    for ((file, line), text, is_in_force) in places {
        let fate = if is_in_force { Fate::Item } else { Fate::Field };
        instance.ledger.add(&file, line, &object, &text, fate(id, Field::SenderIpAddresses));
    }
    if instance.written("mynetworks_style").is_some() {
        let outcome = Outcome::NoMeaning { why: "mynetworks is set, and counts".into() };
        instance.settle("mynetworks_style", outcome);
    }
}

/// `[::1]/128` without its brackets.
fn unbracketed(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '[' | ']')).collect()
}
