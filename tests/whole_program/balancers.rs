//! Balancers in front of a relay: the PROXY header is required of those that are listed, refused from others, and the
//! address in it is the client's in every way.

use std::net::IpAddr;
use std::time::Duration;

use crate::client::Client;
use crate::peers::haproxy::HaProxy;
use crate::relay::{Relay, contoso};
use crate::sink::Sink;
use crate::waiting::until;

/// The listed balancer, one of this machine's addresses.
const BALANCER: &str = "127.0.0.2";
const ANNA: &str = "anna@contoso.com";
const BOB: &str = "bob@elsewhere.example";
const V2: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";

/// A relay behind the balancer; `limits` is what stands in `[limits]`. Contoso's mail comes from 127.0.0.1.
fn relay(sink: &Sink, limits: &str) -> Relay {
    let config = format!(
        "[[listener]]\naddress = \"127.0.0.1:0\"\nproxy_protocol = [\"{BALANCER}\"]\n\
         [client_certificates]\ntrust = []\n[limits]\n{limits}\n"
    );
    let relay = Relay::start(Relay::folder_only(), &config);
    relay.apply(&contoso(sink.address));
    relay
}

/// Connects from there and sends octets before anything else.
fn connect(relay: &Relay, source: &str, octets: impl AsRef<[u8]>) -> Client {
    let mut client = Client::connect_from(source.parse::<IpAddr>().unwrap(), relay.address());
    client.send(octets);
    client
}

fn v1(client: &str) -> String {
    format!("PROXY TCP4 {client} 192.0.2.99 40000 25\r\n")
}

/// For an IPv4 client, with an extension behind.
fn v2(client: [u8; 4]) -> Vec<u8> {
    [V2, b"\x21\x11\x00\x10", &client, &[192, 0, 2, 99, 0x9c, 0x40, 0, 25], b"\x04\x00\x01x"].concat()
}

#[test]
fn the_address_in_the_header_is_the_clients() {
    let sink = Sink::start(&[]);
    let relay = relay(&sink, "");
    let mapped = "PROXY TCP6 ::ffff:127.0.0.1 2001:db8::99 40000 25\r\n";
    for (number, header) in [v1("127.0.0.1").into_bytes(), v2([127, 0, 0, 1]), mapped.into()].iter().enumerate() {
        let to = format!("bob{number}@elsewhere.example");
        let mut client = connect(&relay, BALANCER, header).greet();
        client.submit(ANNA, &to, "Subject: x\r\n\r\nhello\r\n").message.unwrap().queued_as();
        let text = String::from_utf8(sink.message_to(&to).octets).unwrap();
        assert!(text.starts_with("Received: from client.example ([127.0.0.1])"), "{text}");
        assert!(!text.contains(BALANCER), "{text}");
    }
    // Somebody else behind the same balancer, whose own address counts for nothing.
    for header in [v1("192.0.2.1").into_bytes(), v2([192, 0, 2, 1])] {
        let refusal = connect(&relay, BALANCER, header).greet().submit(ANNA, BOB, "").recipient;
        refusal.clone().expect("550 5.7.64 ");
        let why = relay.run(&["why", &refusal.0]).expect(0).stdout;
        assert!(why.contains("from 192.0.2.1:"), "{why}");
    }
}

#[test]
fn no_address_attributes_nothing() {
    let sink = Sink::start(&[]);
    let relay = relay(&sink, "");
    // The balancer itself would be admitted.
    relay.apply(&contoso(sink.address).replace("\"127.0.0.1\"]", "\"127.0.0.1\", \"127.0.0.2\"]"));
    let local = [V2, b"\x20\x11\x00\x0c\x7f\0\0\x01\x7f\0\0\x01\0\x01\0\x19"].concat();
    for header in [b"PROXY UNKNOWN\r\n".to_vec(), [V2, b"\x20\0\0\0"].concat(), [V2, b"\x21\0\0\0"].concat(), local] {
        let refusal = connect(&relay, BALANCER, &header).greet().submit(ANNA, BOB, "").recipient;
        refusal.clone().expect("550 5.7.64 ");
        let why = relay.run(&["why", &refusal.0]).expect(0).stdout;
        assert!(why.contains("from an unknown address:"), "{why}");
    }
}

