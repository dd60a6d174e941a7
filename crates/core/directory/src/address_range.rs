//! Ranges of IP addresses, single addresses among them, and the widths that rule A0 allows.

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;

/// A CIDR range; a single address is /32 or /128. Host bits are zero, IPv4-mapped IPv6 is IPv4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressRange(IpNet);

/// Why a text is no address range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressRangeError {
    /// Neither an address nor a range.
    #[error("not an IP address or a CIDR range such as 192.0.2.0/24")]
    Syntax,
    /// Bits are set behind the prefix: the writer meant another address or another width.
    #[error("the address has bits behind its prefix; the range is {0}")]
    HostBits(AddressRange),
    /// /0, which nobody may have (rule A0).
    #[error("a /0 range would match everybody")]
    Everybody,
}

impl AddressRange {
    /// Widest IPv4 prefix that a tenant may register by itself (rule A0, as `SenderIPAddresses` in Exchange Online).
    pub const WIDEST_IPV4: u8 = 24;

    /// Widest IPv6 prefix that a tenant may register by itself (rule A0; ours, Exchange Online has IPv4 only).
    pub const WIDEST_IPV6: u8 = 48;

    /// Reads `192.0.2.1`, `192.0.2.0/24`, `2001:db8::/48`. /0 is refused.
    pub fn parse(text: &str) -> Result<Self, AddressRangeError> {
        let net: IpNet = match text.parse::<IpAddr>() {
            Ok(address) => IpNet::from(unmap(address)),
            Err(_) => text.parse().map_err(|_| AddressRangeError::Syntax)?,
        };
        let net = unmap_range(net);
        if net.prefix_len() == 0 {
            return Err(AddressRangeError::Everybody);
        }
        if net.trunc() != net {
            return Err(AddressRangeError::HostBits(Self(net.trunc())));
        }
        Ok(Self(net))
    }

    /// The range as a network.
    pub fn network(self) -> IpNet {
        self.0
    }

    /// Bits of the prefix.
    pub fn prefix_len(self) -> u8 {
        self.0.prefix_len()
    }

    /// Whether the range holds the address. The address must have passed [`unmap`].
    pub fn contains(self, address: IpAddr) -> bool {
        self.0.contains(&address)
    }

    /// Whether an address exists that both ranges hold.
    pub fn overlaps(self, other: Self) -> bool {
        self.0.contains(&other.0) || other.0.contains(&self.0)
    }

    /// Whether only the operator may grant a range this wide (rule A0).
    pub fn needs_grant(self) -> bool {
        match self.0 {
            IpNet::V4(net) => net.prefix_len() < Self::WIDEST_IPV4,
            IpNet::V6(net) => net.prefix_len() < Self::WIDEST_IPV6,
        }
    }
}

/// Rule A1: an IPv4 address that came as IPv4-mapped IPv6 is the IPv4 address.
pub fn unmap(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

fn unmap_range(net: IpNet) -> IpNet {
    const MAPPED_PREFIX: u8 = 96;
    match (net, net.addr().to_canonical()) {
        (IpNet::V6(v6), IpAddr::V4(v4)) if v6.prefix_len() >= MAPPED_PREFIX => {
            ipnet::Ipv4Net::new(v4, v6.prefix_len() - MAPPED_PREFIX).map_or(net, IpNet::V4)
        }
        _ => net,
    }
}

impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.prefix_len() == self.0.max_prefix_len() { self.0.addr().fmt(f) } else { self.0.fmt(f) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parses() {
        let check = |text: &str, expected: Result<&str, &str>| {
            let got = AddressRange::parse(text).map(|r| r.to_string()).map_err(|e| e.to_string());
            match expected {
                Ok(range) => assert_eq!(got.as_deref(), Ok(range), "{text}"),
                Err(part) => assert!(got.as_ref().is_err_and(|e| e.contains(part)), "{text}: {got:?}"),
            }
        };
        check("192.0.2.1", Ok("192.0.2.1"));
        check("192.0.2.1/32", Ok("192.0.2.1"));
        check("192.0.2.0/24", Ok("192.0.2.0/24"));
        check("::ffff:192.0.2.1", Ok("192.0.2.1"));
        check("::ffff:192.0.2.0/120", Ok("192.0.2.0/24"));
        check("2001:DB8::/48", Ok("2001:db8::/48"));
        check("192.0.2.1/24", Err("192.0.2.0/24"));
        check("0.0.0.0/0", Err("everybody"));
        check("::/0", Err("everybody"));
        check("::ffff:0.0.0.0/96", Err("everybody"));
        check("192.0.2.0/33", Err("CIDR"));
        check("192.0.2.1-192.0.2.9", Err("CIDR"));
        check("mail.contoso.com", Err("CIDR"));
    }

    proptest! {
        #[test]
        fn prints_and_parses(address: IpAddr, prefix in 1u8..=128) {
            let prefix = if address.is_ipv4() { prefix.min(32) } else { prefix };
            let net = IpNet::new(address, prefix).unwrap().trunc();
            if let Ok(range) = AddressRange::parse(&net.to_string()) {
                prop_assert_eq!(AddressRange::parse(&range.to_string()), Ok(range));
            }
        }
    }
}
