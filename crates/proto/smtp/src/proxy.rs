//! The PROXY header, by which a balancer in front of us says where a connection really comes from: version 1, a line of
//! text, and version 2, binary (HAProxy's PROXY protocol specification, sections 2.1 and 2.2).
//!
//! Whose header is believed is not decided here: anybody can write one.

#[cfg(test)]
mod tests;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use thiserror::Error;

/// Octets of the longest version 1 header, its CRLF included (section 2.1: two IPv6 addresses in full, two ports).
pub const MAX_PROXY_V1: usize = 107;

/// Octets behind the fixed part of a version 2 header. The longest address needs 216; the rest is extensions, which are
/// skipped: those in use (TLS facts with a certificate's name, a cloud's endpoint id) fill a few hundred.
pub const MAX_PROXY_V2_BODY: usize = 4_096;

/// Octets after which a header is whole or wrong.
pub const MAX_PROXY: usize = V2_FIXED + MAX_PROXY_V2_BODY;

const V1_START: &[u8] = b"PROXY ";
const V2_START: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";
const V2_FIXED: usize = 16;

/// A whole header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProxyHeader {
    /// Address and port of the client, an IPv4-mapped address unmapped (rule A1). None: the balancer speaks for itself
    /// (`LOCAL`, a health check) or does not know (`UNKNOWN`, a family without IP addresses).
    pub client: Option<SocketAddr>,
    /// Octets of the header; what follows it is the client's.
    pub length: usize,
}

/// Why octets are no PROXY header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ProxyFault {
    /// Something else altogether: an SMTP command, TLS.
    #[error("the connection does not begin with a PROXY header")]
    Missing,
    /// A version 1 line without end within [`MAX_PROXY_V1`], or a version 2 body above [`MAX_PROXY_V2_BODY`].
    #[error("the PROXY header is too long")]
    TooLong,
    /// A version 1 line that names no protocol, two addresses and two ports.
    #[error("the PROXY line is malformed")]
    Line,
    /// A version other than 1 and 2.
    #[error("the PROXY header is of version {0}; versions 1 and 2 are read")]
    Version(u8),
    /// A version 2 command other than LOCAL and PROXY.
    #[error("the PROXY header has the unknown command {0}")]
    Command(u8),
    /// Not a stream, or an address family that does not exist.
    #[error("the PROXY header is of family and protocol {0:#04x}, which no mail comes by")]
    Family(u8),
    /// A version 2 body that its addresses do not fit into.
    #[error("the PROXY header is too short for its addresses")]
    TooShort,
}

/// Reads a header from all that came so far. `None`: more is needed. Whatever comes, there is an answer at
/// [`MAX_PROXY`] octets.
///
/// # Errors
/// What is wrong with it, as early as it can be known.
pub fn read_proxy_header(octets: &[u8]) -> Result<Option<ProxyHeader>, ProxyFault> {
    if begins(octets, V1_START) {
        read_v1(octets)
    } else if begins(octets, V2_START) {
        read_v2(octets)
    } else {
        Err(ProxyFault::Missing)
    }
}

/// Whether octets are surely the beginning of a header, for those who do not take one.
#[must_use]
pub fn is_proxy_header(octets: &[u8]) -> bool {
    octets.starts_with(V1_START) || octets.starts_with(V2_START)
}

/// Whether the octets begin so, or may still come to.
fn begins(octets: &[u8], start: &[u8]) -> bool {
    octets.iter().zip(start).all(|(octet, wanted)| octet == wanted)
}

fn read_v1(octets: &[u8]) -> Result<Option<ProxyHeader>, ProxyFault> {
    let seen = octets.get(..MAX_PROXY_V1).unwrap_or(octets);
    let Some(end) = seen.windows(2).position(|pair| pair == b"\r\n") else {
        return if seen.len() < MAX_PROXY_V1 { Ok(None) } else { Err(ProxyFault::TooLong) };
    };
    let line = seen.get(..end).and_then(|line| std::str::from_utf8(line).ok()).ok_or(ProxyFault::Line)?;
    Ok(Some(ProxyHeader { client: v1_client(line)?, length: end + 2 }))
}

