//! `lint` as a user meets it: what it reads, what it says first, how it exits, and of which server it asks.

use serde_json::Value as Json;

use crate::program::{Place, Ran};

/// In order: the tenant owns what its connector names, and has a way out.
const CLEAN: &str = r#"
[[tenant]]
name = "contoso"

  [[tenant.domain]]
  name = "contoso.com"
  verified = true

  [[tenant.inbound_connector]]
  name = "HQ"
  tls_sender_certificate_name = "*.contoso.com"

  [[tenant.send_connector]]
  name = "Out"
"#;

/// Exchange Online's dumps in which the certificate's domain is not accepted, as PowerShell 7 prints them.
const CONNECTORS: &str = r#"[{"Name":"Inbound from HQ","Enabled":true,"ConnectorType":"OnPremises","ConnectorSource":"AdminUI",
"Comment":null,"SenderIPAddresses":[],"SenderDomains":["smtp:*;1"],"AssociatedAcceptedDomains":[],"RequireTls":true,
"RestrictDomainsToIPAddresses":false,"RestrictDomainsToCertificate":false,"CloudServicesMailEnabled":false,
"TreatMessagesAsInternal":false,"TlsSenderCertificateName":"exchange.contoso.com","WhenChangedUTC":"2026-01-05T09:30:00Z"}]"#;
const DOMAINS: &str = r#"[{"DomainName":"contoso.com","DomainType":"Authoritative","MatchSubDomains":false,"InitialDomain":false,
"Name":"contoso.com","Default":true},
{"DomainName":"contoso.onmicrosoft.com","DomainType":"Authoritative","MatchSubDomains":false,"InitialDomain":true,
"Name":"contoso.onmicrosoft.com","Default":false}]"#;

fn codes(ran: &Ran) -> Vec<String> {
    let answer: Json = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    let findings = answer["findings"].as_array().unwrap().iter();
    findings.map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn files_are_linted_and_the_exit_code_says_how_it_went() {
    let unowned = CLEAN.replace("*.contoso.com", "mail.contoso.com");
    let broken = CLEAN.replace("[[tenant]]", "[[tenant");
    let files =
        [("clean.toml", CLEAN), ("unowned.toml", &unowned), ("broken.toml", &broken), ("letter.txt", "Hello\n")];
    let place = Place::with(&files);
    place.write("connectors.json", CONNECTORS);
    place.write("domains.json", DOMAINS);
    let check = |arguments: &[&str], code: i32, expected: &[&str]| {
        let ran = place.run(&[&["lint", "--json"], arguments].concat());
        assert_eq!(ran.code, Some(code), "{arguments:?}: {ran:?}");
        assert_eq!(codes(&ran), expected, "{arguments:?}: {ran:?}");
    };
    check(&["-f", "clean.toml"], 0, &[]);
    check(&["-f", "unowned.toml"], 1, &["unowned-name"]);
    check(&["-f", "broken.toml"], 2, &[]);
    check(&["-f", "letter.txt"], 2, &[]);
    check(&["-f", "none.toml"], 2, &[]);
    check(&["-f", "connectors.json", "-f", "domains.json"], 1, &["unowned-name"]);
    // Whether the name is owned the connectors alone do not tell.
    check(&["-f", "connectors.json"], 4, &[]);
}

#[test]
fn people_read_the_worst_first_with_its_line_and_the_command() {
    let place = Place::with(&[("connectors.json", CONNECTORS), ("domains.json", DOMAINS)]);
    let ran = place.run(&["lint", "-f", "connectors.json", "-f", "domains.json"]);
    assert!(ran.stdout.starts_with("Broken: 1; will break: 0; doubtful: 0\n"), "{}", ran.stdout);
    for part in [
        "unowned-name (broken): Inbound connector \"Inbound from HQ\"",
        "connectors.json:",
        "Set-InboundConnector -Identity 'Inbound from HQ' -TlsSenderCertificateName '*.contoso.com'",
    ] {
        assert!(ran.stdout.contains(part), "{part:?} is not in\n{}", ran.stdout);
    }
    let ran = place.run(&["lint", "-f", "connectors.json", "-f", "domains.json", "--lang", "cs"]);
    assert!(ran.stdout.starts_with("Nefunguje: 1;"), "{}", ran.stdout);
}

#[test]
fn without_files_a_server_is_asked() {
    let ran = Place::new().run(&["lint", "--data", "nowhere"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(3), ""), "{ran:?}");
    assert!(ran.stderr.contains("out of reach"), "{ran:?}");
}
