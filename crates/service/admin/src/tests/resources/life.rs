//! The life of objects of each kind.

use super::*;
use crate::wire::{DomainProof, ResourceStatus, TenantStatus};

#[tokio::test]
async fn a_tenant_lives() {
    let server = Server::start().await;
    let made = server.done("POST", "/v1/tenants", &json!({"name": "northwind & co/ü"}), 201).await;
    assert_eq!(lines(&made), ["+ tenant northwind & co/ü"]);
    let path = "/v1/tenants/northwind%20%26%20co%2F%C3%BC";
    let reply = server.ask("GET", path, ("", ""), &Value::Null).await;
    let resource: Resource = read(&reply, 200);
    assert_eq!(Some(&resource), made.resource.as_ref());
    assert_eq!((resource.version, reply.header("etag")), (1, resource.etag().as_str()));
    assert_eq!(resource.status, Some(ResourceStatus::Tenant(TenantStatus::default())));

    let set = server.done("PATCH", path, &json!({"reject_direct_send": true, "name": "northwind"}), 200).await;
    let renamed = set.resource.unwrap();
    assert_eq!((renamed.id, renamed.version, renamed.name()), (resource.id, 2, "northwind"));
    assert_eq!(renamed.object["reject_direct_send"], true);
    server.client.refuses("GET", path, "", wire::ProblemKind::NotFound, "there is no tenant").await;

    for (what, so) in [("suspend", true), ("resume", false)] {
        let changed = server.done("POST", &format!("/v1/tenants/northwind/{what}"), &Value::Null, 200).await;
        assert_eq!(changed.resource.unwrap().object["suspended"], so, "{what}");
        assert!(!changed.consequences.is_empty(), "{what} has no consequences");
    }
    let gone = server.done("DELETE", "/v1/tenants/northwind", &Value::Null, 200).await;
    assert_eq!((gone.resource.as_ref(), lines(&gone)), (None, vec!["- tenant northwind".to_owned()]));
    server.client.refuses("GET", "/v1/tenants/northwind", "", wire::ProblemKind::NotFound, "there is no tenant").await;
}

#[tokio::test]
async fn what_a_tenant_has_lives() {
    let server = Server::start().await;
    let cases = [
        ("domains", json!({"name": "contoso.org"}), json!({"type": "internal-relay"})),
        (
            "inbound-connectors",
            json!({"name": "a/b", "tls_sender_certificate_name": "x.contoso.com"}),
            json!({"require_tls": false, "comment": "for a while"}),
        ),
        (
            "send-connectors",
            json!({"name": "Ü 1", "smart_hosts": ["mx.example.net:26"], "tls": "opportunistic"}),
            json!({"enabled": false}),
        ),
    ];
    for (collection, new, patch) in cases {
        let all = format!("{CONTOSO}/{collection}");
        let reply = server.ask("POST", &all, ("", ""), &new).await;
        let made: ResourceChanged = read(&reply, 201);
        let path = reply.header("location").to_owned();
        assert!(path.starts_with(&format!("{all}/")), "{path}");
        let resource = made.resource.unwrap();
        for (key, value) in new.as_object().unwrap() {
            assert_eq!(&resource.object[key], value, "{collection}: {key}");
        }
        assert_eq!(server.resource(&path).await, resource, "{collection}");
        assert_eq!(reply.header("etag"), resource.etag());

        let set = server.done("PATCH", &path, &patch, 200).await.resource.unwrap();
        assert_eq!((set.id, set.version), (resource.id, 2), "{collection}");
        for (key, value) in patch.as_object().unwrap() {
            assert_eq!(&set.object[key], value, "{collection}: {key}");
        }
        let same = server.done("PATCH", &path, &patch, 200).await;
        assert_eq!((same.diff.len(), same.resource), (0, Some(set)), "{collection}: a change of nothing");
        let removed = server.done("DELETE", &path, &Value::Null, 200).await;
        assert_eq!((removed.resource, removed.diff.len()), (None, 1), "{collection}");
        assert_eq!(server.ask("GET", &path, ("", ""), &Value::Null).await.status, 404, "{collection}");
    }
}

