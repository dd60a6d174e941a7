//! Status, directory, queue, refusals, health: what they show.

use bytes::Bytes;
use core_attribution::{Answer, PartialEvidence, judge};
use io_store::{AttemptRecord, Direction, MAX_TRACE_BODY, NewMessage, NewRecipient, RefusalRecord, Scope, TraceEvent};
use serde_json::Value;

use super::*;
use crate::wire::ProblemKind::{BadRequest, Internal, MethodNotAllowed, NotFound, Unavailable};
use crate::wire::{MessageDetails, QueuePage, Refusal, Status};

#[tokio::test]
async fn status_says_how_things_are() {
    let server = Server::empty().await;
    let status: Status = server.client.get("/v1/status").await;
    assert_eq!((&*status.hostname, &*status.version, &*status.node), ("relay.example.net", "1.2.3", "node-1"));
    assert_eq!(status.listeners, server.state.info.load().listeners);
    assert_eq!(status.directory.counts, wire::Counts::default());
    assert!(status.directory.usable);
    assert_eq!(status.queue, Some(wire::QueueNumbers::default()));
    assert!(status.attention.iter().any(|text| text.contains("self-signed")), "{:?}", status.attention);
    assert!(status.attention.iter().any(|text| text.starts_with("no tenants yet")), "{:?}", status.attention);

    server.state.directory.apply(request(DIRECTORY)).await.unwrap();
    let status: Status = server.client.get("/v1/status").await;
    let expected =
        wire::Counts { tenants: 2, domains: 3, verified_domains: 2, inbound_connectors: 1, send_connectors: 1 };
    assert_eq!(status.directory.counts, expected);
    assert_eq!(status.directory.version, server.state.directory.current().version().0);
    assert!(!status.attention.iter().any(|text| text.contains("no tenants")), "{:?}", status.attention);
    server.stop().await;
}

#[tokio::test]
async fn status_answers_without_a_confirmed_directory() {
    let server = Server::build(|directories| directories, |state| state.now = an_hour_ahead).await;
    let status: Status = server.client.get("/v1/status").await;
    assert!(!status.directory.usable);
    assert!(status.attention.iter().any(|text| text.contains("last confirmed")), "{:?}", status.attention);
    server.client.refuses("GET", "/readyz", "", Unavailable, "last confirmed").await;
    server.client.refuses("POST", "/v1/explain", "{}", Unavailable, "last confirmed").await;
    assert_eq!(server.client.send("GET", "/healthz", "").await.body, "ok\n");
}

#[tokio::test]
async fn the_directory_is_shown_whole_or_by_tenant() {
    let server = Server::start().await;
    let all: Value = server.client.get("/v1/directory").await;
    assert_eq!(proto_directory_file::from_json(&all).unwrap().len(), 2);
    let one: Value = server.client.get("/v1/directory?tenant=contoso").await;
    let read = proto_directory_file::from_json(&one).unwrap();
    assert_eq!(proto_directory_file::write_toml(&read), proto_directory_file::write_toml(&tenants(DIRECTORY)[..1]));
    let refuses = |path| server.client.refuses("GET", path, "", NotFound, "no tenant \"nobody\"");
    refuses("/v1/directory?tenant=nobody").await;
    refuses("/v1/queue?tenant=nobody").await;
    server.client.refuses("GET", "/v1/directory?tennant=contoso", "", BadRequest, "tennant").await;
}

#[tokio::test]
async fn health() {
    let server = Server::start().await;
    for (path, body) in [("/healthz", "ok\n"), ("/readyz", "ready\n")] {
        let reply = server.client.send("GET", path, "").await;
        assert_eq!((reply.status, &*reply.body), (200, body), "{path}");
    }
}

#[tokio::test]
async fn what_is_not_there() {
    let server = Server::empty().await;
    server.client.refuses("GET", "/", "", NotFound, "/v1").await;
    server.client.refuses("GET", "/v1/nothing", "", NotFound, "/v1/nothing").await;
    server.client.refuses("POST", "/v1/status", "{}", MethodNotAllowed, "does not take POST").await;
    server.client.refuses("GET", "/v1/refusals/abc", "", NotFound, "no refusal with reference \"abc\"").await;
    server.client.refuses("GET", "/v1/queue/00000000000000a1", "", NotFound, "00000000000000a1").await;
    server.client.refuses("GET", "/v1/queue/x", "", BadRequest, "hexadecimal").await;
    server.client.refuses("GET", "/v1/queue?limit=0", "", BadRequest, "1 to 1000").await;
    server.client.refuses("GET", "/v1/queue?limit=1001", "", BadRequest, "1 to 1000").await;
    server.client.refuses("GET", "/v1/queue?limit=x", "", BadRequest, "limit").await;
    server.client.refuses("GET", "/v1/queue?after=x", "", BadRequest, "hexadecimal").await;
}

