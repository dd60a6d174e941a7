//! The page of limits says what the code does: each setting and each limit in it with the value it has here, and no other.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

use proto_message::header_scan::{MAX_OWN_RECEIVED, MAX_RECEIVED};
use proto_smtp::limits as smtp;
use service_delivery::DeliveryConfig;
use service_reception::limits as reception;

use super::*;

const PAGE: &str = include_str!("../../../../../docs/limits.md");

/// The first two cells of each row of the page's tables, settings without their backticks.
fn rows(settings: bool) -> BTreeMap<String, String> {
    let mut rows = BTreeMap::new();
    for line in PAGE
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| Setting") && !line.starts_with("| What"))
    {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let name = cells[1].strip_prefix('`').and_then(|name| name.strip_suffix('`'));
        if name.is_some() == settings {
            let before = rows.insert(name.unwrap_or(cells[1]).to_owned(), cells[2].to_owned());
            assert_eq!(before, None, "{} stands on the page twice", cells[1]);
        }
    }
    rows
}

#[test]
fn every_setting_with_its_default() {
    let mut limits = Limits::default();
    let settings = SETTINGS.iter().map(|setting| (setting.key.to_owned(), written(setting, &mut limits)));
    assert_eq!(rows(true), settings.collect());
}

/// A default as the page writes it.
fn written(setting: &Setting, limits: &mut Limits) -> String {
    match setting.kind {
        Kind::Count(place) => place(limits).to_string(),
        Kind::Number(place) => place(limits).to_string(),
        Kind::Size(place) => match *place(limits) {
            size if size % quantity::MEGABYTE == 0 => format!("{}MB", size / quantity::MEGABYTE),
            size => format!("{}KB", size / 1024),
        },
        Kind::Time(place) => match place(limits).as_secs() {
            0 => "none".to_owned(),
            seconds if seconds % 60 == 0 => format!("{}m", seconds / 60),
            seconds => format!("{seconds}s"),
        },
    }
}

#[test]
fn every_fixed_limit() {
    let delivery = DeliveryConfig::new("node", "relay.example.net");
    let count = |number: usize| number.to_string();
    let limits = [
        ("a command line, in octets", count(smtp::MAX_COMMAND_LINE)),
        ("a command line that is thrown away, in octets", count(smtp::MAX_DISCARDED_LINE)),
        ("a path, in octets", count(smtp::MAX_PATH)),
        ("a local part, in octets", count(smtp::MAX_LOCAL_PART)),
        ("tenants among the recipients of a message", count(reception::MAX_TENANTS)),
        ("Received fields of a message", MAX_RECEIVED.to_string()),
        ("our own Received fields of a message", MAX_OWN_RECEIVED.to_string()),
        ("certificates in a client's chain", count(proto_certificate::MAX_CHAIN_LENGTH)),
        ("octets in a client's chain", count(proto_certificate::MAX_CHAIN_OCTETS)),
        ("a PROXY header of version 1, in octets", count(proto_smtp::proxy::MAX_PROXY_V1)),
        ("a PROXY header of version 2, in octets", count(proto_smtp::proxy::MAX_PROXY)),
        (
            "age of the directory in force, in minutes, since it was last confirmed",
            service_directory::UNCONFIRMED_LIMIT.as_mins().to_string(),
        ),
        ("reasonings kept for one source in a minute", reception::REASONINGS_PER_SOURCE.to_string()),
        ("attempts at a time", count(delivery.concurrency)),
        ("attempts at a time of one tenant", count(delivery.per_tenant)),
        ("attempts at a time of one send connector", count(delivery.per_connector)),
        (
            "connections at a time to one smart host of one send connector",
            count(service_outbound::MAX_CONNECTIONS_PER_HOP),
        ),
        ("idle connections to one smart host of one send connector", count(service_outbound::MAX_IDLE_PER_HOP)),
        ("idle connections in all", count(service_outbound::MAX_IDLE)),
        ("messages over one connection", service_outbound::MAX_MESSAGES_PER_CONNECTION.to_string()),
        ("a reply of a next hop, in octets", count(smtp::MAX_REPLY)),
        ("lines in a reply of a next hop", count(smtp::MAX_REPLY_LINES)),
        ("held bounces of incoming mail", count(service_delivery::MAX_UNVOUCHED)),
        (
            "age of a held bounce of incoming mail, in days",
            (service_delivery::UNVOUCHED_AGE.as_hours() / 24).to_string(),
        ),
        ("a request on the socket, in octets", count(service_admin::MAX_BODY)),
        ("a directory on the socket, in octets", count(service_admin::MAX_DIRECTORY_BODY)),
        ("a request on the socket, in seconds", service_admin::REQUEST_LIMIT.as_secs().to_string()),
        ("connections to `[admin] address`", count(service_admin::MAX_CONNECTIONS)),
        ("connections of one source to `[admin] address`", count(service_admin::MAX_CONNECTIONS_PER_SOURCE)),
        ("a request about one object, in octets", count(service_admin::MAX_OBJECT_REQUEST)),
        ("objects of a page", count(service_admin::wire::MAX_PAGE)),
        ("an `Idempotency-Key`, in octets", count(service_admin::wire::MAX_IDEMPOTENCY_KEY)),
        ("how long such a key is kept, in hours", io_store::ONCE_KEPT.as_hours().to_string()),
        ("such keys of one actor", io_store::MAX_ONCE_OF_ACTOR.to_string()),
        ("such keys in all", io_store::MAX_ONCE.to_string()),
    ];
    assert_eq!(rows(false), limits.map(|(name, value)| (name.to_owned(), value)).into());
    let (schedule, hour) = (&delivery.schedule, 60 * 60);
    let minutes = |wait: &Duration| (wait.as_secs() / 60).to_string();
    let first = schedule.first.iter().map(minutes).collect::<Vec<_>>().join(", ").replace(", 60", " and 60");
    let (then, late) = (minutes(&schedule.then), schedule.late.as_secs() / hour);
    let (give_up, bounce) = (schedule.give_up.as_secs() / hour / 24, schedule.give_up_bounce.as_secs() / hour / 24);
    let text = PAGE.split_whitespace().collect::<Vec<_>>().join(" ");
    for (said, is) in [
        (format!("open sessions have {} seconds to end", Limits::default().drain.as_secs()), true),
        ("as many as in ten seconds may come at once".to_owned(), reception::WITHOUT_MAIL_SPAN.as_secs() == 10),
        ("while four fifths of `sessions` are taken".to_owned(), reception::PRESSURE_BEGINS == 80),
        ("once a minute for each source".to_owned(), reception::NOTICE_WINDOW.as_secs() == 60),
        (format!("tried again after {first} minutes and from then on every {then} minutes"), true),
        (format!("told after {late} hours that it is late. After {give_up} days it bounces"), true),
        (format!("a bounce is given up after {bounce} days"), true),
        ("for one source in a minute".to_owned(), reception::REASONING_WINDOW.as_secs() == 60),
    ] {
        assert!(is && text.contains(&said), "the page says, or should say: {said}");
    }
}
