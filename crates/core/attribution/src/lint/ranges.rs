//! Addresses that are not taken, are never seen, or that strangers share (rules A0 and A7; MC1226222).

use core_directory::{AddressRange, ConnectorType, Field};
use ipnet::{IpNet, Ipv4Net};

use super::Lint;
use super::finding::{
    ADDRESS_NEVER_SEEN, ADDRESS_OF_EXCHANGE_ONLINE, ANY_SENDER_PUBLIC, IPV6_NOT_TAKEN, LintCode, Mend,
    RANGE_PERHAPS_SHARED, RANGE_TOO_WIDE,
};
use super::ground::{Ground, Subject};

const FIELD: Field = Field::SenderIpAddresses;

/// Longest IPv4 prefix that is called wide: 32 addresses and more are seldom one organisation's mail servers.
const WIDE_IPV4: u8 = 27;

/// Longest IPv6 prefix that is called wide: a site's subnet.
const WIDE_IPV6: u8 = 64;

/// Networks that no server in the internet sees an address of (RFC 1918, RFC 6598, RFC 1122, RFC 3927).
const PRIVATE: [(u32, u8); 6] = [
    (0x0a00_0000, 8),  // 10.0.0.0
    (0xac10_0000, 12), // 172.16.0.0
    (0xc0a8_0000, 16), // 192.168.0.0
    (0x6440_0000, 10), // 100.64.0.0
    (0x7f00_0000, 8),  // 127.0.0.0
    (0xa9fe_0000, 16), // 169.254.0.0
];

/// Exchange Online's own addresses at port 25 (Microsoft: Office 365 URLs and IP address ranges, id 10).
const EXCHANGE_ONLINE: [(u32, u8); 4] = [
    (0x285c_0000, 15), // 40.92.0.0
    (0x286b_0000, 16), // 40.107.0.0
    (0x3464_0000, 14), // 52.100.0.0
    (0x682f_0000, 17), // 104.47.0.0
];

pub(super) fn check(ground: &Ground<'_>, lint: &mut Lint) {
    for subject in ground.subjects.iter().filter(|subject| !subject.is_disabled()) {
        if !subject.knows(&[FIELD]) {
            lint.unjudged.push(subject.unjudged(FIELD));
            continue;
        }
        for &range in &subject.connector.sender_ip_addresses {
            let found = if ground.is_relay() { at_relay(subject, range) } else { at_exchange_online(subject, range) };
            if let Some((code, mend)) = found {
                let arguments = vec![("range", range.to_string())];
                lint.findings.push(subject.finding(code, Some(FIELD), arguments, vec![mend]));
            }
        }
    }
}

fn at_relay(subject: &Subject<'_>, range: AddressRange) -> Option<(LintCode, Mend)> {
    let open = subject.connector.any_sender && subject.knows(&[Field::AnySender]);
    (open && is_wide(range) && !is_private(range)).then_some((ANY_SENDER_PUBLIC, Mend::NarrowRange(range)))
}

fn at_exchange_online(subject: &Subject<'_>, range: AddressRange) -> Option<(LintCode, Mend)> {
    let drop = Mend::DropRange(range);
    let narrow = Mend::NarrowRange(range);
    match range.network() {
        IpNet::V6(_) => Some((IPV6_NOT_TAKEN, drop)),
        IpNet::V4(net) if net.prefix_len() < AddressRange::WIDEST_IPV4 => Some((RANGE_TOO_WIDE, narrow)),
        IpNet::V4(net) if is_within(net, &PRIVATE) => Some((ADDRESS_NEVER_SEEN, drop)),
        // What a partner sends from is nobody's sign of ownership.
        IpNet::V4(_) if !subject.is(ConnectorType::OnPremises) => None,
        IpNet::V4(net) if is_within(net, &EXCHANGE_ONLINE) => Some((ADDRESS_OF_EXCHANGE_ONLINE, drop)),
        IpNet::V4(_) if is_wide(range) => Some((RANGE_PERHAPS_SHARED, narrow)),
        IpNet::V4(_) => None,
    }
}

fn is_wide(range: AddressRange) -> bool {
    match range.network() {
        IpNet::V4(net) => net.prefix_len() <= WIDE_IPV4,
        IpNet::V6(net) => net.prefix_len() <= WIDE_IPV6,
    }
}

/// Private IPv4 networks; of IPv6 fc00::/7 and fe80::/10 (RFC 4193, RFC 4291) and ::1.
fn is_private(range: AddressRange) -> bool {
    match range.network() {
        IpNet::V4(net) => is_within(net, &PRIVATE),
        IpNet::V6(net) => {
            let address = net.addr();
            address.is_unique_local() || address.is_unicast_link_local() || address.is_loopback()
        }
    }
}

fn is_within(net: Ipv4Net, networks: &[(u32, u8)]) -> bool {
    let networks = networks.iter().filter_map(|(address, prefix)| Ipv4Net::new((*address).into(), *prefix).ok());
    networks.into_iter().any(|network| network.contains(&net))
}
