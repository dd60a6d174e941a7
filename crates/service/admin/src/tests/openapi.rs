//! The document: the one in `docs/` is the one that is served, it has every endpoint, and what is really answered is what it
//! says.

use std::collections::BTreeSet;

use jsonschema::Validator;
use serde_json::{Value, json};

use super::*;
use crate::ENDPOINTS;
use crate::openapi::document;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs/openapi.json");

/// With this in the environment the document in `docs/` is written anew.
const RENEW: &str = "POSTWARDEN_RENEW_OPENAPI";

fn parsed() -> Value {
    serde_json::from_str(&document()).unwrap()
}

#[test]
fn the_document_in_docs_is_the_one_that_is_served() {
    if std::env::var_os(RENEW).is_some() {
        std::fs::write(PAGE, document()).unwrap();
    }
    let page = std::fs::read_to_string(PAGE).unwrap_or_default();
    assert!(
        page == document(),
        "docs/openapi.json is not what the program says: `{RENEW}=1 cargo test -p service-admin openapi` writes it anew"
    );
}

#[test]
fn every_endpoint_is_described() {
    let document = parsed();
    let told: BTreeSet<String> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| item.as_object().unwrap().keys().map(move |method| format!("{method} {path}")))
        .collect();
    let there: BTreeSet<String> =
        ENDPOINTS.iter().map(|own| format!("{} {}", own.method.as_str().to_lowercase(), own.path)).collect();
    assert_eq!(there, told, "describe it in crates/service/admin/src/openapi/operations.rs");
}

#[test]
fn it_is_whole() {
    let document = parsed();
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let what = format!("{method} {path}");
            assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{what}: its id is another's");
            assert!(operation["responses"].as_object().unwrap().keys().any(|status| status.as_str() < "300"), "{what}");
        }
    }
    let text = document.to_string();
    for part in text.split("\"#").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(document.pointer(name).is_some(), "there is no {name}");
    }
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        for (key, property) in schema["properties"].as_object().into_iter().flatten() {
            let told = property["description"].is_string() || property.to_string().contains("$ref");
            assert!(told || ["code", "kind"].contains(&key.as_str()), "{name}.{key} is not described");
        }
    }
}

/// The schema of what an operation gives with this status, where nothing may be that it does not name.
fn validator(document: &Value, method: &str, path: &str, status: u16) -> Option<Validator> {
    let response = &document["paths"][path][method.to_lowercase()]["responses"][status.to_string()];
    assert!(response.is_object(), "{method} {path} may not answer {status}");
    let problem = response["$ref"].as_str().and_then(|name| name.strip_prefix("#/components/responses/"));
    let response = problem.map_or(response, |name| &document["components"]["responses"][name]);
    let content = response["content"].as_object()?;
    let (_, content) = content.iter().find(|(kind, _)| kind.ends_with("json"))?;
    let mut schema = content["schema"].clone();
    let mut components = document["components"].clone();
    let closed = |schema: &mut Value| {
        if schema["properties"].is_object() {
            schema["additionalProperties"] = json!(false);
        }
    };
    // What stands in `allOf` is part of something else, and cannot be closed.
    let parts = components.to_string();
    for (name, schema) in components["schemas"].as_object_mut().unwrap() {
        if !parts.contains(&format!("\"allOf\":[{{\"$ref\":\"#/components/schemas/{name}\"")) {
            closed(schema);
        }
    }
    schema["components"] = components;
    Some(jsonschema::draft202012::new(&schema).unwrap())
}

/// Sends a request to the endpoint with this path, and holds the answer against what it is said to be.
async fn check(server: &Server, (method, template): (&str, &str), path: &str, body: &str, status: u16) {
    let document = parsed();
    let reply = server.client.send(method, path, body.to_owned()).await;
    let what = format!("{method} {path} {body}: {}", reply.body);
    assert_eq!(reply.status, status, "{what}");
    let Some(validator) = validator(&document, method, template, status) else { return };
    let answer: Value = serde_json::from_str(&reply.body).unwrap_or_else(|error| panic!("{error}: {what}"));
    let faults: Vec<String> =
        validator.iter_errors(&answer).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert_eq!(faults, Vec::<String>::new(), "{what}");
}

