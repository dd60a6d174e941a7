//! Small random worlds and evidence: few domains, names and addresses, so that they meet all the time.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use core_directory::{
    AcceptedDomain, AddressRange, CertificateFacts, CertificateName, ConnectorId, ConnectorType, Domain, DomainScope,
    InboundConnector, LeafUse, Tenant, TenantId, Thumbprint, TrustAnchor, TrustedPath, ValidityWindow,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::world::{domain, now};
use crate::{Evidence, PartialEvidence, Sender};

const DOMAINS: [&str; 5] = ["a.example", "x.a.example", "y.x.a.example", "b.example", "x.b.example"];
const RANGES: [&str; 6] = ["192.0.2.1", "192.0.2.0/28", "192.0.2.0/24", "192.0.0.0/16", "2001:db8::/64", "2001:db8::1"];
const ADDRESSES: [&str; 5] = ["192.0.2.1", "192.0.2.9", "192.0.2.200", "192.0.3.1", "2001:db8::1"];
const LEAVES: [Thumbprint; 3] = [Thumbprint([0; 32]), Thumbprint([1; 32]), Thumbprint([2; 32])];

/// Mostly the first of two.
fn mostly<T: Clone + std::fmt::Debug + 'static>(usual: T, other: T) -> impl Strategy<Value = T> {
    prop_oneof![6 => Just(usual), 1 => Just(other)]
}

/// Nearly always the first of two.
fn nearly<T: Clone + std::fmt::Debug + 'static>(usual: T, other: T) -> impl Strategy<Value = T> {
    prop_oneof![20 => Just(usual), 1 => Just(other)]
}

fn any_domain() -> impl Strategy<Value = Domain> {
    select(&DOMAINS[..]).prop_map(domain)
}

fn name() -> impl Strategy<Value = CertificateName> {
    (any_domain(), any::<bool>()).prop_map(|(domain, wildcard)| match wildcard {
        true => CertificateName::Wildcard(domain),
        false => CertificateName::Exact(domain),
    })
}

fn scope() -> impl Strategy<Value = DomainScope> {
    prop_oneof![
        6 => Just(DomainScope::Any),
        1 => any_domain().prop_map(DomainScope::Exact),
        1 => any_domain().prop_map(DomainScope::Below),
    ]
}

fn accepted() -> impl Strategy<Value = AcceptedDomain> {
    (any_domain(), mostly(true, false), any::<bool>()).prop_map(|(name, verified, match_subdomains)| {
        let own = AcceptedDomain::new(name, verified);
        AcceptedDomain { match_subdomains, ..own }
    })
}

fn connector() -> impl Strategy<Value = InboundConnector> {
    let identity = (
        option::weighted(0.7, name()),
        option::weighted(0.5, subsequence(&RANGES[..], 1..=2)),
        vec(select(&LEAVES[1..]), 0..2).prop_flat_map(|pins| mostly(Vec::new(), pins)),
        mostly(ConnectorType::OnPremises, ConnectorType::Partner),
    );
    let scopes = (vec(scope(), 0..3), vec(any_domain(), 1..3).prop_flat_map(|own| mostly(Vec::new(), own)));
    let flags = (
        mostly(true, false),
        any::<bool>(),
        mostly(false, true),
        any::<bool>(),
        any::<bool>(),
        mostly(false, true),
        any::<bool>(),
    );
    (identity, scopes, flags).prop_map(|((name, ranges, pins, kind), (scopes, associated), flags)| {
        let mut connector = InboundConnector::new("", name);
        let ranges = ranges.unwrap_or_default();
        connector.sender_ip_addresses = ranges.iter().map(|range| AddressRange::parse(range).unwrap()).collect();
        connector.pinned_certificates = pins.into();
        connector.connector_type = kind;
        if !scopes.is_empty() {
            connector.sender_domains = scopes.into();
        }
        connector.associated_accepted_domains = associated.into();
        connector.enabled = flags.0;
        connector.require_tls = flags.1;
        connector.require_client_auth = flags.2;
        connector.restrict_domains_to_ip_addresses = flags.3;
        connector.restrict_domains_to_certificate = flags.4;
        connector.any_sender = flags.5;
        connector.addresses_granted = flags.6;
        connector
    })
}

fn tenant() -> impl Strategy<Value = Tenant> {
    let parts = (vec(accepted(), 0..4), vec(connector(), 0..4), mostly(false, true), mostly(false, true));
    parts.prop_map(|(domains, inbound_connectors, reject_direct_send, own_roots)| Tenant {
        reject_direct_send,
        domains,
        inbound_connectors,
        trusted_roots: if own_roots { vec![TrustAnchor { der: vec![0] }] } else { Vec::new() },
        ..Tenant::default()
    })
}

/// Up to four tenants with names and ids of their own, each domain registered once a tenant and verified at one.
pub fn world() -> impl Strategy<Value = Vec<Tenant>> {
    vec(tenant(), 1..=4).prop_map(|mut tenants| {
        let mut verified = BTreeSet::new();
        let mut ids = 0;
        for (at, tenant) in (0..).zip(&mut tenants) {
            // Names and ids in different orders, so that neither stands in for the other.
            (tenant.id, tenant.name) = (TenantId(at + 1), format!("t{}", 9 - at).into());
            let mut registered = BTreeSet::new();
            tenant.domains.retain(|own| registered.insert(own.name.clone()));
            for own in tenant.domains.iter_mut().filter(|own| own.verified()) {
                own.proof = core_directory::Proof::said(verified.insert(own.name.clone()));
            }
            for connector in &mut tenant.inbound_connectors {
                ids += 1;
                (connector.id, connector.name) = (ConnectorId(ids), format!("c{}", (ids * 7) % 10).into());
            }
            let mut names = BTreeSet::new();
            tenant.inbound_connectors.retain(|connector| names.insert(connector.name.clone()));
        }
        tenants
    })
}

