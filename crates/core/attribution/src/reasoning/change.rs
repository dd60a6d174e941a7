//! The smallest change that turns a refusal into a pass. Each proposal is tried: applied to a copy of what counts in the
//! directory, and judged again by the rules themselves; what does not turn the verdict is not proposed.

use core_directory::{AddressRange, CertificateName, Field, InboundConnector, Snapshot, TenantIndex};
use serde::{Deserialize, Serialize};

use super::examine::{Case, Examined};
use crate::{RefusalReply, RuleId, Verdict};
use trial::Trial;

mod rehearsal;
mod trial;

/// Edits that together turn the verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// In the order in which they are made.
    pub edits: Vec<Edit>,
}

/// One edit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// Who makes it.
    pub side: Side,
    /// What is done.
    pub kind: EditKind,
    /// The tenant whose object is edited, or whose connector the sender's edit is for.
    pub tenant: String,
    /// The connector that is edited, or that the sender's edit is for; empty where there is none.
    pub connector: String,
    /// The field's key in the directory file; empty on the sender's side.
    pub field: String,
    /// The value before.
    pub from: String,
    /// The value after.
    pub to: String,
}

/// Who makes an edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// Whoever administers the tenant at the relay.
    Tenant,
    /// Whoever administers the sending server.
    Sender,
}

/// What an edit does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EditKind {
    /// Set the connector's field to a value.
    Set,
    /// Add a value to the connector's list.
    Add,
    /// Register and verify the domain.
    VerifyDomain,
    /// Present a certificate that proves the name.
    PresentCertificate,
    /// Present the certificate in date, trusted, with its intermediates, fit and with its key.
    MendCertificate,
    /// Use STARTTLS.
    UseTls,
    /// Send from a domain of the tenant's own.
    UseOwnSender,
    /// Register a connector, since the sender's tenant has none that could match.
    AddConnector,
    /// Register a tenant and its domain, since nobody holds the sender's.
    AddTenant,
}

/// Most proposals that are tried.
const MAX_TRIES: usize = 16;

/// The smallest proposal that turns the verdict, of the nearest ways; of equals the nearest.
pub(super) fn smallest(case: &Case<'_>, examined: &[Examined]) -> Option<Change> {
    // What the sender shows, and whom it shows it to, is in order there.
    let elsewhere = [RefusalReply::NoRoute, RefusalReply::Suspended];
    if matches!(case.verdict, Verdict::Refused(refusal) if elsewhere.contains(&refusal.reply)) {
        return None;
    }
    let proposals = examined.iter().filter(|way| !way.misses.is_empty()).take(MAX_TRIES);
    let tried = proposals.filter_map(|way| Trial::of_connector(*case, way.connector).run(way));
    tried.min_by_key(|change| change.edits.len()).or_else(|| nothing_near(case))
}

/// No connector is near: who holds the sender's domain gets a new one; nobody does, and a tenant is missing.
fn nothing_near(case: &Case<'_>) -> Option<Change> {
    let sender = case.evidence.mail_from.domain()?;
    match case.snapshot.holder(sender) {
        Some(tenant) => Trial::of_new_connector(*case, tenant, connector_for(case, tenant)?).run_new(),
        // Where the mail was attributed, a further tenant changes nothing.
        None if case.verdict.rule() == RuleId::A10 && !sender.is_public_suffix() => {
            let edit = Edit {
                side: Side::Tenant,
                kind: EditKind::AddTenant,
                tenant: String::new(),
                connector: String::new(),
                field: Field::Domain.key().into(),
                from: String::new(),
                to: sender.to_string(),
            };
            Some(Change { edits: vec![edit] })
        }
        None => None,
    }
}

/// A connector that takes what was presented: the certificate where the tenant owns its name, else the address.
fn connector_for(case: &Case<'_>, tenant: TenantIndex) -> Option<InboundConnector> {
    let certificate = case.evidence.certificate.as_deref();
    let names = certificate.into_iter().flat_map(|facts| &facts.names);
    if let Some(value) = names.filter_map(|name| owned_value(case.snapshot, tenant, &[], name)).next() {
        return Some(InboundConnector::new("", Some(value)));
    }
    let range = AddressRange::parse(&case.evidence.remote_ip?.to_string()).ok()?;
    let mut connector = InboundConnector::new("", None);
    connector.sender_ip_addresses = Box::new([range]);
    Some(connector)
}

/// A value that matches the name and whose domain the tenant verified, or has just `verified`: `*.d` for a host directly
/// below `d`, since that works under Microsoft's reading too; else the name itself.
fn owned_value(
    snapshot: &Snapshot,
    tenant: TenantIndex,
    verified: &[core_directory::Domain],
    name: &CertificateName,
) -> Option<CertificateName> {
    let owned = |domain: &str| {
        verified.iter().any(|own| own.as_str() == domain)
            || snapshot.verified(domain).is_some_and(|owner| owner.tenant == tenant)
    };
    let domain = name.domain();
    if !name.is_wildcard()
        && let Some(parent) = domain.above().next().filter(|parent| owned(parent))
    {
        return core_directory::Domain::parse(parent).ok().map(CertificateName::Wildcard);
    }
    owned(domain.as_str()).then(|| name.clone())
}
