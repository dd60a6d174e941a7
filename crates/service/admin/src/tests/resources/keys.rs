//! Changes that are made once.

use std::sync::atomic::AtomicBool;

use super::*;
use crate::tests::changes::Unwilling;
use crate::wire::ProblemKind;

const NEW: &str = "new";

fn new() -> Value {
    json!({"name": NEW, "sender_ip_addresses": ["192.0.2.1"]})
}

async fn under(server: &Server, method: &str, path: &str, key: &str, body: &Value) -> Reply {
    server.ask(method, path, ("idempotency-key", key), body).await
}

#[tokio::test]
async fn the_same_request_is_carried_out_once() {
    let server = Server::start().await;
    let path = format!("{INBOUND}/{NEW}");
    for (number, (method, path, body)) in [
        ("POST", INBOUND, new()),
        ("PATCH", &path, json!({"comment": "x", "name": "renamed"})),
        ("PATCH", HQ, json!({})),
        ("POST", "/v1/tenants/contoso/suspend", Value::Null),
        ("DELETE", &format!("{INBOUND}/renamed"), Value::Null),
    ]
    .into_iter()
    .enumerate()
    {
        let key = format!("key-{number}");
        let first = under(&server, method, path, &key, &body).await;
        assert!(first.status < 300, "{method} {path}: {}", first.body);
        let version = server.state.directory.current().version();
        let second = under(&server, method, path, &key, &body).await;
        assert_eq!((second.status, &second.body), (first.status, &first.body), "{method} {path}");
        assert_eq!((first.header("idempotency-replayed"), second.header("idempotency-replayed")), ("", "true"));
        for name in ["etag", "location"] {
            assert_eq!(second.header(name), first.header(name), "{method} {path}");
        }
        assert_eq!(server.state.directory.current().version(), version, "{method} {path} was made twice");
    }
}

#[tokio::test]
async fn another_request_needs_another_key() {
    let server = Server::start().await;
    assert_eq!(under(&server, "POST", INBOUND, "k", &new()).await.status, 201);
    let path = format!("{INBOUND}/{NEW}");
    for (method, path, body) in [
        ("POST", INBOUND, json!({"name": "other", "sender_ip_addresses": ["192.0.2.1"]})),
        ("PATCH", path.as_str(), new()),
        ("DELETE", path.as_str(), Value::Null),
    ] {
        let problem: Problem = read(&under(&server, method, path, "k", &body).await, 422);
        assert!(problem.detail.contains("was given to another request"), "{}", problem.detail);
    }
    let long = "x".repeat(65);
    for key in ["", " ", "a b", "ä", &long] {
        let problem: Problem = read(&under(&server, "DELETE", &path, key, &Value::Null).await, 400);
        assert_eq!(problem.kind, ProblemKind::BadRequest, "{key:?}");
    }
    // A request that was refused changed nothing, and its key is free.
    assert_eq!(under(&server, "PATCH", &path, "m", &json!({"enabled": 1})).await.status, 422);
    assert_eq!(under(&server, "PATCH", &path, "m", &json!({"enabled": false})).await.status, 200);
}

#[tokio::test]
async fn an_answer_that_was_lost_is_told_anew() {
    // As after a crash between the change and its answer.
    let forgetful = |store| Arc::new(Unwilling { store, full: AtomicBool::new(false), forgetful: true });
    let server = Server::build(|store| forgetful(store) as Arc<dyn Directories>, |_| {}).await;
    server.state.directory.apply(request(DIRECTORY)).await.unwrap();
    let first = under(&server, "POST", INBOUND, "k", &new()).await;
    let again = under(&server, "POST", INBOUND, "k", &new()).await;
    assert_eq!((again.status, again.header("location")), (201, first.header("location")));
    let (first, again): (ResourceChanged, ResourceChanged) = (read(&first, 201), read(&again, 201));
    assert_eq!(
        (again.resource, again.diff, again.directory_version),
        (first.resource, first.diff, first.directory_version)
    );
}

#[tokio::test]
async fn of_two_at_the_same_time_one_is_made() {
    let server = Server::start().await;
    let new = new();
    let ask = || under(&server, "POST", INBOUND, "k", &new);
    let (one, other) = tokio::join!(ask(), ask());
    assert_eq!((one.status, other.status), (201, 201), "{} {}", one.body, other.body);
    assert!(one.header("idempotency-replayed") != other.header("idempotency-replayed"), "one is the first");
    let (one, other): (ResourceChanged, ResourceChanged) = (read(&one, 201), read(&other, 201));
    assert_eq!((one.resource, one.diff), (other.resource, other.diff));
}