fn path() -> impl Strategy<Value = TrustedPath> {
    let past = ValidityWindow { not_after: "2026-01-01T00:00:00Z".parse().unwrap(), ..ValidityWindow::ALWAYS };
    (nearly(ValidityWindow::ALWAYS, past), nearly(false, true))
        .prop_map(|(validity, excludes_common_name)| TrustedPath { validity, excludes_common_name })
}

/// A certificate with 1 to `names` names.
fn certificate(names: usize) -> impl Strategy<Value = CertificateFacts> {
    let past = ValidityWindow { not_after: "2026-01-01T00:00:00Z".parse().unwrap(), ..ValidityWindow::ALWAYS };
    let trust = (option::weighted(0.8, path()), option::weighted(0.3, (1..=4u64, path())));
    let leaf = (nearly(ValidityWindow::ALWAYS, past), any::<bool>(), nearly(true, false), select(&LEAVES[..]));
    let marks = (nearly(true, false), nearly(false, true), any::<bool>());
    (vec(name(), 1..=names), trust, leaf, marks).prop_map(|(names, trust, leaf, marks)| {
        let mut facts = CertificateFacts::trusted(names);
        let mut seen = BTreeSet::new();
        facts.names.retain(|name| seen.insert(name.clone()));
        facts.operator_path = trust.0;
        facts.tenant_paths = trust.1.map(|(id, path)| (TenantId(id), path)).into_iter().collect();
        facts.leaf_validity = leaf.0;
        facts.leaf_use = LeafUse { server: leaf.2, client: leaf.1 };
        facts.leaf_sha256 = leaf.3;
        (facts.key_proved, facts.denied, facts.last_is_common_name) = marks;
        facts
    })
}

/// Evidence whose certificate has up to `names` names.
pub fn evidence(names: usize) -> impl Strategy<Value = Evidence> {
    let sender = prop_oneof![
        1 => Just(Sender::Null),
        1 => Just(Sender::NoDomain),
        6 => any_domain().prop_map(Sender::Domain),
        1 => Just(Sender::Domain(domain("stranger.example"))),
    ];
    let address = option::weighted(0.8, select(&ADDRESSES[..]).prop_map(|text| text.parse::<IpAddr>().unwrap()));
    let recipient = prop_oneof![
        1 => Just(None),
        3 => Just(Some(domain("elsewhere.example"))),
        4 => any_domain().prop_map(Some),
    ];
    (address, any::<bool>(), option::weighted(0.7, certificate(names)), sender, recipient).prop_map(
        |(remote_ip, tls, certificate, mail_from, rcpt_to)| Evidence {
            at: now(),
            remote_ip,
            tls: tls || certificate.is_some(),
            certificate: certificate.map(Arc::new),
            mail_from,
            rcpt_to,
        },
    )
}

/// Evidence of which only the facts in `known` are known: address, TLS, certificate, sender, recipient.
pub fn drop_facts(evidence: &Evidence, known: [bool; 5]) -> PartialEvidence {
    let whole = PartialEvidence::from(evidence.clone());
    let mut partial = PartialEvidence::unknown(evidence.at);
    if known[0] {
        partial.remote_ip = whole.remote_ip;
    }
    if known[1] {
        partial.tls = whole.tls;
    }
    if known[2] {
        partial.certificate = whole.certificate;
    }
    if known[3] {
        partial.mail_from = whole.mail_from;
    }
    if known[4] {
        partial.rcpt_to = whole.rcpt_to;
    }
    partial
}

/// `base` with what is not `known` taken from `other`: one completion of `drop_facts(base, known)`.
pub fn complete(base: &Evidence, other: &Evidence, known: [bool; 5]) -> Evidence {
    let mut whole = other.clone();
    whole.at = base.at;
    if known[0] {
        whole.remote_ip = base.remote_ip;
    }
    if known[2] {
        whole.certificate.clone_from(&base.certificate);
    }
    if known[1] {
        whole.tls = base.tls;
    }
    if known[3] {
        whole.mail_from.clone_from(&base.mail_from);
    }
    if known[4] {
        whole.rcpt_to.clone_from(&base.rcpt_to);
    }
    // There is no certificate without TLS.
    if known[1] && !base.tls {
        whole.certificate = None;
    }
    whole.tls |= whole.certificate.is_some();
    whole
}

/// Whether the certificate is proved by roots of a tenant that has none, which no directory foresees.
pub fn by_foreign_roots(evidence: &Evidence, tenants: &[Tenant]) -> bool {
    let mut roots = evidence.certificate.iter().flat_map(|facts| &facts.tenant_paths).map(|(id, _)| *id);
    roots.any(|id| tenants.iter().all(|tenant| tenant.id != id || tenant.trusted_roots.is_empty()))
}
