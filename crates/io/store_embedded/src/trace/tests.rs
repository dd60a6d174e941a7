//! What only this engine promises: every look-up by an index, a file that stays within its limit, and records of older
//! versions.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

use core_directory::TenantId;
use io_store::{Scope, TraceEvent, TraceFilter};
use jiff::Timestamp;
use rusqlite::Connection;
use tempfile::TempDir;

use super::events;
use crate::Embedded;

const ALL: Scope = Scope::Operator;

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn no_look_up_scans_the_table() {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(include_str!("../schema/trace_1.sql")).unwrap();
    connection.execute_batch(include_str!("../schema/trace_2.sql")).unwrap();
    let all = TraceFilter::default();
    let check = |scope: Scope, filter: &TraceFilter, index: &str| {
        let mut statement =
            connection.prepare(&format!("EXPLAIN QUERY PLAN {}", events::query(scope, filter))).unwrap();
        let steps: Vec<String> = statement.raw_query().mapped(|row| row.get(3)).map(Result::unwrap).collect();
        let plan = steps.join("; ");
        assert!(plan.contains(index), "{filter:?}: {plan}");
        assert!(!plan.contains("SCAN"), "{filter:?}: {plan}");
        // What has to be sorted is one message's, or a thousand's.
        let sorted = filter.reference.is_some() || filter.message_id.is_some();
        assert!(sorted || !plan.contains("TEMP B-TREE"), "{filter:?}: {plan}");
    };
    let one = Scope::Tenant(TenantId(1));
    for scope in [ALL, one] {
        check(scope, &TraceFilter { reference: some("r"), ..all.clone() }, "event_reference (reference=?");
        check(scope, &TraceFilter { message_id: some("m"), ..all.clone() }, "event_message_id (message_id=?");
        check(scope, &TraceFilter { mail_from: some("a@b"), ..all.clone() }, "event_mail_from (mail_from=? AND at>");
        check(scope, &TraceFilter { mail_from: some(""), ..all.clone() }, "event_mail_from (mail_from=? AND at>");
        check(
            scope,
            &TraceFilter { sender_domain: some("b"), ..all.clone() },
            "event_mail_domain (mail_domain=? AND at>",
        );
        check(scope, &TraceFilter { rcpt_to: some("a@b"), ..all.clone() }, "event_rcpt_to (rcpt_to=? AND at>");
        let to_domain = TraceFilter { recipient_domain: some("b"), ..all.clone() };
        check(scope, &to_domain, "event_rcpt_domain (rcpt_domain=? AND at>");
        check(scope, &TraceFilter { mail_from: some("a@b"), ..to_domain }, "event_mail_from (mail_from=? AND at>");
    }
    check(one, &all, "event_tenant (tenant=? AND at>");
    check(ALL, &all, "event_at (at>");
}

#[tokio::test]
async fn the_file_stays_within_its_limit() {
    let folder = TempDir::new().unwrap();
    let store = Embedded::open(folder.path()).unwrap();
    let trace = store.trace();
    let limit = 2 * 1024 * 1024;
    trace.limit_size(limit);
    for message in 0..400_u64 {
        let event = |number: u64| TraceEvent {
            at: Timestamp::from_second(i64::try_from(message).unwrap()).unwrap(),
            tenant: TenantId(message % 7),
            reference: format!("{message:016x}"),
            kind: "delivered".to_owned(),
            mail_from: some(&format!("sender{}@contoso{}.example", message % 97, message % 13)),
            rcpt_to: some(&format!("recipient{number}@{}.example", (message * number) % 101)),
            message_id: None,
            body: format!("{{\"reply\":\"{}\"}}", "x".repeat(usize::try_from(message % 300).unwrap())),
        };
        trace.record_events(ALL, (0..50).map(event).collect());
        trace.flush().await.unwrap();
    }
    assert_eq!(trace.dropped(), 0);
    let page = trace.events(ALL, TraceFilter { limit: 1, ..TraceFilter::default() }).await.unwrap();
    assert_eq!(page.items[0].reference, format!("{:016x}", 399));
    drop((trace, store));
    // Closed, the file holds what stood in the write-ahead log too.
    let octets = fs::metadata(folder.path().join("trace.db")).unwrap().len();
    assert!(octets <= limit, "{octets} octets, more than {limit}");
    assert!(octets > limit / 2, "{octets} octets: more went than had to");
}

/// Events and refusals from before the migration are found, by what was not kept then as well.
#[tokio::test]
async fn older_records_stay_readable() {
    let folder = TempDir::new().unwrap();
    let old = Connection::open(folder.path().join("trace.db")).unwrap();
    old.execute_batch(include_str!("../schema/trace_1.sql")).unwrap();
    old.execute_batch(
        "INSERT INTO refusal VALUES (1, 'r', 5, '192.0.2.1', 'Eve@Example.NET', 'bob@b.example', '550 no', '{}', 2, 7);
         INSERT INTO sight VALUES (3, 1);
         INSERT INTO event VALUES (1, 5, 3, 'e', 'accepted', 'a@Contoso.com', 'x@b.example', '{}');
         INSERT INTO event VALUES (2, 6, 3, 'e', 'delivered', NULL, NULL, '{}');
         PRAGMA application_id = 0x50570003; PRAGMA user_version = 1;",
    )
    .unwrap();
    drop(old);
    let trace = Embedded::open(folder.path()).unwrap().trace();
    let all = TraceFilter { limit: 9, ..TraceFilter::default() };
    let by_sender = TraceFilter { sender_domain: some("contoso.com"), ..all.clone() };
    let by_recipient = TraceFilter { recipient_domain: some("b.example"), ..all.clone() };
    for (filter, events, refusals) in [(all, 2, 1), (by_sender, 1, 0), (by_recipient, 1, 1)] {
        let found = trace.events(Scope::Tenant(TenantId(3)), filter.clone()).await.unwrap().items;
        assert_eq!(found.len(), events, "{filter:?}");
        let found = trace.refusals(Scope::Tenant(TenantId(3)), filter.clone()).await.unwrap().items;
        assert_eq!(found.len(), refusals, "{filter:?}");
    }
    let refusal = trace.refusal(ALL, "r").await.unwrap().unwrap();
    assert_eq!((refusal.repeats, refusal.nearest.len(), refusal.kind.as_str()), (2, 0, ""));
    trace.repeat_refusal(ALL, "r", Timestamp::UNIX_EPOCH);
    assert_eq!(trace.refusal(ALL, "r").await.unwrap().unwrap().repeats, 3);
}
