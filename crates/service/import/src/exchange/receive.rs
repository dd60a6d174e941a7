//! Receive connectors on premises. Most of what they say is the listeners' here. What carries over are those that let certain
//! machines send to anybody: relay by address.

use core_directory::{Field, InboundConnector};
use proto_directory_file::AnnotatedObject;
use proto_exchange::spelling::About;

use super::ranges::ranges;
use super::reading::{Reading, leave_out};
use crate::account::Reason;
use crate::drafts::{Draft, Drafts};

/// The word of `AuthMechanism` for machines that are trusted as they come: they may send to anybody.
const TRUSTED: &str = "ExternalAuthoritative";

pub(super) fn take(reading: &mut Reading<'_>, tenant: &str, drafts: &mut Drafts) {
    let (read, unread) = reading.list(Field::SenderIpAddresses, ranges);
    let is_everybody = unread.iter().any(|(_, reason)| reason.why.contains("/0"));
    if is_everybody || (read.is_empty() && unread.is_empty()) {
        return reading.becomes_nothing(Reason::new(
            "it takes mail from everybody, which is a listener's part here",
            "the node's [[listener]] takes mail; tenants' inbound connectors say whose it is",
        ));
    }
    let mut connector = InboundConnector::new(&reading.name(), None);
    connector.sender_ip_addresses = read.into_iter().flatten().collect();
    reading.set(Field::Enabled, &mut connector.enabled);
    reading.set(Field::RequireTls, &mut connector.require_tls);
    if let Some(Some(comment)) = reading.text(About::Field(Field::Comment)) {
        connector.comment = comment;
    }
    let is_trusted = words(reading, "AuthMechanism").any(|word| word.eq_ignore_ascii_case(TRUSTED));
    connector.any_sender = is_trusted;
    let mut draft = Draft::new(tenant, AnnotatedObject::InboundConnector(connector), reading.from());
    leave_out(&mut draft, Field::SenderIpAddresses, unread);
    if is_trusted {
        draft.remarks.push(format!("{TRUSTED} there: these machines may send to anybody, in any name."));
    } else {
        draft.disable(
            "whether these machines may send to anybody is not in the dump (Get-ADPermission shows it); if they may, enable it, \
             and add any_sender = true if they send in names of other domains",
        );
    }
    if !reading.is_whole(About::Field(Field::Enabled)) {
        draft.disable("the dump does not show enabled");
    }
    reading.becomes(drafts.add(draft));
}

/// Words of an enumeration with several: `Tls, ExternalAuthoritative`.
fn words<'a>(reading: &Reading<'a>, name: &str) -> impl Iterator<Item = Box<str>> + use<'a> {
    let items = reading.named(name).and_then(|property| property.items().whole().cloned());
    items.unwrap_or_default().into_iter()
}
