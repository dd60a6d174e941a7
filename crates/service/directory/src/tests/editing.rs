//! Objects changed one by one: what they become, what is refused, and who of two wins.

use core_directory::ObjectKind;
use io_store::Scope;
use serde_json::{Map, Value as Json, json};

use super::*;
use crate::{EditAction, EditRequest, Edited, ObjectVersion};

/// Kind, tenant and name of an object.
type Which<'a> = (ObjectKind, &'a str, &'a str);

const TENANT: Which<'_> = (ObjectKind::Tenant, "contoso", "contoso");
const DOMAIN: Which<'_> = (ObjectKind::Domain, "contoso", "contoso.com");
const CERTIFICATE: Which<'_> = (ObjectKind::Certificate, "contoso", "hq");
const INBOUND: Which<'_> = (ObjectKind::InboundConnector, "contoso", "Inbound from HQ");
const SEND: Which<'_> = (ObjectKind::SendConnector, "contoso", "Outbound");

const FABRIKAM: &str = "[[tenant]]\nname = \"fabrikam\"\n[[tenant.domain]]\nname = \"fabrikam.com\"\nverified = true\n\
    [[tenant.inbound_connector]]\nname = \"Devices\"\nsender_ip_addresses = [\"198.51.100.7\"]\nany_sender = true\n";

fn map(json: Json) -> Map<String, Json> {
    json.as_object().cloned().unwrap()
}

fn add(fields: Json) -> EditAction {
    EditAction::Add(map(fields))
}

fn set(fields: Json) -> EditAction {
    EditAction::Set(map(fields))
}

fn edit((kind, tenant, name): Which<'_>, action: EditAction) -> EditRequest {
    EditRequest {
        tenant: tenant.to_owned(),
        kind,
        name: name.to_owned(),
        action,
        expected_version: None,
        dry_run: false,
        standing: Standing::Operator,
        actor: "root".into(),
        origin: "admin.sock".into(),
        at: "2030-01-01T00:00:00.123456789Z".parse().unwrap(),
        once: None,
    }
}

fn by_tenant(request: EditRequest) -> EditRequest {
    EditRequest { standing: Standing::Tenant, ..request }
}

async fn both_tenants() -> Relay {
    Relay::with(&format!("{CONTOSO}\n{FABRIKAM}")).await
}

/// Makes an edit and expects these lines; then the directory loads as it is in force, versions and times too.
async fn makes(relay: &Relay, request: EditRequest, expected: &[&str]) -> Edited {
    let looked = relay.service.edit(EditRequest { dry_run: true, ..request.clone() }).await.unwrap();
    let edited = relay.service.edit(request).await.unwrap();
    let lines: Vec<String> = edited.diff.iter().map(ToString::to_string).collect();
    assert_eq!(lines, expected);
    assert_eq!(looked.diff, edited.diff, "the dry run");
    let loaded = DirectoryService::open(relay.store.clone()).await.unwrap().current();
    let current = relay.service.current();
    let meta = |current: &crate::Current, tenant: &Tenant| current.meta(tenant.id.0);
    for (own, loaded_one) in current.tenants.iter().zip(loaded.tenants.iter()) {
        assert_eq!(own, loaded_one);
        assert_eq!(meta(&current, own), meta(&loaded, own));
    }
    assert_eq!(edited.meta, edited.id.and_then(|id| loaded.meta(id)));
    assert_eq!(edited.directory_version, loaded.version());
    edited
}

#[tokio::test]
async fn objects_are_added_set_and_removed() {
    let relay = both_tenants().await;
    let new = (ObjectKind::InboundConnector, "contoso", "Branch");
    let made = makes(
        &relay,
        edit(new, add(json!({ "sender_ip_addresses": ["192.0.2.9"] }))),
        &["+ tenant contoso: inbound connector \"Branch\""],
    )
    .await;
    assert_eq!((made.name.as_str(), made.meta.map(|meta| meta.version)), ("Branch", Some(1)));
    let changed = makes(
        &relay,
        edit(new, set(json!({ "name": "Branch office", "comment": "moved" }))),
        &[
            "~ tenant contoso: inbound connector \"Branch office\": name: Branch -> Branch office",
            "~ tenant contoso: inbound connector \"Branch office\": comment: none -> moved",
        ],
    )
    .await;
    assert_eq!((changed.id, changed.meta.map(|meta| meta.version)), (made.id, Some(2)));
    let renamed = (ObjectKind::InboundConnector, "contoso", "Branch office");
    let cleared = edit(renamed, set(json!({ "comment": null })));
    makes(&relay, cleared, &["~ tenant contoso: inbound connector \"Branch office\": comment: moved -> none"]).await;
    makes(&relay, edit(renamed, set(json!({}))), &[]).await;
    let gone =
        makes(&relay, edit(renamed, EditAction::Remove), &["- tenant contoso: inbound connector \"Branch office\""])
            .await;
    assert_eq!((gone.id, gone.meta), (made.id, None));
}

