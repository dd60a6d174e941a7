//! Incoming mail is offered to its next hop while the client waits: what that refuses is refused to the client, so that no
//! bounce is needed.

use serde_json::Value as Json;

use crate::client::Client;
use crate::relay::{Relay, contoso};
use crate::sink::Sink;
use crate::waiting::until;

const STRANGER: &str = "stranger@example.net";
const ANNA: &str = "anna@contoso.com";
const TEXT: &str = "Subject: x\r\n\r\nhello\r\n";

/// The answer to a stranger's message for anna.
fn send(relay: &Relay) -> crate::client::Reply {
    Client::greeted(relay.address()).submit(STRANGER, ANNA, TEXT).message.unwrap()
}

fn is_told(relay: &Relay, what: &str) -> bool {
    relay.log().iter().any(|line| line["message"] == what)
}

#[test]
fn mail_goes_through_without_the_queue() {
    let sink = Sink::start(&[]);
    let relay = Relay::of_contoso(sink.address);
    let reply = send(&relay);
    assert!(reply.0.starts_with("250 2.0.0 Delivered as "), "{reply:?}");
    let arrived = sink.arrived();
    assert_eq!(arrived.len(), 1, "it was there before its 250");
    let (received, rest) = arrived[0].received();
    assert!(received.contains(&reply.queued_as()), "{received}");
    assert_eq!(rest, TEXT.as_bytes());
    assert_eq!(relay.queue(), Vec::<Json>::new());
}

#[test]
fn an_unknown_recipient_is_refused_in_the_next_hops_words() {
    let sink = Sink::start(&[("RCPT TO:<", "550-5.1.1 There is no anna here.\n550 5.1.1 She moved.")]);
    let relay = Relay::of_contoso(sink.address);
    let reply = send(&relay);
    assert!(reply.0.starts_with("550-5.1.1 There is no anna here.\n550-5.1.1 She moved.\n550 5.1.1 ["), "{reply:?}");
    assert_eq!(relay.queue(), Vec::<Json>::new(), "nothing is queued, and no bounce is held");
    assert!(is_told(&relay, "refused by the next hop, and so to the client"));
    let why = relay.run(&["why", &reply.0]).expect(1).stderr;
    assert!(why.contains("refused <anna@contoso.com>") && why.contains("There is no anna here."), "{why}");
    // Contoso's own mail is taken, and what becomes of it comes back to contoso.
    let own = Client::greeted(relay.address()).submit(ANNA, "bob@elsewhere.example", TEXT).message.unwrap();
    assert!(own.0.starts_with("250 2.0.0 Queued as "), "{own:?}");
}

#[test]
fn greylisting_passes_through() {
    let sink = Sink::start(&[("RCPT TO:<", "450 4.2.0 Greylisted, come again")]);
    let relay = Relay::of_contoso(sink.address);
    let reply = send(&relay);
    assert!(reply.0.starts_with("451-4.2.0 Greylisted, come again\n451 4.2.0 ["), "{reply:?}");
    assert_eq!(relay.queue(), Vec::<Json>::new());
    sink.answer(&[]);
    send(&relay).queued_as();
    assert_eq!(sink.arrived().len(), 1);
}

#[test]
fn a_next_hop_that_is_down_gets_it_later() {
    let sink = Sink::start(&[("banner", "421 4.3.2 not now")]);
    let relay = Relay::of_contoso(sink.address);
    let reply = send(&relay);
    assert!(reply.0.starts_with("250 2.0.0 Queued as "), "{reply:?}");
    sink.answer(&[]);
    relay.run(&["queue", "retry", "--all", "--yes"]).expect(0);
    sink.message_to(ANNA);
    until("an empty queue", || relay.queue().is_empty().then_some(()));
    assert_eq!(sink.arrived().len(), 1);
}

/// The time is up while the answer to our dot is open: delivery settles it, and sends nothing twice.
#[test]
fn a_slow_next_hop_gets_it_once() {
    let sink = Sink::start(&[(".", "late")]);
    let config = "[[listener]]\naddress = \"127.0.0.1:0\"\n[client_certificates]\ntrust = []\n[limits]\n\
                  cut_through_wait = \"1s\"\n";
    let relay = Relay::start(Relay::folder_only(), config);
    relay.apply(&contoso(sink.address));
    send(&relay).queued_as();
    until("an empty queue", || relay.queue().is_empty().then_some(()));
    assert_eq!(sink.arrived().len(), 1);
}
