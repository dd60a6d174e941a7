//! Exchange Online's inbound connectors.

use core_directory::{AddressRange, CertificateName, Domain, DomainScope, Field, InboundConnector};
use proto_directory_file::AnnotatedObject;
use proto_exchange::spelling::{self, About};

use super::reading::{Reading, leave_out, value};
use crate::account::Reason;
use crate::drafts::{Draft, Drafts};

/// What to do where something cannot be taken as it is.
const PUT_RIGHT: &str = "write what was meant, and take the remark sign away";

/// Fields without which nobody knows whom the connector admits, or whether it admits at all.
const DECIDING: [Field; 3] = [Field::Enabled, Field::Type, Field::AssociatedAcceptedDomains];

pub(super) fn take(reading: &mut Reading<'_>, tenant: &str, drafts: &mut Drafts) {
    let connector = InboundConnector::new(&reading.name(), None);
    let mut draft = Draft::new(tenant, AnnotatedObject::InboundConnector(connector), reading.from());
    certificate_name(reading, &mut draft);
    switches(reading, &mut draft);
    lists(reading, &mut draft);
    let untold: Vec<&str> =
        DECIDING.iter().filter(|field| !reading.is_whole(About::Field(**field))).map(|field| field.key()).collect();
    if !untold.is_empty() {
        draft.disable(&format!("the dump does not show {}", untold.join(", ")));
    }
    reading.becomes(drafts.add(draft));
}

fn certificate_name(reading: &Reading<'_>, draft: &mut Draft) {
    let Some(Some(text)) = reading.text(About::Field(Field::TlsSenderCertificateName)) else { return };
    match CertificateName::parse_value(&text) {
        Ok(name) => {
            if let Some(connector) = draft.inbound() {
                connector.require_tls = true;
                connector.tls_sender_certificate_name = Some(name);
            }
        }
        Err(error) => draft.leave_out_restriction(
            Field::TlsSenderCertificateName,
            value(&text),
            Reason::new(error.to_string(), PUT_RIGHT),
        ),
    }
}

fn switches(reading: &Reading<'_>, draft: &mut Draft) {
    let Some(connector) = draft.inbound() else { return };
    reading.set(Field::Enabled, &mut connector.enabled);
    reading.set(Field::RequireTls, &mut connector.require_tls);
    reading.set(Field::RestrictDomainsToIpAddresses, &mut connector.restrict_domains_to_ip_addresses);
    reading.set(Field::RestrictDomainsToCertificate, &mut connector.restrict_domains_to_certificate);
    if let Some(Some(comment)) = reading.text(About::Field(Field::Comment)) {
        connector.comment = comment;
    }
    let Some(Some(word)) = reading.text(About::Field(Field::Type)) else { return };
    match spelling::connector_type(&word) {
        Some(connector_type) => connector.connector_type = connector_type,
        None => draft.leave_out_restriction(
            Field::Type,
            value(&word),
            Reason::new("this type is not known here", "write \"on-premises\" or \"partner\""),
        ),
    }
}

fn lists(reading: &Reading<'_>, draft: &mut Draft) {
    let (addresses, unread) = reading.list(Field::SenderIpAddresses, AddressRange::parse);
    leave_out(draft, Field::SenderIpAddresses, unread);
    let (scopes, unread_scopes) = reading.list(Field::SenderDomains, spelling::scope);
    let (associated, unread_domains) = reading.list(Field::AssociatedAcceptedDomains, Domain::parse);
    // A scope less admits less; an associated domain less may leave none, and then any domain would do.
    let lost_all = associated.is_empty() && !unread_domains.is_empty();
    leave_out(draft, Field::SenderDomains, unread_scopes);
    leave_out(draft, Field::AssociatedAcceptedDomains, unread_domains);
    if let Some(connector) = draft.inbound() {
        connector.sender_ip_addresses = addresses.into();
        connector.sender_domains = scope_or_any(reading, scopes).into();
        connector.associated_accepted_domains = associated.into();
    }
    if lost_all {
        draft.disable("without associated_accepted_domains it could admit more than it did there");
    }
}

/// Where the dump shows no scope it is `*`, which Exchange Online takes too. A scope of which nothing could be read stays empty,
/// which validation refuses.
fn scope_or_any(reading: &Reading<'_>, scopes: Vec<DomainScope>) -> Vec<DomainScope> {
    let shows_some = !reading.items(About::Field(Field::SenderDomains)).is_empty();
    if scopes.is_empty() && !shows_some { vec![DomainScope::Any] } else { scopes }
}