#[tokio::test]
async fn a_renamed_certificate_is_followed_and_keeps_its_key() {
    let relay = Relay::with(CONTOSO).await;
    let id = relay.service.export(None)[0].certificates[0].id.0;
    let renamed = makes(
        &relay,
        edit(CERTIFICATE, set(json!({ "name": "hq-2030" }))),
        &[
            "~ tenant contoso: certificate \"hq-2030\": name: hq -> hq-2030",
            "~ tenant contoso: send connector \"Outbound\": certificate: hq -> hq-2030",
        ],
    )
    .await;
    assert_eq!(renamed.id, Some(id));
    let files = Files::get();
    let request = edit(
        (ObjectKind::Certificate, "contoso", "hq-2030"),
        set(json!({ "certificate": files.other.0, "key": files.other.1 })),
    );
    let replaced = relay.service.edit(request).await.unwrap();
    assert_eq!(
        replaced.consequences.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["Certificate \"hq-2030\" is another one: send connectors \"Outbound\" present it from their next connection."]
    );
}

#[tokio::test]
async fn a_tenant_is_made_renamed_and_removed() {
    let relay = both_tenants().await;
    let new = (ObjectKind::Tenant, "adatum", "adatum");
    let made = makes(&relay, edit(new, add(json!({ "messages_per_day": 5 }))), &["+ tenant adatum"]).await;
    let limits = set(json!({ "messages_per_day": null, "max_message_size": "25MB", "suspended": true }));
    makes(
        &relay,
        edit(new, limits),
        &[
            "~ tenant adatum: suspended: false -> true",
            "~ tenant adatum: messages_per_day: 5 -> none",
            "~ tenant adatum: max_message_size: none -> 25MB",
        ],
    )
    .await;
    let renamed = edit(TENANT, set(json!({ "name": "contoso-cz" })));
    makes(&relay, renamed, &["~ tenant contoso-cz: name: contoso -> contoso-cz"]).await;
    assert_eq!(relay.service.export(Some("contoso-cz"))[0].inbound_connectors.len(), 1, "what it has stays");
    let gone = edit((ObjectKind::Tenant, "contoso-cz", "contoso-cz"), EditAction::Remove);
    let gone = makes(&relay, gone, &["- tenant contoso-cz"]).await;
    assert!(gone.consequences[0].to_string().contains("go 1 domain, 1 inbound connector"), "{:?}", gone.consequences);
    assert!(relay.service.current().meta(gone.id.unwrap()).is_none() && made.id.is_some());
}

#[tokio::test]
async fn a_domain_keeps_its_proof_unless_it_is_taken_away() {
    let relay = Relay::with(CONTOSO).await;
    let subdomains = edit(
        (ObjectKind::Domain, "contoso", "CONTOSO.com"),
        set(json!({ "match_subdomains": true, "verified": null })),
    );
    makes(&relay, subdomains, &["~ tenant contoso: domain contoso.com: match_subdomains: false -> true"]).await;
    let taken = edit(DOMAIN, set(json!({ "verified": false })));
    makes(&relay, taken, &["~ tenant contoso: domain contoso.com: verified: true -> false"]).await;
}

/// Expects an edit to be refused with these words, and nothing to be changed by it.
async fn refused(request: EditRequest, expected: &str) {
    let relay = both_tenants().await;
    let (text, version) = (relay.text(), relay.service.current().version());
    for dry_run in [true, false] {
        let error =
            relay.service.edit(EditRequest { dry_run, ..request.clone() }).await.expect_err(expected).to_string();
        assert!(error.contains(expected), "{error:?} does not say {expected:?}");
        assert!(
            request.standing == Standing::Operator || !error.contains("fabrikam\""),
            "another tenant is told: {error}"
        );
        assert_eq!((relay.text(), relay.service.current().version()), (text.clone(), version), "{expected}");
        assert_eq!(relay.store.version(Scope::Operator).await.unwrap(), version, "{expected}");
    }
}

