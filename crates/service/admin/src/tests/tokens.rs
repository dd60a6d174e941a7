//! Tokens made, shown, changed and removed, and what the audit trail says of it and of the directory.

use std::collections::HashSet;

use serde_json::json;

use super::*;
use crate::wire::ProblemKind::{BadRequest, Conflict, NotFound};
use crate::wire::{AuditPage, MadeToken, Token, TokenPage, TokenRole};

const TOKENS: &str = "/v1/tokens";

impl Server {
    /// Makes a token and gives back its text.
    pub(super) async fn token(&self, body: serde_json::Value) -> String {
        let reply = self.client.send("POST", TOKENS, body.to_string()).await;
        assert_eq!(reply.status, 201, "{body}: {}", reply.body);
        serde_json::from_str::<MadeToken>(&reply.body).unwrap().text
    }
}

#[tokio::test]
async fn the_text_is_told_once() {
    let server = Server::start().await;
    let text = server.token(json!({"name": "ci", "role": "tenant-administrator", "tenant": "contoso"})).await;
    assert!(text.starts_with("pw_") && text.len() == 46, "{text}");
    let other = server.token(json!({"name": "watch", "role": "reader", "expires": "2999-01-01T00:00:00Z"})).await;
    assert_ne!(text, other);

    let shown: Token = server.client.get("/v1/tokens/ci").await;
    assert_eq!((shown.role, shown.tenant.as_deref()), (TokenRole::TenantAdministrator, Some("contoso")));
    assert_eq!((shown.expires, shown.last_used), (None, None));
    let first: TokenPage = server.client.get("/v1/tokens?limit=1").await;
    assert_eq!((&*first.items[0].name, first.next.as_deref()), ("ci", Some("ci")));
    let second: TokenPage = server.client.get("/v1/tokens?after=ci").await;
    assert_eq!((&*second.items[0].name, second.next), ("watch", None));
    for path in [TOKENS, "/v1/tokens/ci", "/v1/audit", "/v1/status"] {
        let body = server.client.send("GET", path, "").await.body;
        assert!(!body.contains(&text[3..]), "{path}: {body}");
    }
    let files = std::fs::read_dir(server.folder.path()).unwrap().map(|file| file.unwrap().path());
    for file in files.filter(|file| file.is_file()) {
        let octets = std::fs::read(&file).unwrap();
        assert!(!octets.windows(text.len()).any(|part| part == text.as_bytes()), "it is in {}", file.display());
    }
    server.stop().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_token_is_told() {
    let server = Server::start().await;
    server.token(json!({"name": "ci", "role": "operator"})).await;
    let check = async |method: &str, path: &str, body: &str, kind, expected: &str| {
        server.client.refuses(method, path, body, kind, expected).await;
    };
    check("POST", TOKENS, r#"{"name":"ci","role":"operator"}"#, Conflict, "already taken").await;
    check("POST", TOKENS, r#"{"name":"a b","role":"operator"}"#, BadRequest, "letters, digits").await;
    check("POST", TOKENS, r#"{"name":"","role":"operator"}"#, BadRequest, "letters, digits").await;
    check("POST", TOKENS, r#"{"name":"a","role":"god"}"#, BadRequest, "god").await;
    check("POST", TOKENS, r#"{"name":"a","role":"operator","tenant":"contoso"}"#, BadRequest, "leave it out").await;
    check("POST", TOKENS, r#"{"name":"a","role":"tenant-administrator"}"#, BadRequest, "name it").await;
    check("POST", TOKENS, r#"{"name":"a","role":"reader","tenant":"nobody"}"#, NotFound, "no tenant \"nobody\"").await;
    let past = r#"{"name":"a","role":"reader","expires":"2001-01-01T00:00:00Z"}"#;
    check("POST", TOKENS, past, BadRequest, "is past").await;
    check("PATCH", "/v1/tokens/ci", r#"{"role":"reader"}"#, BadRequest, "role").await;
    check("PATCH", "/v1/tokens/no", "{}", NotFound, "token").await;
    check("DELETE", "/v1/tokens/no", "", NotFound, "token").await;
    check("GET", "/v1/tokens?limit=0", "", BadRequest, "1 to 1000").await;
    server.stop().await;
}

#[tokio::test]
async fn each_change_is_in_the_trail_with_what_it_was_before() {
    let server = Server::start().await;
    server.token(json!({"name": "ci", "role": "reader", "tenant": "contoso"})).await;
    for body in [r#"{"expires":"2999-01-01T00:00:00Z"}"#, "{}", r#"{"expires":null}"#] {
        assert_eq!(server.client.send("PATCH", "/v1/tokens/ci", body).await.status, 200, "{body}");
    }
    assert_eq!(server.client.send("DELETE", "/v1/tokens/ci", "").await.status, 200);
    let page: AuditPage = server.client.get("/v1/audit?object=ci").await;
    let lines: Vec<String> = page.items.iter().flat_map(|record| &record.diff).map(ToString::to_string).collect();
    let expected = [
        "- token ci",
        "~ token ci: expires: 2999-01-01T00:00:00Z -> none",
        "~ token ci: expires: none -> 2999-01-01T00:00:00Z",
        "+ token ci",
        "~ token ci: role: none -> reader",
    ];
    assert_eq!(lines, expected);
    let record = &page.items[0];
    assert!(record.actor.starts_with("local user "), "{record:?}");
    assert_eq!((&*record.origin, record.tenant.as_deref()), ("admin.sock", Some("contoso")));
    assert_eq!(record.directory_version, server.state.directory.current().version().0);
    server.stop().await;
}

#[tokio::test]
async fn the_trail_is_paged_and_filtered() {
    let server = Server::start().await;
    server.token(json!({"name": "ci", "role": "operator"})).await;
    let all: AuditPage = server.client.get("/v1/audit").await;
    assert_eq!((all.items.len(), all.next), (3, None));
    let first: AuditPage = server.client.get("/v1/audit?limit=2").await;
    let second: AuditPage = server.client.get(&format!("/v1/audit?limit=2&before={}", first.next.unwrap())).await;
    let ids: HashSet<u64> = first.items.iter().chain(&second.items).map(|record| record.id).collect();
    assert_eq!((ids.len(), second.next), (3, None));
    let check = async |query: &str, expected: usize| {
        let page: AuditPage = server.client.get(&format!("/v1/audit?{query}")).await;
        assert_eq!(page.items.len(), expected, "{query}: {page:?}");
    };
    check("tenant=contoso", 1).await;
    check("actor=test", 2).await;
    check("object=Inbound%20from%20HQ", 1).await;
    check("object=fabrikam.com&tenant=contoso", 0).await;
    check("since=2999-01-01T00:00:00Z", 0).await;
    server.client.refuses("GET", "/v1/audit?tenant=nobody", "", NotFound, "no tenant \"nobody\"").await;
    server.client.refuses("GET", "/v1/audit?since=yesterday", "", BadRequest, "since").await;
    server.client.refuses("GET", "/v1/audit?limit=1001", "", BadRequest, "1 to 1000").await;
    server.stop().await;
}
