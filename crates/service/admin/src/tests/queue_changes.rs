//! Messages held, released, retried and removed over the interface.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use serde_json::json;

use super::showing::queue;
use super::*;
use crate::wire::ProblemKind::{BadRequest, MethodNotAllowed, NotFound};
use crate::wire::{QueueChange, QueueChanged, QueueEntry, QueuePage};

const NOW: &str = "2031-01-01T00:00:00Z";
const MISSING: &str = "ffffffffffff";

async fn waiting(server: &Server) -> Vec<QueueEntry> {
    server.client.get::<QueuePage>("/v1/queue").await.messages
}

async fn change(server: &Server, what: &str, ids: &[&str], reason: Option<&str>) -> usize {
    let ids = ids.iter().map(|&id| id.to_owned()).collect();
    let request = QueueChange { ids, reason: reason.map(str::to_owned), ..QueueChange::default() };
    server.client.post::<QueueChanged>(&format!("/v1/queue/{what}"), &request).await.messages
}

/// Whether delivery was woken since it was asked last.
fn woken(server: &Server) -> bool {
    let woken = pin!(server.state.wake.notified());
    woken.poll(&mut Context::from_waker(Waker::noop())).is_ready()
}

/// A server with three messages, the second held, at a time when all have long been due.
async fn with_three() -> (Server, [String; 3]) {
    let server = Server::build(|directories| directories, |state| state.now = || NOW.parse().unwrap()).await;
    server.state.directory.apply(request(DIRECTORY)).await.unwrap();
    queue(&server, 3).await;
    let ids: Vec<String> = waiting(&server).await.into_iter().map(|entry| entry.id).collect();
    (server, ids.try_into().unwrap())
}

#[tokio::test]
async fn messages_are_held_and_released() {
    let (server, [first, second, third]) = with_three().await;
    let holds = async || waiting(&server).await.into_iter().map(|entry| entry.hold).collect::<Vec<_>>();
    assert_eq!(change(&server, "hold", &[&first, &third, &first], Some("looked into")).await, 2);
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(holds().await, [text("looked into"), text("looked at"), text("looked into")]);
    assert_eq!(change(&server, "hold", &[&first], None).await, 1);
    let reason = holds().await.remove(0).unwrap();
    assert!(reason.starts_with("looked into; held by local user "), "{reason}");
    assert!(!woken(&server), "a hold makes nothing due");
    assert_eq!(change(&server, "release", &[&first, &second, &third], None).await, 3);
    assert_eq!(holds().await, [None, None, None]);
    assert!(woken(&server), "delivery sleeps on after a release");
    assert_eq!(change(&server, "release", &[&first], None).await, 1, "one that is not held stays as it is");
}

#[tokio::test]
async fn messages_are_made_due() {
    let (server, [first, second, _]) = with_three().await;
    assert_eq!(change(&server, "retry", &[&first, &second], None).await, 2);
    assert!(woken(&server), "delivery sleeps on after a retry");
    let after = waiting(&server).await;
    let due: Vec<bool> = after.iter().map(|entry| entry.next_attempt == NOW.parse().unwrap()).collect();
    assert_eq!(due, [true, true, false]);
    assert!(after[1].hold.is_some(), "a retry ends no hold");
}

#[tokio::test]
async fn messages_are_removed() {
    let (server, [first, second, third]) = with_three().await;
    assert_eq!(change(&server, "remove", &[&first, &third], None).await, 2);
    let left: Vec<String> = waiting(&server).await.into_iter().map(|entry| entry.id).collect();
    assert_eq!(left, [second]);
}

#[tokio::test]
async fn all_or_none() {
    let (server, ids) = with_three().await;
    let before = waiting(&server).await;
    let check = async |what: &str, body: serde_json::Value, kind, expected: &str| {
        server.client.refuses("POST", &format!("/v1/queue/{what}"), &body.to_string(), kind, expected).await;
        assert_eq!(waiting(&server).await, before, "{what} {body} changed something");
        assert!(!woken(&server), "{what} {body} woke delivery");
    };
    for what in ["hold", "release", "retry", "remove"] {
        check(what, json!({"ids": [ids[1], MISSING]}), NotFound, "message 0000ffffffffffff").await;
        check(what, json!({"ids": [ids[1], "x"]}), BadRequest, "hexadecimal").await;
        check(what, json!({"ids": []}), BadRequest, "1 to 1000").await;
        let many: Vec<String> = (0..1001).map(|number| format!("{number:x}")).collect();
        check(what, json!({"ids": many}), BadRequest, "1001 messages are named; 1 to 1000").await;
        check(what, json!({"ids": [ids[1]], "tenant": "contoso"}), BadRequest, "tenant").await;
        check(what, json!({}), BadRequest, "ids").await;
        server.client.refuses("GET", &format!("/v1/queue/{what}"), "", MethodNotAllowed, "does not take GET").await;
    }
    for what in ["release", "retry", "remove"] {
        check(what, json!({"ids": [ids[1]], "reason": "x"}), BadRequest, "only a hold has one").await;
    }
    for reason in ["", " ", "a\nb", "\u{1b}[2J", &"x".repeat(1001)] {
        check("hold", json!({"ids": [ids[1]], "reason": reason}), BadRequest, "1 to 1000 octets on one line").await;
    }
}

#[tokio::test]
async fn messages_are_selected() {
    let (server, _) = with_three().await;
    let count =
        async |query: &str| server.client.get::<wire::QueueCount>(&format!("/v1/queue/count?{query}")).await.messages;
    let all = count("").await;
    assert_eq!((all, count("held=true").await, count("older_than=3600").await), (3, 1, 3));
    assert_eq!((count("younger_than=3600").await, count("destination=nowhere.example").await), (0, 0));
    assert_eq!(count("reference=0000000000000000").await, 0);
    for (query, expected) in [
        ("destination=a%40b", "write a domain"),
        ("sender=a%20b", "write an address"),
        ("last_reply=", "write a code"),
        ("older_than=1d", "older_than"),
        ("colour=red", "colour"),
        ("tenant=nobody", "nobody"),
    ] {
        for path in ["/v1/queue", "/v1/queue/count"] {
            let kind = if query.starts_with("tenant") { NotFound } else { BadRequest };
            server.client.refuses("GET", &format!("{path}?{query}"), "", kind, expected).await;
        }
    }
    let check = async |body: serde_json::Value, expected: &str| {
        server.client.refuses("POST", "/v1/queue/remove", &body.to_string(), BadRequest, expected).await;
    };
    check(json!({"select": {}}), "say `all`").await;
    check(json!({"select": {"limit": 5}}), "say `all`").await;
    check(json!({"select": {"held": true}, "ids": ["1"]}), "not both").await;
    check(json!({"select": {"limit": 1001, "held": true}}), "1 to 1000").await;
    let select = |select: serde_json::Value| -> QueueChange {
        serde_json::from_value(json!({"select": select, "all": true})).unwrap()
    };
    let first: QueueChanged = server.client.post("/v1/queue/hold", &select(json!({"limit": 2}))).await;
    assert_eq!((first.messages, first.next.is_some()), (2, true));
    let rest: QueueChanged =
        server.client.post("/v1/queue/hold", &select(json!({"limit": 2, "after": first.next}))).await;
    assert_eq!((rest.messages, rest.next), (1, None));
    assert_eq!(count("held=true").await, 3);
    let removed: QueueChanged = server.client.post("/v1/queue/remove", &select(json!({"older_than": 1}))).await;
    assert_eq!((removed.messages, count("").await), (3, 0));
}
