//! Bad documents and the exact text of their errors; arbitrary ones do no harm.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;
use serde_json::json;

use super::*;

/// A document with a key of each type, read like a real one.
fn read(document: &Document) -> Result<(), Vec<FileError>> {
    let report = Report::new(document);
    let mut root = report.root();
    root.parsed("hostname", |text| if text.contains(' ') { Err("no spaces") } else { Ok(text.len()) });
    root.boolean("enabled");
    root.integer("cost");
    root.texts("sender_domains");
    root.parsed_list("ports", str::parse::<u16>);
    root.choice("kind", &[(1, "on-premises"), (2, "partner")]);
    if let Some(mut store) = root.table("store") {
        store.text("url");
        store.finish();
    }
    for mut tenant in root.tables("tenant", "name") {
        tenant.required_text("name");
        for mut connector in tenant.tables("inbound_connector", "name") {
            connector.required_text("name");
            connector.text("tls_sender_certificate_name");
            connector.boolean("require_tls");
            connector.finish();
        }
        tenant.finish();
    }
    root.finish();
    report.finish(())
}

fn errors_of(text: &str) -> Vec<String> {
    let result = Document::parse_toml("f.toml", text).and_then(|document| read(&document));
    result.err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let errors = errors_of(text);
    assert_eq!(errors, expected, "in {text:?}");
}

#[test]
fn good_documents() {
    check("", &[]);
    check(
        "hostname = 'a'\nenabled = true\ncost = -0\nsender_domains = ['*']\nports = ['25']\nkind = 'partner'\n\
         store = {url = 'embedded'}\n[[tenant]]\nname = 'contoso'\n[[tenant.inbound_connector]]\nname = 'HQ'\n",
        &[],
    );
}

#[test]
fn syntax_errors_are_told_all_at_once() {
    check("hostname = ", &["f.toml:1:12: string values must be quoted, expected literal string"]);
    check(
        "a = 1\nhostname 'x'\n\n[[tenant]\nname = 'x\n",
        &["f.toml:2:10: key with no value, expected `=`", "f.toml:4:10: unclosed array table, expected `]`"],
    );
    check("enabled = true\nenabled = false\n", &["f.toml:2:1: `enabled` is there twice; a key is set once in a table"]);
    check("[store]\n[store]\n", &["f.toml:2:2: `store` is there twice; a key is set once in a table"]);
    check(
        "\u{0}",
        &[
            "f.toml:1:1: invalid unquoted key, expected letters, numbers, `-`, `_`",
            "f.toml:1:2: key with no value, expected `=`",
        ],
    );
}

