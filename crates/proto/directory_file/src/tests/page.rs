//! The page about the directory file has every field of each object, with its default, and no other.

use std::collections::BTreeMap;

use super::*;
use crate::fields;

const PAGE: &str = include_str!("../../../../../docs/directory.md");

#[test]
fn every_field_with_its_default() {
    let domain = core_directory::Domain::parse("contoso.com").unwrap();
    let smart_host = core_directory::SmartHost::parse("hub.example.net").unwrap();
    let check = |heading: &str, fields: fields::Fields, told_otherwise: &[&str]| {
        let mut rows = rows(heading);
        for (field, default) in fields {
            let key = field.key();
            let cell = rows.remove(key).unwrap_or_else(|| panic!("[[{heading}]] lacks a row for {key}"));
            if !told_otherwise.contains(&key) {
                assert_eq!(cell, written(key, &default), "[[{heading}]]: the default of {key}");
            }
        }
        assert_eq!(rows, BTreeMap::new(), "[[{heading}]] has no such keys");
    };
    let tenant = Tenant { name: "contoso".into(), ..Tenant::default() };
    check("tenant", fields::of_tenant(&tenant), &[]);
    check("tenant.domain", fields::of_domain(&core_directory::AcceptedDomain::new(domain, false)), &["verified"]);
    let inbound = core_directory::InboundConnector::new("In", None);
    check("tenant.inbound_connector", fields::of_inbound_connector(&inbound), &["require_tls"]);
    let send = core_directory::SendConnector::new("Out", Box::new([smart_host]));
    let told_otherwise = ["smart_hosts", "tls", "tls_domain", "fqdn", "source_address"];
    check("tenant.send_connector", fields::of_send_connector(&send), &told_otherwise);
    let certificate = ["name", "certificate", "key"].map(|key| (key.to_owned(), "required".to_owned()));
    assert_eq!(rows("tenant.certificate"), certificate.into());
}

/// Key and default of each row below a heading.
fn rows(heading: &str) -> BTreeMap<String, String> {
    let section = PAGE.split("\n## ").find(|section| section.starts_with(&format!("`[[{heading}]]`\n")));
    let section = section.unwrap_or_else(|| panic!("no section [[{heading}]]"));
    let table = section.lines().skip_while(|line| !line.starts_with("| Key |")).skip(2);
    let cells = table.take_while(|line| line.starts_with('|')).map(|line| line.split('|').map(str::trim).collect());
    cells.map(|cells: Vec<&str>| (cells[1].trim_matches('`').to_owned(), cells[2].to_owned())).collect()
}

/// A default as the page writes it.
fn written(key: &str, default: &serde_json::Value) -> String {
    match default {
        _ if key == "name" => "required".to_owned(),
        serde_json::Value::Null => "none".to_owned(),
        serde_json::Value::String(text) if text.is_empty() => "none".to_owned(),
        serde_json::Value::Array(items) if items.is_empty() => "none".to_owned(),
        other => format!("`{other}`"),
    }
}
