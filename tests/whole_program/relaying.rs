//! What is relayed arrives as it was sent, at whom it was sent to, and in as few connections as will do.

use std::net::{IpAddr, Ipv4Addr};
use std::process::Command;

use crate::client::Client;
use crate::peers::{Letter, Peer, Shows, swaks};
use crate::program::Ran;
use crate::relay::Relay;
use crate::sink::Sink;
use crate::waiting::until;

const ANNA: &str = "anna@contoso.com";
const LOCALHOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

#[test]
fn octet_for_octet() {
    let sink = Sink::start(&[]);
    let relay = Relay::of_contoso(sink.address);
    let long = vec![b'x'; 5000];
    let messages: [(&str, Vec<u8>); 8] = [
        ("plain", b"Subject: x\r\n\r\nhello\r\n".to_vec()),
        ("dots", b"Subject: x\r\n\r\n.\r\n..\r\n.x\r\n...\r\nx.\r\n.\r\n".to_vec()),
        ("8bit", b"Subject: \xc5\x99\r\n\r\n\xe1\xff\x80\r\n".to_vec()),
        ("long", [b"Subject: x\r\n\r\n.", &*long, b"\r\n", &*long, b"\r\n"].concat()),
        ("blanks", b"Subject: x\r\nX-Folded: a\r\n\tb\r\n\r\n \t \r\n\r\n\r\n\r\n".to_vec()),
        ("large", [&b"Subject: x\r\n\r\n"[..], &b"....5....0....5....0\r\n".repeat(150_000)].concat()),
        ("headless", b"\r\nno header at all\r\n".to_vec()),
        ("controls", (1..=255).filter(|octet| !b"\r\n".contains(octet)).chain(*b"\r\n").collect()),
    ];
    for (name, message) in &messages {
        let to = format!("{name}@elsewhere.example");
        let mut client = Client::greeted(relay.address());
        let reference = client.submit(ANNA, &to, message).message.unwrap().queued_as();
        let delivered = sink.message_to(&to);
        let (received, rest) = delivered.received();
        assert!(rest == message, "{name}: {:?}", String::from_utf8_lossy(rest));
        assert!(received.contains(&format!(" id {reference};")), "{name}: {received}");
    }
    assert_eq!(sink.arrived().len(), messages.len());
}

#[test]
fn a_client_that_pipelines() {
    if !Peer::Swaks.is_there() {
        return;
    }
    let sink = Sink::start(&[]);
    let relay = Relay::of_contoso(sink.address);
    let letter = Letter {
        relay: relay.address(),
        source: LOCALHOST,
        shows: &Shows::PlainText,
        from: ANNA,
        to: "bob@elsewhere.example",
        text: "Subject: x\r\n\r\nhello\r\n",
    };
    let ran = swaks::run(letter, &["--pipeline"]).expect(0);
    assert!(ran.stdout.contains("PIPELINING"), "not offered: {ran}");
    assert_eq!(sink.message_to(letter.to).received().1, letter.text.as_bytes());
}

#[test]
fn many_messages_at_once() {
    const MESSAGES: usize = 40;
    let help = Command::new("smtp-source").arg("-?").output();
    if help.is_err() {
        println!("skipped: smtp-source: not installed");
        return;
    }
    let sink = Sink::start(&[]);
    let relay = Relay::of_contoso(sink.address);
    let mut source = Command::new("smtp-source");
    source.args(["-s", "8", "-m", &MESSAGES.to_string(), "-f", ANNA, "-t", "bob@elsewhere.example"]);
    Ran::of(source.arg(format!("inet:{}", relay.address()))).expect(0);
    until("all messages at the sink", || (sink.arrived().len() == MESSAGES).then_some(()));
    until("an empty queue", || relay.queue().is_empty().then_some(()));
    assert!(sink.connections() < MESSAGES, "a connection each: {}", sink.connections());
}

#[test]
fn one_recipient_refused_and_one_accepted() {
    let sink = Sink::start(&[]);
    let relay = Relay::of_contoso(sink.address);
    let mut client = Client::greeted(relay.address());
    client.command("MAIL FROM:<stranger@example.net>").expect("250");
    client.command("RCPT TO:<bob@elsewhere.example>").expect("550 5.7.64 ");
    client.command("RCPT TO:<anna@contoso.com>").expect("250 2.1.5 ");
    client.command("RCPT TO:<eve@elsewhere.example>").expect("550 5.7.64 ");
    client.message("Subject: x\r\n\r\nhello\r\n").queued_as();
    assert_eq!(sink.message_to(ANNA).recipients, ["<anna@contoso.com>"]);
    assert_eq!(sink.arrived().len(), 1);
}

#[test]
fn one_connection_for_several_messages() {
    let sink = Sink::start(&[]);
    let relay = Relay::of_contoso(sink.address);
    for number in 1..=3 {
        let to = format!("bob+{number}@elsewhere.example");
        Client::greeted(relay.address()).submit(ANNA, &to, "Subject: x\r\n\r\nhello\r\n").message.unwrap().queued_as();
        assert_eq!(sink.message_to(&to).connection, 1, "message {number}");
        // It is given back once the message is settled.
        until("an empty queue", || relay.queue().is_empty().then_some(()));
    }
    assert_eq!(sink.connections(), 1);
}
