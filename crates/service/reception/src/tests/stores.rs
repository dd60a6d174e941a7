//! Stores that fail: the client keeps its mail, and nothing of it is kept here.

use io_store::{BODY_CHUNK, StoreError};

use super::relay::until;
use super::{Client, Relay, Step};
use crate::Limits;

const ANNA: &str = "anna@contoso.com";
const BOB: &str = "bob@elsewhere.example";
const UNAVAILABLE: &str = "451 4.3.0 The message could not be stored";
const FULL: &str = "452 4.3.1 Out of room";

fn unavailable() -> StoreError {
    StoreError::Unavailable { place: "bodies".to_owned(), reason: "the disk is gone".to_owned() }
}

fn full() -> StoreError {
    StoreError::Full { place: "bodies".to_owned(), reason: "no space left".to_owned() }
}

/// A message to these recipients while a step fails: what DATA is answered, and what the end of the message where it comes
/// so far. Then the step works again, and so does the same session.
async fn check(recipients: &[&str], step: Step, error: StoreError, data: &str, end: Option<&str>) {
    let relay = Relay::new().await;
    let mut client = Client::greeted(relay.address).await;
    relay.fault.set(Some((step, error)));
    client.command("MAIL FROM:<stranger@contoso.com>", "250").await;
    for recipient in recipients {
        client.command(&format!("RCPT TO:<{recipient}>"), "250").await;
    }
    client.command("DATA", data).await;
    if let Some(end) = end {
        client.command("Subject: x\r\n\r\nhello\r\n.", end).await;
    }
    client.command("NOOP", "250").await;
    assert_eq!((relay.queue().await, relay.orphans().await), (Vec::new(), 0), "{step:?}");
    relay.fault.set(None);
    client.command("RSET", "250").await;
    client.message(ANNA, BOB).await;
    let queue = relay.queue().await;
    assert_eq!(queue.len(), 1, "{step:?}");
    assert_eq!(queue.first().map(|entry| &*entry.first_recipient), Some(BOB), "{step:?}");
}

#[tokio::test]
async fn a_failure_is_answered_at_its_step() {
    check(&[BOB], Step::Create(0), unavailable(), UNAVAILABLE, None).await;
    check(&[BOB], Step::Create(0), full(), FULL, None).await;
    check(&[BOB], Step::Write("Received: "), unavailable(), UNAVAILABLE, None).await;
    check(&[BOB], Step::Write("hello"), full(), "354", Some(FULL)).await;
    check(&[BOB], Step::Write("hello"), unavailable(), "354", Some(UNAVAILABLE)).await;
    check(&[BOB], Step::Seal(0), unavailable(), "354", Some(UNAVAILABLE)).await;
    check(&[BOB], Step::Seal(0), full(), "354", Some(FULL)).await;
    check(&[BOB], Step::Accept, unavailable(), "354", Some(UNAVAILABLE)).await;
    check(&[BOB], Step::Accept, full(), "354", Some(FULL)).await;
}

/// Whatever failed with one message's body is forgotten with it, bodies of other tenants included.
#[tokio::test]
async fn several_tenants_get_all_or_nothing() {
    let relay = Relay::new().await;
    let steps =
        [(Step::Create(1), UNAVAILABLE), (Step::Write("hello"), "354"), (Step::Seal(1), "354"), (Step::Accept, "354")];
    for (step, data) in steps {
        let mut client = Client::greeted_from("127.0.0.9", relay.address).await;
        relay.fault.set(Some((step, unavailable())));
        client.command("MAIL FROM:<stranger@example.net>", "250").await;
        client.command("RCPT TO:<anna@contoso.com>", "250").await;
        client.command("RCPT TO:<frank@fabrikam.com>", "250").await;
        client.command("DATA", data).await;
        if data == "354" {
            client.command("Subject: x\r\n\r\nhello\r\n.", UNAVAILABLE).await;
        }
        assert_eq!((relay.queue().await, relay.orphans().await), (Vec::new(), 0), "{step:?}");
    }
    relay.fault.set(None);
    let mut client = Client::greeted_from("127.0.0.9", relay.address).await;
    client.command("MAIL FROM:<stranger@example.net>", "250").await;
    client.command("RCPT TO:<anna@contoso.com>", "250").await;
    client.command("RCPT TO:<frank@fabrikam.com>", "250").await;
    client.command("DATA", "354").await;
    client.command("Subject: x\r\n\r\nhello\r\n.", "250").await;
    let queue = relay.queue().await;
    assert_eq!(queue.len(), 2);
    assert_eq!(queue.iter().map(|entry| entry.pending).collect::<Vec<_>>(), [1, 1]);
}

/// The client goes in the middle of a message, a part of which is stored already.
#[tokio::test]
async fn half_a_message_is_nothing() {
    let relay = Relay::limited(Limits { sessions: 1, ..Limits::default() }).await;
    let mut client = Client::greeted(relay.address).await;
    client.envelope(ANNA, BOB).await;
    client.command("DATA", "354").await;
    let part = format!("Subject: x\r\n\r\n{}", "hello\r\n".repeat(3 * BODY_CHUNK / 7));
    client.send(&part).await;
    until("the part in the store", async || relay.fault.written() > 2 * BODY_CHUNK).await;
    drop(client);
    relay.until_free().await;
    assert_eq!((relay.queue().await, relay.orphans().await), (Vec::new(), 0));
}
