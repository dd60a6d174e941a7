//! Literals hold against hostile texts, and scripts are what an administrator expects.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use core_directory::*;
use proptest::prelude::*;

use super::*;

/// What PowerShell makes of a line of a script, as far as literals and remarks go: the values of its single-quoted literals, and
/// what stands outside of them. `None`: a literal does not end.
fn tokens(text: &str) -> Option<(Vec<String>, String)> {
    let is_quote = |c: char| matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}');
    let (mut literals, mut outside) = (Vec::new(), String::new());
    let mut signs = text.chars().peekable();
    let mut is_remark = false;
    while let Some(c) = signs.next() {
        if is_remark || !is_quote(c) {
            is_remark = c != '\n' && (is_remark || c == '#');
            if !is_remark {
                outside.push(c);
            }
            continue;
        }
        let mut literal = String::new();
        loop {
            match signs.next()? {
                c if is_quote(c) && signs.peek().is_some_and(|next| is_quote(*next)) => {
                    signs.next();
                    literal.push(c);
                }
                c if is_quote(c) => break,
                c => literal.push(c),
            }
        }
        literals.push(literal);
    }
    Some((literals, outside))
}

fn tenant(name: &str, comment: &str) -> Tenant {
    let mut inbound = InboundConnector::new(name, Some(CertificateName::parse_value("*.contoso.com").unwrap()));
    inbound.comment = comment.into();
    inbound.sender_ip_addresses =
        ["192.0.2.1", "192.0.0.0/16", "2001:db8::1"].map(|text| AddressRange::parse(text).unwrap()).into();
    inbound.pinned_certificates = Box::new([Thumbprint([0xab; 32])]);
    inbound.any_sender = true;
    let mut send = SendConnector::new(name, Box::new([SmartHost::parse("hub.example.net:2525").unwrap()]));
    send.comment = comment.into();
    send.certificate = Some(name.into());
    send.fqdn = Some(Domain::parse("mail.contoso.com").unwrap());
    send.address_spaces = ["contoso.net;5", "*.contoso.org;1"].map(|text| AddressSpace::parse(text).unwrap()).into();
    let mut domain = AcceptedDomain::new(Domain::parse("contoso.com").unwrap(), true);
    domain.domain_type = DomainType::InternalRelay;
    domain.match_subdomains = true;
    Tenant {
        name: name.into(),
        domains: vec![domain],
        inbound_connectors: vec![inbound],
        send_connectors: vec![send],
        ..Tenant::default()
    }
}

#[test]
fn a_tenant_becomes_a_script() {
    let script = script(&[tenant("HQ's relay", "for \u{2018}us\u{2019}")]);
    let expected = include_str!("tests/script.ps1");
    assert_eq!(script, expected, "to change it on purpose, put this in its place:\n{script}");
}

#[test]
fn hostile_names_stay_literals() {
    let ordinary = tokens(&script(&[tenant("name", "comment")])).unwrap();
    for name in [
        "'; Remove-InboundConnector -Identity 'x'; '",
        "a\u{2019}; Remove-Item C:\\ -Recurse; \u{2018}",
        "$(Stop-Computer)",
        "`'; exit #",
        "a\nRemove-InboundConnector x\r\n# b",
        "a\u{2028}Remove-InboundConnector x",
        "} ; Remove-InboundConnector x #",
        "<# #> Stop-Computer",
        "@'\nStop-Computer\n'@",
    ] {
        let script = script(&[tenant(name, name)]);
        let (literals, outside) = tokens(&script).unwrap_or_else(|| panic!("a literal has no end: {name:?}\n{script}"));
        assert_eq!(outside, ordinary.1, "{name:?} is run as code:\n{script}");
        let plain: String = name.chars().filter(|c| !c.is_control()).collect();
        assert!(literals.contains(&plain), "{name:?} is not in {literals:?}");
    }
}

proptest! {
    #[test]
    fn literals_hold_whatever_is_in_them(text in "\\PC{0,60}") {
        let (literals, outside) = tokens(&quoted(&text)).expect("an end");
        prop_assert_eq!((literals, outside), (vec![text], String::new()));
    }

    #[test]
    fn scripts_hold_whatever_is_in_their_names(name: String) {
        let (_, ordinary) = tokens(&script(&[tenant("name", "comment")])).expect("an end");
        let (_, outside) = tokens(&script(&[tenant(&name, &name)])).expect("an end");
        // A name that is too long is told of in a remark, which is not outside.
        prop_assert_eq!(outside, ordinary);
    }
}