#[tokio::test]
async fn a_certificate_lives_without_showing_its_key() {
    let server = Server::start().await;
    let signed = rcgen::generate_simple_self_signed(["mail.contoso.com".to_owned()]).unwrap();
    let (pem, key) = (signed.cert.pem(), signed.signing_key.serialize_pem());
    let all = format!("{CONTOSO}/certificates");
    let made = server.ask("POST", &all, ("", ""), &json!({"name": "hq", "certificate": pem, "key": key})).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let uses = json!({"certificate": "hq"});
    server.done("PATCH", &format!("{CONTOSO}/send-connectors/Out"), &uses, 200).await;
    let shown = server.ask("GET", &format!("{all}/hq"), ("", ""), &Value::Null).await;
    let Some(ResourceStatus::Certificate(status)) = read::<Resource>(&shown, 200).status else {
        panic!("{}", shown.body);
    };
    assert_eq!((status.names, status.used_by), (vec!["mail.contoso.com".to_owned()], vec!["Out".to_owned()]));
    assert!(status.not_after > status.not_before && status.sha256.len() == 64);
    // Another version of it is wanted, and the key is not told.
    let other = json!({"key": key, "certificate": "x"});
    let outdated = server.ask("PATCH", &format!("{all}/hq"), ("if-match", "\"1.1\""), &other).await;
    let problem: Problem = read(&outdated, 412);
    assert_eq!(problem.requested.map(|requested| *requested), Some(json!({"certificate": "x"})));
    for reply in [&made, &shown, &outdated] {
        assert!(!reply.body.contains("PRIVATE KEY"), "{}", reply.body);
    }
    // Used as it is, it stays.
    assert_eq!(server.ask("DELETE", &format!("{all}/hq"), ("", ""), &Value::Null).await.status, 422);
}

#[tokio::test]
async fn a_domain_tells_its_proof() {
    let server = Server::start().await;
    let proof = async |path: &str| match server.resource(path).await.status {
        Some(ResourceStatus::Domain(status)) => status.proof,
        other => panic!("{other:?}"),
    };
    assert_eq!(proof("/v1/tenants/contoso/domains/CONTOSO.com").await, DomainProof::OperatorsWord);
    assert_eq!(proof("/v1/tenants/contoso/domains/contoso.net").await, DomainProof::None);
    // Left out, it is as it was.
    server.done("PATCH", DOMAIN, &json!({"match_subdomains": true}), 200).await;
    assert_eq!(proof(DOMAIN).await, DomainProof::OperatorsWord);
}

#[tokio::test]
async fn a_dry_run_changes_nothing() {
    let server = Server::start().await;
    let version = server.state.directory.current().version();
    let cases = [
        ("POST", "/v1/tenants", json!({"name": "northwind"}), false),
        ("POST", INBOUND, json!({"name": "new", "sender_ip_addresses": ["192.0.2.1"]}), false),
        ("PATCH", HQ, json!({"enabled": false}), true),
        ("PATCH", HQ, json!({"name": "other"}), true),
        ("DELETE", HQ, Value::Null, true),
        ("DELETE", CONTOSO, Value::Null, true),
        ("POST", "/v1/tenants/contoso/suspend", Value::Null, true),
    ];
    for (method, path, body, there) in cases {
        let what = format!("{method} {path} {body}");
        let dry = server.ask(method, &format!("{path}?dry_run=true"), ("idempotency-key", "dry"), &body).await;
        let changed: ResourceChanged = read(&dry, 200);
        assert!(!changed.diff.is_empty(), "{what}");
        assert_eq!(changed.resource.is_some(), there, "{what}");
        assert_eq!(server.state.directory.current().version(), version, "{what}");
    }
}
