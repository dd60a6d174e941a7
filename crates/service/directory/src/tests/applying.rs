//! Changes that are made.

use core_directory::{Field, TenantId};
use io_store::{AuditFilter, Scope};

use super::*;

/// A change of a directory and what comes of it.
struct Case {
    before: &'static str,
    change: &'static str,
    prune: bool,
    diff: &'static [&'static str],
    after: &'static str,
}

async fn check(case: Case) {
    let relay = Relay::empty().await;
    if !case.before.is_empty() {
        relay.apply(request(case.before)).await.unwrap();
    }
    let (text, version) = (relay.text(), relay.service.current().version());
    let make = |dry_run| ApplyRequest { prune: case.prune, dry_run, ..request(case.change) };

    let tried = relay.apply(make(true)).await.unwrap();
    assert_eq!(lines(&tried), case.diff, "dry run of {}", case.change);
    assert_eq!((relay.text(), relay.service.current().version()), (text, version), "a dry run changed something");

    let applied = relay.apply(make(false)).await.unwrap();
    assert_eq!(lines(&applied), case.diff, "{}", case.change);
    assert_eq!(applied.version, relay.service.current().version(), "in force before the answer: {}", case.change);
    assert_eq!(applied.version.0, version.0 + u64::from(!case.diff.is_empty()), "{}", case.change);
    assert_eq!(relay.text(), write_toml(&read(case.after)), "{}", case.change);

    let again = relay.apply(make(false)).await.unwrap();
    assert!(again.diff.is_empty() && again.version == applied.version, "not the same again: {again:?}");
}

const FABRIKAM: &str = "
[[tenant]]
name = \"fabrikam\"
  [[tenant.domain]]
  name = \"fabrikam.com\"
";

#[tokio::test]
async fn makes_what_is_new() {
    check(Case {
        before: "",
        change: CONTOSO,
        prune: false,
        diff: &[
            "+ tenant contoso",
            "+ tenant contoso: domain contoso.com",
            "+ tenant contoso: certificate \"hq\"",
            "+ tenant contoso: inbound connector \"Inbound from HQ\"",
            "+ tenant contoso: send connector \"Outbound\"",
        ],
        after: CONTOSO,
    })
    .await;
}

#[tokio::test]
async fn changes_fields_and_keeps_what_is_not_named() {
    check(Case {
        before: CONTOSO,
        change: r#"
[[tenant]]
name = "contoso"
reject_direct_send = true
  [[tenant.inbound_connector]]
  name = "Inbound from HQ"
  tls_sender_certificate_name = "hq.contoso.com"
  sender_ip_addresses = ["192.0.2.0/28", "192.0.2.77"]
  require_tls = false
"#,
        prune: false,
        diff: &[
            "~ tenant contoso: reject_direct_send: false -> true",
            "~ tenant contoso: inbound connector \"Inbound from HQ\": tls_sender_certificate_name: *.contoso.com -> \
             hq.contoso.com",
            "~ tenant contoso: inbound connector \"Inbound from HQ\": sender_ip_addresses: none -> 192.0.2.0/28, \
             192.0.2.77",
            "~ tenant contoso: inbound connector \"Inbound from HQ\": require_tls: true -> false",
        ],
        after: r#"
[[tenant]]
name = "contoso"
reject_direct_send = true
  [[tenant.domain]]
  name = "contoso.com"
  verified = true
  [[tenant.certificate]]
  name = "hq"
  certificate = "hq.pem"
  key = "hq.key"
  [[tenant.inbound_connector]]
  name = "Inbound from HQ"
  tls_sender_certificate_name = "hq.contoso.com"
  sender_ip_addresses = ["192.0.2.0/28", "192.0.2.77"]
  require_tls = false
  [[tenant.send_connector]]
  name = "Outbound"
  smart_hosts = ["hub.example.net"]
  certificate = "hq"
"#,
    })
    .await;
}

#[tokio::test]
async fn prunes_inside_the_named_tenants_only() {
    check(Case {
        before: concat_toml(CONTOSO, FABRIKAM),
        change: "[[tenant]]\nname = \"contoso\"\n  [[tenant.domain]]\n  name = \"contoso.com\"\n  verified = true\n",
        prune: true,
        diff: &[
            "- tenant contoso: certificate \"hq\"",
            "- tenant contoso: inbound connector \"Inbound from HQ\"",
            "- tenant contoso: send connector \"Outbound\"",
        ],
        after: concat_toml(
            "[[tenant]]\nname = \"contoso\"\n  [[tenant.domain]]\n  name = \"contoso.com\"\n  verified = true\n",
            FABRIKAM,
        ),
    })
    .await;
}

fn concat_toml(one: &str, other: &str) -> &'static str {
    Box::leak(format!("{one}\n{other}").into_boxed_str())
}

#[tokio::test]
async fn a_name_is_free_again_in_the_change_that_frees_it() {
    let relay = Relay::with(&format!("{CONTOSO}{FABRIKAM}")).await;
    let moved = "
[[tenant]]
name = \"contoso\"
[[tenant]]
name = \"fabrikam\"
  [[tenant.domain]]
  name = \"contoso.com\"
  verified = true
";
    let applied = relay.apply(ApplyRequest { prune: true, ..request(moved) }).await.unwrap();
    assert!(lines(&applied).contains(&"+ tenant fabrikam: domain contoso.com".to_owned()), "{applied:?}");
    assert!(lines(&applied).contains(&"- tenant contoso: domain contoso.com".to_owned()), "{applied:?}");
}

