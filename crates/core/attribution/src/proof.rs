//! What a certificate proves to one connector (rules A1 and A2), and whether a sender is in its scope (rule A8).

use core_directory::{
    AcceptedDomain, CertificateFacts, CertificateName, Domain, InboundConnector, TenantId, TrustedPath, ValidityWindow,
};
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
    if let Some(reason) = flaw(certificate, at) {
        return Some(reason);
    }
    if !connector.pinned_certificates.is_empty() {
        // A pin replaces chain and use, never name, ownership or dates.
        let pinned = connector.pinned_certificates.contains(&certificate.leaf_sha256);
        return (!pinned).then_some(Reason::NotPinned);
    }
    if let Some(reason) = distrust(certificate, name, tenant, at) {
        return Some(reason);
    }
    (connector.require_client_auth && !certificate.leaf_use.client).then_some(Reason::NotForClients)
}

/// Why the certificate proves nothing to anybody, pinned or not, if so.
pub(crate) fn flaw(certificate: &CertificateFacts, at: Timestamp) -> Option<Reason> {
    if certificate.denied {
        Some(Reason::CertificateDenied)
    } else if !certificate.key_proved {
        Some(Reason::KeyNotProved)
    } else {
        out_of_date(certificate.leaf_validity, at)
    }
}

/// Why chain and use do not prove the name to this tenant, if so: neither by the operator's roots nor by its own.
pub(crate) fn distrust(certificate: &CertificateFacts, name: usize, tenant: TenantId, at: Timestamp) -> Option<Reason> {
    if !certificate.leaf_use.is_fit() {
        return Some(Reason::WrongUse);
    }
    let from_common_name = certificate.last_is_common_name && name + 1 == certificate.names.len();
    let doubt = |path: &TrustedPath| {
        out_of_date(path.validity, at)
            .or_else(|| (from_common_name && path.excludes_common_name).then_some(Reason::NameConstraint))
    };
    let own = certificate.tenant_paths.binary_search_by_key(&tenant, |(id, _)| *id).ok();
    let own = own.and_then(|found| certificate.tenant_paths.get(found)).map(|(_, path)| path);
    let mut reason = Some(Reason::Untrusted);
    for path in certificate.operator_path.iter().chain(own) {
        reason = doubt(path);
        if reason.is_none() {
            break;
        }
    }
    reason
}

fn out_of_date(validity: ValidityWindow, at: Timestamp) -> Option<Reason> {
    if at < validity.not_before {
        Some(Reason::NotYetValid)
    } else if at > validity.not_after {
        Some(Reason::Expired)
    } else {
        None
    }
}

/// The connector's certificate name, unless rule A0 forbids it: what `apply` refuses the rules ignore.
pub(crate) fn value(connector: &InboundConnector) -> Option<&CertificateName> {
    connector.tls_sender_certificate_name.as_ref().filter(|value| !value.domain().is_public_suffix())
}

/// The longest prefix of the connector's ranges that hold the address, those apart that rule A0 ignores.
pub(crate) fn prefix_holding(connector: &InboundConnector, address: std::net::IpAddr) -> Option<u8> {
    let ranges = connector.sender_ip_addresses.iter();
    let granted = ranges.filter(|range| !range.needs_grant() || connector.addresses_granted);
    granted.filter(|range| range.contains(address)).map(|range| range.prefix_len()).max()
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
    (!is_associated(connector, domains, sender)).then_some(Reason::NotAssociated)
}

/// Whether the sender is in one of the connector's associated accepted domains, where it has any.
pub(crate) fn is_associated(connector: &InboundConnector, domains: &[AcceptedDomain], sender: &Sender) -> bool {
    let associated = &connector.associated_accepted_domains;
    associated.is_empty()
        || sender.domain().is_some_and(|sender| {
            associated.iter().any(|domain| {
                let with_subdomains = || domains.iter().any(|own| own.name == *domain && own.match_subdomains);
                sender == domain || sender.is_below(domain.as_str()) && with_subdomains()
            })
        })
}

/// Whether the sender would be in an associated domain if that were accepted with those below it.
pub(crate) fn may_be_associated(connector: &InboundConnector, sender: &Sender) -> bool {
    let below =
        |sender: &Domain| connector.associated_accepted_domains.iter().any(|domain| sender.is_below(domain.as_str()));
    sender.domain().is_some_and(below)
}
