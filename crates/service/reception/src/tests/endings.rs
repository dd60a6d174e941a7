//! How sessions end: limits, silence, and a stop.

use std::time::Duration;

use io_store::BODY_CHUNK;

use super::relay::until;
use super::{Client, Relay};
use crate::Limits;
use crate::limits::WITHOUT_MAIL_SPAN;

const ANNA: &str = "anna@contoso.com";
const BOB: &str = "bob@elsewhere.example";
/// As short as a test wants it.
const SHORT: Duration = Duration::from_millis(100);

#[tokio::test]
async fn a_stop_is_told_to_idle_sessions_and_lets_messages_in() {
    let mut relay = Relay::new().await;
    let mut fresh = Client::greeted(relay.address).await;
    let mut open = Client::greeted(relay.address).await;
    open.envelope(ANNA, BOB).await;
    let mut busy = Client::greeted(relay.address).await;
    busy.envelope(ANNA, BOB).await;
    busy.command("DATA", "354").await;
    busy.send("Subject: x\r\n").await;
    relay.stop();
    for idle in [&mut fresh, &mut open] {
        idle.expect("421 4.3.2 ").await;
        assert_eq!(idle.reply().await, "");
    }
    busy.command("\r\nhello\r\n.", "250 2.0.0 Queued as ").await;
    busy.expect("421 4.3.2 ").await;
    relay.ended().await;
    assert_eq!(relay.queue().await.len(), 1);
}

#[tokio::test]
async fn a_stop_does_not_wait_for_ever() {
    let mut relay = Relay::limited(Limits { drain: SHORT, ..Limits::default() }).await;
    let mut busy = Client::greeted(relay.address).await;
    busy.envelope(ANNA, BOB).await;
    busy.command("DATA", "354").await;
    relay.stop();
    relay.ended().await;
    assert_eq!(relay.queue().await.len(), 0);
}

#[tokio::test]
async fn silence_ends_a_session() {
    let relay = Relay::limited(Limits { command_wait: SHORT, ..Limits::default() }).await;
    let mut client = Client::connect_from("127.0.0.1", relay.address).await;
    client.expect("220").await;
    client.expect("421 4.4.2 ").await;
    assert_eq!(client.reply().await, "");
}

#[tokio::test]
async fn silence_ends_a_message() {
    let relay = Relay::limited(Limits { data_wait: 5 * SHORT, sessions: 1, ..Limits::default() }).await;
    let mut client = Client::greeted(relay.address).await;
    client.envelope(ANNA, BOB).await;
    client.command("DATA", "354").await;
    client.send(&format!("Subject: x\r\n\r\n{}", "hello\r\n".repeat(3 * BODY_CHUNK / 7))).await;
    client.expect("421 4.4.2 ").await;
    assert_eq!(client.reply().await, "");
    relay.until_free().await;
    assert_eq!((relay.queue().await, relay.orphans().await), (Vec::new(), 0));
}

#[tokio::test]
async fn a_command_that_drips_in_ends_a_session() {
    let relay = Relay::limited(Limits { command_wait: 2 * SHORT, ..Limits::default() }).await;
    let mut client = Client::connect_from("127.0.0.1", relay.address).await;
    client.expect("220").await;
    drip(&mut client, "x").await;
}

#[tokio::test]
async fn a_message_that_drips_in_ends_a_session() {
    let limits = Limits { data_wait: 5 * SHORT, data_rate: 1_000_000, sessions: 1, ..Limits::default() };
    let relay = Relay::limited(limits).await;
    let mut client = Client::greeted(relay.address).await;
    client.envelope(ANNA, BOB).await;
    client.command("DATA", "354").await;
    drip(&mut client, "x\r\n").await;
    relay.until_free().await;
    assert_eq!((relay.queue().await, relay.orphans().await), (Vec::new(), 0));
}

#[tokio::test]
async fn chunks_that_drip_in_end_a_session() {
    let limits = Limits { data_wait: 5 * SHORT, data_rate: 1_000_000, sessions: 1, ..Limits::default() };
    let relay = Relay::limited(limits).await;
    let mut client = Client::greeted(relay.address).await;
    client.envelope(ANNA, BOB).await;
    for _ in 0..400 {
        client.send("BDAT 1\r\nx").await;
        let reply = client.reply().await;
        if reply.starts_with("421 4.4.2 ") {
            relay.until_free().await;
            assert_eq!((relay.queue().await, relay.orphans().await), (Vec::new(), 0));
            return;
        }
        assert!(reply.starts_with("250 2.0.0 1 octets"), "{reply:?}");
        tokio::time::sleep(SHORT / 5).await;
    }
    panic!("the relay never had enough");
}

/// Sends these octets over and over, never silent for long, until the relay has had enough.
async fn drip(client: &mut Client, octets: &str) {
    for _ in 0..400 {
        client.send(octets).await;
        if let Ok(reply) = tokio::time::timeout(SHORT / 5, client.reply()).await {
            assert!(reply.starts_with("421 4.4.2 "), "expected 421 4.4.2, came {reply:?}");
            return;
        }
    }
    panic!("the relay never had enough");
}

#[tokio::test]
async fn a_handshake_that_never_comes_ends_a_session() {
    let relay = Relay::limited(Limits { handshake_wait: SHORT, ..Limits::default() }).await;
    let mut client = Client::greeted(relay.address).await;
    client.command("STARTTLS", "220").await;
    assert_eq!(client.reply().await, "");
}

