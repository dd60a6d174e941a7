//! Whom no connector names, and what connector would admit it. Nothing is proposed that proves nothing, and nothing to a tenant
//! that could not make use of it.

use core_directory::{CertificateFacts, CertificateName, Domain, NameIndex, Snapshot, TenantId, TenantIndex};
use jiff::Timestamp;
use std::net::IpAddr;

use crate::proof;

/// Whom a certificate convinces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trusted {
    /// The operator, and so all tenants.
    pub by_operator: bool,
    /// Tenants by roots of their own.
    pub by_tenants: Vec<TenantId>,
}

/// A connector's field that would admit somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// `tls_sender_certificate_name`.
    CertificateName(CertificateName),
    /// One of `sender_ip_addresses`.
    Address(IpAddr),
}

/// Whom the certificate convinces at `at`: of chain, use, dates and key. Names are not looked at.
pub fn trusted(certificate: &CertificateFacts, at: Timestamp) -> Trusted {
    if proof::flaw(certificate, at).is_some() || certificate.names.is_empty() {
        return Trusted::default();
    }
    let mut trusted = Trusted::default();
    if !certificate.leaf_use.is_fit() {
        return trusted;
    }
    trusted.by_operator = certificate.operator_path.is_some_and(|path| path.validity.contains(at));
    let own = certificate.tenant_paths.iter().filter(|(_, path)| path.validity.contains(at));
    trusted.by_tenants = own.map(|(tenant, _)| *tenant).collect();
    trusted
}

/// Whether a connector of anybody's, disabled or not owning the name perhaps, has a value that matches one of the names (rule
/// A3). Why it did not admit the mail is told by reasoning.
pub fn is_named(names: &[CertificateName], snapshot: &Snapshot) -> bool {
    names.iter().any(|name| {
        let domain = name.domain();
        let any = |indices: [NameIndex; 2], key: &str| {
            indices.into_iter().any(|index| !snapshot.named(index, key).is_empty())
        };
        let equal = match name.is_wildcard() {
            true => [NameIndex::OwnedWildcard, NameIndex::UnownedWildcard],
            false => [NameIndex::OwnedExact, NameIndex::UnownedExact],
        };
        let wildcard = [NameIndex::OwnedWildcard, NameIndex::UnownedWildcard];
        let below = [NameIndex::OwnedBelow, NameIndex::UnownedBelow];
        any(equal, domain.as_str())
            || domain.above().any(|above| any(wildcard, above))
            || (name.is_wildcard() && any(below, domain.as_str()))
    })
}

/// Whether a connector of anybody's has the address.
pub fn is_addressed(address: IpAddr, snapshot: &Snapshot) -> bool {
    snapshot.addressed(address).iter().any(|bucket| bucket.iter().next().is_some())
}

/// Which tenant would admit the names of a trusted certificate, and by which value: whoever verified the nearest domain at or
/// above a name (rule A4), else whoever holds the sender's domain (rule A6).
pub fn by_certificate(
    names: &[CertificateName],
    sender: Option<&Domain>,
    snapshot: &Snapshot,
) -> Option<(TenantIndex, Admission)> {
    let usable = || names.iter().filter(|name| !name.domain().is_public_suffix());
    let owned = usable().find_map(|name| {
        let (domain, owner) =
            name.domain().at_and_above().find_map(|domain| Some((domain, snapshot.verified(domain)?)))?;
        let value = match domain == name.domain().as_str() {
            true => name.clone(),
            false => CertificateName::Wildcard(Domain::parse(domain).ok()?),
        };
        Some((owner.tenant, value))
    });
    let found = owned.or_else(|| Some((snapshot.holder(sender?)?, usable().next()?.clone())));
    found.map(|(tenant, value)| (tenant, Admission::CertificateName(value)))
}

/// Which tenant would admit an address: whoever holds the sender's domain (rule A7).
pub fn by_address(address: IpAddr, sender: Option<&Domain>, snapshot: &Snapshot) -> Option<(TenantIndex, Admission)> {
    Some((snapshot.holder(sender?)?, Admission::Address(address)))
}
