//! Changes as data: what then stops and begins.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use core_directory::Tenant;

use super::*;

const BEFORE: &str = r#"
[[tenant]]
name = "contoso"
  [[tenant.domain]]
  name = "contoso.com"
  verified = true
  [[tenant.inbound_connector]]
  name = "HQ"
  tls_sender_certificate_name = "mail.contoso.com"
  sender_ip_addresses = ["192.0.2.0/28"]
  [[tenant.inbound_connector]]
  name = "Printer"
  sender_ip_addresses = ["192.0.2.1"]
  [[tenant.inbound_connector]]
  name = "Fabrikam"
  type = "partner"
  sender_domains = ["fabrikam.com"]
  require_tls = true
  [[tenant.send_connector]]
  name = "Own"
  address_spaces = ["contoso.com"]
  [[tenant.send_connector]]
  name = "All"
  smart_hosts = ["hub.example.net"]
"#;

fn read(toml: &str) -> Vec<Tenant> {
    let mut tenants = proto_directory_file::read_toml("d.toml", toml, &mut |_| Err("none".to_owned())).unwrap().tenants;
    for tenant in &mut tenants {
        tenant.id = core_directory::TenantId(1);
        // The same object has the same name here.
        for own in &mut tenant.inbound_connectors {
            own.id = core_directory::ConnectorId(own.name.len() as u64);
        }
        for own in &mut tenant.send_connectors {
            own.id = core_directory::SendConnectorId(own.name.len() as u64 + u64::from(own.name.as_bytes()[0]));
        }
    }
    tenants
}

/// What follows when `from` is replaced by `to`, or the other way round.
#[track_caller]
fn check(from: &str, to: &str, gone: &[&str], back: &[&str]) {
    assert!(BEFORE.contains(from), "{from}");
    let (before, after) = (read(BEFORE), read(&BEFORE.replace(from, to)));
    let texts = |before: &[Tenant], after: &[Tenant]| -> Vec<String> {
        consequences(before, after).iter().map(ToString::to_string).collect()
    };
    assert_eq!(texts(&before, &after), gone, "{from} -> {to}");
    assert_eq!(texts(&after, &before), back, "{to} -> {from}");
}

#[test]
fn what_stops_and_what_begins() {
    let contoso = "Mail of and for tenant \"contoso\"";
    check(
        "name = \"contoso\"",
        "name = \"contoso\"\nsuspended = true",
        &[&format!("{contoso} is put off, and what it has in the queue waits.")],
        &[&format!("{contoso} is taken and delivered again.")],
    );
    check(
        "name = \"HQ\"",
        "name = \"HQ\"\n  enabled = false",
        &[
            "Mail that shows mail.contoso.com, 192.0.2.0/28 is no longer known as the tenant's: only inbound connector \"HQ\" named it.",
        ],
        &["Mail that shows mail.contoso.com, 192.0.2.0/28 is the tenant's, through inbound connector \"HQ\"."],
    );
    // Another connector names it still.
    check("name = \"Printer\"", "name = \"Printer\"\n  enabled = false", &[], &[]);
    check(
        "name = \"Fabrikam\"",
        "name = \"Fabrikam\"\n  enabled = false",
        &["What inbound connector \"Fabrikam\" demands of mail from fabrikam.com is demanded no longer."],
        &[],
    );
    check(
        "verified = true",
        "",
        &[
            "Mail for contoso.com is not the tenant's any more, and its senders in contoso.com are refused; the certificate \
           name of inbound connector \"HQ\" no longer counts.",
        ],
        &["Mail for contoso.com is the tenant's, and so are senders and certificate names in it."],
    );
    check(
        "name = \"Own\"",
        "name = \"Own\"\n  enabled = false",
        &["Mail for contoso.com goes by send connector \"All\" instead of \"Own\"."],
        &[],
    );
    check(
        "name = \"All\"",
        "name = \"All\"\n  enabled = false",
        &["No send connector takes mail for * any more; \"All\" did."],
        &[],
    );
}

#[test]
fn a_tenant_that_goes_is_counted() {
    let gone = consequences(&read(BEFORE), &[]);
    assert_eq!(
        gone[0].to_string(),
        "With tenant \"contoso\" go 1 domain, 3 inbound connectors, 2 send connectors and 0 certificates: mail of it and \
         for it is refused."
    );
    assert_eq!(gone.len(), 1);
    let json = serde_json::to_value(&gone[0]).unwrap();
    assert_eq!(json["code"], "tenant-gone");
}
