//! Notices that are no bounces: of what is late and of what was passed on; and what a bounce returns.

use std::time::Duration;

use io_store::Direction;

use super::relay::until;
use super::{Delivered, MESSAGE, Mail, Relay, Sink};

const LATER: &[(&str, &str)] = &[("RCPT", "451-4.2.1 not\n451 4.2.1 now")];

/// A relay whose mail goes to a hop that answers like this, but for contoso.com.
async fn relay(rules: &[(&'static str, &'static str)]) -> (Relay, Sink, Sink) {
    let (out, home) = (Sink::start(rules).await, Sink::start(&[]).await);
    let relay = Relay::new(&[("Out", "*", &out.address), ("Home", "contoso.com", &home.address)]).await;
    (relay, out, home)
}

fn old(mail: Mail<'_>) -> Mail<'_> {
    Mail { age: Duration::from_secs(1801), ..mail }
}

/// What arrives at home of a message that was delivered by this hop at once.
async fn delivered(rules: &[(&'static str, &'static str)], mail: Mail<'_>) -> Vec<Delivered> {
    let (mut relay, out, home) = relay(rules).await;
    relay.submit(mail).await;
    relay.start();
    relay.empty().await;
    relay.stop().await;
    assert_eq!(out.arrived().len(), 1);
    home.arrived()
}

#[tokio::test]
async fn who_waits_long_is_told_once() {
    let (mut relay, _out, home) = relay(LATER).await;
    let message = relay.submit(old(Mail::default())).await;
    relay.start();
    let notice = until("the notice", async || home.arrived().pop()).await;
    assert_eq!((notice.sender.as_str(), &notice.recipients[..]), ("<>", &["<alice@contoso.com>".to_owned()][..]));
    for text in [
        "Subject: Your message is late",
        "Action: delayed\r\n",
        "Status: 4.2.1\r\n",
        "Diagnostic-Code: smtp; 451-4.2.1 not\r\n 451 4.2.1 now\r\n",
        "Will-Retry-Until: ",
    ] {
        assert!(notice.text.contains(text), "{text:?} is missing in:\n{}", notice.text);
    }
    // Neither later attempts nor a restart tell it again.
    relay.stop().await;
    relay.reopen().await;
    let before = relay.details(message).await.message.attempts;
    relay.start();
    until("more attempts", async || (relay.details(message).await.message.attempts > before + 2).then_some(())).await;
    relay.stop().await;
    assert_eq!(home.arrived().len(), 1);
}

#[tokio::test]
async fn who_waits_for_a_dead_hop_is_told_too() {
    let (mut relay, out, home) = relay(&[]).await;
    let gone = out.address.clone();
    drop(out);
    until("nobody listens", async || tokio::net::TcpStream::connect(&gone).await.err()).await;
    // The first search may come before the claims of those that wait are given back; it is the next one that finds them.
    relay.config.aged_search = Duration::from_millis(50);
    // The first finds out that the hop is down, and that is known of the others.
    relay.submit_many(old(Mail::default()), 30).await;
    relay.start();
    until("all notices", async || (home.arrived().len() == 30).then_some(())).await;
    relay.stop().await;
    assert!(home.arrived().iter().all(|notice| notice.text.contains("Action: delayed\r\n")));
    assert_eq!(relay.queue().await.len(), 30);
}

#[tokio::test]
async fn some_are_not_told_of_delays() {
    let check = async |mail: Mail<'_>, notices: usize| {
        let (mut relay, _out, home) = relay(LATER).await;
        let message = relay.submit(mail).await;
        relay.start();
        until("some attempts", async || (relay.details(message).await.message.attempts > 2).then_some(())).await;
        relay.stop().await;
        let waiting = relay.queue().await.len();
        assert_eq!((home.arrived().len(), waiting), (notices, 1), "{:?} {:?}", mail.notify, mail.direction);
    };
    check(old(Mail::default()), 1).await;
    check(Mail::default(), 0).await;
    check(old(Mail { notify: Some("FAILURE,DELAY"), ..Mail::default() }), 1).await;
    check(old(Mail { notify: Some("FAILURE"), ..Mail::default() }), 0).await;
    check(old(Mail { notify: Some("NEVER"), ..Mail::default() }), 0).await;
    check(old(Mail { sender: None, ..Mail::default() }), 0).await;
    check(old(Mail { direction: Direction::Incoming, ..Mail::default() }), 0).await;
}

#[tokio::test]
async fn success_is_told_to_who_asked() {
    let asked = Mail { notify: Some("SUCCESS"), ..Mail::default() };
    let [notice] = &delivered(&[], asked).await[..] else { panic!("one notice") };
    for text in ["Subject: Your message was passed on\r\n", "Action: relayed\r\n", "Status: 2.0.0\r\n"] {
        assert!(notice.text.contains(text), "{text:?} is missing in:\n{}", notice.text);
    }
    // A hop that offers DSN answers for it.
    assert_eq!(delivered(&[("EHLO", "250-sink\n250 DSN")], asked).await, []);
    for notify in [None, Some("FAILURE,DELAY"), Some("NEVER")] {
        assert_eq!(delivered(&[], Mail { notify, ..Mail::default() }).await, [], "{notify:?}");
    }
    assert_eq!(delivered(&[], Mail { direction: Direction::Incoming, ..asked }).await, []);
}

#[tokio::test]
async fn the_message_is_returned_to_who_asked() {
    let check = async |ret: Option<&str>, whole: bool| {
        let (mut relay, _out, home) = relay(&[("RCPT", "550 5.1.1 no")]).await;
        relay.submit(Mail { ret, ..Mail::default() }).await;
        relay.start();
        relay.empty().await;
        relay.stop().await;
        let [bounce] = &home.arrived()[..] else { panic!("one bounce") };
        assert_eq!(bounce.text.contains(MESSAGE), whole, "RET={ret:?}:\n{}", bounce.text);
    };
    check(None, false).await;
    check(Some("HDRS"), false).await;
    check(Some("FULL"), true).await;
}

#[tokio::test]
async fn what_was_handed_over_inside_bounces_to_its_sender() {
    let (mut relay, _out, home) = relay(&[("RCPT", "550 5.1.1 no")]).await;
    relay.other_tenant("Out", &home.address).await;
    let inside = Mail { direction: Direction::Incoming, handed_over_by: Some("fabrikam"), ..Mail::default() };
    relay.submit(Mail { sender: Some("frank@fabrikam.com"), ..inside }).await;
    relay.start();
    // The tenant of the message has a route of its own, to a hop that refuses: the bounce was not held, and is not bounced.
    relay.empty().await;
    relay.stop().await;
    let events = relay.events().await.into_iter();
    let failed: Vec<_> = events.filter_map(|event| Some((event.kind, event.rcpt_to?))).collect();
    let of = |path: &str| ("failed".to_owned(), path.to_owned());
    assert_eq!(failed, [of("bob@example.com"), of("frank@fabrikam.com")]);
}
