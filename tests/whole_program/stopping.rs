//! How a relay ends: one signal lets what is under way end, a second one stops at once, and neither loses what was answered
//! with `250`.

use std::net::{SocketAddr, TcpListener};

use crate::client::Client;
use crate::relay::Relay;
use crate::waiting::until;

const ANNA: &str = "anna@contoso.com";
const MESSAGE: &str = "Subject: x\r\n\r\nhello\r\n";

/// A relay whose next hop is away, so that mail stays in its queue.
fn relay() -> Relay {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    Relay::of_contoso(closed)
}

/// A session that is in the middle of its message.
fn in_mid_message(address: SocketAddr) -> Client {
    let mut client = Client::greeted(address);
    client.command(&format!("MAIL FROM:<{ANNA}>")).expect("250");
    client.command("RCPT TO:<late@elsewhere.example>").expect("250");
    client.command("DATA").expect("354");
    client.send("Subject: late\r\n\r\n");
    client
}

fn accepted(address: SocketAddr) {
    let mut client = Client::greeted(address);
    client.submit(ANNA, "early@elsewhere.example", MESSAGE).message.unwrap().queued_as();
}

fn stopping(relay: &Relay) {
    relay.signal("TERM");
    until("it stops", || {
        relay.log().iter().any(|line| line["message"] == "stopping; a second signal stops at once").then_some(())
    });
}

#[test]
fn one_signal_lets_a_message_end() {
    let mut relay = relay();
    accepted(relay.address());
    let mut client = in_mid_message(relay.address());
    let address = relay.address();
    stopping(&relay);
    client.send("hello\r\n.\r\n");
    client.reply().queued_as();
    assert_eq!(relay.ended(), Some(0));
    assert!(std::net::TcpStream::connect(address).is_err(), "it listens still");
    relay.restart();
    assert_eq!(relay.queue().len(), 2);
}

#[test]
fn a_second_signal_stops_at_once() {
    for second in ["TERM", "INT"] {
        let mut relay = relay();
        accepted(relay.address());
        // Held open, it would keep the relay for longer than this test waits.
        let _client = in_mid_message(relay.address());
        stopping(&relay);
        relay.signal(second);
        assert_eq!(relay.ended(), Some(1), "{second}");
        relay.restart();
        assert_eq!(relay.queue().len(), 1, "{second}: what was accepted, and nothing that was not");
    }
}

#[test]
fn a_signal_during_the_start() {
    let place = Relay::folder_only();
    std::fs::write(place.path().join("postwarden.toml"), "data = \"data\"\n[[listener]]\naddress = \"127.0.0.1:0\"\n")
        .unwrap();
    // However early it comes, it ends in good order, or by the signal itself before there is anything to put in order.
    for _ in 0..10 {
        let mut child =
            crate::program::postwarden(place.path()).arg("serve").stderr(std::process::Stdio::null()).spawn().unwrap();
        let kill = std::process::Command::new("kill").args(["-s", "TERM", &child.id().to_string()]).status().unwrap();
        assert!(kill.success(), "{kill}");
        let status = until("the end", || child.try_wait().unwrap());
        assert!(matches!(status.code(), Some(0) | None), "{status}");
    }
}
