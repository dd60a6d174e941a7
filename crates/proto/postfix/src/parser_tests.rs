//! References, tables, lists, routes, policies and fingerprints of Postfix.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::result::Result;

use proptest::prelude::*;

use super::expansion::{ExpansionError, MAX_DEPTH, MAX_EXPANDED, expand};
use super::*;

/// Settings that the references below go to.
fn find(name: &str) -> Option<&'static str> {
    match name {
        "myhostname" => Some("mail.contoso.com"),
        "mydomain" => Some("contoso.com"),
        "empty" => Some(""),
        "list" => Some("$mydomain, $myhostname"),
        "circle" => Some("a $circle"),
        "twice" => Some("$twice2$twice2"),
        "twice2" => Some("$twice3$twice3$twice3$twice3"),
        "twice3" => Some("$long$long$long$long"),
        "long" => Some("0123456789012345678901234567890123456789012345678901234567890123456789"),
        "both" => Some("$mydomain$both2$both2"),
        "both2" => Some("$empty$both3$both3$both3$both3$both3$both3$both3$both3"),
        "both3" => Some("$empty$both4$both4$both4$both4$both4$both4$both4$both4"),
        "both4" => Some("$empty$both5$both5$both5$both5$both5$both5$both5$both5"),
        "both5" => Some("$empty$empty$empty$empty$empty$empty$empty$empty$empty$empty$empty$empty$empty"),
        _ => None,
    }
}

#[test]
fn references_are_replaced() {
    let check = |value: &str, expected: Result<&str, ExpansionError>| {
        assert_eq!(expand(value, &find), expected.map(str::to_owned), "{value}");
    };
    check("plain", Ok("plain"));
    check("$mydomain", Ok("contoso.com"));
    check("localhost.$mydomain, x", Ok("localhost.contoso.com, x"));
    check("${mydomain}x$(mydomain)", Ok("contoso.comxcontoso.com"));
    check("$list", Ok("contoso.com, mail.contoso.com"));
    check("a$$b", Ok("a$b"));
    check("${empty?yes}${mydomain?yes}", Ok("yes"));
    check("${empty:no}${mydomain:no}${nothing:none}", Ok("nonone"));
    check("${mydomain?{in $mydomain}:{out}}", Ok("in contoso.com"));
    check("${empty?{in}:{out of $mydomain}}", Ok("out of contoso.com"));
    check("$nothing", Err(ExpansionError::Unknown("nothing".to_owned())));
    check("${mydomain", Err(ExpansionError::Syntax));
    check("${mydomain!}", Err(ExpansionError::Syntax));
    check("$", Err(ExpansionError::Syntax));
    check("$circle", Err(ExpansionError::Depth));
    // Many references that give nothing take as long as those that give something.
    check("$both$both$both$both", Err(ExpansionError::Depth));
    let value = "$twice".repeat(40);
    check(&value, Err(ExpansionError::Length));
    const { assert!(MAX_DEPTH < 100, "a value is expanded by recursion") };
}

#[test]
fn tables_have_keys_values_and_lines() {
    let text = "# head\n\ncontoso.com   smtp:[mx]\n\t:25\n  # within\n\"a b\"  c d\nalone\n!10.0.0.1 no\n";
    let (entries, beyond) = table(text);
    let found: Vec<(&str, &str, u64)> = entries.iter().map(|entry| (&*entry.key, &*entry.value, entry.line)).collect();
    let expected = [("contoso.com", "smtp:[mx] :25", 3), ("a b", "c d", 6), ("alone", "", 7), ("!10.0.0.1", "no", 8)];
    assert_eq!((found.as_slice(), beyond), (expected.as_slice(), 0));
}

#[test]
fn lists_name_tables_and_files() {
    let check = |text: &str, expected: &[Item]| assert_eq!(items(text), expected, "{text}");
    let keys = |path: &str| Item::Table(Lookup::Keys(path.to_owned()));
    check("a, b\tc", &["a", "b", "c"].map(|text| Item::Plain(text.to_owned())));
    check("hash:/etc/x", &[keys("/etc/x")]);
    check("proxy:lmdb:/etc/x", &[keys("/etc/x")]);
    check("cidr:/etc/n", &[Item::Table(Lookup::Networks("/etc/n".to_owned()))]);
    check("!192.0.2.1, /etc/list", &[Item::Not("192.0.2.1".to_owned()), Item::File("/etc/list".to_owned())]);
    check("2001:db8::1", &[Item::Plain("2001:db8::1".to_owned())]);
    check("[mail.contoso.com]:25", &[Item::Plain("[mail.contoso.com]:25".to_owned())]);
    check("pcre:/etc/p", &[Item::Table(Lookup::Other("pcre".to_owned(), "/etc/p".to_owned()))]);
    check("static:{a b}", &[Item::Table(Lookup::Static("a b".to_owned()))]);
    let [Item::Table(Lookup::Inline(entries))] = &items("inline:{contoso.com=smtp:[mx], {a.example = b c}}")[..] else {
        panic!("no table");
    };
    let found: Vec<(&str, &str)> = entries.iter().map(|entry| (&*entry.key, &*entry.value)).collect();
    assert_eq!(found, [("contoso.com", "smtp:[mx]"), ("a.example", "b c")]);
}

