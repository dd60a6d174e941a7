//! Collections, page by page.

use super::*;
use crate::wire::{ProblemKind, ResourcePage};

/// All names of a collection, with pages of this size.
async fn walk(server: &Server, path: &str, limit: usize) -> Vec<String> {
    let (mut names, mut after) = (Vec::new(), String::new());
    loop {
        let page: ResourcePage = server.client.get(&format!("{path}?limit={limit}{after}")).await;
        assert!(page.items.len() <= limit, "{path}");
        names.extend(page.items.iter().map(|item| item.name().to_owned()));
        let Some(next) = page.next else { return names };
        assert_eq!(page.items.len(), limit, "{path}: a page that is not full has another behind it");
        after = format!("&after={}", wire::path_segment(&next));
    }
}

#[tokio::test]
async fn pages_are_by_name_and_whole() {
    let server = Server::start().await;
    let names = ["b & c", "a", "ü/1", "B", "z=1", "10", "9"];
    for name in names {
        server.done("POST", INBOUND, &json!({"name": name, "sender_ip_addresses": ["192.0.2.1"]}), 201).await;
    }
    let mut expected: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    expected.push("Inbound from HQ".to_owned());
    expected.sort();
    for limit in [1, 2, 3, 7, 8, 9, 1000] {
        assert_eq!(walk(&server, INBOUND, limit).await, expected, "pages of {limit}");
    }
    for (path, expected) in [
        ("/v1/tenants", &["contoso", "fabrikam"][..]),
        ("/v1/tenants/contoso/domains", &["contoso.com", "contoso.net"]),
        ("/v1/tenants/contoso/send-connectors", &["Out"]),
        ("/v1/tenants/contoso/certificates", &[]),
    ] {
        assert_eq!(walk(&server, path, 1).await, expected, "{path}");
    }
}

#[tokio::test]
async fn a_change_moves_nothing_from_page_to_page() {
    let server = Server::start().await;
    for name in ["b", "d", "f", "h"] {
        server.done("POST", INBOUND, &json!({"name": name, "sender_ip_addresses": ["192.0.2.1"]}), 201).await;
    }
    server.done("DELETE", HQ, &Value::Null, 200).await;
    let first: ResourcePage = server.client.get(&format!("{INBOUND}?limit=2")).await;
    // What is made and removed before the page's end, its last object even, is none of the next page's.
    server.done("POST", INBOUND, &json!({"name": "a", "sender_ip_addresses": ["192.0.2.1"]}), 201).await;
    server.done("DELETE", &format!("{INBOUND}/d"), &Value::Null, 200).await;
    let next = first.next.unwrap();
    let second: ResourcePage = server.client.get(&format!("{INBOUND}?limit=2&after={next}")).await;
    let names: Vec<&str> = second.items.iter().map(Resource::name).collect();
    assert_eq!((names, second.next), (vec!["f", "h"], None));
}

#[tokio::test]
async fn wrong_pages_are_refused() {
    let server = Server::start().await;
    for (query, expected) in [
        ("limit=0", "0 is not from 1 to 1000"),
        ("limit=1001", "1001 is not from 1 to 1000"),
        ("limit=x", "limit: invalid digit"),
        ("before=x", "unknown field `before`"),
        ("limit=1&limit=2", "duplicate field `limit`"),
    ] {
        server.client.refuses("GET", &format!("{INBOUND}?{query}"), "", ProblemKind::BadRequest, expected).await;
    }
}
