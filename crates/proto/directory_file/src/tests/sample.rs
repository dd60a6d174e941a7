//! Certificates with their keys, made once, and arbitrary tenants made of them.

use std::sync::OnceLock;

use core_directory::{
    AcceptedDomain, AddressRange, AddressSpace, CertificateName, ClientCertificate, ConnectorType, Domain, DomainScope,
    DomainType, InboundConnector, MAX_LIMIT, MAX_LIMITED_SIZE, OverLimit, Proof, SendConnector, SmartHost,
    SmartHostName, Tenant, TenantLimits, Thumbprint, TlsLevel, TrustAnchor,
};
use jiff::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proto_certificate::{client_certificate, pem};

/// A self-signed certificate with its key, both PEM.
pub(crate) struct Pair {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Pair {
    /// One of three pairs.
    pub(crate) fn get(index: usize) -> &'static Self {
        static PAIRS: OnceLock<Vec<Pair>> = OnceLock::new();
        let make = |number: usize| {
            let made = rcgen::generate_simple_self_signed(vec![format!("mail{number}.contoso.com")]).unwrap();
            Pair { certificate: made.cert.pem(), key: made.signing_key.serialize_pem() }
        };
        &PAIRS.get_or_init(|| (0..3).map(make).collect())[index % 3]
    }

    pub(crate) fn der(&self) -> Vec<u8> {
        pem::read_certificates(self.certificate.as_bytes()).unwrap().remove(0)
    }

    /// The certificate under a name, with others behind it that need not fit.
    pub(crate) fn client_certificate(&self, name: &str, others: usize) -> ClientCertificate {
        let mut made = client_certificate(name, self.certificate.as_bytes(), self.key.as_bytes()).unwrap();
        made.chain.extend((0..others).map(|index| Self::get(index).der()));
        made
    }
}

/// Tenants with every field set to anything, names apart: two of one name are one too many for nobody here.
pub(crate) fn arbitrary_tenants() -> impl Strategy<Value = Vec<Tenant>> {
    vec(tenant(), 0..3)
}

fn tenant() -> impl Strategy<Value = Tenant> {
    let certificate = (name(), 0..3usize, 0..3usize)
        .prop_map(|(name, pair, others)| Pair::get(pair).client_certificate(&name, others));
    (
        (name(), any::<(bool, bool)>(), limits(), vec(0..3usize, 0..3), vec(domain(), 0..4)),
        (vec(certificate, 0..2), vec(inbound_connector(), 0..3), vec(send_connector(), 0..3)),
    )
        .prop_map(|((name, (reject_direct_send, suspended), limits, roots, domains), children)| {
            let (certificates, inbound_connectors, send_connectors) = children;
            let trusted_roots = roots.into_iter().map(|pair| TrustAnchor { der: Pair::get(pair).der() }).collect();
            Tenant {
                name: name.into(),
                reject_direct_send,
                suspended,
                limits,
                trusted_roots,
                domains,
                certificates,
                inbound_connectors,
                send_connectors,
                ..Tenant::default()
            }
        })
}

/// Any text: what a name may be is validation's to say.
fn name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z ]{0,8}", ".{0,12}", "(?s)[\"'\\\\\n\r\t\u{0}\u{7f}\u{2028}é=#\\[]{0,6}"]
}

fn domain_name() -> impl Strategy<Value = Domain> {
    select(vec!["contoso.com", "eu.contoso.com", "fabrikam.co.uk", "xn--bcher-kva.example", "localhost"])
        .prop_map(|text| Domain::parse(text).unwrap())
}

fn certificate_name() -> impl Strategy<Value = CertificateName> {
    select(vec!["contoso.com", "*.contoso.com", "mail.fabrikam.co.uk", "*.eu.contoso.com"])
        .prop_map(|text| CertificateName::parse_value(text).unwrap())
}

fn range() -> impl Strategy<Value = AddressRange> {
    select(vec!["192.0.2.1", "192.0.2.0/24", "10.0.0.0/8", "2001:db8::/48", "2001:db8::1", "::ffff:192.0.2.9"])
        .prop_map(|text| AddressRange::parse(text).unwrap())
}

fn scope() -> impl Strategy<Value = DomainScope> {
    prop_oneof![
        Just(DomainScope::Any),
        domain_name().prop_map(DomainScope::Exact),
        domain_name().prop_map(DomainScope::Below),
    ]
}

