//! Ranges of addresses as Exchange's Receive connectors have them: `192.0.2.1-192.0.2.9`, `192.0.2.0/24`,
//! `192.0.2.0(255.255.255.0)`, single addresses.

use std::net::IpAddr;

use core_directory::{AddressRange, AddressRangeError};
use ipnet::{Ipv4Subnets, Ipv6Subnets, ip_mask_to_prefix};

/// The range as CIDR ranges, few for each: at most two for each bit of an address.
///
/// # Errors
/// It is no range, or one of everybody.
pub(super) fn ranges(text: &str) -> Result<Vec<AddressRange>, AddressRangeError> {
    let text = text.trim();
    if let Some((first, last)) = text.split_once('-') {
        return between(first.trim(), last.trim());
    }
    if let Some((address, mask)) = text.split_once('(') {
        let mask = mask.trim_end_matches(')').trim().parse::<IpAddr>().map_err(|_| AddressRangeError::Syntax)?;
        let prefix = ip_mask_to_prefix(mask).map_err(|_| AddressRangeError::Syntax)?;
        return AddressRange::parse(&format!("{}/{prefix}", address.trim())).map(|range| vec![range]);
    }
    AddressRange::parse(text).map(|range| vec![range])
}

fn between(first: &str, last: &str) -> Result<Vec<AddressRange>, AddressRangeError> {
    let parsed = |text: &str| text.parse::<IpAddr>().map_err(|_| AddressRangeError::Syntax);
    let texts: Vec<String> = match (parsed(first)?, parsed(last)?) {
        (IpAddr::V4(first), IpAddr::V4(last)) if first <= last => {
            Ipv4Subnets::new(first, last, 0).map(|net| net.to_string()).collect()
        }
        (IpAddr::V6(first), IpAddr::V6(last)) if first <= last => {
            Ipv6Subnets::new(first, last, 0).map(|net| net.to_string()).collect()
        }
        _ => return Err(AddressRangeError::Syntax),
    };
    texts.iter().map(|text| AddressRange::parse(text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_become_few_of_cidr() {
        let check = |text: &str, expected: Option<&[&str]>| {
            let found = ranges(text).map(|all| all.iter().map(ToString::to_string).collect::<Vec<_>>()).ok();
            let expected = expected.map(|all| all.iter().map(|range| (*range).to_owned()).collect::<Vec<_>>());
            assert_eq!(found, expected, "{text}");
        };
        check("192.0.2.1", Some(&["192.0.2.1"]));
        check("192.0.2.0/24", Some(&["192.0.2.0/24"]));
        check("192.0.2.0(255.255.255.0)", Some(&["192.0.2.0/24"]));
        check("192.0.2.9-192.0.2.12", Some(&["192.0.2.9", "192.0.2.10/31", "192.0.2.12"]));
        check("2001:db8::-2001:db8::ffff", Some(&["2001:db8::/112"]));
        check("192.0.2.9-192.0.2.1", None);
        check("192.0.2.9-2001:db8::1", None);
        check("192.0.2.0(255.0.255.0)", None);
        check("0.0.0.0-255.255.255.255", None);
        check("everybody", None);
    }
}