#[test]
fn routes_have_an_agent_and_a_next_hop() {
    let check = |value: &str, agent: &str, hop: Option<(&str, Option<u16>, bool)>| {
        let route = Route::parse(value);
        let found = route.next_hop.as_ref().map(|hop| (&*hop.host, hop.port_number(), hop.is_exact));
        assert_eq!((&*route.transport, found), (agent, hop), "{value}");
    };
    check("smtp:[mail.contoso.com]:2525", "smtp", Some(("mail.contoso.com", Some(2525), true)));
    check("relay:contoso.com", "relay", Some(("contoso.com", Some(25), false)));
    check(":[192.0.2.1]", "", Some(("192.0.2.1", Some(25), true)));
    check("smtp:[ipv6:2001:db8::1]:submission", "smtp", Some(("2001:db8::1", Some(587), true)));
    check("smtp:[2001:db8::1]", "smtp", Some(("2001:db8::1", Some(25), true)));
    check("smtp:host:99999", "smtp", Some(("host", None, false)));
    check(":", "", None);
    check("smtp:", "smtp", None);
    check("error:no such host", "error", None);
    check("smtp:a, b", "smtp", None);
    check("lmtp:unix:/run/x", "lmtp", None);
}

#[test]
fn policies_have_a_level_and_names() {
    let check = |value: &str, expected: Option<(TlsLevel, &[&str], usize)>| {
        let policy = TlsPolicy::parse(value);
        let found = policy.as_ref().map(|policy| {
            (policy.level, policy.matches.iter().map(|name| &**name).collect::<Vec<_>>(), policy.others.len())
        });
        assert_eq!(found, expected.map(|(level, names, others)| (level, names.to_vec(), others)), "{value}");
    };
    check("encrypt", Some((TlsLevel::Encrypt, &[], 0)));
    check(
        "secure match=mx.example:.example protocols=TLSv1.2",
        Some((TlsLevel::Secure, &["mx.example", ".example"], 1)),
    );
    check("fingerprint match=AA:BB|CC:DD", Some((TlsLevel::Fingerprint, &["AA:BB", "CC:DD"], 0)));
    check("dane-only", Some((TlsLevel::DaneOnly, &[], 0)));
    check("always", None);
    check("", None);
}

#[test]
fn fingerprints_are_told_by_their_length() {
    let check = |text: &str, expected: Option<Digest>| assert_eq!(Digest::of(text), expected, "{text}");
    let colons = |octets: usize| vec!["aB"; octets].join(":");
    check(&colons(16), Some(Digest::Md5));
    check(&colons(20), Some(Digest::Sha1));
    check(&colons(32), Some(Digest::Sha256));
    check(&colons(64), Some(Digest::Sha512));
    check(&"ab".repeat(32), Some(Digest::Sha256));
    check(&colons(31), None);
    check("ab:c:d", None);
    check("", None);
    check("mail.contoso.com", None);
}

proptest! {
    #[test]
    fn parsers_are_total_and_bounded(text in "[ a-z$\\{\\}():?,=\\[\\]!./#\\n\"*0-9A-F;]{0,200}") {
        if let Ok(expanded) = expand(&text, &find) {
            prop_assert!(expanded.len() <= MAX_EXPANDED);
        }
        let (entries, beyond) = table(&text);
        prop_assert!(entries.len() + beyond <= text.lines().count());
        for entry in &entries {
            let parsed = (Route::parse(&entry.value), TlsPolicy::parse(&entry.value), Digest::of(&entry.key));
            prop_assert!(parsed.0.transport.len() <= entry.value.len());
        }
        prop_assert!(items(&text).len() <= text.len());
    }

    #[test]
    fn next_hops_are_what_was_written(host in "[a-z]{1,8}(\\.[a-z]{1,8}){0,3}", port in proptest::option::of(1u16..), exact: bool) {
        let bare = if exact { format!("[{host}]") } else { host.clone() };
        let text = port.map_or(bare.clone(), |port| format!("{bare}:{port}"));
        let hop = NextHop::parse(&text).expect("a hop");
        prop_assert_eq!((hop.host.clone(), hop.port_number(), hop.is_exact), (host, Some(port.unwrap_or(25)), exact));
    }
}
