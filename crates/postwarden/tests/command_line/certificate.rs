//! `certificate inspect`: what it says of a file, by which it ends, and which connectors it asks.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, date_time_ymd,
};
use serde_json::Value as Json;

use crate::program::Place;

/// When the tests take place.
const AT: &str = "2030-01-01T00:00:00Z";

const DIRECTORY: &str = r#"
[[tenant]]
name = "contoso"

  [[tenant.domain]]
  name = "contoso.com"
  verified = true

  [[tenant.inbound_connector]]
  name = "HQ"
  tls_sender_certificate_name = "*.contoso.com"

  [[tenant.inbound_connector]]
  name = "By host"
  tls_sender_certificate_name = "mail.contoso.com"

  [[tenant.inbound_connector]]
  name = "Scanners"
  sender_ip_addresses = ["192.0.2.0/24"]
"#;

const CONNECTOR: &str = r#"[{"Name": "Inbound", "Enabled": true, "ConnectorType": "OnPremises", "SenderDomains": ["smtp:*;1"],
  "RequireTls": true, "TlsSenderCertificateName": "*.contoso.com", "SenderIPAddresses": [],
  "RestrictDomainsToIPAddresses": false, "RestrictDomainsToCertificate": false, "Identity": "Inbound", "Guid": "1"}]"#;

const DOMAINS: &str = r#"[{"DomainName":"contoso.com","DomainType":"Authoritative","MatchSubDomains":false,"InitialDomain":false,
"Name":"contoso.com","Default":true},
{"DomainName":"contoso.onmicrosoft.com","DomainType":"Authoritative","MatchSubDomains":false,"InitialDomain":true,
"Name":"contoso.onmicrosoft.com","Default":false}]"#;

