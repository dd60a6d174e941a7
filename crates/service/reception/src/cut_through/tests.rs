//! What a client is told, and what is kept, for everything that a next hop may do while it waits.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod hop;

use std::time::Duration;

use io_store::StoreError;

use crate::Limits;
use crate::tests::client::Client;
use crate::tests::faulty::Step;
use crate::tests::relay::{Relay, until};
use hop::Hop;

const STRANGER: &str = "stranger@example.net";
const ANNA: &str = "RCPT TO:<anna@contoso.com>";
const ALAN: &str = "RCPT TO:<alan@contoso.com>";
const MESSAGE: &str = "Subject: x\r\n\r\nhello\r\n.";
/// Longer than any hop here takes that answers.
const LONG: Duration = Duration::from_secs(60);
/// As short as a test wants it.
const SHORT: Duration = Duration::from_millis(100);

async fn relay(hop: &Hop, wait: Duration) -> Relay {
    Relay::toward(hop.address, Limits { cut_through_wait: wait, ..Limits::default() }, |_| ()).await
}

/// A session with a message up to its data.
async fn begun(relay: &Relay, recipients: &[&str]) -> Client {
    let mut client = Client::greeted_from("127.0.0.9", relay.address).await;
    client.command(&format!("MAIL FROM:<{STRANGER}>"), "250").await;
    for recipient in recipients {
        client.command(recipient, "250").await;
    }
    client.command("DATA", "354").await;
    client
}

/// Sends a message's end; the whole reply.
async fn ended(client: &mut Client) -> Vec<String> {
    client.send(&format!("{MESSAGE}\r\n")).await;
    client.lines().await
}

/// Whom the queue still has to reach, of each message.
async fn pending(relay: &Relay) -> Vec<u32> {
    relay.queue().await.iter().map(|entry| entry.pending).collect()
}

/// Mail to anna and alan for a hop with these rules: how the reply begins, and for how many it is queued. Nothing else stays.
async fn check(rules: &[(&'static str, &'static str)], reply: &str, queued: Option<u32>, events: &[&str]) {
    let hop = Hop::start(rules).await;
    let relay = relay(&hop, LONG).await;
    let mut client = begun(&relay, &[ANNA, ALAN]).await;
    let lines = ended(&mut client).await;
    assert!(lines[0].starts_with(reply), "{rules:?}: {lines:?}");
    assert_eq!(pending(&relay).await, Vec::from_iter(queued), "{rules:?}");
    assert_eq!(relay.orphans().await, 0, "{rules:?}");
    assert_eq!(relay.events().await, events, "{rules:?}");
    client.command("NOOP", "250").await;
}

const ACCEPTED: [&str; 1] = ["accepted"];

#[tokio::test]
async fn what_all_are_taken_for_is_delivered() {
    let told = ["delivered anna@contoso.com 250 2.6.0 taken", "delivered alan@contoso.com 250 2.6.0 taken"];
    check(&[], "250 2.0.0 Delivered as ", None, &[&ACCEPTED[..], &told].concat()).await;
}

#[tokio::test]
async fn what_none_is_taken_for_is_refused_in_the_hops_words() {
    let each = |reply: &str| ["anna", "alan"].map(|who| format!("refused {who}@contoso.com {reply}"));
    let cases = [
        ("RCPT", "550 5.1.1 nobody", "550-5.1.1 nobody"),
        ("MAIL", "553 5.1.8 not you", "553-5.1.8 not you"),
        (".", "554 no such mail", "554-5.0.0 no such mail"),
        ("RCPT", "450 4.2.0 greylisted", "451-4.2.0 greylisted"),
        (".", "452 4.3.1 full", "451-4.3.1 full"),
    ];
    for (command, said, told) in cases {
        let events = each(said);
        let events: Vec<_> = events.iter().map(String::as_str).collect();
        check(&[(command, said)], told, None, &events).await;
    }
    let mixed = ["refused anna@contoso.com 550 5.1.1 nobody", "refused alan@contoso.com 451 4.7.1 later"];
    let rules = [("RCPT TO:<anna", "550 5.1.1 nobody"), ("RCPT", "451 4.7.1 later")];
    check(&rules, "451-4.7.1 later", None, &mixed).await;
}

