//! What the operator allows a tenant: limits that outlive a restart, mail above them held, and suspension.

use serde_json::Value as Json;

use crate::client::Client;
use crate::relay::{Relay, contoso};
use crate::sink::Sink;
use crate::waiting::until;

const TEXT: &str = "Subject: hi\r\n\r\nhello\r\n";
const FROM: &str = "MAIL FROM:<anna@contoso.com>";
const TO: &str = "RCPT TO:<bob@elsewhere.example>";

/// Contoso with these lines among its own.
fn limited(sink: &Sink, lines: &str) -> String {
    contoso(sink.address).replace("name = \"contoso\"", &format!("name = \"contoso\"\n{lines}\n"))
}

/// What is used of a limit, and how much may be.
fn used(relay: &Relay, limit: &str) -> (Json, Json) {
    let shown = relay.run(&["tenant", "show", "contoso", "--json"]).expect(0).json();
    let used = shown["status"]["used"].as_array().unwrap_or_else(|| panic!("no use in {shown}"));
    let one = used.iter().find(|one| one["limit"] == limit).unwrap_or_else(|| panic!("no {limit} in {shown}"));
    (one["used"].clone(), one["of"].clone())
}

/// Sends a message that is taken.
fn taken(relay: &Relay) {
    Client::greeted(relay.address())
        .submit("anna@contoso.com", "bob@elsewhere.example", TEXT)
        .message
        .unwrap()
        .queued_as();
}

#[test]
fn limits_refuse_and_outlive_a_restart() {
    let sink = Sink::start(&[]);
    let mut relay = Relay::bare();
    relay.apply(&limited(&sink, "messages_per_month = 3\nrecipients_per_month = 4\nmax_message_size = \"1KB\""));
    taken(&relay);
    taken(&relay);
    assert_eq!(relay.stop(), Some(0));
    relay.restart();
    assert_eq!(used(&relay, "messages_per_month"), (2.into(), 3.into()));

    let mut client = Client::greeted(relay.address());
    let large = "552 5.3.4 The message is larger than this organization's limit of 1024 octets";
    client.command(&format!("{FROM} SIZE=1025")).expect("250");
    client.command(TO).expect(large);
    client.command("RSET").expect("250");
    client.command(FROM).expect("250");
    client.command(TO).expect("250");
    client.message(format!("{TEXT}{}\r\n", "x".repeat(900).replace("xxxxxxxxxx", "xxxxxxxxxx\r\n"))).expect(large);
    // What was refused does not count: two recipients are left, and a third is not.
    client.command(FROM).expect("250");
    client.command(TO).expect("250");
    client.command(TO).expect("250");
    let recipients = "450 4.7.1 This organization's limit of 4 recipients per month is reached; it opens again at 20";
    client.command(TO).expect(recipients);
    client.message(TEXT).queued_as();
    client.command(FROM).expect("250");
    client
        .command(TO)
        .expect("450 4.7.1 This organization's limit of 3 messages per month is reached; it opens again at 20");
    assert_eq!(used(&relay, "messages_per_month"), (3.into(), 3.into()));
    assert_eq!(used(&relay, "recipients_per_month"), (4.into(), 4.into()));
    until("the messages", || (sink.arrived().len() == 3).then_some(()));

    // A limit that is raised is raised at once.
    relay.run(&["tenant", "set", "contoso", "--messages-per-month", "10", "--recipients-per-month", "none"]).expect(0);
    taken(&relay);
}

#[test]
fn sessions_and_the_share_of_the_queue() {
    let sink = Sink::start(&[("MAIL", "451 4.3.0 later")]);
    let relay = Relay::bare();
    relay.apply(&limited(&sink, "max_sessions = 1\nmax_queued_messages = 1"));
    let mut first = Client::greeted(relay.address());
    first.command(FROM).expect("250");
    first.command(TO).expect("250");
    let mut second = Client::greeted(relay.address());
    second.command(FROM).expect("250");
    second.command(TO).expect("450 4.7.1 This organization's limit of 1 sessions at one time is reached");
    first.message(TEXT).queued_as();
    second.command(TO).expect("452 4.3.1 This organization's share of the queue, 1 messages, is used up");
    assert_eq!(used(&relay, "max_queued_messages"), (1.into(), 1.into()));
}

#[test]
fn mail_above_a_rate_is_held() {
    let sink = Sink::start(&[]);
    let relay = Relay::bare();
    relay.apply(&limited(&sink, "messages_per_month = 1\nover_limit = \"hold\""));
    taken(&relay);
    until("the first message", || (sink.arrived().len() == 1).then_some(()));
    taken(&relay);
    let held = relay.queue();
    let (id, reason) = (held[0]["id"].as_str().unwrap(), held[0]["hold"].to_string());
    assert!(held.len() == 1 && reason.contains("limit of 1 messages per month"), "{held:?}");
    relay.run(&["queue", "release", id]).expect(0);
    until("the message that was held", || (sink.arrived().len() == 2).then_some(()));
}

#[test]
fn a_suspended_tenants_mail_waits() {
    let sink = Sink::start(&[("MAIL", "451 4.3.0 later")]);
    let relay = Relay::of_contoso(sink.address);
    taken(&relay);
    until("an attempt", || (relay.queue()[0]["attempts"] != 0).then_some(()));
    relay.run(&["tenant", "suspend", "contoso"]).expect(0);
    sink.answer(&[]);
    let mut client = Client::greeted(relay.address());
    client.command(FROM).expect("250");
    let refusal = client.command(TO).expect("450 4.7.1 Mail of this organization is suspended; try again later");
    let why = relay.run(&["why", &refusal.reference()]).expect(0).stdout;
    assert!(why.contains("A14") && why.contains("suspended the tenant"), "{why}");
    let attention = relay.status()["attention"].to_string();
    assert!(attention.contains("is suspended") && attention.contains("tenant resume"), "{attention}");
    let waiting = relay.queue();
    let id = waiting[0]["id"].as_str().unwrap();
    relay.run(&["queue", "retry", id]).expect(0);
    // Mail for it waits as well, and what is due is not tried.
    client.command("RSET").expect("250");
    client.command("MAIL FROM:<stranger@example.net>").expect("250");
    client.command("RCPT TO:<anna@contoso.com>").expect("450 4.7.1 ");
    assert_eq!((relay.queue().len(), sink.arrived().len()), (1, 0));
    relay.run(&["tenant", "resume", "contoso"]).expect(0);
    relay.run(&["queue", "retry", id]).expect(0);
    until("the message that waited", || (sink.arrived().len() == 1).then_some(()));
}
