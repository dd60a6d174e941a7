//! Headers as balancers write them, headers as nobody should, and any octets whatever.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::net::SocketAddr;

use proptest::prelude::*;

use super::*;

/// Reads the octets; and every shorter beginning must ask for more, or know already what is wrong.
#[track_caller]
fn check(octets: &[u8], expected: Result<Option<&str>, ProxyFault>) {
    let client = read_proxy_header(octets).map(|header| header.map(|header| (header.client, header.length)));
    let expected = expected.map(|client| Some((client.map(|client| client.parse().unwrap()), octets.len())));
    assert_eq!(client, expected, "of {}", octets.escape_ascii());
    for cut in 0..octets.len() {
        let early = read_proxy_header(&octets[..cut]).map(|header| header.map(|header| (header.client, header.length)));
        let allowed = early == Ok(None) || (early.is_err() && early == expected);
        assert!(allowed, "{early:?} after {cut} octets of {}", octets.escape_ascii());
    }
}

#[test]
fn lines_of_version_1() {
    let line = |text: &str, expected| check(format!("{text}\r\n").as_bytes(), expected);
    line("PROXY TCP4 192.0.2.1 198.51.100.7 56324 25", Ok(Some("192.0.2.1:56324")));
    line("PROXY TCP6 2001:db8::1 2001:db8::2 65535 0", Ok(Some("[2001:db8::1]:65535")));
    line("PROXY TCP6 ::ffff:192.0.2.1 ::ffff:198.51.100.7 1 25", Ok(Some("192.0.2.1:1")));
    line("PROXY UNKNOWN", Ok(None));
    line("PROXY UNKNOWN what ever \u{e4}", Ok(None));
    for wrong in [
        "PROXY ",
        "PROXY TCP",
        "PROXY TCP4",
        "PROXY TCP4 192.0.2.1 198.51.100.7 56324",
        "PROXY TCP4 192.0.2.1 198.51.100.7 56324 25 ",
        "PROXY TCP4 192.0.2.1 198.51.100.7  56324 25",
        "PROXY TCP4 192.0.2.1 198.51.100.7 056324 25",
        "PROXY TCP4 192.0.2.1 198.51.100.7 +56324 25",
        "PROXY TCP4 192.0.2.1 198.51.100.7 65536 25",
        "PROXY TCP4 192.0.2.01 198.51.100.7 1 25",
        "PROXY TCP4 2001:db8::1 2001:db8::2 1 25",
        "PROXY TCP6 192.0.2.1 198.51.100.7 1 25",
        "PROXY TCP6 fe80::1%eth0 2001:db8::2 1 25",
        "PROXY UDP4 192.0.2.1 198.51.100.7 1 25",
        "PROXY tcp4 192.0.2.1 198.51.100.7 1 25",
        "PROXY  UNKNOWN",
    ] {
        line(wrong, Err(ProxyFault::Line));
    }
    check(b"PROXY UNKNOWN \xff\r\n", Err(ProxyFault::Line));
}

#[test]
fn a_line_has_an_end() {
    let longest = format!("PROXY UNKNOWN {}\r\n", "x".repeat(MAX_PROXY_V1 - 16));
    check(longest.as_bytes(), Ok(None));
    check(format!("PROXY UNKNOWN {}\r\n", "x".repeat(MAX_PROXY_V1 - 15)).as_bytes(), Err(ProxyFault::TooLong));
    assert_eq!(read_proxy_header(b"PROXY UNKNOWN\nEHLO x\r"), Ok(None), "a bare LF ends nothing");
}

#[test]
fn what_is_no_header_is_known_at_once() {
    for other in ["EHLO x\r\n", "\x16\x03\x01", "PROXYTCP4", "PRO Y", "proxy", "\r\n\r\n\r\n", "\r\nEHLO", "\0", "QUIT"]
    {
        check(other.as_bytes(), Err(ProxyFault::Missing));
    }
    assert_eq!(read_proxy_header(b""), Ok(None));
}

#[test]
fn what_is_surely_a_header() {
    let check = |octets: &[u8], sure| assert_eq!(is_proxy_header(octets), sure, "{}", octets.escape_ascii());
    check(b"PROXY ", true);
    check(b"PROXY nonsense", true);
    check(V2_START, true);
    check(b"PROXY", false);
    check(b"PROXYTCP", false);
    check(&V2_START[..11], false);
    check(b"", false);
}