#[tokio::test]
async fn a_refusal_ends_with_our_reference() {
    let hop = Hop::start(&[("RCPT", "550-5.1.1 No anna.\r\n550 5.1.1 She moved.")]).await;
    let relay = relay(&hop, LONG).await;
    let mut client = begun(&relay, &[ANNA]).await;
    let lines = ended(&mut client).await;
    assert_eq!(lines[..2], ["550-5.1.1 No anna.", "550-5.1.1 She moved."]);
    assert!(lines[2].starts_with("550 5.1.1 [relay.example.net 2") && lines[2].ends_with(']'), "{lines:?}");
    // The session goes on, and so does the hop's.
    hop.answer(&[]);
    client.command(&format!("MAIL FROM:<{STRANGER}>"), "250").await;
    client.command(ANNA, "250").await;
    client.command("DATA", "354").await;
    client.command(MESSAGE, "250 2.0.0 Delivered as ").await;
    assert_eq!(hop.heard("banner"), 1, "a connection is kept warm");
}

#[tokio::test]
async fn what_the_hop_lacks_is_refused() {
    let hop = Hop::start(&[("EHLO", "250 hop")]).await;
    let relay = relay(&hop, LONG).await;
    let mut client = begun(&relay, &[ANNA]).await;
    client.command("Subject: x\r\n\r\nžluť\r\n.", "554 5.6.3 [relay.example.net ").await;
    assert_eq!((pending(&relay).await, relay.orphans().await), (Vec::new(), 0));
}

#[tokio::test]
async fn the_rest_is_queued_when_some_are_taken() {
    let delivered = "delivered anna@contoso.com 250 2.6.0 taken";
    let events = [&ACCEPTED[..], &[delivered]].concat();
    for refusal in ["550 5.1.1 nobody", "451 4.2.1 later"] {
        check(&[("RCPT TO:<alan", refusal)], "250 2.0.0 Queued as ", Some(1), &events).await;
    }
}

#[tokio::test]
async fn what_is_not_about_the_mail_is_queued() {
    let cases = [
        ("banner", "gone"),
        ("banner", "554 5.3.2 not today"),
        ("banner", "450 4.3.2 not now"),
        ("EHLO", "421 4.3.2 not you"),
        ("MAIL", "421 4.3.2 bye"),
        ("MAIL", "530 5.7.0 Must issue STARTTLS first"),
        ("RCPT", "503 5.5.1 order"),
        ("RCPT", "gone"),
        ("DATA", "gone"),
        // It may come twice then.
        (".", "gone"),
    ];
    for rule in cases {
        check(&[rule], "250 2.0.0 Queued as ", Some(2), &ACCEPTED).await;
    }
}

#[tokio::test]
async fn what_is_not_reached_or_not_usable_is_queued() {
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let relay = Relay::toward(nobody, Limits::default(), |_| ()).await;
    let mut client = begun(&relay, &[ANNA]).await;
    client.command(MESSAGE, "250 2.0.0 Queued as ").await;
    assert_eq!(pending(&relay).await, [1]);

    let hop = Hop::start(&[]).await;
    let no_certificate = Relay::toward(hop.address, Limits::default(), |out| {
        out.tls = core_directory::TlsLevel::EncryptionOnly;
    });
    let relay = no_certificate.await;
    let mut client = begun(&relay, &[ANNA]).await;
    client.command(MESSAGE, "250 2.0.0 Queued as ").await;
    assert_eq!((pending(&relay).await, hop.heard("MAIL")), (vec![1], 0), "it does not offer STARTTLS");
}

/// Mail that nobody may be asked about while its client waits.
#[tokio::test]
async fn what_is_not_offered_is_queued_at_once() {
    let queued = async |relay: &Relay, hop: &Hop, client: &mut Client, why: &str| {
        let before = relay.queue().await.len();
        client.command(MESSAGE, "250 2.0.0 Queued as ").await;
        assert!(relay.queue().await.len() > before, "{why}");
        assert_eq!(hop.heard("banner"), 0, "{why}");
    };
    let hop = Hop::start(&[]).await;
    let relay = relay(&hop, LONG).await;
    // Contoso's own, from its address.
    let mut client = Client::greeted(relay.address).await;
    client.envelope("anna@contoso.com", "bob@elsewhere.example").await;
    client.command("DATA", "354").await;
    queued(&relay, &hop, &mut client, "Originating").await;
    let mut client = begun(&relay, &[ANNA, "RCPT TO:<frank@fabrikam.com>"]).await;
    queued(&relay, &hop, &mut client, "two tenants").await;
    let mut client = begun(&relay, &["RCPT TO:<anna@contoso.com> NOTIFY=FAILURE,SUCCESS"]).await;
    queued(&relay, &hop, &mut client, "the sender wants to hear of success").await;
    let off = Relay::toward(hop.address, Limits::default(), |out| out.cut_through = false).await;
    let mut client = begun(&off, &[ANNA]).await;
    queued(&off, &hop, &mut client, "cut_through = false").await;
    let zero = self::relay(&hop, Duration::ZERO).await;
    let mut client = begun(&zero, &[ANNA]).await;
    queued(&zero, &hop, &mut client, "cut_through_wait = 0s").await;
    let mut client = begun(&relay, &[ANNA]).await;
    relay.stop();
    queued(&relay, &hop, &mut client, "a stop").await;
}

