//! What was accepted is not lost: through a crash, through a stop, and while the next hop is away.

use serde_json::Value as Json;

use crate::client::Client;
use crate::relay::Relay;
use crate::sink::Sink;
use crate::waiting::until;

const ANNA: &str = "anna@contoso.com";
const BOB: &str = "bob@elsewhere.example";
const TEXT: &str = "Subject: x\r\n\r\nhello\r\n";

/// The next hop takes the connection and says nothing, so that the attempt is under way when the relay dies.
#[test]
fn a_crash_in_the_middle_of_an_attempt() {
    let sink = Sink::start(&[("banner", "silence")]);
    let mut relay = Relay::of_contoso(sink.address);
    let reference = Client::greeted(relay.address()).submit(ANNA, BOB, TEXT).message.unwrap().queued_as();
    until("an attempt under way", || (relay.queue().first()?["claimed"] == true).then_some(()));
    relay.kill();
    sink.answer(&[]);
    relay.restart();
    let delivered = sink.message_to(BOB);
    assert!(delivered.received().0.contains(&reference), "{}", delivered.text());
    until("an empty queue", || relay.queue().is_empty().then_some(()));
    assert_eq!(sink.arrived().len(), 1, "delivered more than once");
}

/// Nobody listens at the next hop: the message waits, and a crash changes nothing about it.
#[test]
fn a_crash_between_attempts() {
    let gone = Sink::start(&[]).address;
    let mut relay = Relay::of_contoso(gone);
    let reference = Client::greeted(relay.address()).submit(ANNA, BOB, TEXT).message.unwrap().queued_as();
    let failed =
        |relay: &Relay| relay.queue().into_iter().find(|entry| entry["attempts"] == 1 && entry["claimed"] == false);
    let before = until("a failed attempt", || failed(&relay));
    relay.kill();
    relay.restart();
    let after = until("the message after the crash", || failed(&relay));
    assert_eq!(after, before);
    assert_eq!(after["reference"], reference);
    let id = after["id"].as_str().unwrap();
    let shown = relay.run(&["queue", "show", id]).expect(0);
    for part in [BOB, ANNA, "pending", &format!("[127.0.0.1]:{}", gone.port())] {
        assert!(shown.stdout.contains(part), "{part:?} is not in {shown}");
    }
}

/// Killed while mail comes in and goes out: what got its 250 arrives, perhaps twice, and nothing of it is ever torn.
#[test]
fn nothing_that_was_accepted_is_lost() {
    let sink = Sink::start(&[]);
    let mut relay = Relay::of_contoso(sink.address);
    let mut accepted = Vec::new();
    for round in 0..3 {
        let address = relay.address();
        let before = sink.arrived().len();
        let sender = std::thread::spawn(move || send_until_the_end(address, round));
        until("mail at the sink", || (sink.arrived().len() >= before + 10).then_some(()));
        relay.kill();
        accepted.extend(sender.join().unwrap());
        relay.restart();
    }
    until("an empty queue", || relay.queue().is_empty().then_some(()));
    let arrived = sink.arrived();
    for number in &accepted {
        let text = body(number);
        let found = arrived.iter().find(|message| message.recipients == [format!("<{number}@elsewhere.example>")]);
        let message = found.unwrap_or_else(|| panic!("{number} got its 250 and is lost, of {}", accepted.len()));
        assert!(message.text().ends_with(&text), "{number} is torn: {}", message.text());
    }
}

fn body(number: &str) -> String {
    format!("Subject: {number}\r\n\r\n{}", format!("{number}\r\n").repeat(50))
}

/// Sends mail until the relay is gone. What got its 250.
fn send_until_the_end(address: std::net::SocketAddr, round: usize) -> Vec<String> {
    let mut accepted = Vec::new();
    let mut client = Client::greeted(address);
    for message in 0.. {
        let number = format!("{round}-{message}");
        let commands = format!("MAIL FROM:<{ANNA}>\r\nRCPT TO:<{number}@elsewhere.example>\r\nDATA\r\n");
        let replies = client.exchange(&commands, 3).and_then(|_| client.exchange(&(body(&number) + ".\r\n"), 1));
        match replies {
            Some(replies) if replies.iter().all(|reply| reply.starts_with("250 2.0.0")) => accepted.push(number),
            Some(replies) => panic!("{number} was refused: {replies:?}"),
            None => break,
        }
    }
    accepted
}

#[test]
fn a_stop_in_good_order() {
    let sink = Sink::start(&[]);
    let mut relay = Relay::of_contoso(sink.address);
    let mut idle = Client::greeted(relay.address());
    let mut busy = Client::greeted(relay.address());
    busy.command(&format!("MAIL FROM:<{ANNA}>")).expect("250");
    busy.command(&format!("RCPT TO:<{BOB}>")).expect("250");
    busy.command("DATA").expect("354");
    relay.signal("TERM");
    idle.reply().expect("421 4.3.2 ");
    assert_eq!(idle.line(), None);
    // A message that is coming in is let in.
    busy.send(TEXT);
    busy.command(".").queued_as();
    busy.reply().expect("421 4.3.2 ");
    assert_eq!(relay.ended(), Some(0));
    relay.restart();
    sink.message_to(BOB);
    assert_eq!(relay.stop(), Some(0));
    assert_eq!(sink.arrived().len(), 1);
}