#[tokio::test]
async fn objects_are_as_it_says() {
    let server = Server::start().await;
    let signed = rcgen::generate_simple_self_signed(["mail.contoso.com".to_owned()]).unwrap();
    let certificate =
        json!({"name": "new", "certificate": signed.cert.pem(), "key": signed.signing_key.serialize_pem()});
    let connector = json!({"name": "new", "sender_ip_addresses": ["192.0.2.1"], "comment": "x"});
    for (collection, new) in [
        ("domains", json!({"name": "new.example"})),
        ("inbound-connectors", connector),
        ("send-connectors", json!({"name": "new", "smart_hosts": ["mx.example.net"]})),
        ("certificates", certificate),
    ] {
        let all = format!("/v1/tenants/{{tenant}}/{collection}");
        let single = format!("{all}/{{name}}");
        let path = format!("/v1/tenants/contoso/{collection}");
        let own = format!("{path}/{}", new["name"].as_str().unwrap());
        check(&server, ("POST", &all), &path, &new.to_string(), 201).await;
        check(&server, ("POST", &all), &path, &new.to_string(), 409).await;
        check(&server, ("POST", &all), &path, "{}", 422).await;
        check(&server, ("POST", &all), &path, "", 400).await;
        check(&server, ("GET", &all), &path, "", 200).await;
        check(&server, ("GET", &single), &own, "", 200).await;
        check(&server, ("GET", &single), &format!("{path}/none"), "", 404).await;
        check(&server, ("PATCH", &single), &own, r#"{"nonsense": 1}"#, 422).await;
        check(&server, ("PATCH", &single), &own, "{}", 200).await;
        check(&server, ("DELETE", &single), &own, "", 200).await;
    }
    let tenant = "/v1/tenants/{tenant}";
    check(&server, ("GET", "/v1/tenants"), "/v1/tenants", "", 200).await;
    check(&server, ("POST", "/v1/tenants"), "/v1/tenants", r#"{"name": "northwind", "messages_per_hour": 5}"#, 201)
        .await;
    check(&server, ("PATCH", tenant), "/v1/tenants/northwind", r#"{"max_message_size": "25MB"}"#, 200).await;
    check(&server, ("GET", tenant), "/v1/tenants/northwind", "", 200).await;
    for what in ["suspend", "resume"] {
        let path = format!("/v1/tenants/contoso/{what}");
        check(&server, ("POST", &format!("{tenant}/{what}")), &path, "", 200).await;
    }
    check(&server, ("DELETE", tenant), "/v1/tenants/contoso", "", 200).await;
    let verify = "/v1/tenants/{tenant}/domains/{name}/verify";
    check(&server, ("GET", verify), "/v1/tenants/fabrikam/domains/fabrikam.com/verify", "", 200).await;
    check(&server, ("GET", verify), "/v1/tenants/fabrikam/domains/none/verify", "", 404).await;
}

#[tokio::test]
async fn a_lost_race_is_as_it_says() {
    let server = Server::start().await;
    let (path, template) = ("/v1/tenants/contoso", "/v1/tenants/{tenant}");
    let headers = [("if-match", "\"1.9\""), ("content-type", "application/json")];
    let reply = server.client.send_with("PATCH", path, &headers, r#"{"reject_direct_send": true}"#).await;
    let validator = validator(&parsed(), "PATCH", template, 412).unwrap();
    assert!(validator.is_valid(&serde_json::from_str(&reply.body).unwrap()), "{}", reply.body);
}

#[tokio::test]
async fn the_rest_is_as_it_says() {
    let server = Server::start().await;
    showing::queue(&server, 3).await;
    let entries: wire::QueuePage = server.client.get("/v1/queue").await;
    let message = format!("/v1/queue/{}", entries.messages[0].id);
    let change = json!({"ids": [entries.messages[0].id]}).to_string();
    let token =
        r#"{"name": "ci", "role": "tenant-administrator", "tenant": "contoso", "expires": "2050-01-01T00:00:00Z"}"#;
    let nobody =
        r#"{"remote_ip": "192.0.2.1", "no_certificate": true, "mail_from": "a@b.example", "rcpt_to": "c@d.example"}"#;
    let ours = r#"{"presented_names": ["x.contoso.com", "contoso.net"], "mail_from": "a@contoso.com", "rcpt_to": "c@d.example"}"#;
    let apply = json!({"directory": {"tenant": [{"name": "contoso", "reject_direct_send": true}]}}).to_string();
    for (method, template, path, body, status) in [
        ("GET", "/healthz", "/healthz", "", 200),
        ("GET", "/readyz", "/readyz", "", 200),
        ("GET", "/metrics", "/metrics", "", 200),
        ("GET", "/v1/status", "/v1/status", "", 200),
        ("GET", "/v1/openapi.json", "/v1/openapi.json", "", 200),
        ("GET", "/v1/backup", "/v1/backup", "", 409),
        ("GET", "/v1/backup", "/v1/backup?queue=maybe", "", 400),
        ("GET", "/v1/directory", "/v1/directory", "", 200),
        ("GET", "/v1/directory", "/v1/directory?tenant=none", "", 404),
        ("POST", "/v1/directory/apply", "/v1/directory/apply", apply.as_str(), 200),
        ("POST", "/v1/directory/apply", "/v1/directory/apply", r#"{"directory": {"tenants": []}}"#, 422),
        ("POST", "/v1/directory/replace", "/v1/directory/replace", r#"{"objects": [], "dry_run": true}"#, 200),
        ("POST", "/v1/explain", "/v1/explain", "{}", 200),
        ("POST", "/v1/explain", "/v1/explain", nobody, 200),
        ("POST", "/v1/explain", "/v1/explain", ours, 200),
        ("POST", "/v1/explain", "/v1/explain", r#"{"remote_ip": "x"}"#, 400),
        ("GET", "/v1/queue", "/v1/queue", "", 200),
        ("GET", "/v1/queue", "/v1/queue?limit=0", "", 400),
        ("GET", "/v1/queue", "/v1/queue?tenant=none", "", 404),
        ("GET", "/v1/queue/count", "/v1/queue/count", "", 200),
        ("GET", "/v1/queue/{id}", &message, "", 200),
        ("GET", "/v1/queue/{id}", "/v1/queue/x", "", 400),
        ("GET", "/v1/queue/{id}", "/v1/queue/ffffffffffff", "", 404),
        ("POST", "/v1/queue/hold", "/v1/queue/hold", &change, 200),
        ("POST", "/v1/queue/release", "/v1/queue/release", &change, 200),
        ("POST", "/v1/queue/retry", "/v1/queue/retry", &change, 200),
        ("POST", "/v1/queue/remove", "/v1/queue/remove", &change, 200),
        ("POST", "/v1/queue/remove", "/v1/queue/remove", &change, 404),
        ("GET", "/v1/refusals", "/v1/refusals", "", 200),
        ("GET", "/v1/refusals", "/v1/refusals?tenant=none", "", 404),
        ("GET", "/v1/refusals/statistics", "/v1/refusals/statistics?by=day", "", 200),
        ("GET", "/v1/refusals/statistics", "/v1/refusals/statistics?by=year", "", 400),
        ("GET", "/v1/candidates", "/v1/candidates?tenant=contoso", "", 200),
        ("GET", "/v1/candidates", "/v1/candidates?tenant=none", "", 404),
        ("GET", "/v1/lint", "/v1/lint", "", 200),
        ("GET", "/v1/lint", "/v1/lint?tenant=none", "", 404),
        ("GET", "/v1/refusals/{reference}", "/v1/refusals/none", "", 404),
        ("POST", "/v1/tokens", "/v1/tokens", token, 201),
        ("POST", "/v1/tokens", "/v1/tokens", token, 409),
        ("GET", "/v1/tokens", "/v1/tokens", "", 200),
        ("GET", "/v1/tokens/{name}", "/v1/tokens/ci", "", 200),
        ("PATCH", "/v1/tokens/{name}", "/v1/tokens/ci", r#"{"expires": null}"#, 200),
        ("DELETE", "/v1/tokens/{name}", "/v1/tokens/ci", "", 200),
        ("DELETE", "/v1/tokens/{name}", "/v1/tokens/ci", "", 404),
        ("GET", "/v1/audit", "/v1/audit", "", 200),
        ("GET", "/v1/audit", "/v1/audit?tenant=none", "", 404),
        ("GET", "/v1/trace", "/v1/trace", "", 200),
    ] {
        check(&server, (method, template), path, body, status).await;
    }
}

#[test]
fn objects_that_may_be_sent_are_those_that_are_read() {
    let document = parsed();
    for (kind, new, fits) in [
        ("NewTenant", json!({"name": "x"}), true),
        ("NewTenant", json!({"name": "x", "suspended": null, "recipients_per_day": 5, "over_limit": "hold"}), true),
        ("NewTenant", json!({"reject_direct_send": true}), false),
        ("Tenant", json!({"reject_direct_send": "yes"}), false),
        ("Tenant", json!({"over_limit": "perhaps"}), false),
        ("Domain", json!({"type": "internal-relay", "verified": true}), true),
        ("NewCertificate", json!({"name": "x", "certificate": "PEM"}), false),
        ("InboundConnector", json!({"sender_ip_addresses": ["192.0.2.1"], "type": "partner"}), true),
        ("InboundConnector", json!({"sender_ip_addresses": [5]}), false),
        ("SendConnector", json!({"tls": "none", "certificate": null}), true),
        ("SendConnector", json!({"tls": "some"}), false),
    ] {
        let mut schema = json!({"$ref": format!("#/components/schemas/{kind}")});
        schema["components"] = document["components"].clone();
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        assert_eq!(validator.is_valid(&new), fits, "{kind}: {new}");
    }
}
