//! Rules A1 and A2: from the chain that a peer presented to the facts that the other rules ask for.

use std::collections::BTreeSet;

use core_directory::{CertificateFacts, ChainFault, LeafUse, TenantId, Thumbprint, TrustedPath, ValidityWindow};
use jiff::Timestamp;

use crate::faults::find_faults;
use crate::links::Links;
use crate::path::{PathUse, find_path, find_path_to, own_root_path};
use crate::reading::{Reading, UnreadableCertificate};
use crate::signature::thumbprint;
use crate::store::{TenantRoots, TrustStore};
use crate::twin::twin_thumbprints;

/// A chain fit for either use identifies a mail server (rule A2).
const EITHER_USE: &[PathUse] = &[PathUse::Server, PathUse::Client];

/// Judges the chain that a client presented, the leaf first. `key_proved` is whether its signature with the leaf's key was
/// checked and good. Total: whatever was sent gives facts, and what cannot be read proves nothing.
pub fn judge(
    chain: &[Vec<u8>],
    key_proved: bool,
    at: Timestamp,
    operator: &TrustStore,
    tenants: &TenantRoots,
    denied: &BTreeSet<Thumbprint>,
) -> CertificateFacts {
    let mut facts = leaf_facts(chain, key_proved);
    facts.denied = is_denied(chain, facts.leaf_sha256, denied);
    match Links::new(chain) {
        Ok(links) => {
            judge_links(&mut facts, &links, operator, EITHER_USE, at);
            facts.tenant_paths = tenant_paths(&links, tenants, at);
        }
        Err(error) => facts.faults.push(unreadable(&error)),
    }
    add_leaf_faults(&mut facts);
    facts
}

/// Judges the chain that a next hop presented: as [`judge`], but for server authentication and the operator's roots alone.
pub fn judge_next_hop(chain: &[Vec<u8>], key_proved: bool, at: Timestamp, operator: &TrustStore) -> CertificateFacts {
    let mut facts = leaf_facts(chain, key_proved);
    match Links::new(chain) {
        Ok(links) => judge_links(&mut facts, &links, operator, &[PathUse::Server], at),
        Err(error) => facts.faults.push(unreadable(&error)),
    }
    add_leaf_faults(&mut facts);
    facts
}

fn judge_links(
    facts: &mut CertificateFacts,
    links: &Links<'_>,
    operator: &TrustStore,
    uses: &[PathUse],
    at: Timestamp,
) {
    match find_path(links, operator, uses, at) {
        Ok(path) => facts.operator_path = Some(path),
        Err(refusal) => facts.faults = find_faults(links, operator, uses, at, &refusal),
    }
}

/// Paths to the tenants' own roots. A root costs a signature check only if it bears the name that the chain asks for, and
/// one shared by many tenants is tried once.
fn tenant_paths(links: &Links<'_>, tenants: &TenantRoots, at: Timestamp) -> Vec<(TenantId, TrustedPath)> {
    let mut paths: Vec<(TenantId, TrustedPath)> = Vec::new();
    let mut add = |position: usize, path: TrustedPath| {
        for &tenant in tenants.holders(position) {
            if let Err(place) = paths.binary_search_by_key(&tenant, |(id, _)| *id) {
                paths.insert(place, (tenant, path));
            }
        }
    };
    let store = tenants.store();
    if let Some(path) = own_root_path(links, store, EITHER_USE, at) {
        let leaf = links.leaf().and_then(|leaf| store.position(leaf.der));
        leaf.into_iter().for_each(|position| add(position, path));
    }
    for link in links.root_links(store) {
        if let Ok(path) = find_path_to(links, &[link], EITHER_USE, at) {
            add(link.position, path);
        }
    }
    paths
}

/// Whether the leaf or a twin of it is on the list.
fn is_denied(chain: &[Vec<u8>], leaf_sha256: Thumbprint, denied: &BTreeSet<Thumbprint>) -> bool {
    let twins = || chain.first().map(|leaf| twin_thumbprints(leaf)).unwrap_or_default();
    !denied.is_empty() && (denied.contains(&leaf_sha256) || twins().iter().any(|twin| denied.contains(twin)))
}

/// What the leaf says of itself.
fn leaf_facts(chain: &[Vec<u8>], key_proved: bool) -> CertificateFacts {
    let leaf = chain.first().map(Vec::as_slice).unwrap_or_default();
    let mut facts = CertificateFacts {
        names: Vec::new(),
        last_is_common_name: false,
        leaf_sha256: thumbprint(leaf),
        // A leaf that cannot be read is never in date, so that not even a pin helps it.
        leaf_validity: ValidityWindow { not_before: Timestamp::MAX, not_after: Timestamp::MIN },
        leaf_use: LeafUse { server: false, client: false },
        key_proved,
        denied: false,
        operator_path: None,
        tenant_paths: Vec::new(),
        faults: Vec::new(),
        subject: String::new(),
        issuer: String::new(),
    };
    if let Ok(reading) = Reading::new(leaf) {
        let presented = reading.presented_names();
        facts.names = presented.names;
        facts.last_is_common_name = presented.last_is_common_name;
        facts.leaf_validity = reading.validity();
        facts.leaf_use = reading.allowed_use();
        facts.subject = reading.subject();
        facts.issuer = reading.issuer();
    }
    facts
}

/// Faults that hold whether there is a path or not.
fn add_leaf_faults(facts: &mut CertificateFacts) {
    if !facts.key_proved {
        facts.faults.push(ChainFault::UncheckableKey);
    }
    if facts.denied {
        facts.faults.push(ChainFault::Denied);
    }
}

fn unreadable(error: &UnreadableCertificate) -> ChainFault {
    ChainFault::Unreadable { detail: error.to_string() }
}

#[cfg(test)]
mod tests;