#[test]
fn structure_errors_are_told_all_at_once() {
    check(
        "\n  enabled = 'yes'\ncost = '1'\nhostname = 1\nsender_domains = 7\n[store]\nurl = true",
        &[
            "f.toml:2:13: enabled: expected a boolean, found a string",
            "f.toml:3:8: cost: expected an integer, found a string",
            "f.toml:4:12: hostname: expected a string, found an integer; put it in quotes",
            "f.toml:5:18: sender_domains: expected a list of strings, found an integer",
            "f.toml:7:7: store › url: expected a string, found a boolean; put it in quotes",
        ],
    );
    check(
        "enabled = 'true'\nsender_domains = '*'\ncost = 99999999999999999999\nkind = 1.5\nhostname = 2026-01-01",
        &[
            "f.toml:1:11: enabled: expected a boolean, found a string; write true without quotes",
            "f.toml:2:18: sender_domains: expected a list of strings, found a string; write [\"*\"]",
            "f.toml:3:8: cost: expected an integer, found an integer that is too large",
            "f.toml:4:8: kind: expected a string, found a floating-point number; put it in quotes",
            "f.toml:5:12: hostname: expected a string, found a date or time; put it in quotes",
        ],
    );
    check(
        "sender_domains = ['a', 1, []]\nports = ['25', 'x', '70000']",
        &[
            "f.toml:1:24: sender_domains: expected a string in the list, found an integer; put it in quotes",
            "f.toml:1:27: sender_domains: expected a string in the list, found an empty list",
            "f.toml:2:16: ports: \"x\": invalid digit found in string",
            "f.toml:2:21: ports: \"70000\": number too large to fit in target type",
        ],
    );
    check(
        "kind = 'onpremises'",
        &["f.toml:1:8: kind: \"onpremises\" is none of \"on-premises\", \"partner\"; did you mean \"on-premises\"?"],
    );
    check("kind = 'somebody else'", &["f.toml:1:8: kind: \"somebody else\" is none of \"on-premises\", \"partner\""]);
    check("hostname = \"a b\\u001b\\\"\"", &["f.toml:1:12: hostname: \"a b\\u{1b}\\\"\": no spaces"]);
    check(
        "store = 1\ntenant = 2",
        &[
            "f.toml:1:9: store: expected a table, found an integer; write [store]",
            "f.toml:2:10: tenant: expected a list of tables, found an integer; write [[tenant]]",
        ],
    );
    check("[tenant]\nname='a'", &["f.toml:1:1: tenant: expected a list of tables, found a table; write [[tenant]]"]);
    check(
        "tenant = [1, {name = 'a'}, {nam = 'b'}]",
        &[
            "f.toml:1:11: tenant: expected a table, found an integer",
            "f.toml:1:28: tenant #3: `name` is missing; add name = \"…\"",
            "f.toml:1:29: tenant #3: unknown key `nam`; did you mean `name`?",
        ],
    );
    check(
        "[[tenant]]\nname = \"contoso\"\n\n  [[tenant.inbound_connector]]\n  name = \"HQ\"\n  require_tls = \"yes\"\n  \
         tls_sender_certifcate_name = \"*.contoso.com\"\n  [[tenant.inbound_conector]]\n[[tenant]]\n[[tenant.inbound_connector]]\n",
        &[
            "f.toml:6:17: tenant \"contoso\" › inbound_connector \"HQ\" › require_tls: expected a boolean, found a string",
            "f.toml:7:3: tenant \"contoso\" › inbound_connector \"HQ\": unknown key `tls_sender_certifcate_name`; did you mean `tls_sender_certificate_name`?",
            "f.toml:8:12: tenant \"contoso\": unknown key `inbound_conector`; did you mean `inbound_connector`?",
            "f.toml:9:1: tenant #2: `name` is missing; add name = \"…\"",
            "f.toml:10:1: tenant #2 › inbound_connector #1: `name` is missing; add name = \"…\"",
        ],
    );
    check(
        "Sender-Domains = []\nzzz = 1\n[nothing.known]\n",
        &[
            "f.toml:1:1: unknown key `Sender-Domains`; did you mean `sender_domains`?",
            "f.toml:2:1: unknown key `zzz`; known here: hostname, enabled, cost, sender_domains, ports, kind, store, tenant",
            "f.toml:3:2: unknown key `nothing`; known here: hostname, enabled, cost, sender_domains, ports, kind, store, tenant",
        ],
    );
}

#[track_caller]
fn check_json(json: serde_json::Value, expected: &[&str]) {
    let errors = read(&Document::from_json("", &json)).err().unwrap_or_default();
    let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(errors, expected, "in {json}");
}

#[test]
fn json_errors_have_pointers() {
    check_json(json!({}), &[]);
    check_json(json!({"hostname": null, "tenant": null}), &[]);
    check_json(json!([1]), &["expected a table, found a list"]);
    check_json(
        json!({"a/b~c": 1, "cost": 1.5, "enabled": [{}], "sender_domains": ["a", null]}),
        &[
            "/a~1b~0c: unknown key `a/b~c`; known here: hostname, enabled, cost, sender_domains, ports, kind, store, tenant",
            "/cost: cost: expected an integer, found a floating-point number",
            "/enabled: enabled: expected a boolean, found a list of tables",
            "/sender_domains/1: sender_domains: expected a string in the list, found null",
        ],
    );
    check_json(
        json!({"tenant": [{"name": "a"}, {"name": "b", "inbound_connector": [{}, {"name": "c", "require_tls": 1}]}]}),
        &[
            "/tenant/1/inbound_connector/0: tenant \"b\" › inbound_connector #1: `name` is missing",
            "/tenant/1/inbound_connector/1/require_tls: tenant \"b\" › inbound_connector \"c\" › require_tls: expected a boolean, found an integer",
        ],
    );
}

