//! A stop while mail comes in and goes out, and one that is told twice: what got its 250 arrives, and a start after it is
//! quick.

use std::net::SocketAddr;
use std::time::Duration;

use crate::client::Client;
use crate::relay::Relay;
use crate::sink::Sink;
use crate::waiting::until;

const ANNA: &str = "anna@contoso.com";
const TEXT: &str = "Subject: x\r\n\r\nhello\r\n";

/// Sends until the relay is gone. The recipients of what was accepted.
fn send_until_the_end(address: SocketAddr, name: usize) -> Vec<String> {
    let mut accepted = Vec::new();
    for number in 0.. {
        let Some(mut client) = Client::greeted_if_there(address, None) else { break };
        let to = format!("{name}-{number}@elsewhere.example");
        let commands = format!("MAIL FROM:<{ANNA}>\r\nRCPT TO:<{to}>\r\nDATA\r\n");
        let Some(replies) = client.exchange(&commands, 3) else { break };
        if !replies[2].starts_with("354") {
            break;
        }
        match client.exchange(&format!("{TEXT}.\r\n"), 1) {
            Some(replies) if replies[0].starts_with("250") => accepted.push(to),
            _ => break,
        }
    }
    accepted
}

/// Stops a relay under load by these signals, starts it again, and expects all that was accepted to arrive.
fn check(signals: &[&str], codes: &[Option<i32>]) {
    let sink = Sink::start(&[]);
    let mut relay = Relay::of_contoso(sink.address);
    let address = relay.address();
    let senders: Vec<_> = (0..4).map(|name| std::thread::spawn(move || send_until_the_end(address, name))).collect();
    until("mail at the sink", || (sink.arrived().len() > 10).then_some(()));
    for signal in signals {
        relay.signal(signal);
    }
    let code = relay.ended();
    assert!(codes.contains(&code), "{signals:?}: exit code {code:?}");
    let accepted: Vec<String> = senders.into_iter().flat_map(|sender| sender.join().unwrap()).collect();
    relay.restart();
    for to in &accepted {
        sink.message_to(to);
    }
    until("an empty queue", || relay.queue().is_empty().then_some(()));
    let twice = sink.arrived().len() - accepted.len().min(sink.arrived().len());
    println!("{signals:?}: {} accepted, {twice} more arrived", accepted.len());
}

#[test]
fn nothing_is_lost_by_a_stop() {
    check(&["TERM"], &[Some(0)]);
}

#[test]
fn nothing_is_lost_by_two_signals() {
    check(&["TERM", "INT"], &[Some(0), Some(1)]);
}

/// An attempt that waits for the answer to its end of data would hold up the stop; the second signal does not wait.
#[test]
fn a_second_signal_does_not_wait() {
    let sink = Sink::start(&[(".", "silence")]);
    let mut relay = Relay::of_contoso(sink.address);
    Client::greeted(relay.address()).submit(ANNA, "bob@elsewhere.example", TEXT).message.unwrap().queued_as();
    until("an attempt under way", || (relay.queue().first()?["claimed"] == true).then_some(()));
    let slow = Client::greeted(relay.address());
    relay.signal("TERM");
    std::thread::sleep(Duration::from_millis(300));
    relay.signal("TERM");
    assert_eq!(relay.ended(), Some(1));
    drop(slow);
    sink.answer(&[]);
    relay.restart();
    sink.message_to("bob@elsewhere.example");
    until("an empty queue", || relay.queue().is_empty().then_some(()));
}