#[tokio::test]
async fn a_hop_in_back_off_is_left_alone() {
    let hop = Hop::start(&[("banner", "gone")]).await;
    let relay = relay(&hop, LONG).await;
    for connections in [1, 1] {
        let mut client = begun(&relay, &[ANNA]).await;
        client.command(MESSAGE, "250 2.0.0 Queued as ").await;
        assert_eq!(hop.heard("banner"), connections);
    }
    hop.answer(&[]);
    relay.outbound.forget_failures(None);
    let mut client = begun(&relay, &[ANNA]).await;
    client.command(MESSAGE, "250 2.0.0 Delivered as ").await;
}

#[tokio::test]
async fn a_hop_at_its_limit_is_left_alone() {
    let hop = Hop::start(&[("DATA", "silence")]).await;
    let relay = relay(&hop, LONG).await;
    let most = service_outbound::MAX_CONNECTIONS_PER_HOP;
    let mut waiting = Vec::new();
    for _ in 0..most {
        let mut client = begun(&relay, &[ANNA]).await;
        client.send(&format!("{MESSAGE}\r\n")).await;
        waiting.push(client);
    }
    until("all connections in use", async || hop.heard("DATA") == most).await;
    let mut client = begun(&relay, &[ANNA]).await;
    client.command(MESSAGE, "250 2.0.0 Queued as ").await;
    assert_eq!((pending(&relay).await, hop.heard("banner")), (vec![1], most));
}

#[tokio::test]
async fn time_up_before_our_dot_queues() {
    for silent in ["banner", "MAIL", "DATA"] {
        let hop = Hop::start(&[(silent, "silence")]).await;
        let relay = relay(&hop, SHORT).await;
        let mut client = begun(&relay, &[ANNA]).await;
        client.command(MESSAGE, "250 2.0.0 Queued as ").await;
        let queue = relay.queue().await;
        assert_eq!(queue.iter().map(|entry| entry.claimed).collect::<Vec<_>>(), [false], "{silent}");
        hop.speak();
        until("the end of the attempt", async || hop.heard("end") == 1).await;
        assert_eq!(hop.heard("."), 0, "{silent}: dropped is dropped");
    }
}

#[tokio::test]
async fn time_up_behind_our_dot_waits_on_under_a_claim() {
    let hop = Hop::start(&[(".", "silence")]).await;
    let relay = relay(&hop, SHORT).await;
    let mut client = begun(&relay, &[ANNA]).await;
    client.command(MESSAGE, "250 2.0.0 Queued as ").await;
    let queue = relay.queue().await;
    assert_eq!(queue.iter().map(|entry| (entry.claimed, entry.attempts)).collect::<Vec<_>>(), [(true, 0)]);
    assert_eq!(relay.settled(), Vec::<String>::new());
    hop.speak();
    until("the answer", async || !relay.settled().is_empty()).await;
    assert_eq!(relay.settled(), ["250 2.6.0 taken ours"]);
    assert_eq!(hop.heard("."), 1, "sent once");
}

#[tokio::test]
async fn a_stop_ends_what_waits_on() {
    let hop = Hop::start(&[(".", "silence")]).await;
    let limits = Limits { cut_through_wait: SHORT, drain: 3 * SHORT, ..Limits::default() };
    let mut relay = Relay::toward(hop.address, limits, |_| ()).await;
    let mut client = begun(&relay, &[ANNA]).await;
    client.command(MESSAGE, "250 2.0.0 Queued as ").await;
    relay.stop();
    relay.ended().await;
    let queue = relay.queue().await;
    assert_eq!(queue.iter().map(|entry| entry.claimed).collect::<Vec<_>>(), [false], "it is tried again");
    assert_eq!(relay.settled(), Vec::<String>::new());
}

#[tokio::test]
async fn a_stop_lets_an_answer_come() {
    let hop = Hop::start(&[(".", "silence")]).await;
    let mut relay = relay(&hop, SHORT).await;
    let mut client = begun(&relay, &[ANNA]).await;
    client.command(MESSAGE, "250 2.0.0 Queued as ").await;
    relay.stop();
    hop.speak();
    relay.ended().await;
    assert_eq!(relay.settled(), ["250 2.6.0 taken ours"]);
}

