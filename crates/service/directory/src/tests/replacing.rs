//! A directory that was kept elsewhere in the place of the one in force: exactly that, with the identities of today.

use io_store::{ObjectRecord, Scope};

use super::*;
use crate::ReplaceRequest;

async fn objects(relay: &Relay) -> Vec<ObjectRecord> {
    relay.store.load(Scope::Operator).await.unwrap().objects
}

fn replacement(objects: Vec<ObjectRecord>) -> ReplaceRequest {
    let ApplyRequest { dry_run, actor, origin, at, expected_version, .. } = request("");
    ReplaceRequest { objects, dry_run, actor, origin, at, expected_version }
}

/// What identifies objects, and what does not.
fn named(objects: &[ObjectRecord]) -> Vec<(String, String, Option<String>, String)> {
    let mut named: Vec<_> = objects
        .iter()
        .map(|own| (own.kind.word().to_owned(), own.name.clone(), own.unique_key.clone(), own.body.clone()))
        .collect();
    named.sort();
    named
}

#[tokio::test]
async fn keys_grants_and_verified_domains_come_back_as_they_were() {
    let kept = Relay::with(CONTOSO).await;
    // Granted to the tenant by the operator, and then changed by the tenant: no longer granted.
    let by_ip = |address| {
        format!(
            "[[tenant]]\nname = 'contoso'\n[[tenant.inbound_connector]]\nname = 'By IP'\nsender_ip_addresses = ['{address}']"
        )
    };
    kept.apply(request(&by_ip("192.0.2.1"))).await.unwrap();
    let tenants_own = ApplyRequest { standing: Standing::Tenant, ..request(&by_ip("192.0.2.2")) };
    kept.apply(tenants_own).await.unwrap();
    let kept_objects = objects(&kept).await;

    let relay =
        Relay::with("[[tenant]]\nname = 'fabrikam'\n[[tenant.domain]]\nname = 'contoso.com'\nverified = true").await;
    relay
        .apply(request(
            "[[tenant]]\nname = 'contoso'\n[[tenant.send_connector]]\nname = 'Outbound'\nsmart_hosts = ['b']",
        ))
        .await
        .unwrap();
    let before = relay.service.current();
    let id = |relay: &Relay| {
        let current = relay.service.current();
        let tenant = current.tenants.iter().find(|own| &*own.name == "contoso").unwrap();
        (tenant.id, tenant.send_connectors[0].id)
    };
    let ids = id(&relay);

    let rehearsed =
        relay.service.replace(ReplaceRequest { dry_run: true, ..replacement(kept_objects.clone()) }).await.unwrap();
    assert_eq!(relay.service.current().version(), before.version());
    let replaced = relay.service.replace(replacement(kept_objects.clone())).await.unwrap();
    assert_eq!(lines(&rehearsed), lines(&replaced));
    let told = lines(&replaced);
    assert!(told.contains(&"- tenant fabrikam".to_owned()), "{told:?}");
    assert!(told.contains(&"+ tenant contoso: domain contoso.com".to_owned()), "{told:?}");
    assert!(
        told.iter().any(|line| line.starts_with("~ tenant contoso: send connector \"Outbound\": smart_hosts")),
        "{told:?}"
    );
    assert_eq!(named(&objects(&relay).await), named(&kept_objects));
    assert_eq!(id(&relay), ids, "queued mail keeps its tenant and its connector");

    let again = relay.service.replace(replacement(kept_objects)).await.unwrap();
    assert_eq!((again.diff.len(), again.version), (0, replaced.version));
    let reopened = DirectoryService::open(relay.store.clone()).await.unwrap();
    assert_eq!(write_toml(&reopened.export(None)), relay.text());
}

#[tokio::test]
async fn what_is_wrong_changes_nothing() {
    let relay = Relay::with(CONTOSO).await;
    let before = objects(&relay).await;
    let check = async |change: fn(&mut Vec<ObjectRecord>), expected: &str| {
        let mut objects = before.clone();
        change(&mut objects);
        let error = relay.service.replace(replacement(objects)).await.expect_err(expected);
        assert!(error.to_string().contains(expected), "{error}: not {expected:?}");
    };
    check(|objects| drop(objects.remove(0)), "its tenant 1 is not there").await;
    check(|objects| objects[1].body = "{".to_owned(), "cannot be read").await;
    check(|objects| objects.retain(|own| own.kind != io_store::ObjectKind::Certificate), "hq").await;
    assert_eq!(objects(&relay).await, before);
    let late =
        ReplaceRequest { expected_version: Some(core_directory::DirectoryVersion(9)), ..replacement(before.clone()) };
    assert!(matches!(relay.service.replace(late).await, Err(ApplyError::Conflict { .. })));
}
