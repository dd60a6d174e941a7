//! All ranges of a directory in their order, so that those which overlap one are found without comparing it with every other.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;

use crate::{AddressRange, InboundConnector, Tenant};

/// Ranges with the connectors that have them.
pub(super) struct RangeIndex<'a> {
    ranges: BTreeMap<Key, Vec<Entry<'a>>>,
}

/// A range of a connector.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    pub range: AddressRange,
    pub tenant: &'a Tenant,
    pub connector: &'a InboundConnector,
}

/// Family, first address, prefix length: a range comes before all that lie in it.
type Key = (bool, u128, u8);

impl<'a> RangeIndex<'a> {
    pub fn new(tenants: &'a [Tenant]) -> Self {
        let mut ranges: BTreeMap<Key, Vec<Entry<'a>>> = BTreeMap::new();
        for tenant in tenants {
            for connector in &tenant.inbound_connectors {
                for &range in &connector.sender_ip_addresses {
                    ranges.entry(key(range)).or_default().push(Entry { range, tenant, connector });
                }
            }
        }
        Self { ranges }
    }

    /// The ranges that lie in this one, itself among them, and those in which it lies.
    pub fn overlapping(&self, range: AddressRange) -> impl Iterator<Item = Entry<'a>> {
        let (family, first, length) = key(range);
        let last = number(range.network().broadcast());
        let within = self.ranges.range((family, first, length)..=(family, last, u8::MAX));
        let above = (0..length).filter_map(move |length| {
            let wider = IpNet::new(range.network().addr(), length).ok()?.trunc();
            self.ranges.get(&(family, number(wider.network()), length))
        });
        within.map(|(_, entries)| entries).chain(above).flatten().copied()
    }
}

fn key(range: AddressRange) -> Key {
    let network = range.network();
    (network.addr().is_ipv6(), number(network.network()), network.prefix_len())
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    /// Ranges near each other, so that many overlap.
    fn range() -> impl Strategy<Value = AddressRange> {
        (any::<bool>(), 0..16u32, 24..=32u8).prop_map(|(v6, last, length)| {
            let net = match v6 {
                false => IpNet::new(IpAddr::V4((0xC000_0200 | (last << 4)).into()), length),
                true => IpNet::new(IpAddr::V6((0x2001_0db8_u128 << 96 | u128::from(last) << 92).into()), length + 8),
            };
            AddressRange::parse(&net.unwrap().trunc().to_string()).unwrap()
        })
    }

    proptest! {
        #[test]
        fn finds_what_comparing_all_finds(ranges in prop::collection::vec(range(), 0..30), asked in range()) {
            let mut connector = InboundConnector::new("C", None);
            connector.sender_ip_addresses = ranges.clone().into();
            let tenants = [Tenant { inbound_connectors: vec![connector], ..Tenant::default() }];
            let mut found: Vec<String> =
                RangeIndex::new(&tenants).overlapping(asked).map(|entry| entry.range.to_string()).collect();
            let mut expected: Vec<String> =
                ranges.iter().filter(|range| range.overlaps(asked)).map(ToString::to_string).collect();
            found.sort();
            expected.sort();
            prop_assert_eq!(found, expected);
        }
    }
}