#[tokio::test]
async fn sessions_are_limited_in_all_and_by_source() {
    let relay = Relay::limited(Limits { sessions: 3, sessions_per_source: 2, ..Limits::default() }).await;
    let first = Client::greeted(relay.address).await;
    let _second = Client::greeted(relay.address).await;
    Client::connect_from("127.0.0.1", relay.address).await.expect("421 4.7.0 ").await;
    let _third = Client::greeted_from("127.0.0.8", relay.address).await;
    Client::connect_from("127.0.0.9", relay.address).await.expect("421 4.3.2 ").await;
    drop(first);
    until("a place again", async || {
        let mut client = Client::connect_from("127.0.0.9", relay.address).await;
        client.reply().await.starts_with("220")
    })
    .await;
}

#[tokio::test]
async fn recipients_and_octets_are_limited() {
    let limits = Limits { recipients: 2, message_size: 1000, ..Limits::default() };
    let relay = Relay::limited(limits).await;
    let mut client = Client::greeted(relay.address).await;
    client.command("MAIL FROM:<anna@contoso.com> SIZE=1001", "552 5.3.4 ").await;
    client.envelope(ANNA, BOB).await;
    client.command("RCPT TO:<carol@elsewhere.example>", "250").await;
    client.command("RCPT TO:<dora@elsewhere.example>", "452 4.5.3 ").await;
    client.command("DATA", "354").await;
    client.command(&format!("Subject: x\r\n\r\n{}\r\n.", "x".repeat(1000)), "552 5.3.4 ").await;
    assert_eq!(relay.queue().await, []);
    client.message(ANNA, BOB).await;
}

#[tokio::test]
async fn recipients_that_are_refused_are_limited() {
    let relay = Relay::limited(Limits { refused_recipients: 2, ..Limits::default() }).await;
    let mut client = Client::greeted(relay.address).await;
    for _ in 0..2 {
        client.command("MAIL FROM:<eve@evil.example>", "250").await;
        client.command("RCPT TO:<bob@elsewhere.example>", "550 5.7.64 ").await;
        client.command("RSET", "250").await;
    }
    client.envelope(ANNA, BOB).await;
    client.command("RSET", "250").await;
    client.command("MAIL FROM:<eve@evil.example>", "250").await;
    client.command("RCPT TO:<bob@elsewhere.example>", "421 4.7.0 ").await;
    assert_eq!(client.reply().await, "");
}

#[tokio::test]
async fn sessions_without_mail_are_limited_and_those_with_mail_are_not() {
    let limits = Limits { sessions_without_mail_per_second: 1, ..Limits::default() };
    let relay = Relay::limited(limits).await;
    let allowed = WITHOUT_MAIL_SPAN.as_secs();
    for _ in 0..3 * allowed {
        let mut client = Client::greeted(relay.address).await;
        client.message(ANNA, BOB).await;
        client.command("QUIT", "221").await;
    }
    let mut refused = 0;
    for _ in 0..3 * allowed {
        let mut client = Client::connect_from("127.0.0.1", relay.address).await;
        refused += usize::from(client.reply().await.starts_with("421 4.7.0 "));
    }
    assert!(refused > 0, "none was refused");
    Client::greeted_from("127.0.0.8", relay.address).await;
}

#[tokio::test]
async fn idle_sessions_give_way_under_pressure() {
    let wait = Duration::from_secs(1);
    let relay = Relay::limited(Limits { sessions: 5, command_wait_under_pressure: wait, ..Limits::default() }).await;
    let mut first = Client::greeted(relay.address).await;
    let mut second = Client::greeted(relay.address).await;
    let mut third = Client::greeted(relay.address).await;
    tokio::time::sleep(2 * wait).await;
    for client in [&mut first, &mut second, &mut third] {
        client.command("NOOP", "250").await;
        tokio::time::sleep(wait / 5).await;
    }
    // The fourth of five makes it crowded. As soon as the one that was idle longest has gone it is no more.
    let mut fourth = Client::greeted(relay.address).await;
    first.expect("421 4.4.2 ").await;
    for client in [&mut second, &mut third, &mut fourth] {
        client.command("NOOP", "250").await;
    }
}

#[tokio::test]
async fn handshakes_are_limited_in_all_and_by_source() {
    for limits in
        [Limits { handshakes: 1, ..Limits::default() }, Limits { handshakes_per_source: 1, ..Limits::default() }]
    {
        let relay = Relay::limited(limits).await;
        let mut slow = Client::greeted(relay.address).await;
        slow.command("STARTTLS", "220").await;
        let mut other = Client::greeted(relay.address).await;
        other.command("STARTTLS", "421 4.3.2 ").await;
        let mut elsewhere = Client::greeted_from("127.0.0.8", relay.address).await;
        elsewhere.command("STARTTLS", if limits.handshakes == 1 { "421 4.3.2 " } else { "220" }).await;
        drop(slow);
        until("room for a handshake", async || {
            let mut client = Client::greeted(relay.address).await;
            client.send("STARTTLS\r\n").await;
            client.reply().await.starts_with("220")
        })
        .await;
    }
}

#[tokio::test]
async fn who_talks_before_the_banner_is_refused() {
    let relay = Relay::limited(Limits { greeting_delay: Duration::from_secs(10), ..Limits::default() }).await;
    let mut client = Client::connect_from("127.0.0.1", relay.address).await;
    client.send("EHLO client.example\r\n").await;
    client.expect("554 5.5.1 ").await;
    assert_eq!(client.reply().await, "");
    let mut silent = Client::connect_from("127.0.0.1", relay.address).await;
    let banner = tokio::time::timeout(Duration::from_millis(300), silent.reply()).await;
    assert!(banner.is_err(), "the banner is not held back: {banner:?}");
    // Without a wait it is seen what came at once; others get their banner without delay.
    let relay = Relay::new().await;
    let client = Client::greeted(relay.address);
    tokio::time::timeout(Duration::from_secs(5), client).await.unwrap();
}