#[tokio::test]
async fn a_client_gone_before_our_dot_leaves_nothing() {
    let hop = Hop::start(&[("DATA", "silence")]).await;
    let relay = relay(&hop, LONG).await;
    let mut client = begun(&relay, &[ANNA]).await;
    client.send(&format!("{MESSAGE}\r\n")).await;
    until("the hop's turn", async || hop.heard("DATA") == 1).await;
    drop(client);
    hop.speak();
    until("the end of the attempt", async || hop.heard("end") == 1).await;
    assert_eq!((hop.heard("."), pending(&relay).await), (0, Vec::new()));
    until("its body gone", async || relay.bodies_removed() == 1).await;
    assert_eq!((relay.orphans().await, relay.events().await), (0, Vec::new()));
}

#[tokio::test]
async fn a_client_gone_behind_our_dot_is_told_of() {
    let hop = Hop::start(&[(".", "silence")]).await;
    let relay = relay(&hop, LONG).await;
    let mut client = begun(&relay, &[ANNA]).await;
    client.send(&format!("{MESSAGE}\r\n")).await;
    until("the message at the hop", async || hop.heard(".") == 1).await;
    drop(client);
    until("the session gone", async || relay.open_sessions() == 0).await;
    hop.speak();
    until("the outcome", async || !relay.events().await.is_empty()).await;
    assert_eq!(relay.events().await, ["delivered anna@contoso.com 250 2.6.0 taken"]);
    until("its body gone", async || relay.bodies_removed() == 1).await;
    assert_eq!((pending(&relay).await, relay.orphans().await), (Vec::new(), 0));
}

/// Whoever says more than a message, and then nothing, waits for its answers.
#[tokio::test]
async fn a_client_that_talks_on_or_ends_its_side_is_not_gone() {
    for at_once in [true, false] {
        let hop = Hop::start(&[(".", "silence")]).await;
        let relay = relay(&hop, LONG).await;
        let mut client = begun(&relay, &[ANNA]).await;
        if at_once {
            client.send(&format!("{MESSAGE}\r\nNOOP\r\nQUIT\r\n")).await;
            until("the message at the hop", async || hop.heard(".") == 1).await;
        } else {
            client.send(&format!("{MESSAGE}\r\n")).await;
            until("the message at the hop", async || hop.heard(".") == 1).await;
            client.send("NOOP\r\nQUIT\r\n").await;
        }
        client.end_side().await;
        hop.speak();
        client.expect("250 2.0.0 Delivered as ").await;
        client.expect("250").await;
        client.expect("221").await;
    }
}

/// A store that takes no message: the hop is not asked, or the client hears of it.
#[tokio::test]
async fn our_own_faults_are_temporary() {
    let full = || StoreError::Full { place: "queue".to_owned(), reason: "no space left".to_owned() };
    let broken = || StoreError::Unavailable { place: "queue".to_owned(), reason: "poisoned".to_owned() };
    let cases = [
        (Step::Seal(0), full(), "452 4.3.1 "),
        (Step::Seal(0), broken(), "451 4.3.0 "),
        (Step::Accept, full(), "452 4.3.1 "),
        (Step::Accept, broken(), "451 4.3.0 "),
    ];
    for (step, error, reply) in cases {
        let hop = Hop::start(&[]).await;
        let relay = relay(&hop, LONG).await;
        let mut client = begun(&relay, &[ANNA]).await;
        relay.fault.set(Some((step, error)));
        client.command(MESSAGE, reply).await;
        assert_eq!((hop.heard("banner"), pending(&relay).await), (0, Vec::new()), "{step:?}");
        assert_eq!((relay.orphans().await, relay.events().await), (0, Vec::new()), "{step:?}");
    }
}

/// The store fails while the answer to our dot is open: the client keeps its mail, and the outcome is told all the same.
#[tokio::test]
async fn a_message_that_can_no_longer_be_queued_is_put_off() {
    let hop = Hop::start(&[(".", "silence")]).await;
    let relay = relay(&hop, 5 * SHORT).await;
    let mut client = begun(&relay, &[ANNA]).await;
    client.send(&format!("{MESSAGE}\r\n")).await;
    until("the message at the hop", async || hop.heard(".") == 1).await;
    let error = StoreError::Full { place: "queue".to_owned(), reason: "no space left".to_owned() };
    relay.fault.set(Some((Step::Accept, error)));
    client.expect("452 4.3.1 ").await;
    hop.speak();
    until("the outcome", async || !relay.events().await.is_empty()).await;
    assert_eq!(relay.events().await, ["delivered anna@contoso.com 250 2.6.0 taken"]);
    assert_eq!((pending(&relay).await, relay.orphans().await), (Vec::new(), 0));
}
