//! The refusal log: equal refusals share a reference, and no source can fill the disk.

use super::client::reference;
use super::relay::set_ahead;
use super::{Client, Relay};
use crate::limits::REASONINGS_PER_SOURCE;

#[tokio::test]
async fn equal_refusals_are_counted() {
    let relay = Relay::new().await;
    let mut references = Vec::new();
    for _session in 0..2 {
        let mut client = Client::greeted(relay.address).await;
        for _transaction in 0..2 {
            client.command("MAIL FROM:<eve@example.net>", "250").await;
            references.push(reference(&client.command("RCPT TO:<bob@elsewhere.example>", "550 5.7.64 ").await));
            client.command("RSET", "250").await;
        }
    }
    let first = references.first().unwrap();
    assert!(references.iter().all(|reference| reference == first), "{references:?}");
    let record = relay.refusal(first).await.unwrap();
    assert_eq!((record.repeats, record.mail_from.as_deref()), (3, Some("eve@example.net")));
    assert!(record.last_at > record.at);
    assert_eq!(relay.refusals().await.len(), 1);
    // Another sender, recipient or source is another refusal.
    let mut client = Client::greeted(relay.address).await;
    client.command("MAIL FROM:<eve@example.org>", "250").await;
    let sender = reference(&client.command("RCPT TO:<bob@elsewhere.example>", "550").await);
    let recipient = reference(&client.command("RCPT TO:<carol@elsewhere.example>", "550").await);
    let mut client = Client::greeted_from("127.0.0.9", relay.address).await;
    client.command("MAIL FROM:<eve@example.net>", "250").await;
    let source = reference(&client.command("RCPT TO:<bob@elsewhere.example>", "550").await);
    for reference in [&sender, &recipient, &source] {
        assert_eq!(relay.refusal(reference).await.unwrap().repeats, 0);
    }
    assert_eq!(relay.refusals().await.len(), 4);
}

/// What the reasoning of the one says is not true of the other, though nothing in their envelopes differs.
#[tokio::test]
async fn a_refusal_with_tls_is_not_one_without() {
    let relay = Relay::new().await;
    let mut plain = Client::greeted_from("127.0.0.9", relay.address).await;
    plain.command("MAIL FROM:<eve@example.net>", "250").await;
    let without = reference(&plain.command("RCPT TO:<bob@elsewhere.example>", "550").await);
    let mut secured = Client::greeted_from("127.0.0.9", relay.address).await.starttls(None).await;
    secured.command("MAIL FROM:<eve@example.net>", "250").await;
    let with = reference(&secured.command("RCPT TO:<bob@elsewhere.example>", "550").await);
    assert_ne!(without, with);
    assert_eq!(relay.refusals().await.len(), 2);
}

#[tokio::test]
async fn reasonings_are_bounded_by_source() {
    let relay = Relay::new().await;
    let limit = usize::try_from(REASONINGS_PER_SOURCE).unwrap();
    let mut client = Client::greeted(relay.address).await;
    client.command("MAIL FROM:<eve@example.net>", "250").await;
    let mut references = Vec::new();
    for number in 0..limit + 5 {
        let refusal = client.command(&format!("RCPT TO:<bob+{number}@elsewhere.example>"), "550 5.7.64 ").await;
        references.push(reference(&refusal));
    }
    assert_eq!(relay.refusals().await.len(), limit);
    let (kept, passed_over) = references.split_at(limit);
    for reference in passed_over {
        assert!(!kept.contains(reference), "a reference of its own is given, though nothing is kept under it");
        assert_eq!(relay.refusal(reference).await, None);
    }
    assert_eq!(relay.refusal(kept.last().unwrap()).await.unwrap().repeats, 5, "what is not kept is counted");
    // What is kept already is still counted under its own reference.
    let again = reference(&client.command("RCPT TO:<bob+0@elsewhere.example>", "550").await);
    assert_eq!((Some(&again), relay.refusal(&again).await.unwrap().repeats), (kept.first(), 1));
    // Another source has its own limit, and a minute later so has this one again.
    let mut other = Client::greeted_from("127.0.0.9", relay.address).await;
    other.command("MAIL FROM:<eve@example.net>", "250").await;
    let elsewhere = reference(&other.command("RCPT TO:<bob@elsewhere.example>", "550").await);
    assert!(relay.refusal(&elsewhere).await.is_some());
    set_ahead(61);
    client.command("RSET", "250").await;
    client.command("MAIL FROM:<eve@example.net>", "250").await;
    let later = reference(&client.command("RCPT TO:<bob@elsewhere.example>", "550").await);
    assert!(relay.refusal(&later).await.is_some());
}