#[tokio::test]
async fn a_certificate_keeps_its_key_and_shows_none() {
    let relay = Relay::with(CONTOSO).await;
    let keyless = CONTOSO.replace("  key = \"hq.key\"\n", "");
    let kept = relay.apply(request(&keyless)).await.unwrap();
    assert!(kept.diff.is_empty(), "{kept:?}");
    let key = |relay: &Relay| relay.service.export(Some("contoso"))[0].certificates[0].key.clone();
    assert_eq!(key(&relay), read(CONTOSO)[0].certificates[0].key);

    let replaced = relay.apply(request(&CONTOSO.replace("hq.pem", "other.pem").replace("hq.key", "other.key"))).await;
    let replaced = replaced.unwrap();
    let lines = lines(&replaced);
    assert_eq!(lines.len(), 2, "{lines:#?}");
    assert!(lines[0].starts_with("~ tenant contoso: certificate \"hq\": certificate: CN="), "{lines:#?}");
    assert_eq!(lines[1], "~ tenant contoso: certificate \"hq\": key: changed");
    assert!(!serde_json::to_string(&replaced.diff).unwrap().contains("PRIVATE"));
    assert_ne!(key(&relay), read(CONTOSO)[0].certificates[0].key);
}

#[tokio::test]
async fn identities_stay_with_names() {
    let relay = Relay::with(CONTOSO).await;
    let ids = |relay: &Relay| {
        let tenant = &relay.service.export(None)[0];
        (tenant.id, tenant.domains[0].id, tenant.inbound_connectors[0].id, tenant.send_connectors[0].id)
    };
    let before = ids(&relay);
    assert_ne!(before.0, TenantId::default());
    relay.apply(request(&CONTOSO.replace("*.contoso.com", "hq.contoso.com"))).await.unwrap();
    assert_eq!(ids(&relay), before);
}

#[tokio::test]
async fn the_operator_grants_the_addresses_that_he_sets() {
    const WIDE: &str = "
[[tenant]]
name = \"t\"
  [[tenant.inbound_connector]]
  name = \"Net\"
  sender_ip_addresses = [\"10.0.0.0/8\"]
";
    let granted = |relay: &Relay| relay.service.export(None)[0].inbound_connectors[0].addresses_granted;
    let as_tenant = |toml: &str| ApplyRequest { standing: Standing::Tenant, ..request(toml) };

    let relay = Relay::with(WIDE).await;
    assert!(granted(&relay), "set by the operator");
    relay.apply(as_tenant(&format!("{WIDE}  comment = \"ours\"\n"))).await.unwrap();
    assert!(granted(&relay), "left alone by the tenant");
    relay.apply(as_tenant(&WIDE.replace("10.0.0.0/8", "192.0.2.0/24"))).await.unwrap();
    assert!(!granted(&relay), "changed by the tenant");
    relay.apply(request(&WIDE.replace("10.0.0.0/8", "192.0.2.0/24"))).await.unwrap();
    assert!(!granted(&relay), "left alone by the operator");
    relay
        .apply(request(&format!("{}  any_sender = true\n", WIDE.replace("10.0.0.0/8", "192.0.2.0/24"))))
        .await
        .unwrap();
    assert!(granted(&relay), "any_sender is the operator's word");
}

#[tokio::test]
async fn each_tenant_has_its_own_line_in_the_audit_trail() {
    let relay = Relay::with(&format!("{CONTOSO}{FABRIKAM}")).await;
    let records = relay.store.audit(Scope::Operator, AuditFilter::newest(10)).await.unwrap();
    let mut bodies: Vec<(Option<TenantId>, String)> =
        records.into_iter().map(|record| (record.tenant, record.body)).collect();
    bodies.sort();
    let tenants = relay.service.export(None);
    assert_eq!(bodies.len(), 2, "{bodies:#?}");
    for (tenant, (whose, body)) in tenants.iter().zip(&bodies) {
        assert_eq!(*whose, Some(tenant.id));
        let foreign = if &*tenant.name == "contoso" { "fabrikam" } else { "contoso" };
        assert!(body.contains(&*tenant.name) && !body.contains(foreign) && !body.contains("PRIVATE"), "{body}");
    }
}

#[test]
fn differences_are_read_back() {
    use crate::{DiffChange, DiffEntry};
    use core_directory::ObjectKind;
    let changes = [
        DiffChange::Added,
        DiffChange::Changed { field: Field::Comment.key().into(), from: "a".into(), to: String::new() },
        DiffChange::Removed,
    ];
    for kind in [
        ObjectKind::Tenant,
        ObjectKind::Domain,
        ObjectKind::Certificate,
        ObjectKind::InboundConnector,
        ObjectKind::SendConnector,
    ] {
        for change in changes.clone() {
            let entry = DiffEntry { tenant: "t".into(), kind, name: "n".into(), change };
            let json = serde_json::to_string(&entry).unwrap();
            assert_eq!(serde_json::from_str::<DiffEntry>(&json).unwrap(), entry, "{json}");
        }
    }
}