/// Queues as many messages of contoso; the second is held.
pub(super) async fn queue(server: &Server, count: usize) {
    queue_of(server, "contoso", count).await;
}

/// Queues as many messages of a tenant; the second is held.
pub(super) async fn queue_of(server: &Server, tenant: &str, count: usize) {
    let tenant = server.state.directory.export(Some(tenant)).remove(0);
    let at: Timestamp = "2030-01-01T00:00:00Z".parse().unwrap();
    for number in 0..count {
        let mut writer = server.stores.bodies.create(Scope::Operator, tenant.id, at).await.unwrap();
        writer.write(Bytes::from_static(b"Subject: x\r\n\r\n")).await.unwrap();
        let body = writer.seal().await.unwrap();
        let recipient = |address: &str| NewRecipient { forward_path: address.into(), ..NewRecipient::default() };
        let message = NewMessage {
            tenant: tenant.id,
            direction: Direction::Originating,
            reverse_path: (number > 0).then(|| "ann@contoso.com".to_owned()),
            recipients: vec![recipient("bob@example.org"), recipient("eve@example.org")],
            send_connector: tenant.send_connectors[0].id,
            body,
            size: 14,
            eight_bit: false,
            binary: false,
            smtp_utf8: false,
            ret: None,
            envid: None,
            accepted_at: at,
            reference: format!("ref{number}"),
            attributed: "{}".into(),
            handed_over_by: None,
            hold: (number == 1).then(|| "looked at".to_owned()),
            next_attempt: at,
            first_attempt: Some(AttemptRecord {
                at,
                next_hop: "hub.example.net:25".into(),
                tls: String::new(),
                result: "connection refused".into(),
            }),
            lease: None,
        };
        server.stores.queue.accept(Scope::Operator, vec![message]).await.unwrap();
    }
}

#[tokio::test]
async fn the_queue_is_paged_and_shown() {
    let server = Server::start().await;
    let nothing: QueuePage = server.client.get("/v1/queue").await;
    assert_eq!(nothing, QueuePage { messages: Vec::new(), next: None });
    queue(&server, 3).await;

    let first: QueuePage = server.client.get("/v1/queue?tenant=contoso&limit=2").await;
    assert_eq!(first.messages.len(), 2);
    let [null, held] = &first.messages[..] else { panic!("{first:?}") };
    assert_eq!((&*null.tenant, &*null.send_connector, &*null.mail_from), ("contoso", "Out", ""));
    assert_eq!((&*null.first_recipient, null.pending), ("bob@example.org", 2));
    assert_eq!((held.hold.as_deref(), &*held.mail_from), (Some("looked at"), "ann@contoso.com"));
    let next = first.next.clone().unwrap();
    let second: QueuePage = server.client.get(&format!("/v1/queue?limit=2&after={next}")).await;
    assert_eq!((second.messages.len(), second.next), (1, None));
    let foreign: QueuePage = server.client.get("/v1/queue?tenant=fabrikam").await;
    assert!(foreign.messages.is_empty(), "{foreign:?}");

    let details: MessageDetails = server.client.get(&format!("/v1/queue/{}", held.id)).await;
    assert_eq!(&details.message, held);
    assert_eq!(details.recipients.len(), 2);
    assert!(details.recipients.iter().all(|recipient| recipient.state == "pending"), "{details:?}");
    assert_eq!(details.history[0].next_hop, "hub.example.net:25");
    assert_eq!(details.lease, None);

    let status: Status = server.client.get("/v1/status").await;
    assert_eq!(status.queue.map(|queue| (queue.total, queue.held, queue.octets)), Some((3, 1, 42)));
    assert!(status.attention.iter().any(|text| text.contains("1 message is held")), "{:?}", status.attention);
}

#[tokio::test]
async fn names_that_are_gone_are_told_by_number() {
    let server = Server::start().await;
    queue(&server, 1).await;
    let pruned = "[[tenant]]\nname = \"contoso\"\n";
    let prune = service_directory::ApplyRequest { prune: true, ..request(pruned) };
    server.state.directory.apply(prune).await.unwrap();
    let page: QueuePage = server.client.get("/v1/queue").await;
    assert!(page.messages[0].send_connector.ends_with("(removed)"), "{page:?}");
}

