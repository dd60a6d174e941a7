//! What became of mail and of what was refused, as an administrator asks for it: stories, who knocks, and numbers.

use std::net::IpAddr;

use crate::client::Client;
use crate::pki::{Authority, Leaf};
use crate::relay::{Relay, contoso};
use crate::sink::Sink;
use crate::waiting::until;

const ANNA: &str = "anna@contoso.com";
const BOB: &str = "bob@elsewhere.example";
const TEXT: &str = "Message-ID: <story.1@contoso.com>\r\nSubject: x\r\n\r\nhello\r\n";

/// Put off by its next hop, tried again at an administrator's word, delivered: one story, found by whatever is known of it.
#[test]
fn a_message_has_a_story() {
    let sink = Sink::start(&[("RCPT", "451 4.7.1 greylisted, come again")]);
    let mut relay = Relay::of_contoso(sink.address);
    let reference = Client::greeted(relay.address()).submit(ANNA, BOB, TEXT).message.unwrap().queued_as();
    let id = until("a failed attempt", || {
        let entry = relay.queue().into_iter().find(|entry| entry["attempts"] == 1 && entry["claimed"] == false)?;
        Some(entry["id"].as_str().unwrap().to_owned())
    });
    let stuck = relay.run(&["trace", "--reference", &reference]).expect(0);
    for part in ["451 4.7.1 greylisted, come again; again at ", &format!("queue retry --reference {reference}")] {
        assert!(stuck.stdout.contains(part), "{part:?} is not in {stuck}");
    }
    sink.answer(&[]);
    relay.run(&["queue", "retry", &id]).expect(0);
    sink.message_to(BOB);
    until("an empty queue", || relay.queue().is_empty().then_some(()));
    assert_eq!(relay.stop(), Some(0));
    relay.restart();

    let told = relay.run(&["trace", "--reference", &reference]).expect(0);
    let hop = format!("at [127.0.0.1]:{} (no TLS)", sink.address.port());
    let lines = [
        "connected  from 127.0.0.1 (client.example), no TLS".to_owned(),
        format!("attributed <{BOB}> the tenant's own by connector \"Printers\", rule A7; goes out by \"Out\""),
        "for 1 recipient, Message-ID <story.1@contoso.com>".to_owned(),
        format!("deferred   <{BOB}> {hop}: 451 4.7.1 greylisted, come again"),
        "retried    by ".to_owned(),
        format!("delivered  <{BOB}> {hop}: 250 "),
    ];
    let mut rest = told.stdout.as_str();
    for line in &lines {
        let found = rest.find(line.as_str()).unwrap_or_else(|| panic!("{line:?} does not come next in {told}"));
        rest = &rest[found..];
    }
    for filter in [
        ["--mail-from", "ANNA@contoso.com"],
        ["--mail-from", "contoso.com"],
        ["--rcpt-to", BOB],
        ["--rcpt-to", "elsewhere.example"],
        ["--message-id", "<story.1@contoso.com>"],
        ["--message-id", "story.1@contoso.com"],
        ["--since", "1h"],
        ["--tenant", "contoso"],
    ] {
        let found = relay.run(&[&["trace", "--json"], &filter[..]].concat()).expect(0).json();
        assert_eq!(found["messages"][0]["reference"], reference, "{filter:?}: {found}");
        assert_eq!(found["messages"].as_array().unwrap().len(), 1, "{filter:?}: {found}");
    }
    for filter in [["--mail-from", "<>"], ["--rcpt-to", "contoso.com"], ["--until", "1h"], ["--message-id", "other"]] {
        relay.run(&[&["trace"], &filter[..]].concat()).expect(1);
    }
    relay.run(&["trace", "--tenant", "nobody"]).expect(1);
    // The reference of accepted mail, where a refusal's was asked for.
    let why = relay.run(&["why", &reference]).expect(1);
    assert!(why.stderr.contains(&format!("postwarden trace --reference {reference}")), "{why}");
}

