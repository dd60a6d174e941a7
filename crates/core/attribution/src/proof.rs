//! What a certificate proves to one connector (rules A1 and A2), and whether a sender is in its scope (rule A8).

use core_directory::{AcceptedDomain, CertificateFacts, InboundConnector, TenantId};
use jiff::Timestamp;

use crate::{Reason, Sender};

/// Why the certificate proves nothing to this connector, if so. `name` is the index of the presented name.
pub(crate) fn doubt(
    certificate: &CertificateFacts,
    name: usize,
    tenant: TenantId,
    connector: &InboundConnector,
    at: Timestamp,
) -> Option<Reason> {
    if certificate.denied {
        return Some(Reason::CertificateDenied);
    }
    if !certificate.key_proved {
        return Some(Reason::KeyNotProved);
    }
    if let Some(reason) = out_of_date(certificate.leaf_validity, at) {
        return Some(reason);
    }
    if !connector.pinned_certificates.is_empty() {
        // A pin replaces chain and use, never name, ownership or dates.
        let pinned = connector.pinned_certificates.contains(&certificate.leaf_sha256);
        return (!pinned).then_some(Reason::NotPinned);
    }
    let Some(path) = certificate.path_for(tenant) else {
        return Some(if certificate.leaf_use.is_fit() { Reason::Untrusted } else { Reason::WrongUse });
    };
    if let Some(reason) = out_of_date(path.validity, at) {
        return Some(reason);
    }
    if !certificate.leaf_use.is_fit() {
        return Some(Reason::WrongUse);
    }
    if connector.require_client_auth && !certificate.leaf_use.client {
        return Some(Reason::NotForClients);
    }
    let from_common_name = certificate.last_is_common_name && name + 1 == certificate.names.len();
    (from_common_name && path.excludes_common_name).then_some(Reason::NameConstraint)
}

fn out_of_date(validity: core_directory::ValidityWindow, at: Timestamp) -> Option<Reason> {
    if at < validity.not_before {
        Some(Reason::NotYetValid)
    } else if at > validity.not_after {
        Some(Reason::Expired)
    } else {
        None
    }
}

/// Why the sender is out of the connector's scope, if so. The null sender is in every scope (rule A8).
pub(crate) fn out_of_scope(
    connector: &InboundConnector,
    domains: &[AcceptedDomain],
    sender: &Sender,
) -> Option<Reason> {
    if *sender == Sender::Null {
        return None;
    }
    if connector.best_scope(sender.domain()).is_none() {
        return Some(Reason::OutOfScope);
    }
    let associated = &connector.associated_accepted_domains;
    if associated.is_empty() {
        return None;
    }
    let inside = sender.domain().is_some_and(|sender| {
        associated.iter().any(|domain| {
            sender == domain
                || sender.is_below(domain.as_str())
                    && domains.iter().any(|own| own.name == *domain && own.match_subdomains)
        })
    });
    (!inside).then_some(Reason::NotAssociated)
}