#[tokio::test]
async fn what_is_wrong_changes_nothing() {
    let nobody = (ObjectKind::InboundConnector, "contoso", "nobody");
    refused(edit(nobody, set(json!({}))), "tenant \"contoso\" has no inbound connector \"nobody\"").await;
    refused(edit(nobody, EditAction::Remove), "tenant \"contoso\" has no inbound connector \"nobody\"").await;
    refused(edit(nobody, add(json!({}))), "identifies nobody").await;
    refused(edit((ObjectKind::Domain, "x", "x.example"), add(json!({}))), "there is no tenant \"x\"").await;
    refused(edit((ObjectKind::Domain, "contoso", "Contoso.Com"), add(json!({}))), "is there already").await;
    refused(edit((ObjectKind::Tenant, "CONTOSO", "CONTOSO"), add(json!({}))), "is there already").await;
    refused(edit(TENANT, set(json!({ "name": "Fabrikam" }))), "tenant \"fabrikam\" is there already").await;
    refused(edit(DOMAIN, set(json!({ "name": "other.example" }))), "a domain is not renamed").await;
    refused(edit(INBOUND, set(json!({ "nonsense": 1 }))), "/nonsense: unknown key `nonsense`").await;
    refused(edit(TENANT, set(json!({ "domain": [] }))), "unknown key `domain`").await;
    refused(edit(TENANT, set(json!({ "max_sessions": 0 }))), "0 would let nothing pass").await;
    refused(edit(TENANT, set(json!({ "max_message_size": "25" , "messages_per_day": "x"}))), "not a whole number")
        .await;
    refused(edit(INBOUND, set(json!({ "addresses_granted": true }))), "unknown key").await;
    refused(edit(DOMAIN, set(json!({ "dns_verified_at": "2030-01-01T00:00:00Z" }))), "unknown key").await;
    refused(edit(CERTIFICATE, EditAction::Remove), "the tenant has no certificate named \"hq\"").await;
    refused(edit(CERTIFICATE, set(json!({ "certificate": Files::get().other.0 }))), "needs its private key").await;
    refused(edit(SEND, set(json!({ "certificate": "none" }))), "the tenant has no certificate named \"none\"").await;
}

#[tokio::test]
async fn a_tenant_does_not_say_what_is_the_operators() {
    let only = "only the operator may set this";
    refused(by_tenant(edit(TENANT, set(json!({ "suspended": true })))), only).await;
    refused(by_tenant(edit(TENANT, set(json!({ "over_limit": "hold" })))), only).await;
    refused(by_tenant(edit(TENANT, set(json!({ "max_queued_size": "1GB" })))), only).await;
    refused(by_tenant(edit(TENANT, set(json!({ "name": "other" })))), only).await;
    // Whether another tenant has the name already is not told.
    refused(by_tenant(edit(TENANT, set(json!({ "name": "fabrikam" })))), only).await;
    refused(by_tenant(edit(TENANT, set(json!({ "name": "FABRIKAM" })))), only).await;
    refused(by_tenant(edit(TENANT, EditAction::Remove)), only).await;
    refused(by_tenant(edit((ObjectKind::Tenant, "new", "new"), add(json!({})))), only).await;
    // The other tenant's domain and addresses are refused without a word of whose they are.
    let domain = (ObjectKind::Domain, "contoso", "fabrikam.com");
    refused(by_tenant(edit(domain, add(json!({ "verified": true })))), only).await;
    let overlap = set(json!({ "sender_ip_addresses": ["198.51.100.0/28"] }));
    refused(by_tenant(edit(INBOUND, overlap)), "overlaps addresses that are used elsewhere").await;

    let relay = both_tenants().await;
    let comment = by_tenant(edit(INBOUND, set(json!({ "comment": "ours" }))));
    makes(&relay, comment, &["~ tenant contoso: inbound connector \"Inbound from HQ\": comment: none -> ours"]).await;
    let direct = by_tenant(edit(TENANT, set(json!({ "reject_direct_send": true }))));
    makes(&relay, direct, &["~ tenant contoso: reject_direct_send: false -> true"]).await;
    let claimed = by_tenant(edit(domain, add(json!({}))));
    makes(&relay, claimed, &["+ tenant contoso: domain fabrikam.com"]).await;
}

