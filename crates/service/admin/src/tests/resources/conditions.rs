//! `If-Match` and `If-None-Match`.

use super::*;
use crate::wire::ProblemKind;

#[tokio::test]
async fn one_of_two_administrators_wins() {
    let server = Server::start().await;
    let seen = server.resource(HQ).await;
    let tag = seen.etag();
    let first = json!({"comment": "first"});
    let won = server.ask("PATCH", HQ, ("if-match", &tag), &first).await;
    let now = read::<ResourceChanged>(&won, 200).resource.unwrap();
    assert_eq!((won.header("etag"), now.version), (now.etag().as_str(), seen.version + 1));

    for (method, body) in [("PATCH", json!({"comment": "second"})), ("DELETE", Value::Null)] {
        let lost = server.ask(method, HQ, ("if-match", &tag), &body).await;
        let problem: Problem = read(&lost, 412);
        assert_eq!(problem.kind, ProblemKind::Changed);
        assert!(problem.detail.contains(&format!("If-Match: {}", now.etag())), "{}", problem.detail);
        assert_eq!(problem.current.as_deref(), Some(&now), "{method}");
        let requested = problem.requested.map_or(Value::Null, |requested| *requested);
        assert_eq!(requested, body, "{method}");
    }
    assert_eq!(server.resource(HQ).await, now);
    read::<ResourceChanged>(&server.ask("DELETE", HQ, ("if-match", &now.etag()), &Value::Null).await, 200);
    assert_eq!(server.ask("DELETE", HQ, ("if-match", &now.etag()), &Value::Null).await.status, 404);
}

/// The connector with a condition on a change of nothing: the status.
async fn check(server: &Server, method: &str, condition: (&str, &str), expected: u16) {
    let body = if method == "GET" { Value::Null } else { json!({}) };
    let reply = server.ask(method, HQ, condition, &body).await;
    assert_eq!(reply.status, expected, "{method} with {condition:?}: {}", reply.body);
    if expected < 400 {
        assert_eq!(reply.header("etag"), server.resource(HQ).await.etag(), "{method} with {condition:?}");
    }
    if expected == 304 {
        assert_eq!(reply.body, "");
    }
}

#[tokio::test]
async fn conditions_are_kept() {
    let server = Server::start().await;
    let tag = server.resource(HQ).await.etag();
    let (weak, several) = (format!("W/{tag}"), format!("\"x\", {tag}"));
    for (value, expected) in [
        (tag.as_str(), 200),
        ("*", 200),
        (&several, 200),
        ("\"1.1\"", 412),
        (&weak, 412),
        ("", 412),
        ("1.1", 400),
        ("\"", 400),
    ] {
        check(&server, "PATCH", ("if-match", value), expected).await;
    }
    for (value, expected) in
        [(tag.as_str(), 304), (&weak, 304), (&several, 304), ("*", 304), ("\"1.1\"", 200), ("", 200), ("1.1", 200)]
    {
        check(&server, "GET", ("if-none-match", value), expected).await;
    }
}

#[tokio::test]
async fn an_object_of_the_same_name_is_another() {
    let server = Server::start().await;
    let tag = server.resource(HQ).await.etag();
    server.done("DELETE", HQ, &Value::Null, 200).await;
    let again = json!({"name": "Inbound from HQ", "tls_sender_certificate_name": "*.contoso.com"});
    server.done("POST", INBOUND, &again, 201).await;
    let lost = server.ask("PATCH", HQ, ("if-match", &tag), &json!({"enabled": false})).await;
    assert_eq!(lost.status, 412, "{}", lost.body);
}