#[test]
fn what_balancers_may_not_send() {
    let sink = Sink::start(&[]);
    let relay = relay(&sink, "proxy_wait = \"1s\"");
    let long = format!("PROXY UNKNOWN {}", "x".repeat(200));
    let wrong: [&[u8]; 8] = [
        b"EHLO client.example\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PROXY TCP4 127.0.0.1\r\n",
        b"PROXY TCP4 127.0.0.1 127.0.0.1 1",
        long.as_bytes(),
        &[V2, b"\x21\x11\x20\x00"].concat(),
        &[V2, b"\x21\x11\x00\x0c"].concat(),
        b"",
    ];
    for octets in wrong {
        assert_eq!(connect(&relay, BALANCER, octets).line(), None, "an answer to {}", octets.escape_ascii());
    }
    let told =
        || relay.log().into_iter().filter(|line| line["message"] == "a balancer's connection is dropped").count();
    assert_eq!(told(), 1, "the log tells it once a minute");
    // Slow, but within its time.
    let mut client = connect(&relay, BALANCER, "PRO");
    std::thread::sleep(Duration::from_millis(50));
    client.send("XY TCP4 127.0.0.1 192.0.2.99 40000 25\r");
    std::thread::sleep(Duration::from_millis(50));
    client.send("\n");
    client.greet();
    // A client that does not wait for the banner.
    connect(&relay, BALANCER, format!("{}EHLO c\r\n", v1("127.0.0.1"))).reply().expect("554 5.5.1 ");
}

#[test]
fn headers_from_others_are_refused() {
    let sink = Sink::start(&[]);
    let relay = relay(&sink, "greeting_delay = \"1s\"");
    let refusal = "554 5.7.1 PROXY headers are not taken from your address";
    for header in [v1("127.0.0.1").into_bytes(), v2([127, 0, 0, 1])] {
        let mut client = connect(&relay, "127.0.0.3", &header);
        client.reply().expect(refusal);
        assert_eq!(client.line(), None);
        // Behind the banner it is no better.
        let mut client = Client::connect_from("127.0.0.3".parse().unwrap(), relay.address());
        client.reply().expect("220");
        client.send(&header);
        client.reply().expect(refusal);
        assert_eq!(client.line(), None);
    }
    // The same from somebody who does speak SMTP is a command that nobody knows.
    let mut client = Client::greeted(relay.address());
    client.command("PROXY TCP4 127.0.0.1 192.0.2.99 40000 25").expect("500 ");
}

#[test]
fn limits_are_the_clients_and_not_the_balancers() {
    let sink = Sink::start(&[]);
    let relay = relay(&sink, "sessions_per_source = 1");
    let _first = connect(&relay, BALANCER, v1("192.0.2.1")).greet();
    let _second = connect(&relay, BALANCER, v1("192.0.2.2")).greet();
    connect(&relay, BALANCER, v1("192.0.2.1")).reply().expect("421 4.7.0 ");
    let _checks = [(); 3].map(|()| connect(&relay, BALANCER, [V2, b"\x20\0\0\0"].concat()).greet());
}

#[test]
fn haproxy() {
    if !HaProxy::is_there() {
        return;
    }
    let sink = Sink::start(&[]);
    let relay = relay(&sink, "");
    for (number, options) in ["send-proxy", "send-proxy-v2", "send-proxy-v2 check check-send-proxy"].iter().enumerate()
    {
        let balancer = HaProxy::start(relay.address(), BALANCER, options);
        let carry = |source: &str, to: &str| {
            let client = Client::connect_from(source.parse::<IpAddr>().unwrap(), balancer.address);
            client.greet().submit(ANNA, to, "Subject: x\r\n\r\nhello\r\n")
        };
        let to = format!("bob{number}@elsewhere.example");
        carry("127.0.0.1", &to).message.unwrap().queued_as();
        let text = String::from_utf8(sink.message_to(&to).octets).unwrap();
        assert!(text.starts_with("Received: from client.example ([127.0.0.1])"), "{options}: {text}");
        carry("127.0.0.3", BOB).recipient.expect("550 5.7.64 ");
    }
    // One that the relay was not told of.
    let balancer = HaProxy::start(relay.address(), "127.0.0.4", "send-proxy");
    let mut client = Client::connect(balancer.address);
    // The header may come before the banner or behind it.
    let mut reply = client.reply();
    if reply.0.starts_with("220 ") {
        reply = client.reply();
    }
    reply.expect("554 5.7.1 ");
    until("a line in the log", || {
        relay
            .log()
            .iter()
            .any(|line| line["origin"].as_str().is_some_and(|origin| origin.starts_with("127.0.0.4:")))
            .then_some(())
    });
}
