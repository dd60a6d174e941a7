//! Ranges of addresses as Exchange's Receive connectors have them: `192.0.2.1-192.0.2.9`, `192.0.2.0/24`,
//! `192.0.2.0(255.255.255.0)`, single addresses.

use std::net::IpAddr;

use core_directory::{AddressRange, AddressRangeError};
use ipnet::{Ipv4Subnets, Ipv6Subnets};

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
        let mask = mask.trim_end_matches(')').trim();
        return AddressRange::parse(&format!("{}/{mask}", address.trim())).map(|range| vec![range]);
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
