//! What cannot be delivered, and who is told.

use std::time::Duration;

use io_store::Direction;

use super::relay::until;
use super::{Mail, Relay, Sink};

const NO: &str = "550-5.1.1 There is nobody here\n550-5.1.1 of that name, and the whole reply\n550 5.1.1 is told";

/// Sends a mail to a hop that answers like this; contoso.com goes to another sink. What arrives there, once all is done.
async fn bounced(
    rules: &[(&'static str, &'static str)],
    mail: Mail<'_>,
) -> (Vec<super::Delivered>, Vec<super::Delivered>) {
    let (out, home) = (Sink::start(rules).await, Sink::start(&[]).await);
    let mut relay = Relay::new(&[("Out", "*", &out.address), ("Home", "contoso.com", &home.address)]).await;
    relay.config.schedule.give_up = Duration::from_secs(60);
    relay.submit(mail).await;
    relay.start();
    relay.empty().await;
    relay.stop().await;
    (out.arrived(), home.arrived())
}

#[tokio::test]
async fn the_sender_gets_the_whole_reply() {
    let (_, home) = bounced(&[("RCPT", NO)], Mail::default()).await;
    let [bounce] = &home[..] else { panic!("one bounce, not {home:?}") };
    assert_eq!((bounce.sender.as_str(), &bounce.recipients[..]), ("<>", &["<alice@contoso.com>".to_owned()][..]));
    for text in [
        "To: <alice@contoso.com>\r\n",
        "Content-Type: multipart/report; report-type=delivery-status;\r\n",
        "  bob@example.com\r\n",
        "      550-5.1.1 of that name, and the whole reply\r\n",
        "Final-Recipient: rfc822; bob@example.com\r\n",
        "Status: 5.1.1\r\n",
        "Diagnostic-Code: smtp; 550-5.1.1 There is nobody here\r\n",
        " 550 5.1.1 is told\r\n",
        "Message-ID: <1@contoso.com>\r\nSubject: hi\r\n",
    ] {
        assert!(bounce.text.contains(text), "{text:?} is missing in:\n{}", bounce.text);
    }
    assert!(!bounce.text.contains("\r\nbody\r\n"), "the body is none of a bounce's business");
}

#[tokio::test]
async fn only_those_who_failed_are_named() {
    let mail = Mail { recipients: &["a@example.com", "b@example.com"], ..Mail::default() };
    let (out, home) = bounced(&[("RCPT TO:<b@", NO)], mail).await;
    assert_eq!(out[0].recipients, ["<a@example.com>"]);
    let [bounce] = &home[..] else { panic!("one bounce, not {home:?}") };
    assert!(bounce.text.contains("  b@example.com\r\n") && !bounce.text.contains("a@example.com"), "{}", bounce.text);
}

#[tokio::test]
async fn what_was_tried_too_long_bounces() {
    let mail = Mail { age: Duration::from_secs(61), ..Mail::default() };
    let (_, home) = bounced(&[("RCPT", "451 4.2.1 later")], mail).await;
    let [bounce] = &home[..] else { panic!("one bounce, not {home:?}") };
    for text in ["Status: 4.4.7\r\n", "Diagnostic-Code: smtp; 451 4.2.1 later\r\n", "we have stopped trying"] {
        assert!(bounce.text.contains(text), "{text:?} is missing in:\n{}", bounce.text);
    }
    let mail = Mail { age: Duration::from_secs(61), ..Mail::default() };
    let (_, home) = bounced(&[("banner", "554 5.7.1 go away")], mail).await;
    assert!(home[0].text.contains("Diagnostic-Code: smtp; 554 5.7.1 go away\r\n"), "{}", home[0].text);
}

#[tokio::test]
async fn some_are_not_told() {
    let check = async |mail: Mail<'_>, bounces: usize| {
        let (_, home) = bounced(&[("RCPT", NO)], mail).await;
        assert_eq!(home.len(), bounces, "{:?} {:?}: {home:?}", mail.sender, mail.notify);
    };
    check(Mail { sender: None, ..Mail::default() }, 0).await;
    check(Mail { notify: Some("NEVER"), ..Mail::default() }, 0).await;
    check(Mail { notify: Some("SUCCESS,DELAY"), ..Mail::default() }, 0).await;
    check(Mail { notify: Some("DELAY,failure"), ..Mail::default() }, 1).await;
}

#[tokio::test]
async fn a_bounce_that_fails_is_not_bounced() {
    let (out, home) = (Sink::start(&[("RCPT", NO)]).await, Sink::start(&[("RCPT", NO)]).await);
    let mut relay = Relay::new(&[("Out", "*", &out.address), ("Home", "contoso.com", &home.address)]).await;
    relay.submit(Mail::default()).await;
    relay.start();
    relay.empty().await;
    relay.stop().await;
    let attempts = relay.events().await.into_iter().filter(|event| event.kind != "bounced");
    let events: Vec<_> = attempts.map(|event| (event.kind, event.mail_from)).collect();
    let failed = |sender: Option<&str>| ("failed".to_owned(), sender.map(str::to_owned));
    assert_eq!(events, [failed(Some("alice@contoso.com")), failed(None)]);
}

#[tokio::test]
async fn bounces_that_might_hit_strangers_are_held() {
    let check = async |mail: Mail<'_>, spaces: &str, reason: &str| {
        let out = Sink::start(&[("RCPT", NO)]).await;
        let mut relay = Relay::new(&[("Out", spaces, &out.address)]).await;
        relay.submit(mail).await;
        relay.start();
        let held =
            until("a held bounce", async || relay.queue().await.into_iter().find(|summary| summary.hold.is_some()));
        let held = held.await;
        relay.stop().await;
        assert!(held.hold.as_deref().is_some_and(|hold| hold.starts_with(reason)), "{held:?}");
        assert_eq!((held.reverse_path, held.tenant), (None, relay.tenant()));
        assert_eq!(relay.queue().await.len(), 1, "the message itself is gone");
        assert_eq!(out.arrived(), []);
    };
    let incoming = Mail { direction: Direction::Incoming, ..Mail::default() };
    check(incoming, "*", "bounce of incoming mail to alice@contoso.com: nothing vouched for").await;
    check(Mail::default(), "example.com", "bounce to alice@contoso.com: no send connector takes it").await;
    let literal = Mail { sender: Some("alice@[192.0.2.1]"), ..Mail::default() };
    check(literal, "*", "bounce to alice@[192.0.2.1]: no send connector takes it").await;
}
