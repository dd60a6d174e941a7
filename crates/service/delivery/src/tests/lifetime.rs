//! Ends in good order and in bad: the queue stays, attempts cut short count as none, and nothing is sent twice.

use std::time::Duration;

use io_store::{RecipientState, Scope};

use super::relay::until;
use super::{Mail, Relay, Sink};

#[tokio::test]
async fn a_restart_keeps_the_queue_and_delivers_once() {
    let sink = Sink::start(&[("MAIL", "451 4.3.0 later")]).await;
    let mut relay = Relay::new(&[("Out", "*", &sink.address)]).await;
    let message = relay.submit(Mail::default()).await;
    relay.start();
    until("an attempt", async || (!relay.details(message).await.history.is_empty()).then_some(())).await;
    relay.stop().await;
    relay.reopen().await;
    assert_eq!(relay.queue().await.len(), 1);
    sink.answer(&[]);
    relay.start();
    relay.empty().await;
    relay.stop().await;
    assert_eq!(sink.arrived().len(), 1);
}

#[tokio::test]
async fn a_crash_in_mid_attempt_counts_as_none() {
    let sink = Sink::start(&[("MAIL", "silence")]).await;
    let mut relay = Relay::new(&[("Out", "*", &sink.address)]).await;
    let message = relay.submit(Mail::default()).await;
    relay.start();
    until("a claim", async || relay.details(message).await.lease).await;
    relay.crash().await;
    relay.reopen().await;
    let details = relay.details(message).await;
    assert_eq!((details.message.attempts, details.lease.is_some()), (0, true), "the claim outlives the crash");
    sink.answer(&[]);
    relay.start();
    relay.empty().await;
    relay.stop().await;
    assert_eq!(sink.arrived().len(), 1);
}

#[tokio::test]
async fn the_end_waits_for_attempts_but_not_for_ever() {
    let sink = Sink::start(&[("MAIL", "silence")]).await;
    let mut relay = Relay::new(&[("Out", "*", &sink.address)]).await;
    relay.config.drain = Duration::from_millis(50);
    relay.config.per_connector = 1;
    let messages = [relay.submit(Mail::default()).await, relay.submit(Mail::default()).await];
    relay.start();
    until("claims", async || relay.details(messages[1]).await.lease).await;
    relay.stop().await;
    for message in messages {
        let details = relay.details(message).await;
        assert_eq!((details.message.attempts, details.lease), (0, None), "no claim is left behind");
    }
}

#[tokio::test]
async fn long_attempts_keep_their_claim() {
    let sink = Sink::start(&[("MAIL", "silence")]).await;
    let mut relay = Relay::new(&[("Out", "*", &sink.address)]).await;
    relay.config.lease = Duration::from_millis(300);
    relay.config.drain = Duration::from_millis(20);
    let message = relay.submit(Mail::default()).await;
    relay.start();
    let first = until("a claim", async || relay.details(message).await.lease).await;
    until("a renewal", async || relay.details(message).await.lease.filter(|lease| lease.until > first.until)).await;
    relay.stop().await;
    assert_eq!(relay.details(message).await.message.attempts, 0);
}

#[tokio::test]
async fn a_message_removed_under_way_is_no_error() {
    let sink = Sink::start(&[("DATA", "silence")]).await;
    let mut relay = Relay::new(&[("Out", "*", &sink.address)]).await;
    relay.config.drain = Duration::from_millis(20);
    let message = relay.submit(Mail::default()).await;
    relay.start();
    until("a claim", async || relay.details(message).await.lease).await;
    relay.stores.queue.remove(Scope::Operator, vec![message]).await.unwrap();
    sink.answer(&[]);
    let other = relay.submit(Mail::default()).await;
    until("the other is gone", async || (!relay.queue().await.iter().any(|summary| summary.id == other)).then_some(()))
        .await;
    relay.stop().await;
    assert_eq!(relay.queue().await, []);
}

#[tokio::test]
async fn what_went_out_is_told_though_the_message_was_removed() {
    let sink = Sink::start(&[(".", "hold"), ("RCPT TO:<b@", "451 4.2.1 later")]).await;
    let mut relay = Relay::new(&[("Out", "*", &sink.address)]).await;
    let mail = Mail { recipients: &["a@example.com", "b@example.com"], ..Mail::default() };
    let message = relay.submit(mail).await;
    relay.start();
    until("the final dot", async || sink.arrived().pop()).await;
    relay.stores.queue.remove(Scope::Operator, vec![message]).await.unwrap();
    sink.answer(&[("RCPT TO:<b@", "451 4.2.1 later")]);
    let told = until("an event", async || Some(relay.events().await).filter(|events| !events.is_empty())).await;
    let told: Vec<_> = told.iter().map(|event| (event.kind.as_str(), event.rcpt_to.as_deref())).collect();
    assert_eq!(told, [("delivered", Some("a@example.com"))]);
    relay.stop().await;
    assert_eq!(relay.queue().await, []);
}

#[tokio::test]
async fn an_attempt_that_ran_before_the_queue_is_settled_like_any_other() {
    let sink = Sink::start(&[("RCPT TO:<b@", "550 5.1.1 no"), ("RCPT TO:<c@", "451 4.2.1 later")]).await;
    let home = Sink::start(&[]).await;
    let mut relay = Relay::new(&[("Out", "*", &sink.address), ("Home", "contoso.com", &home.address)]).await;
    let mail = Mail { recipients: &["a@example.com", "b@example.com", "c@example.com"], ..Mail::default() };
    let message = relay.settle_before_queue(mail).await;
    let details = relay.details(message).await;
    let states: Vec<_> = details.message.recipients.iter().map(|recipient| recipient.state).collect();
    assert_eq!(states, [RecipientState::Delivered, RecipientState::Failed, RecipientState::Pending]);
    assert_eq!((details.message.attempts, details.lease), (1, None));
    sink.answer(&[]);
    relay.start();
    relay.empty().await;
    relay.stop().await;
    let recipients: Vec<_> = sink.arrived().into_iter().map(|arrived| arrived.recipients).collect();
    assert_eq!(recipients, [["<a@example.com>"], ["<c@example.com>"]]);
    let [bounce] = &home.arrived()[..] else { panic!("one bounce, not {:?}", home.arrived()) };
    assert!(bounce.text.contains("Final-Recipient: rfc822; b@example.com\r\n"), "{}", bounce.text);
}
