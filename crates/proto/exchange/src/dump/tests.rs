//! Texts in every shape, and what is read of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod losses;
mod samples;
mod shapes;
mod written;

use super::*;

/// The inbound connectors of a text.
fn inbound(text: &str) -> Vec<InboundConnector> {
    let objects = read(text).objects.into_iter();
    let inbound = objects.filter_map(|object| match object {
        DumpedObject::InboundConnector(object) => Some(object),
        _ => None,
    });
    inbound.collect()
}

/// A list of texts.
fn texts(items: &[&str]) -> Vec<Box<str>> {
    items.iter().map(|item| (*item).into()).collect()
}

/// Name, TlsSenderCertificateName and SenderIPAddresses of an inbound connector.
type Summary = (String, Shown<Option<Box<str>>>, Shown<Vec<Box<str>>>);

/// The inbound connectors of a text, as far as the tests compare them.
fn summary(text: &str) -> Vec<Summary> {
    let summary = |one: InboundConnector| (one.name.into(), one.tls_sender_certificate_name, one.sender_ip_addresses);
    inbound(text).into_iter().map(summary).collect()
}
