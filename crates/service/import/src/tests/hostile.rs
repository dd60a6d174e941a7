//! Whatever stands in a dump or a table, what comes out is a directory file that can be applied, and nothing in it admits more
//! than it did there.

use core_directory::ConnectorType;
use proptest::prelude::*;
use serde_json::json;

use super::{applied, import};

/// Names that would end a remark or a literal.
const NAMES: [&str; 7] = [
    "x\n[[tenant]]\nname = \"evil\"",
    "\"]]\n[[tenant.domain]]\nname = \"evil.example\"\nverified = true\n#",
    "'''\n[[tenant]]\n'''",
    "\u{2028}[[tenant]]",
    "\r[[tenant]]\rname = 'evil'",
    "# [[tenant]]",
    "\u{7f}\u{0}",
];

fn connector(name: &str, value: &str) -> serde_json::Value {
    json!({
        "Name": name, "Comment": value, "Enabled": true, "ConnectorType": "OnPremises", "SenderIPAddresses": [value, "192.0.2.1"],
        "SenderDomains": ["smtp:*;1"], "AssociatedAcceptedDomains": [], "RequireTls": true, "TlsSenderCertificateName": value,
        "RestrictDomainsToCertificate": false, "RestrictDomainsToIPAddresses": false, value: value,
    })
}

fn json_file(objects: serde_json::Value) -> Vec<(String, Vec<u8>)> {
    vec![("a\n[[tenant]]\nname = 'evil'.json".to_owned(), objects.to_string().into_bytes())]
}

#[test]
fn names_and_values_stay_what_they_are() {
    for name in NAMES {
        let imported = import(&json_file(json!([connector(name, name)])), Some("contoso"));
        let file = applied(&imported.directory);
        let names: Vec<&str> = file.tenants.iter().map(|tenant| &*tenant.name).collect();
        assert_eq!(names, ["contoso"], "{name:?}:\n{}", imported.directory);
        assert!(file.tenants[0].domains.is_empty(), "{name:?}:\n{}", imported.directory);
    }
}

#[test]
fn a_connector_that_lost_a_restriction_admits_nobody() {
    let check = |change: serde_json::Value, is_enabled: bool| {
        let mut object = json!({
            "Name": "a", "Enabled": true, "ConnectorType": "OnPremises", "SenderIPAddresses": ["192.0.2.1"],
            "SenderDomains": ["smtp:*;1"], "AssociatedAcceptedDomains": [], "RequireTls": true,
            "TlsSenderCertificateName": "mail.contoso.com",
        });
        let own = object.as_object_mut().unwrap();
        for (key, value) in change.as_object().unwrap() {
            if value == "absent" {
                own.remove(key);
            } else {
                own.insert(key.clone(), value.clone());
            }
        }
        let imported = import(&json_file(json!([object])), None);
        let file = applied(&imported.directory);
        let connectors = &file.tenants[0].inbound_connectors;
        let admits = connectors.iter().any(|connector| connector.enabled);
        assert_eq!(admits, is_enabled, "{change}:\n{}", imported.directory);
    };
    check(json!({}), true);
    check(json!({"Comment": "x"}), true);
    check(json!({"TlsSenderCertificateName": "*.com"}), false);
    check(json!({"TlsSenderCertificateName": "<I>CN=CA<S>CN=mail.contoso.com"}), false);
    check(json!({"AssociatedAcceptedDomains": ["northwind.example"]}), false);
    check(json!({"AssociatedAcceptedDomains": ["*"]}), false);
    check(json!({"AssociatedAcceptedDomains": "absent"}), false);
    check(json!({"Enabled": "absent"}), false);
    check(json!({"Enabled": false}), false);
    check(json!({"ConnectorType": "absent"}), false);
    check(json!({"ConnectorType": "Other"}), false);
    check(json!({"ConnectorType": "Partner", "RestrictDomainsToCertificate": true}), true);
    check(json!({"RestrictDomainsToCertificate": true}), false);
    check(json!({"SenderIPAddresses": ["0.0.0.0/0"], "TlsSenderCertificateName": null}), false);
    check(json!({"SenderDomains": ["*wrong"]}), false);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_dump_gives_a_file_that_can_be_applied(name: String, value: String, domains in prop::collection::vec("\\PC{0,12}", 0..4)) {
        let domains = domains.iter().map(|domain| json!({"DomainName": domain, "DomainType": "Authoritative", "MatchSubDomains": true}));
        let objects: Vec<_> = domains.chain([connector(&name, &value), connector(&name.to_uppercase(), "*.contoso.com")]).collect();
        let imported = import(&json_file(json!(objects)), None);
        for tenant in applied(&imported.directory).tenants {
            for connector in tenant.inbound_connectors {
                prop_assert_eq!(connector.connector_type, ConnectorType::OnPremises);
                prop_assert!(!connector.any_sender);
            }
        }
    }

    #[test]
    fn every_main_cf_gives_a_file_that_can_be_applied(
        value in "[ -~]{0,60}", transport in "[ -~\n]{0,80}", networks in "[0-9a-f./:!, \\[\\]]{0,40}",
    ) {
        let main = format!(
            "myhostname = {value}\nrelayhost = {value}\nmynetworks = {networks}\ntransport_maps = hash:/t\nrelay_domains = {value}\n\
             smtp_tls_policy_maps = hash:/t\nsmtp_tls_cert_file = {value}\nsmtp_tls_security_level = {value}\nrelay_clientcerts = hash:/t\n"
        );
        let files = [("main.cf".to_owned(), main.into_bytes()), ("t".to_owned(), transport.into_bytes())];
        applied(&import(&files, None).directory);
    }
}
