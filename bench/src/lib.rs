//! Directories of any size and the evidence to judge in them, the same in every run.
//!
//! A tenant has four connectors: an exact certificate name, a wildcard, an IPv4 and an IPv6 range. The first tenants are
//! the same in a directory of any size from [`HOT_KEYS`] connectors on, so that the same evidence can be judged in all.

pub mod logs;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use core_attribution::{Evidence, Sender};
use core_directory::{
    AcceptedDomain, AddressRange, CertificateFacts, CertificateName, ConnectorId, DirectoryVersion, Domain,
    InboundConnector, Snapshot, Tenant, TenantId,
};
use jiff::Timestamp;

/// Numbers of connectors that are measured.
pub const SIZES: [u32; 4] = [10, 1_000, 100_000, 1_000_000];

/// Pieces of evidence that are judged in turn: one for each connector of the first tenants.
pub const HOT_KEYS: u32 = 1_000;

const CONNECTORS_PER_TENANT: u32 = 4;

/// A directory with so many connectors, rounded up to whole tenants.
pub fn directory(connectors: u32) -> Snapshot {
    let tenants = (0..connectors.div_ceil(CONNECTORS_PER_TENANT)).map(tenant).collect();
    Snapshot::new(DirectoryVersion(1), tenants)
}

/// The evidence about each connector of the first tenants. Every certificate has two names; by address it is one that no
/// connector names, so that everything is looked up.
pub fn hot_evidence() -> Vec<Evidence> {
    (0..HOT_KEYS).map(|key| evidence(key / CONNECTORS_PER_TENANT, key % CONNECTORS_PER_TENANT)).collect()
}

/// A certificate renewed under another name, and an address that nobody registered: refused.
pub fn refused_evidence() -> Vec<Evidence> {
    let renewed = |key: u32| {
        let names = [format!("mail.{}", stranger(key)), format!("www.{}", stranger(key))];
        let sender = Sender::Domain(domain(&own_domain(key)));
        presenting(&names, IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7)), sender)
    };
    (0..HOT_KEYS / CONNECTORS_PER_TENANT).map(renewed).collect()
}

fn tenant(at: u32) -> Tenant {
    let own = own_domain(at);
    let exact = format!("relay.{own}");
    let verified = |name: &str| AcceptedDomain::new(domain(name), true);
    let connector = |kind: u32| {
        let value = match kind {
            0 => Some(CertificateName::Exact(domain(&exact))),
            1 => Some(CertificateName::Wildcard(domain(&own))),
            _ => None,
        };
        let mut connector = InboundConnector::new(&format!("Inbound {kind}"), value);
        connector.id = ConnectorId(u64::from(at * CONNECTORS_PER_TENANT + kind));
        connector.sender_ip_addresses = ranges(at, kind).into_iter().collect();
        connector
    };
    Tenant {
        id: TenantId(u64::from(at)),
        name: format!("tenant-{}", scattered(at)).into(),
        domains: vec![verified(&own), verified(&exact)],
        inbound_connectors: (0..CONNECTORS_PER_TENANT).map(connector).collect(),
        ..Tenant::default()
    }
}

/// Single addresses, and for every eighth tenant a whole /24 of its own.
fn ranges(at: u32, kind: u32) -> Option<AddressRange> {
    let text = match (kind, at % 8) {
        (2, 0) => format!("{}/24", ipv4(at)),
        (2, _) => ipv4(at).to_string(),
        (3, _) => format!("{}/64", ipv6(at)),
        _ => return None,
    };
    AddressRange::parse(&text).ok()
}

/// From 10.0.0.0/8; the last octet is 0 for every eighth tenant, whose /24 it is.
fn ipv4(at: u32) -> Ipv4Addr {
    let last = if at.is_multiple_of(8) { 0 } else { at % 8 };
    Ipv4Addr::from((10 << 24) + (at / 8 * 256) + last)
}

fn ipv6(at: u32) -> Ipv6Addr {
    Ipv6Addr::from((0x2001_0db8 << 96) + (u128::from(scattered_bits(at)) << 64))
}

/// Neighbours by number lie far apart by name, so that the hot ones are not neighbours in memory.
fn scattered_bits(at: u32) -> u32 {
    at.wrapping_mul(0x9e37_79b1)
}

fn scattered(at: u32) -> String {
    format!("{:08x}", scattered_bits(at))
}

fn own_domain(at: u32) -> String {
    format!("corp-{}.example", scattered(at))
}

/// A domain that no tenant has.
fn stranger(key: u32) -> String {
    format!("stranger-{}.example", scattered(key))
}

fn domain(text: &str) -> Domain {
    Domain::parse(text).unwrap_or_else(|error| unreachable!("{text} is a domain: {error}"))
}

fn evidence(at: u32, kind: u32) -> Evidence {
    let own = own_domain(at);
    let names = match kind {
        0 => [format!("www.{}", stranger(at)), format!("relay.{own}")],
        1 => [format!("smtp.{own}"), format!("smtp.{}", stranger(at))],
        _ => [format!("mail.{}", stranger(at)), format!("www.{}", stranger(at))],
    };
    let address = match kind {
        3 => IpAddr::V6(Ipv6Addr::from(u128::from(ipv6(at)) + 25)),
        _ => IpAddr::V4(ipv4(at)),
    };
    presenting(&names, address, Sender::Domain(domain(&own)))
}

fn presenting(names: &[String], address: IpAddr, mail_from: Sender) -> Evidence {
    let names = names.iter().map(|name| CertificateName::Exact(domain(name))).collect();
    Evidence {
        at: Timestamp::UNIX_EPOCH,
        remote_ip: Some(address),
        tls: true,
        certificate: Some(Arc::new(CertificateFacts::trusted(names))),
        mail_from,
        rcpt_to: Some(domain("recipient.example")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core_attribution::decide;

    /// What is measured is what is meant: every hot key passes by its own connector, every refused one is refused.
    #[test]
    fn evidence_meets_its_connector() {
        let directory = directory(HOT_KEYS);
        for (key, evidence) in (0..).zip(hot_evidence()) {
            let verdict = decide(&evidence, &directory);
            assert!(verdict.passes() && verdict.connector() == Some(ConnectorId(key)), "key {key}: {verdict:?}");
        }
        for (key, evidence) in refused_evidence().iter().enumerate() {
            assert!(!decide(evidence, &directory).passes(), "key {key} passes");
        }
    }
}