#[test]
fn lines_are_quoted_but_never_private_keys() {
    let lines = |text: &str| -> Vec<Option<String>> {
        let result = Document::parse_toml("f.toml", text).and_then(|document| read(&document));
        let line = |error: FileError| match error.location {
            Location::Line { text, .. } => text,
            other => panic!("{text:?}: {other:?}"),
        };
        result.unwrap_err().into_iter().map(line).collect()
    };
    assert_eq!(lines("\r\n\tcost = 'é\u{7f}'  \r\n"), [Some(" cost = 'é '".to_owned())]);
    assert_eq!(
        lines("cost = 'x' # -----BEGIN CERTIFICATE-----"),
        [Some("cost = 'x' # -----BEGIN CERTIFICATE-----".to_owned())]
    );
    assert_eq!(lines(&format!("cost = '{}'", "x".repeat(500)))[0].as_ref().unwrap().chars().count(), 161);

    let key = "-----BEGIN EC PRIVATE KEY-----\nSECRET\nSECRET\n-----END EC PRIVATE KEY-----";
    for text in [
        format!("cost = \"\"\"{key}\"\"\""),
        format!("cost = [\"{}\"]", key.replace('\n', "\\n")),
        format!("sender_domains = \"{}\"", key.replace('\n', "\\n")),
        format!("kind = \"{}\"", key.replace('\n', "\\n")),
        format!("cost = \"\"\"\n{}\"\"\"", key.replace("-----END", "\u{0}-----END")),
        "cost = 'postgres://user:SECRET@host/postwarden'".to_owned(),
        "cost = \"\"\"-----BEGIN PRIVATE KEY-----\nSECRET\n\u{0}SECRET".to_owned(),
    ] {
        let document = Document::parse_toml("f.toml", &text);
        assert!(!format!("{document:?}").contains("SECRET"), "{document:?}");
        let errors = document.and_then(|document| read(&document)).unwrap_err();
        assert!(!format!("{errors:?}").contains("SECRET"), "{errors:?}");
    }
}

#[test]
fn errors_and_files_are_bounded() {
    let many = (0..MAX_ERRORS + 5).map(|number| format!("zz{number} = 1\n")).collect::<String>();
    let errors = errors_of(&many);
    assert_eq!(errors.len(), MAX_ERRORS + 1);
    assert_eq!(errors.last().unwrap(), "f.toml: 5 more errors");
    assert_eq!(errors_of(&"!\n".repeat(10 * MAX_ERRORS)).len(), MAX_ERRORS);
    let long = " ".repeat(MAX_FILE_LENGTH + 1);
    assert_eq!(
        errors_of(&long),
        ["f.toml: the file has 67108865 octets; at most 67108864 are read; is it the right file?"]
    );
}

#[test]
fn nearest_words() {
    let known = ["smart_hosts", "address_spaces", "tls", "tls_domain"];
    let check = |word: &str, expected: Option<&str>| assert_eq!(nearest(word, known), expected, "{word}");
    check("smarthosts", Some("smart_hosts"));
    check("SmartHosts", Some("smart_hosts"));
    check("smart-host", Some("smart_hosts"));
    check("adress_space", Some("address_spaces"));
    check("tsl", Some("tls"));
    check("certificate", None);
    check("", None);
    check("on", None);
    check(&"x".repeat(10_000), None);
}

proptest! {
    #[test]
    fn arbitrary_text_does_no_harm(text in ".{0,200}") {
        errors_of(&text);
    }

    #[test]
    fn text_like_toml_does_no_harm(parts in prop::collection::vec(prop::sample::select(PARTS.to_vec()), 0..40)) {
        errors_of(&parts.concat());
    }

    #[test]
    fn a_place_in_json_is_found_again(json in arbitrary_json()) {
        let document = Document::from_json("", &json);
        let mut stack = vec![&document.root];
        while let Some(value) = stack.pop() {
            let Location::Pointer(pointer) = document.error(value.place, String::new(), String::new(), None).location
            else { panic!("no pointer") };
            let found = json.pointer(&pointer).expect("the pointer leads somewhere");
            let same = value::Value::from_json(found);
            prop_assert_eq!(same.describe(), value.describe(), "{}", pointer);
            match &value.kind {
                value::Kind::List(items) => stack.extend(items),
                value::Kind::Table(entries) => stack.extend(entries.iter().map(|entry| &entry.value)),
                _ => {}
            }
        }
    }
}

/// What TOML is made of, so that random documents get past its first character.
const PARTS: [&str; 22] = [
    "hostname",
    "tenant",
    "inbound_connector",
    "name",
    "require_tls",
    " = ",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    ".",
    ",",
    "\"",
    "'",
    "\"\"\"",
    "\n",
    "true",
    "1",
    "é",
    "\u{0}",
];

fn arbitrary_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf =
        prop_oneof![Just(json!(null)), any::<bool>().prop_map(|b| json!(b)), "[a/~]{0,3}".prop_map(|s| json!(s))];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(|items| json!(items)),
            prop::collection::btree_map("[a-c/~]{1,3}", inner, 0..5).prop_map(|members| json!(members)),
        ]
    })
}