/// A server whose certificate nobody registered knocks; so does one with a certificate that anybody could have made.
#[test]
fn who_knocks_is_shown_with_what_would_admit_it() {
    let (sink, authority) = (Sink::start(&[]), Authority::root("Candidates Root"));
    let folder = Relay::folder_only();
    std::fs::write(folder.path().join("root.pem"), authority.pem()).unwrap();
    let config = "[[listener]]\naddress = \"127.0.0.1:0\"\n[client_certificates]\ntrust = [\"root.pem\"]\n";
    let relay = Relay::start(folder, config);
    let directory = contoso(sink.address).replace("127.0.0.1\"]", "192.0.2.1\"]");
    relay.apply(&directory);
    let known = authority.server("mail.contoso.com");
    let forged = Leaf::san(&["mx.contoso.com"]).self_signed();
    let from: IpAddr = "127.0.0.5".parse().unwrap();
    let mut reference = String::new();
    for identity in [&known, &known, &forged] {
        let mut client = Client::connect_from(from, relay.address()).greet().starttls(Some(identity));
        client.command("MAIL FROM:<anna@contoso.com>").expect("250");
        reference = client.command(&format!("RCPT TO:<{BOB}>")).expect("550 5.7.64 ").reference();
    }
    let shown = relay.run(&["candidates"]).expect(0);
    let command = "postwarden inbound-connector add 'From *.contoso.com' --tenant contoso --tls-sender-certificate-name \
                   '*.contoso.com'";
    for part in [command, "mail.contoso.com", "mx.contoso.com", "claim only", "127.0.0.5", "self-signed"] {
        assert!(shown.stdout.contains(part), "{part:?} is not in {shown}");
    }
    let found = relay.run(&["candidates", "--json"]).expect(0).json();
    let items = found["items"].as_array().unwrap();
    let told: Vec<_> =
        items.iter().map(|one| (one["kind"].as_str().unwrap(), one["times"].as_u64().unwrap())).collect();
    assert_eq!(told, [("certificate", 2), ("address", 1), ("claim", 1)], "{found}");
    assert_eq!(items[2]["admit"].as_array().unwrap().len(), 0, "a claim must not be admitted: {found}");
    let status = relay.run(&["status"]).expect(0);
    assert!(status.stdout.contains("postwarden candidates") && status.stdout.contains("REFUSED"), "{status}");
    relay.run(&["why", &reference]).expect(0);

    // What is proposed admits it, and whoever is named knocks no more.
    let connector = r#"inbound_connector = [{ name = "New", tls_sender_certificate_name = "*.contoso.com" }]"#;
    let with_it = directory.lines().map(|line| match line.trim_start().starts_with("inbound_connector") {
        true => connector.to_owned(),
        false => line.to_owned(),
    });
    relay.apply(&with_it.collect::<Vec<_>>().join("\n"));
    let mut client = Client::connect_from(from, relay.address()).greet().starttls(Some(&known));
    client.submit(ANNA, BOB, TEXT).message.unwrap().expect("250");
    let left = relay.run(&["candidates", "--json"]).expect(0).json();
    let kinds: Vec<_> = left["items"].as_array().unwrap().iter().map(|one| one["kind"].clone()).collect();
    assert_eq!(kinds, ["address"], "{left}");
}

/// What was refused is counted, and the counts are there after a restart.
#[test]
fn refusals_are_counted_over_a_restart() {
    let sink = Sink::start(&[]);
    let mut relay = Relay::of_contoso(sink.address);
    let refuse = |relay: &Relay, sender: &str| {
        let mut client = Client::connect_from("127.0.0.6".parse().unwrap(), relay.address()).greet();
        client.command(&format!("MAIL FROM:<{sender}>")).expect("250");
        client.command(&format!("RCPT TO:<{BOB}>")).expect("550 5.7.64 ");
    };
    for _ in 0..3 {
        refuse(&relay, "anna@contoso.com");
    }
    refuse(&relay, "eve@stranger.example");
    let counted = |relay: &Relay| relay.status()["refused"].to_string();
    let before = counted(&relay);
    let wanted = r#"[{"tenant":"contoso","hour":3,"day":3},{"tenant":null,"hour":1,"day":1}]"#;
    let same = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(same(&before), same(wanted));
    assert_eq!(relay.stop(), Some(0));
    relay.restart();
    assert_eq!(counted(&relay), before);
    refuse(&relay, "eve@stranger.example");
    assert!(counted(&relay).contains("\"day\":2"), "{}", counted(&relay));
}