fn v2(version_and_command: u8, family: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).unwrap().to_be_bytes();
    [V2_START, &[version_and_command, family], &length, body].concat()
}

#[test]
fn headers_of_version_2() {
    let four = b"\xc0\x00\x02\x01\xc6\x33\x64\x07\xdc\x04\x00\x19";
    let six = [&Ipv6Addr::LOCALHOST.octets()[..], &Ipv6Addr::LOCALHOST.octets(), b"\x00\x01\x00\x19"].concat();
    check(&v2(0x21, 0x11, four), Ok(Some("192.0.2.1:56324")));
    check(&v2(0x21, 0x11, &[four, &b"\x04\x00\x01x"[..]].concat()), Ok(Some("192.0.2.1:56324")));
    check(&v2(0x21, 0x21, &six), Ok(Some("[::1]:1")));
    check(&v2(0x21, 0x00, b"whatever"), Ok(None));
    check(&v2(0x21, 0x31, &[0; 216]), Ok(None));
    // LOCAL: addresses mean nothing, not even that they are well formed.
    check(&v2(0x20, 0x11, four), Ok(None));
    check(&v2(0x20, 0xff, b""), Ok(None));
    check(&v2(0x20, 0x00, &[0; MAX_PROXY_V2_BODY]), Ok(None));
    check(&v2(0x21, 0x11, &four[..11]), Err(ProxyFault::TooShort));
    check(&v2(0x21, 0x11, b""), Err(ProxyFault::TooShort));
    check(&v2(0x21, 0x21, &six[..35]), Err(ProxyFault::TooShort));
    check(&v2(0x21, 0x12, four), Err(ProxyFault::Family(0x12)));
    check(&v2(0x21, 0x41, four), Err(ProxyFault::Family(0x41)));
    check(&v2(0x22, 0x11, four), Err(ProxyFault::Command(2)));
    check(&v2(0x11, 0x11, four), Err(ProxyFault::Version(1)));
    check(&v2(0x21, 0x11, &[0; MAX_PROXY_V2_BODY + 1]), Err(ProxyFault::TooLong));
}

#[test]
fn a_mapped_address_is_unmapped() {
    let mapped = "192.0.2.1".parse::<Ipv4Addr>().unwrap().to_ipv6_mapped().octets();
    let body = [&mapped[..], &mapped, b"\x00\x01\x00\x19"].concat();
    check(&v2(0x21, 0x21, &body), Ok(Some("192.0.2.1:1")));
}

fn write(version: u8, client: SocketAddr) -> Vec<u8> {
    let port = client.port().to_be_bytes();
    match (version, client.ip()) {
        (1, IpAddr::V4(ip)) => format!("PROXY TCP4 {ip} 192.0.2.9 {} 25\r\n", client.port()).into_bytes(),
        (1, IpAddr::V6(ip)) => format!("PROXY TCP6 {ip} 2001:db8::9 {} 25\r\n", client.port()).into_bytes(),
        (_, IpAddr::V4(ip)) => v2(0x21, 0x11, &[&ip.octets()[..], &[192, 0, 2, 9], &port, &[0, 25]].concat()),
        (_, IpAddr::V6(ip)) => v2(0x21, 0x21, &[&ip.octets()[..], &ip.octets(), &port, &[0, 25]].concat()),
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        ip in any::<IpAddr>(),
        port in any::<u16>(),
        version in 1_u8..=2,
        rest in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let header = write(version, SocketAddr::new(ip, port));
        let found = ProxyHeader { client: Some(SocketAddr::new(ip.to_canonical(), port)), length: header.len() };
        prop_assert_eq!(read_proxy_header(&[header, rest].concat()), Ok(Some(found)));
    }

    #[test]
    fn any_octets_have_an_answer(
        start in prop::sample::select(vec![&b""[..], V1_START, b"PROXY TCP4 ", V2_START, b"\r\n\r\n\0\r\nQUIT\n\x21\x11"]),
        rest in prop::collection::vec(any::<u8>(), 0..200),
        padding in 0..5_000_usize,
    ) {
        let octets = [start, &rest, &vec![b'x'; padding]].concat();
        let answer = read_proxy_header(&octets);
        if let Ok(Some(header)) = answer {
            prop_assert!(header.length <= octets.len() && header.length <= MAX_PROXY);
        }
        if octets.len() >= MAX_PROXY {
            prop_assert_ne!(answer, Ok(None), "no answer at {} octets", octets.len());
        }
    }
}