#[tokio::test]
async fn of_two_that_saw_one_version_one_wins() {
    let relay = Relay::with(CONTOSO).await;
    let id = relay.service.export(None)[0].inbound_connectors[0].id.0;
    let at = |version| ObjectVersion { id, version };
    let change = |comment: &str| EditRequest {
        expected_version: Some(at(1)),
        ..edit(INBOUND, set(json!({ "comment": comment })))
    };
    let (one, other) = tokio::join!(relay.service.edit(change("one")), relay.service.edit(change("other")));
    let (won, lost) = if one.is_ok() { (one, other) } else { (other, one) };
    assert_eq!(won.unwrap().meta.unwrap().version, 2);
    assert_eq!(lost.unwrap_err(), ApplyError::Changed { expected: at(1), found: at(2) });
    let removal = EditRequest { expected_version: Some(at(1)), ..edit(INBOUND, EditAction::Remove) };
    assert_eq!(relay.service.edit(removal).await.unwrap_err(), ApplyError::Changed { expected: at(1), found: at(2) });
}

/// Its successor of the same name and version is not what the author saw.
#[tokio::test]
async fn an_object_that_was_made_anew_is_another() {
    let relay = Relay::with(CONTOSO).await;
    let before = relay.service.export(None)[0].inbound_connectors[0].clone();
    let seen = ObjectVersion { id: before.id.0, version: 1 };
    relay.service.edit(edit(INBOUND, EditAction::Remove)).await.unwrap();
    relay.service.edit(edit(INBOUND, add(json!({ "sender_ip_addresses": ["192.0.2.9"] })))).await.unwrap();
    let now = relay.service.export(None)[0].inbound_connectors[0].clone();
    let found = ObjectVersion { id: now.id.0, version: 1 };
    for action in [set(json!({ "comment": "late" })), EditAction::Remove] {
        let late = EditRequest { expected_version: Some(seen), ..edit(INBOUND, action) };
        assert_eq!(relay.service.edit(late).await.unwrap_err(), ApplyError::Changed { expected: seen, found });
    }
    assert_eq!(relay.service.export(None)[0].inbound_connectors[0], now);
}

/// Another node changed something else meanwhile: the edit is made anew on top of it.
#[tokio::test]
async fn an_edit_follows_what_another_node_did() {
    let relay = Relay::with(CONTOSO).await;
    let other_node = DirectoryService::open(relay.store.clone()).await.unwrap();
    other_node.edit(edit(SEND, set(json!({ "comment": "theirs" })))).await.unwrap();
    let seen = ObjectVersion { id: relay.service.export(None)[0].inbound_connectors[0].id.0, version: 1 };
    let ours = EditRequest { expected_version: Some(seen), ..edit(INBOUND, set(json!({ "comment": "ours" }))) };
    relay.service.edit(ours).await.unwrap();
    let text = relay.text();
    assert!(text.contains("\"theirs\"") && text.contains("\"ours\""), "{text}");
}

#[tokio::test]
async fn each_edit_is_in_the_audit_trail_of_its_tenant() {
    let relay = both_tenants().await;
    relay.service.edit(edit(INBOUND, set(json!({ "comment": "ours" })))).await.unwrap();
    let contoso = relay.service.export(Some("contoso"))[0].id;
    let fabrikam = relay.service.export(Some("fabrikam"))[0].id;
    let newest = |tenant| {
        let store = relay.store.clone();
        async move { store.audit(Scope::Tenant(tenant), io_store::AuditFilter::newest(10)).await.unwrap().remove(0) }
    };
    let (own, others) = (newest(contoso).await, newest(fabrikam).await);
    assert_eq!(own.version, relay.service.current().version());
    assert!(own.body.contains("\"comment\"") && own.actor == "root" && own.origin == "admin.sock", "{own:?}");
    assert!(others.version < own.version && !others.body.contains("comment"), "{others:?}");
}