fn proof() -> impl Strategy<Value = Proof> {
    let time =
        |nanosecond: u32| Timestamp::from_nanosecond(1_790_000_000_000_000_000 + i128::from(nanosecond)).unwrap();
    let times = (any::<u32>(), proptest::option::of(any::<u32>()));
    let dns = times.prop_map(move |(at, since)| Proof::Dns { verified_at: time(at), missing_since: since.map(time) });
    prop_oneof![Just(Proof::Unsaid), Just(Proof::None), Just(Proof::OperatorsWord), dns]
}

fn limits() -> impl Strategy<Value = TenantLimits> {
    let numbers = vec(proptest::option::of(1..=MAX_LIMIT), 10);
    let sizes = vec(proptest::option::of(prop_oneof![1..=MAX_LIMITED_SIZE, Just(25 << 20)]), 2);
    (numbers, sizes, any::<bool>()).prop_map(|(numbers, sizes, hold)| {
        let mut limits = TenantLimits::default();
        limits.numbers_mut().into_iter().zip(numbers).for_each(|((_, limit), number)| *limit = number);
        limits.sizes_mut().into_iter().zip(sizes).for_each(|((_, limit), size)| *limit = size);
        limits.over_limit = if hold { OverLimit::Hold } else { OverLimit::Refuse };
        limits
    })
}

fn domain() -> impl Strategy<Value = AcceptedDomain> {
    (domain_name(), any::<(bool, bool)>(), proof()).prop_map(|(name, (relay, match_subdomains), proof)| {
        AcceptedDomain {
            domain_type: if relay { DomainType::InternalRelay } else { DomainType::Authoritative },
            match_subdomains,
            proof,
            ..AcceptedDomain::new(name, false)
        }
    })
}

fn inbound_connector() -> impl Strategy<Value = InboundConnector> {
    (
        (name(), name(), proptest::option::of(certificate_name()), vec(range(), 0..3), vec(any::<[u8; 32]>(), 0..2)),
        (vec(scope(), 0..3), vec(domain_name(), 0..2), any::<[bool; 8]>()),
    )
        .prop_map(|((name, comment, certificate, ranges, pins), (scopes, domains, flags))| {
            let [enabled, partner, require_tls, require_client_auth, by_address, by_certificate, any_sender, granted] =
                flags;
            InboundConnector {
                enabled,
                comment: comment.into(),
                connector_type: if partner { ConnectorType::Partner } else { ConnectorType::OnPremises },
                sender_ip_addresses: ranges.into(),
                addresses_granted: granted,
                pinned_certificates: pins.into_iter().map(Thumbprint).collect(),
                sender_domains: scopes.into(),
                associated_accepted_domains: domains.into(),
                require_tls,
                require_client_auth,
                restrict_domains_to_ip_addresses: by_address,
                restrict_domains_to_certificate: by_certificate,
                any_sender,
                ..InboundConnector::new(&name, certificate)
            }
        })
}

fn smart_host() -> impl Strategy<Value = SmartHost> {
    let host = prop_oneof![
        domain_name().prop_map(SmartHostName::Domain),
        any::<std::net::IpAddr>().prop_map(|address| SmartHostName::Address(core_directory::unmap(address))),
    ];
    (host, 1..=u16::MAX).prop_map(|(host, port)| SmartHost { host, port })
}

fn send_connector() -> impl Strategy<Value = SendConnector> {
    let space = (scope(), 1..=100u8).prop_map(|(scope, cost)| AddressSpace { scope, cost });
    (
        (name(), name(), vec(smart_host(), 0..3), vec(space, 0..3), select(TlsLevel::NAMES.to_vec())),
        (
            proptest::option::of(certificate_name()),
            proptest::option::of("[a-z]{1,5}"),
            proptest::option::of(domain_name()),
            proptest::option::of(any::<std::net::IpAddr>()),
            any::<[bool; 3]>(),
        ),
    )
        .prop_map(|((name, comment, hosts, spaces, (tls, _)), (tls_domain, certificate, fqdn, source, flags))| {
            let [enabled, cut_through, protocol_logging] = flags;
            SendConnector {
                enabled,
                comment: comment.into(),
                address_spaces: spaces.into(),
                tls,
                tls_domain,
                certificate: certificate.map(Into::into),
                fqdn,
                source_address: source.map(core_directory::unmap),
                cut_through,
                protocol_logging,
                ..SendConnector::new(&name, hosts.into())
            }
        })
}
