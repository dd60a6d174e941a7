//! Answers without a server: `explain -f` and its exit codes, in text and in JSON.

use serde_json::Value as Json;

use crate::program::Place;

const DIRECTORY: &str = r#"
[[tenant]]
name = "contoso"

  [[tenant.domain]]
  name = "contoso.com"
  verified = true

  [[tenant.inbound_connector]]
  name = "Inbound from HQ"
  tls_sender_certificate_name = "*.contoso.com"

  [[tenant.inbound_connector]]
  name = "Scanners"
  sender_ip_addresses = ["192.0.2.0/24"]

  [[tenant.send_connector]]
  name = "Out"
  smart_hosts = ["mx.example.org"]
"#;

#[test]
fn verdicts_and_exit_codes() {
    let place = Place::with(&[("d.toml", DIRECTORY)]);
    let check = |flags: &str, code: i32, headline: &str| {
        let flags: Vec<&str> = flags.split(' ').map(|word| if word == "''" { "" } else { word }).collect();
        let ran = place.run(&[&["explain", "-f", "d.toml"], flags.as_slice()].concat());
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(code), ""), "{flags:?}:\n{}", ran.stdout);
        assert_eq!(ran.stdout.lines().next(), Some(headline), "{flags:?}");
    };
    let by_name = "Passes as originating mail of contoso through connector \"Inbound from HQ\" (rule A5)";
    check("--presented-name mail.contoso.com --mail-from a@contoso.com --rcpt-to b@example.org", 0, by_name);
    check("--presented-name mail.contoso.com --mail-from '' --rcpt-to example.org", 0, by_name);
    check(
        "--ip 192.0.2.7 --no-certificate --mail-from a@contoso.com --rcpt-to b@example.org",
        0,
        "Passes as originating mail of contoso through connector \"Scanners\" (rule A7)",
    );
    check(
        "--ip 192.0.2.7 --no-tls --no-certificate --mail-from <> --rcpt-to b@example.org",
        1,
        "Refused: 550 5.7.64 TenantAttribution; Relay Access Denied (rule A10)",
    );
    check(
        "--presented-name mail.contoso.net --ip 198.51.100.7 --mail-from a@contoso.com --rcpt-to b@example.org",
        1,
        "Refused: 550 5.7.64 TenantAttribution; Relay Access Denied (rule A10)",
    );
    check(
        "--ip 192.0.2.7 --no-certificate --rcpt-to b@example.org",
        4,
        "Undetermined: the verdict depends on the sender (MAIL FROM)",
    );
}

/// A range wider than a tenant may register is the operator's grant, offline as on the server.
#[test]
fn files_speak_as_the_operator() {
    let wide = DIRECTORY.replace("192.0.2.0/24", "192.0.0.0/16");
    assert_ne!(wide, DIRECTORY);
    let place = Place::with(&[("d.toml", &wide)]);
    let flags = ["--no-certificate", "--mail-from", "contoso.com", "--rcpt-to", "example.org"];
    let ran = place.run(&[&["explain", "-f", "d.toml", "--ip", "192.0.99.7"], flags.as_slice()].concat());
    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn json_has_the_keys_of_the_contract() {
    let place = Place::with(&[("d.toml", DIRECTORY)]);
    let flags = ["--presented-name", "mail.contoso.net", "--mail-from", "contoso.com", "--rcpt-to", "example.org"];
    let ran = place.run(&[&["explain", "--json", "-f", "d.toml", "--ip", "198.51.100.7"], flags.as_slice()].concat());
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(1), ""));
    let answer: Json = serde_json::from_str(&ran.stdout).unwrap();
    for key in ["verdict", "direction", "tenant", "connector", "rule", "reply", "missing", "considered", "change"] {
        assert!(answer.get(key).is_some(), "{key} is missing in {}", ran.stdout);
    }
    assert_eq!(answer["verdict"], "refused");
    assert_eq!(answer["reply"], "550 5.7.64 TenantAttribution; Relay Access Denied");
    assert_eq!(answer["considered"][0]["wanted"], "*.contoso.com");
    assert_eq!(answer["considered"][0]["presented"], "mail.contoso.net");
}

#[test]
fn certificates_are_judged_by_the_roots_that_are_named() {
    let place = Place::with(&[("d.toml", DIRECTORY)]);
    place.write_certificate("mail.contoso.com", "own.pem", "own.key");
    let flags = ["--certificate", "own.pem", "--mail-from", "a@contoso.com", "--rcpt-to", "b@example.org"];
    let explain = |trust: &str| {
        place.run(&[&["explain", "-f", "d.toml", "--ip", "198.51.100.7", "--trust", trust], flags.as_slice()].concat())
    };
    let untrusted = explain("system");
    assert_eq!(untrusted.code, Some(1), "{}", untrusted.stdout);
    assert!(untrusted.stdout.contains("self-signed"), "{}", untrusted.stdout);
    let trusted = explain("own.pem");
    assert_eq!(trusted.code, Some(0), "{}{}", trusted.stdout, trusted.stderr);
}

#[test]
fn the_language_is_chosen() {
    let place = Place::with(&[("d.toml", DIRECTORY)]);
    let flags =
        ["--ip", "198.51.100.7", "--no-certificate", "--mail-from", "a@contoso.com", "--rcpt-to", "example.org"];
    let ran = place.run(&[&["explain", "--lang", "cs", "-f", "d.toml"], flags.as_slice()].concat());
    assert_eq!(ran.code, Some(1));
    assert!(ran.stdout.starts_with("Odmítnuto: 550 5.7.64"), "{}", ran.stdout);
}

#[test]
fn colour_only_where_it_is_wanted() {
    let place = Place::with(&[("d.toml", DIRECTORY)]);
    let coloured = |extra: &[&str]| {
        let ran = place.run(&[&["explain", "-f", "d.toml", "--no-certificate"], extra].concat());
        ran.stdout.contains('\u{1b}')
    };
    assert!(!coloured(&[]), "there is no terminal");
    assert!(!coloured(&["--color", "never"]));
    assert!(coloured(&["--color", "always"]));
}