fn refusal(reference: &str, body: String) -> RefusalRecord {
    RefusalRecord {
        reference: reference.into(),
        at: "2030-01-01T00:00:00Z".parse().unwrap(),
        tenant_sight: Vec::new(),
        nearest: Vec::new(),
        remote_ip: "192.0.2.1".parse().ok(),
        mail_from: None,
        rcpt_to: "bob@example.org".into(),
        reply: "550 5.7.64 TenantAttribution; Relay Access Denied [relay 2030-01-01T00:00:00Z abc123]".into(),
        kind: "550 5.7.64 TenantAttribution; Relay Access Denied".into(),
        body,
        repeats: 0,
        last_at: "2030-01-01T00:00:00Z".parse().unwrap(),
    }
}

/// A refusal of a tenant's, with reasoning in which nobody is named.
pub(super) fn refusal_record(tenant: &str) -> RefusalRecord {
    let evidence = PartialEvidence::unknown("2030-01-01T00:00:00Z".parse().unwrap());
    let nobody = core_directory::Snapshot::new(core_directory::DirectoryVersion(1), Vec::new());
    let answer = Answer::of_judgement(&evidence, &nobody, &judge(&evidence, &nobody));
    refusal(&format!("ref-{tenant}"), serde_json::to_string(&answer).unwrap())
}

#[tokio::test]
async fn refusals_come_with_their_reasoning() {
    let server = Server::start().await;
    let current = server.state.directory.current();
    let evidence = PartialEvidence::unknown("2030-01-01T00:00:00Z".parse().unwrap());
    let judgement = judge(&evidence, &current.snapshot);
    let answer = Answer::of_judgement(&evidence, &current.snapshot, &judgement);
    let body = serde_json::to_string(&answer).unwrap();
    assert!(body.len() < MAX_TRACE_BODY);
    server.stores.trace.record_refusal(Scope::Operator, refusal("abc123", body));
    server.stores.trace.record_refusal(Scope::Operator, refusal("odd", "{}".into()));
    let repeated = "2030-01-01T00:00:09Z".parse().unwrap();
    server.stores.trace.repeat_refusal(Scope::Operator, "abc123", repeated);

    let found: Refusal = server.client.get("/v1/refusals/abc123").await;
    assert_eq!((&*found.reference, found.remote_ip.as_deref(), &*found.mail_from), ("abc123", Some("192.0.2.1"), ""));
    assert_eq!((found.repeats, found.last_at), (1, repeated));
    assert_eq!(found.answer, answer);
    server.client.refuses("GET", "/v1/refusals/odd", "", Internal, "another version wrote it").await;
}

/// Records an event of contoso under this reference.
fn record(server: &Server, reference: &str, kind: &str, body: String) {
    let tenant = server.state.directory.export(Some("contoso")).remove(0).id;
    let event = TraceEvent {
        at: "2030-01-01T00:00:00Z".parse().unwrap(),
        tenant,
        reference: reference.into(),
        kind: kind.into(),
        mail_from: None,
        rcpt_to: Some("anna@contoso.com".into()),
        message_id: None,
        body,
    };
    server.stores.trace.record_event(Scope::Operator, event);
}

#[tokio::test]
async fn references_that_are_of_no_refusal_of_ours() {
    let server = Server::start().await;
    let check = async |reference: &str, wanted: &str| {
        server.client.refuses("GET", &format!("/v1/refusals/{reference}"), "", NotFound, wanted).await;
    };
    let said = r#"{"reply": "550 5.1.1 nobody", "next_hop": "mail.contoso.com [192.0.2.1]:25", "tls": ""}"#;
    record(&server, "hop", "refused", said.to_owned());
    check("hop", "the next hop mail.contoso.com [192.0.2.1]:25 refused <anna@contoso.com>").await;
    check("hop", "its words: 550 5.1.1 nobody").await;
    record(&server, "taken", "accepted", String::new());
    check("taken", "the message was accepted at 2030-01-01T00:00:00Z").await;
    record(&server, "odd", "refused", "{}".to_owned());
    check("odd", "no refusal with reference \"odd\" is kept").await;
}

#[tokio::test]
async fn dropped_trace_records_are_told() {
    let server = Server::start().await;
    record(&server, "r", "accepted", "x".repeat(MAX_TRACE_BODY + 1));
    let status: Status = server.client.get("/v1/status").await;
    assert!(status.attention.iter().any(|text| text.contains("1 trace record was dropped")), "{:?}", status.attention);
}
