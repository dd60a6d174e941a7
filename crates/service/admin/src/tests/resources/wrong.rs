//! What is refused, with its place.

use super::*;
use crate::wire::ProblemKind::{self, BadRequest, Conflict, Invalid, MediaType, MethodNotAllowed, NotFound, TooLarge};

async fn check(server: &Server, method: &str, path: &str, body: &str, kind: ProblemKind, expected: &str) {
    let version = server.state.directory.current().version();
    server.client.refuses(method, path, body, kind, expected).await;
    assert_eq!(server.state.directory.current().version(), version, "{method} {path} {body} changed something");
}

#[tokio::test]
async fn bodies_that_cannot_be_read() {
    let server = Server::start().await;
    for (body, expected) in [
        ("", "the body: EOF while parsing a value at line 1 column 0"),
        ("{\"name\": \"x\",\n \"enabled\": tru }", "the body: expected ident at line 2 column 16"),
        ("[]", "the body: a list stands where an object should"),
        ("\"x\"", "the body: invalid type: string"),
        ("{\"name\": \"x\", \"comment\": 1, \"name\": \"y\"}", "the body: \"name\" is named twice"),
        ("{} {}", "the body: trailing characters at line 1 column 4"),
    ] {
        check(&server, "POST", INBOUND, body, BadRequest, expected).await;
        check(&server, "PATCH", HQ, body, BadRequest, expected).await;
    }
    let large = format!("{{\"comment\": \"{}\"}}", "x".repeat(crate::resources::MAX_OBJECT_REQUEST));
    check(&server, "PATCH", HQ, &large, TooLarge, "limit exceeded").await;
}

#[tokio::test]
async fn other_formats() {
    let server = Server::start().await;
    for (kind, status) in [
        ("application/json", 200),
        ("application/JSON; charset=utf-8", 200),
        ("application/merge-patch+json", 200),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("", 415),
    ] {
        let reply = server.client.send_with("PATCH", HQ, &[("content-type", kind)], "{}").await;
        assert_eq!(reply.status, status, "{kind}: {}", reply.body);
        if status == 415 {
            let problem: Problem = read(&reply, 415);
            assert_eq!(problem.kind, MediaType);
            assert!(problem.detail.contains("Content-Type: application/json"), "{}", problem.detail);
        }
    }
}

#[tokio::test]
async fn objects_that_are_wrong() {
    let server = Server::start().await;
    for (path, body, expected) in [
        (INBOUND, json!({}), "a new object needs a name"),
        (INBOUND, json!({"name": 5}), "a new object needs a name"),
        (INBOUND, json!({"name": "x", "requiretls": true}), "require_tls"),
        (INBOUND, json!({"name": "x", "sender_ip_addresses": ["192.0.2.1", "x"]}), "/sender_ip_addresses/1"),
        (INBOUND, json!({"name": "x", "enabled": "yes"}), "/enabled"),
        ("/v1/tenants/contoso/domains", json!({"name": "no domain"}), "/name"),
        ("/v1/tenants/contoso/certificates", json!({"name": "x", "certificate": "hq.pem"}), "send the PEM text itself"),
        ("/v1/tenants", json!({"name": ""}), "name"),
        ("/v1/tenants", json!({"name": "x", "max_message_size": "much"}), "max_message_size"),
    ] {
        check(&server, "POST", path, &body.to_string(), Invalid, expected).await;
    }
    for (path, body, expected) in [
        (HQ, json!({"tls_sender_certificate_name": "*.com"}), "tls_sender_certificate_name"),
        (HQ, json!({"associated_accepted_domains": ["elsewhere.example"]}), "associated_accepted_domains"),
        (DOMAIN, json!({"name": "other.example"}), "name"),
        (CONTOSO, json!({"trusted_roots": ["x"]}), "/trusted_roots/0"),
    ] {
        check(&server, "PATCH", path, &body.to_string(), Invalid, expected).await;
    }
}

#[tokio::test]
async fn names_that_are_taken_or_not_there() {
    let server = Server::start().await;
    for (path, body) in [
        ("/v1/tenants", json!({"name": "contoso"})),
        ("/v1/tenants", json!({"name": "Contoso"})),
        ("/v1/tenants/contoso/domains", json!({"name": "contoso.COM"})),
        (INBOUND, json!({"name": "Inbound from HQ", "sender_ip_addresses": ["192.0.2.1"]})),
    ] {
        check(&server, "POST", path, &body.to_string(), Conflict, "is there already").await;
    }
    for method in ["GET", "PATCH", "DELETE"] {
        for (path, expected) in [
            ("/v1/tenants/northwind", "there is no tenant \"northwind\""),
            ("/v1/tenants/northwind/domains/contoso.com", "there is no tenant \"northwind\""),
            ("/v1/tenants/contoso/domains/fabrikam.com", "tenant \"contoso\" has no"),
            ("/v1/tenants/contoso/domains/no%20domain", "tenant \"contoso\" has no"),
            ("/v1/tenants/contoso/send-connectors/Inbound%20from%20HQ", "tenant \"contoso\" has no"),
        ] {
            check(&server, method, path, "{}", NotFound, expected).await;
        }
    }
    check(&server, "GET", "/v1/tenants/northwind/domains", "", NotFound, "there is no tenant \"northwind\"").await;
    check(&server, "POST", "/v1/tenants/northwind/suspend", "", NotFound, "there is no tenant \"northwind\"").await;
    check(&server, "PUT", HQ, "{}", MethodNotAllowed, "does not take PUT").await;
    check(&server, "DELETE", INBOUND, "", MethodNotAllowed, "does not take DELETE").await;
    check(&server, "GET", &format!("{HQ}/more"), "", NotFound, "is no path of this interface").await;
    check(&server, "PATCH", &format!("{HQ}?dry=true"), "{}", BadRequest, "unknown field `dry`").await;
}