/// A place with `root.pem`, `full.pem` (leaf and intermediate), `leaf.pem`, `wrong.pem` (intermediate and leaf), `key.pem`.
fn place() -> Place {
    let authority = |name: &str| {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        params
    };
    let [root_key, middle_key, leaf_key] = [(); 3].map(|()| KeyPair::generate().unwrap());
    let root_params = authority("Example Root");
    let root = root_params.self_signed(&root_key).unwrap();
    let root_issuer = Issuer::new(root_params, root_key);
    let middle_params = authority("Example Issuing");
    let middle = middle_params.signed_by(&middle_key, &root_issuer).unwrap();
    let mut params = CertificateParams::new(vec!["mail.contoso.com".to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, "mail.contoso.com");
    params.distinguished_name.push(DnType::OrganizationName, "Contoso, s.r.o.");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.not_before = date_time_ymd(2029, 1, 1);
    params.not_after = date_time_ymd(2030, 3, 1);
    let leaf = params.signed_by(&leaf_key, &Issuer::new(middle_params, middle_key)).unwrap();
    let place = Place::with(&[("d.toml", DIRECTORY), ("connector.json", CONNECTOR)]);
    place.write("root.pem", &root.pem());
    place.write("leaf.pem", &leaf.pem());
    place.write("full.pem", &(leaf.pem() + &middle.pem()));
    place.write("wrong.pem", &(middle.pem() + &leaf.pem()));
    place.write("key.pem", &leaf_key.serialize_pem());
    place
}

#[test]
fn it_says_what_is_wrong_and_what_to_do() {
    let place = place();
    let check = |arguments: &str, code: i32, expected: &[&str]| {
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let ran = place.run(&[&["certificate", "inspect", "--at", AT], arguments.as_slice()].concat());
        assert_eq!(ran.code, Some(code), "{arguments:?}:\n{}{}", ran.stdout, ran.stderr);
        for text in expected {
            assert!(
                ran.stdout.contains(text) || ran.stderr.contains(text),
                "{arguments:?}: no {text:?} in\n{}",
                ran.stdout
            );
        }
        assert!(!ran.stdout.contains("PRIVATE KEY"), "{}", ran.stdout);
    };
    check(
        "full.pem --trust root.pem",
        0,
        &[
            "full.pem: 2 certificates (PEM)",
            "names         mail.contoso.com",
            "<I>CN=Example Issuing",
            "O=\"Contoso, s.r.o.\"",
            "server authentication",
            "2029-01-01 to 2030-03-01, 59 days left",
            "complete, to a trusted root",
        ],
    );
    check(
        "leaf.pem --trust root.pem",
        1,
        &["CN=Example Issuing", "Next: get the certificate of", "append it to the file"],
    );
    check("wrong.pem --trust root.pem", 1, &["Next: put the server's own certificate first"]);
    check("full.pem", 1, &["--trust FILE"]);
    check("full.pem --trust root.pem --at 2030-02-20T00:00:00Z", 2, &["cannot be used multiple times"]);
    check("key.pem", 2, &["a private key and no certificate"]);
    check("d.toml", 2, &["neither PEM nor DER"]);
    check("missing.pem", 2, &["missing.pem"]);
    check(
        "full.pem --trust root.pem -f d.toml",
        0,
        &["satisfied     \"HQ\" of contoso, which wants *.contoso.com", "not satisfied \"By host\" of contoso"],
    );
    check("full.pem --trust root.pem -f connector.json", 4, &["Inbound connectors of Exchange Online", "not certain"]);
    check("full.pem -f full.pem", 2, &["neither a directory file nor a dump"]);
}

#[test]
fn a_partial_dump_is_not_taken_for_the_whole() {
    let place = place();
    place.write("domains.json", DOMAINS);
    let other = CONNECTOR.replace("*.contoso.com", "mail.fabrikam.com");
    place.write("other.json", &other);
    // A single object is what `Get-InboundConnector NAME` gives.
    place.write("one.json", other.trim_start_matches('[').trim_end_matches(']'));
    place.write("cut.json", other.trim_end_matches(']'));
    let check = |dump: &str, code: i32, says: &[&str], does_not: &[&str]| {
        let ran = place.run(&[
            "certificate",
            "inspect",
            "full.pem",
            "--trust",
            "root.pem",
            "--at",
            AT,
            "-f",
            dump,
            "-f",
            "domains.json",
        ]);
        assert_eq!(ran.code, Some(code), "{dump}:\n{}{}", ran.stdout, ran.stderr);
        for text in says {
            assert!(ran.stdout.contains(text) || ran.stderr.contains(text), "{dump}: no {text:?} in\n{ran:?}");
        }
        for text in does_not {
            assert!(!ran.stdout.contains(text) && !ran.stderr.contains(text), "{dump}: {text:?} in\n{ran:?}");
        }
    };
    const OPEN: &str = "There may be connectors that the files do not show";
    check("other.json", 1, &["not satisfied", "Set-InboundConnector"], &[OPEN]);
    check("one.json", 4, &[OPEN, "export all connectors whole"], &["Set-InboundConnector"]);
    check("cut.json", 4, &[OPEN, "unread", "cut.json"], &["Set-InboundConnector"]);
}

#[test]
fn a_chain_that_nobody_who_is_asked_looks_at_is_no_fault() {
    let place = place();
    place.write_certificate("mail.contoso.com", "own.pem", "own.key");
    let looked = place.run(&["certificate", "inspect", "own.pem", "--json"]);
    let json: Json = serde_json::from_str(&looked.stdout).unwrap();
    assert_eq!(looked.code, Some(1), "{looked:?}");
    let pin = json[0]["certificates"][0]["sha256"].as_str().unwrap();
    let pinned = DIRECTORY.replace(
        "tls_sender_certificate_name = \"*.contoso.com\"",
        &format!("tls_sender_certificate_name = \"*.contoso.com\"\n  pinned_certificates = [\"{pin}\"]"),
    );
    place.write("pinned.toml", &pinned);
    let trusting = DIRECTORY.replace("name = \"contoso\"", "name = \"contoso\"\ntrusted_roots = [\"root.pem\"]");
    place.write("trusting.toml", &trusting);
    let check = |certificate: &str, directory: &str, code: i32, (shown, advice, is_advised): (&str, &str, bool)| {
        let ran = place.run(&["certificate", "inspect", certificate, "-f", directory, "--at", AT]);
        assert_eq!(ran.code, Some(code), "{certificate} {directory}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.contains(shown), "{certificate} {directory}: no {shown:?} in {}", ran.stdout);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert_eq!(said.contains(advice), is_advised, "{certificate} {directory}: {said}");
    };
    let signed_itself = |is_advised| ("self-signed", "get a certificate from a public authority", is_advised);
    check("own.pem", "d.toml", 1, signed_itself(true));
    check("own.pem", "pinned.toml", 0, signed_itself(false));
    let root_is_missing = |is_advised| ("CN=Example Root", "get the certificate of CN=Example Root", is_advised);
    check("full.pem", "d.toml", 1, root_is_missing(true));
    check("full.pem", "trusting.toml", 0, root_is_missing(false));
}

#[test]
fn json_has_everything() {
    let place = place();
    let ran =
        place.run(&["certificate", "inspect", "full.pem", "--trust", "root.pem", "-f", "d.toml", "--at", AT, "--json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    let json: Json = serde_json::from_str(&ran.stdout).unwrap();
    let file = &json[0];
    let leaf = &file["certificates"][0];
    assert_eq!((&file["form"], &file["private_key"]), (&Json::from("pem"), &Json::from(false)));
    assert_eq!(leaf["names"], Json::from(vec!["mail.contoso.com"]));
    assert_eq!(leaf["thumbprint"].as_str().unwrap().len(), 40);
    assert_eq!(leaf["days_left"], Json::from(59));
    assert_eq!(file["chain"]["trusted"], Json::from(true));
    let connectors = file["connectors"][0]["connectors"].as_array().unwrap();
    let told: Vec<(&str, &str)> =
        connectors.iter().map(|one| (one["connector"].as_str().unwrap(), one["admits"].as_str().unwrap())).collect();
    assert_eq!(told, [("HQ", "yes"), ("By host", "no")]);
}
