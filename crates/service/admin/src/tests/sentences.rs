//! Errors of the store as problems, and what needs attention.

use core_directory::{AcceptedDomain, Domain, InboundConnector, SendConnector, SmartHost, Tenant};
use io_store::{ClaimNumber, QueueStats, StoreError};
use service_directory::Unconfirmed;

use crate::attention;
use crate::wire::{Problem, ProblemKind};

#[test]
fn errors_of_the_store_by_blame() {
    let text = || "x".to_owned();
    let version = core_directory::DirectoryVersion;
    for (error, kind) in [
        (StoreError::NotFound { what: text() }, ProblemKind::NotFound),
        (StoreError::Conflict { expected: version(1), found: version(2) }, ProblemKind::Conflict),
        (StoreError::Taken { what: text() }, ProblemKind::Conflict),
        (StoreError::Stale { claim: ClaimNumber(1) }, ProblemKind::Conflict),
        (StoreError::Invalid { what: text(), reason: text() }, ProblemKind::Invalid),
        (StoreError::Unavailable { place: text(), reason: text() }, ProblemKind::Unavailable),
        (StoreError::Full { place: text(), reason: text() }, ProblemKind::Unavailable),
        (StoreError::Corrupt { place: text(), reason: text() }, ProblemKind::Internal),
        (StoreError::Newer { place: text(), found: 2, known: 1 }, ProblemKind::Internal),
        (StoreError::Configuration { place: text(), reason: text() }, ProblemKind::Internal),
    ] {
        let problem = Problem::from(error.clone());
        assert_eq!((problem.kind, problem.detail), (kind, error.to_string()));
    }
}

#[test]
fn problems_are_read_back() {
    let problem = Problem::new(ProblemKind::Conflict, "detail");
    let json = serde_json::to_string(&problem).unwrap();
    assert!(json.contains("\"type\":\"urn:postwarden:conflict\"") && !json.contains("errors"), "{json}");
    assert_eq!(serde_json::from_str::<Problem>(&json).unwrap(), problem);
}

#[test]
fn what_the_store_gives_reason_to_say() {
    let check = |usable, queue, takes, trace, dropped, expected: &[&str]| {
        let said = attention::of_store(usable, &queue, &takes, &trace, dropped);
        assert_eq!(said.len(), expected.len(), "{said:?}");
        for (sentence, part) in said.iter().zip(expected) {
            assert!(sentence.sentence.contains(part), "{sentence:?} does not say {part:?}");
        }
    };
    let broken = StoreError::Unavailable { place: "queue.db".into(), reason: "a write failed".into() };
    let unconfirmed = Unconfirmed { since: "2030-01-01T00:00:00Z".parse().unwrap() };
    let full = StoreError::Full { place: "/data".into(), reason: "free some space".into() };
    check(Ok(()), Ok(QueueStats::default()), Ok(()), Ok(()), 0, &[]);
    check(
        Ok(()),
        Ok(QueueStats::default()),
        Ok(()),
        Err(broken.clone()),
        0,
        &["are not recorded: queue.db is unavailable"],
    );
    check(Ok(()), Err(broken.clone()), Err(broken), Ok(()), 0, &["the queue cannot be read: queue.db is unavailable"]);
    check(
        Ok(()),
        Ok(QueueStats::default()),
        Err(full),
        Ok(()),
        0,
        &["every message is put off: /data is full: free some space"],
    );
    let held = QueueStats { held: 2, ..QueueStats::default() };
    check(
        Err(unconfirmed),
        Ok(held),
        Ok(()),
        Ok(()),
        3,
        &["2030-01-01T00:00:00Z", "2 messages are held", "3 trace records"],
    );
}

#[tokio::test]
async fn what_tenants_lack_is_told_up_to_a_number() {
    let server = super::Server::empty().await;
    let tenants: Vec<Tenant> =
        (0..5).map(|number| Tenant { name: format!("t{number}").into(), ..Tenant::default() }).collect();
    let apply = service_directory::ApplyRequest { tenants, ..super::request("") };
    server.state.directory.apply(apply).await.unwrap();
    let said = attention::of_directory(&server.state.directory.current(), false);
    assert_eq!(said.len(), 11, "{said:#?}");
    for (sentence, part) in said.iter().zip(["no verified domain", "no enabled inbound", "no enabled send"]) {
        assert!(
            sentence.sentence.contains(part) && sentence.sentence.contains("\"t0\""),
            "{sentence:?} does not say {part:?}"
        );
    }
    assert!(said[10].sentence.starts_with("5 more"), "{said:#?}");
}

#[tokio::test]
async fn settings_without_effect_are_told() {
    let server = super::Server::empty().await;
    let hosts = |hosts: &[&str]| hosts.iter().map(|host| SmartHost::parse(host).unwrap()).collect();
    let by_mx = SendConnector::new("By MX", hosts(&[]));
    let logged = SendConnector { protocol_logging: true, ..SendConnector::new("Logged", hosts(&["192.0.2.1"])) };
    let disabled = SendConnector { enabled: false, ..SendConnector::new("Disabled", hosts(&[])) };
    let mut inbound = InboundConnector::new("HQ", None);
    inbound.sender_ip_addresses = [core_directory::AddressRange::parse("192.0.2.7").unwrap()].into();
    let tenant = Tenant {
        name: "t".into(),
        domains: vec![AcceptedDomain::new(Domain::parse("contoso.com").unwrap(), true)],
        inbound_connectors: vec![inbound],
        send_connectors: vec![by_mx, logged, disabled],
        ..Tenant::default()
    };
    let apply = service_directory::ApplyRequest { tenants: vec![tenant], ..super::request("") };
    server.state.directory.apply(apply).await.unwrap();
    let said = attention::of_directory(&server.state.directory.current(), false);
    let [mx, log] = said.as_slice() else { panic!("{said:#?}") };
    assert!(mx.sentence.contains("\"By MX\"") && mx.sentence.contains("451 4.4.4"), "{mx:?}");
    assert!(log.sentence.contains("\"Logged\"") && log.sentence.contains("[protocol_log] directory"), "{log:?}");
    assert_eq!(attention::of_directory(&server.state.directory.current(), true).len(), 1, "a log that is written");
}

#[test]
fn the_worst_is_told_first() {
    use attention::Urgency::{Advice, Soon, Stopped, Waiting};
    let mixed = vec![Soon.of("c"), Advice.of("e"), Waiting.of("b"), Stopped.of("a"), Soon.of("d")];
    assert_eq!(attention::worst_first(mixed), ["a", "b", "c", "d", "e"]);
}
