//! A next hop that fails at each stage in each way: the message waits, its last reply says where and how it failed, other
//! mail goes on, and nothing arrives twice.

use crate::client::Client;
use crate::relay::Relay;
use crate::sink::{Rules, Sink};
use crate::waiting::until;

const ANNA: &str = "anna@contoso.com";
const TEXT: &str = "Subject: x\r\n\r\nhello\r\n";

const STAGES: [&str; 6] = ["banner", "EHLO", "MAIL", "RCPT", "DATA", "."];

/// Tenant contoso, whose mail for fails0.example, fails1.example and so on goes to these next hops, and all other mail to
/// another.
fn directory(failing: &[String], other: &Sink) -> String {
    let connector = |(number, host): (usize, &String)| {
        let spaces = format!("address_spaces = [\"fails{number}.example;1\"]");
        format!("{{ name = \"Failing {number}\", smart_hosts = [\"{host}\"], tls = \"none\", {spaces} }},\n")
    };
    format!(
        r#"
        [[tenant]]
        name = "contoso"
        domain = [{{ name = "contoso.com", verified = true }}]
        inbound_connector = [{{ name = "Printers", sender_ip_addresses = ["127.0.0.1"] }}]
        send_connector = [
            {{ name = "Out", smart_hosts = ["{}"], tls = "none" }},
            {}
        ]
        "#,
        other.address,
        failing.iter().enumerate().map(connector).collect::<String>()
    )
}

/// Sends a message through the failing next hop, and expects that it waits with a reply that says all of this.
fn waits(relay: &Relay, what: &str, parts: &[&str]) {
    Client::greeted(relay.address()).submit(ANNA, "bob@fails0.example", TEXT).message.unwrap().queued_as();
    let reply = until(&format!("a failed attempt after {what}"), || {
        let queue = relay.queue();
        let entry = queue.first()?;
        (entry["attempts"] == 1 && entry["claimed"] == false)
            .then(|| entry["last_reply"].as_str().unwrap_or_default().to_owned())
    });
    assert!(reply.starts_with('4'), "{what}: {reply}");
    for part in parts {
        assert!(reply.contains(part), "{what}: {part:?} is not said: {reply}");
    }
    let id = relay.queue()[0]["id"].as_str().unwrap().to_owned();
    relay.run(&["queue", "remove", &id, "--yes"]).expect(0);
}

#[test]
fn it_fails_at_each_stage() {
    let other = Sink::start(&[]);
    let relay = Relay::bare();
    for stage in STAGES {
        for (reply, part) in [
            ("421 4.3.2 going down", "421 4.3.2 going down"),
            ("451 4.3.0 not now", "451 4.3.0 not now"),
            ("what do you mean", "what do you mean"),
            ("\u{1}\u{2}\u{3}", ""),
        ] {
            let what = format!("{reply:?} to {stage}");
            let rules: Rules = vec![(stage, reply)];
            // Each has its own: a next hop that fails is left alone for a while.
            let failing = Sink::start(&rules);
            relay.apply(&directory(&[failing.address.to_string()], &other));
            let place = failing.address.port().to_string();
            let parts = if reply.starts_with('4') { vec![part] } else { vec![part, &place] };
            let parts =
                if stage == "." || reply.starts_with('4') { parts } else { parts.into_iter().skip(1).collect() };
            waits(&relay, &what, &parts);
            assert_eq!(failing.arrived().len(), 0, "{what}");
        }
    }
    Client::greeted(relay.address()).submit(ANNA, "eve@elsewhere.example", TEXT).message.unwrap().queued_as();
    other.message_to("eve@elsewhere.example");
}

/// A name that nobody resolves: told by its name, with the code of RFC 3463 for the routing server.
#[test]
fn a_name_that_is_not_resolved() {
    let other = Sink::start(&[]);
    let relay = Relay::bare();
    relay.apply(&directory(&["mx.postwarden-test.invalid".to_owned()], &other));
    waits(&relay, "a name of nobody", &["451 4.4.3 ", "mx.postwarden-test.invalid", "cannot be resolved"]);
    Client::greeted(relay.address()).submit(ANNA, "eve@elsewhere.example", TEXT).message.unwrap().queued_as();
    other.message_to("eve@elsewhere.example");
}

/// Those that are silent hold up only their own mail.
#[test]
fn it_is_silent_at_each_stage() {
    let other = Sink::start(&[]);
    let relay = Relay::bare();
    let silent = STAGES.map(|stage| Sink::start(&[(stage, "silence")]));
    relay.apply(&directory(&silent.each_ref().map(|sink| sink.address.to_string()), &other));
    for (number, sink) in silent.iter().enumerate() {
        let to = format!("bob@fails{number}.example");
        Client::greeted(relay.address()).submit(ANNA, &to, TEXT).message.unwrap().queued_as();
        until("an attempt under way", || (sink.connections() > 0).then_some(()));
        let to = format!("eve+{number}@elsewhere.example");
        Client::greeted(relay.address()).submit(ANNA, &to, TEXT).message.unwrap().queued_as();
        other.message_to(&to);
    }
    let under_way = relay.queue().iter().filter(|entry| entry["claimed"] == true).count();
    assert_eq!(under_way, silent.len(), "all are still waited for");
}