/// An id of a message that waits, once there is one like this.
fn waiting(relay: &Relay, what: &str, is_it: impl Fn(&Json) -> bool) -> String {
    let entry = until(what, || relay.queue().into_iter().find(&is_it));
    entry["id"].as_str().unwrap().to_owned()
}

/// A message that is held is not tried, however often somebody asks for it; released and retried it is, once.
#[test]
fn held_mail_has_a_way_out() {
    let gone = Sink::start(&[]).address;
    let relay = Relay::of_contoso(gone);
    Client::greeted(relay.address()).submit(ANNA, BOB, TEXT).message.unwrap().queued_as();
    let id = waiting(&relay, "a failed attempt", |entry| entry["attempts"] == 1 && entry["claimed"] == false);
    let held = relay.run(&["queue", "hold", &id, "--reason", "looked into"]).expect(0);
    assert!(held.stdout.contains("1 message held") && held.stdout.contains("queue release"), "{held}");
    let attention = relay.status()["attention"].to_string();
    assert!(attention.contains("1 message is held") && attention.contains("queue release"), "{attention}");
    let shown = relay.run(&["queue", "show", &id]).expect(0);
    assert!(shown.stdout.contains("looked into") && shown.stdout.contains(&format!("queue release {id}")), "{shown}");

    let sink = Sink::at(gone, &[]);
    relay.run(&["queue", "retry", &id]).expect(0);
    // Mail that comes later goes past it, when the next hop is no longer left alone.
    let mut client = Client::greeted(relay.address());
    client.submit(ANNA, "carol@elsewhere.example", TEXT).message.unwrap().queued_as();
    sink.message_to("carol@elsewhere.example");
    let [entry] = &relay.queue()[..] else { panic!("{:?}", relay.queue()) };
    assert_eq!((&entry["hold"], &entry["attempts"]), (&Json::from("looked into"), &Json::from(1)));

    let released = relay.run(&["queue", "release", &id, "--json"]).expect(0).json();
    assert_eq!(released, serde_json::json!({"messages": 1}));
    // It is due since it was to be retried.
    sink.message_to(BOB);
    until("an empty queue", || relay.queue().is_empty().then_some(()));
    assert_eq!(sink.arrived().len(), 2, "delivered more than once");
    relay.run(&["queue", "release", &id]).expect(1);
}

#[test]
fn what_is_removed_is_never_delivered() {
    let sink = Sink::start(&[("RCPT TO:<bob@", "451 4.2.1 later")]);
    let relay = Relay::of_contoso(sink.address);
    Client::greeted(relay.address()).submit(ANNA, BOB, TEXT).message.unwrap().queued_as();
    let id = waiting(&relay, "a failed attempt", |entry| entry["attempts"] == 1 && entry["claimed"] == false);
    let unasked = relay.run(&["queue", "remove", &id]).expect(2);
    assert!(unasked.stderr.contains("--yes") && relay.queue().len() == 1, "{unasked}");
    let removed = relay.run(&["queue", "remove", &id, "--yes"]).expect(0);
    assert!(removed.stdout.contains("Nothing was bounced"), "{removed}");
    assert!(relay.queue().is_empty(), "{:?}", relay.queue());
    let again = relay.run(&["queue", "remove", &id, "--yes"]).expect(1);
    assert!(again.stderr.contains(&id) && again.stderr.contains("nothing was changed"), "{again}");
    // Neither it nor a bounce of it comes before, or with, what is sent later.
    sink.answer(&[]);
    Client::greeted(relay.address()).submit(ANNA, "carol@elsewhere.example", TEXT).message.unwrap().queued_as();
    sink.message_to("carol@elsewhere.example");
    until("an empty queue", || relay.queue().is_empty().then_some(()));
    assert_eq!(sink.arrived().len(), 1);
}