fn v1_client(line: &str) -> Result<Option<SocketAddr>, ProxyFault> {
    let mut words = line.split(' ').skip(1);
    let client = match words.next() {
        // What follows has no meaning (section 2.1).
        Some("UNKNOWN") => return Ok(None),
        Some("TCP4") => v1_ends::<Ipv4Addr>(&mut words)?,
        Some("TCP6") => v1_ends::<Ipv6Addr>(&mut words)?,
        _ => return Err(ProxyFault::Line),
    };
    if words.next().is_some() { Err(ProxyFault::Line) } else { Ok(Some(client)) }
}

/// The client's end; ours must be well formed too.
fn v1_ends<'a, A: FromStr + Into<IpAddr>>(words: &mut impl Iterator<Item = &'a str>) -> Result<SocketAddr, ProxyFault> {
    let mut address = || words.next().and_then(|word| word.parse::<A>().ok()).ok_or(ProxyFault::Line);
    let (client, _ours) = (address()?, address()?);
    let mut port = || words.next().and_then(v1_port).ok_or(ProxyFault::Line);
    let (client_port, _our_port) = (port()?, port()?);
    Ok(end_of(client.into(), client_port))
}

/// Decimal without sign and leading zeros.
fn v1_port(word: &str) -> Option<u16> {
    let plain = word == "0" || (word.starts_with(|c: char| c.is_ascii_digit()) && !word.starts_with('0'));
    word.parse().ok().filter(|_| plain)
}

fn read_v2(octets: &[u8]) -> Result<Option<ProxyHeader>, ProxyFault> {
    let Some(&[version_and_command, family, high, low]) = octets.get(V2_START.len()..V2_FIXED) else {
        return Ok(None);
    };
    let body = usize::from(u16::from_be_bytes([high, low]));
    let (version, command) = (version_and_command >> 4, version_and_command & 0x0f);
    if version != 2 {
        return Err(ProxyFault::Version(version));
    }
    if body > MAX_PROXY_V2_BODY {
        return Err(ProxyFault::TooLong);
    }
    let length = V2_FIXED + body;
    let addresses = octets.get(V2_FIXED..length);
    match command {
        0 => Ok(addresses.map(|_| ProxyHeader { client: None, length })),
        1 => {
            let Some(addresses) = addresses else { return Ok(None) };
            Ok(Some(ProxyHeader { client: v2_client(family, addresses)?, length }))
        }
        other => Err(ProxyFault::Command(other)),
    }
}

/// The client's end: addresses of client and us, ports of client and us; extensions may follow.
fn v2_client(family: u8, addresses: &[u8]) -> Result<Option<SocketAddr>, ProxyFault> {
    match family {
        // Unspecified, and a Unix socket's stream.
        0x00 | 0x31 => Ok(None),
        0x11 => {
            let (client, rest) = addresses.split_first_chunk::<4>().ok_or(ProxyFault::TooShort)?;
            let (_ours, ports) = rest.split_first_chunk::<4>().ok_or(ProxyFault::TooShort)?;
            v2_end(Ipv4Addr::from(*client).into(), ports).map(Some)
        }
        0x21 => {
            let (client, rest) = addresses.split_first_chunk::<16>().ok_or(ProxyFault::TooShort)?;
            let (_ours, ports) = rest.split_first_chunk::<16>().ok_or(ProxyFault::TooShort)?;
            v2_end(Ipv6Addr::from(*client).into(), ports).map(Some)
        }
        other => Err(ProxyFault::Family(other)),
    }
}

fn v2_end(client: IpAddr, ports: &[u8]) -> Result<SocketAddr, ProxyFault> {
    let [high, low, _, _] = *ports.first_chunk::<4>().ok_or(ProxyFault::TooShort)?;
    Ok(end_of(client, u16::from_be_bytes([high, low])))
}

fn end_of(address: IpAddr, port: u16) -> SocketAddr {
    SocketAddr::new(address.to_canonical(), port)
}