/// Messages are meant by what they are like: listed, held, released and removed so, after their number was shown.
#[test]
fn messages_are_selected_by_what_they_are_like() {
    let sink = Sink::start(&[("RCPT TO:<bob@", "451 4.7.1 greylisted"), ("RCPT TO:<carol@", "452 4.2.2 full")]);
    let relay = Relay::of_contoso(sink.address);
    let mut client = Client::greeted(relay.address());
    for recipient in ["bob@elsewhere.example", "bob@mail.elsewhere.example", "carol@elsewhere.example"] {
        client.submit(ANNA, recipient, TEXT).message.unwrap().queued_as();
    }
    until("failed attempts", || {
        let tried = |entry: &Json| entry["attempts"] == 1 && entry["claimed"] == false;
        (relay.queue().iter().filter(|entry| tried(entry)).count() == 3).then_some(())
    });
    let listed = |flags: &[&str]| {
        let page = relay.run(&[&["queue", "list", "--json"], flags].concat()).expect(0).json();
        page["messages"].as_array().unwrap().len()
    };
    for (flags, expected) in [
        (&["--last-reply", "4.7."][..], 2),
        (&["--last-reply", "452"], 1),
        (&["--last-reply", "Greylisted", "--destination", "*.elsewhere.example"], 1),
        (&["--destination", "elsewhere.example"], 2),
        (&["--sender", "contoso.com", "--tenant", "contoso", "--younger-than", "1d"], 3),
        (&["--sender", "<>"], 0),
        (&["--older-than", "1d"], 0),
    ] {
        assert_eq!(listed(flags), expected, "{flags:?}");
    }
    let reference = relay.queue()[0]["reference"].as_str().unwrap().to_ascii_lowercase();
    assert_eq!(listed(&["--reference", &reference]), 1);
    let unsaid = relay.run(&["queue", "hold", "--yes"]).expect(2);
    assert!(unsaid.stderr.contains("which messages?") && unsaid.stderr.contains("--all"), "{unsaid}");
    let unasked = relay.run(&["queue", "hold", "--last-reply", "4.7."]).expect(2);
    assert!(unasked.stderr.contains("2 messages would be changed") && unasked.stderr.contains("--yes"), "{unasked}");
    let held = relay.run(&["queue", "hold", "--last-reply", "4.7.", "--reason", "wait", "--yes"]).expect(0);
    assert!(held.stdout.contains("2 messages held"), "{held}");
    let nothing = relay.run(&["queue", "release", "--destination", "nowhere.example", "--yes"]).expect(1);
    assert!(nothing.stderr.contains("Nothing like that waits"), "{nothing}");
    let nothing = relay.run(&["queue", "release", "--destination", "nowhere.example", "--yes", "--json"]).expect(1);
    assert_eq!(nothing.json(), serde_json::json!({"messages": 0}));
    let page = relay.run(&["queue", "list", "--sender", "contoso.com", "--limit", "1"]).expect(0);
    assert!(page.stdout.contains("there are more: the same command with `--after "), "the selection goes on: {page}");
    let released = relay.run(&["queue", "release", "--destination", "*.elsewhere.example", "--yes", "--json"]);
    assert_eq!(released.expect(0).json(), serde_json::json!({"messages": 1}));
    let held = relay.queue().into_iter().filter(|entry| entry["hold"] == "wait").count();
    assert_eq!(held, 1);
    relay.run(&["queue", "remove"]).expect(2);
    relay.run(&["queue", "remove", "--all", "--tenant", "contoso", "--yes"]).expect(2);
    relay.run(&["queue", "remove", "--all", "--yes"]).expect(0);
    assert!(relay.queue().is_empty(), "{:?}", relay.queue());
}

/// Nobody vouched for the sender of incoming mail, so that its bounce goes when an administrator says so.
#[test]
fn a_held_bounce_is_released() {
    let sink = Sink::start(&[("RCPT TO:<anna@", "550 5.1.1 no anna here")]);
    let relay = Relay::bare();
    // Else the stranger would hear of it at once.
    relay.apply(&crate::relay::contoso(sink.address).replace("tls = ", "cut_through = false, tls = "));
    let mut client = Client::greeted(relay.address());
    client.submit("stranger@example.net", ANNA, TEXT).message.unwrap().queued_as();
    let id = waiting(&relay, "a held bounce", |entry| entry["hold"].is_string());
    let listed = relay.run(&["queue", "list"]).expect(0);
    assert!(listed.stdout.contains("postwarden queue release ID"), "{listed}");
    assert!(sink.arrived().is_empty());
    relay.run(&["queue", "release", &id]).expect(0);
    let bounce = sink.message_to("stranger@example.net");
    assert!(bounce.text().contains("no anna here"), "{}", bounce.text());
    until("an empty queue", || relay.queue().is_empty().then_some(()));
}

mod long {
    //! The first retry comes after a minute.
    use std::time::Duration;

    use super::*;
    use crate::waiting::until_within;

    #[test]
    fn the_next_hop_comes_back_after_a_crash() {
        let gone = Sink::start(&[]).address;
        let mut relay = Relay::of_contoso(gone);
        Client::greeted(relay.address()).submit(ANNA, BOB, TEXT).message.unwrap().queued_as();
        until("a failed attempt", || (relay.queue().first()?["attempts"] == 1).then_some(()));
        relay.kill();
        let sink = Sink::at(gone, &[]);
        relay.restart();
        until_within(Duration::from_secs(120), "the message", || sink.arrived().first().cloned());
        until("an empty queue", || relay.queue().is_empty().then_some(()));
        assert_eq!(sink.arrived().len(), 1);
    }
}
