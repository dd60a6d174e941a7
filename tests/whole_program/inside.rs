//! Mail between two tenants of one hub goes from one to the other inside it (rule A13), and what cannot be delivered comes
//! back the same way.

use crate::client::Client;
use crate::relay::Relay;
use crate::sink::Sink;
use crate::waiting::until;

const ANNA: &str = "anna@contoso.com";
const TEXT: &str = "Message-ID: <1@contoso.com>\r\nSubject: to the neighbours\r\n\r\nhello\r\n";

/// Contoso sends from 127.0.0.1 and has no smart host but for its own mail. Fabrikam takes its own mail, and has this more.
fn neighbours(contoso: &Sink, fabrikam: &Sink, more: &str) -> String {
    format!(
        r#"
        [[tenant]]
        name = "contoso"
        domain = [{{ name = "contoso.com", verified = true }}]
        inbound_connector = [{{ name = "Printers", sender_ip_addresses = ["127.0.0.1"] }}]
        send_connector = [
            {{ name = "Out" }},
            {{ name = "Home", address_spaces = ["contoso.com"], smart_hosts = ["{}"], tls = "none" }},
        ]
        [[tenant]]
        name = "fabrikam"
        domain = [{{ name = "fabrikam.com", verified = true }}]
        send_connector = [
            {{ name = "In", address_spaces = ["fabrikam.com"], smart_hosts = ["{}"], tls = "none" }},
            {more}
        ]
        "#,
        contoso.address, fabrikam.address
    )
}

#[test]
fn mail_between_neighbours_is_handed_over_inside() {
    let (contoso, fabrikam) = (Sink::start(&[]), Sink::start(&[("RCPT TO:<late@", "451 4.2.1 later")]));
    let relay = Relay::bare();
    relay.apply(&neighbours(&contoso, &fabrikam, ""));
    let mut client = Client::greeted(relay.address());
    client.command(&format!("MAIL FROM:<{ANNA}>")).expect("250");
    client.command("RCPT TO:<frank@fabrikam.com>").expect("250");
    client.command("RCPT TO:<alan@contoso.com>").expect("250");
    // Nobody delivers by MX yet.
    client.command("RCPT TO:<bob@elsewhere.example>").expect("451 4.4.4 ");
    client.message(TEXT).queued_as();
    let message = fabrikam.message_to("frank@fabrikam.com");
    assert!(message.mail.starts_with("<anna@contoso.com>"), "{}", message.mail);
    assert_eq!(message.received().1, TEXT.as_bytes());
    assert_eq!(contoso.message_to("alan@contoso.com").received().1, TEXT.as_bytes());
    // It is the receiving tenant's, and Incoming.
    client.submit(ANNA, "late@fabrikam.com", TEXT).message.unwrap().queued_as();
    let entry = until("a message that waits", || relay.queue().into_iter().find(|entry| entry["attempts"] == 1));
    assert_eq!((&entry["tenant"], &entry["direction"]), (&"fabrikam".into(), &"incoming".into()));
    assert_eq!(entry["send_connector"], "In");
}

#[test]
fn a_bounce_between_neighbours_comes_back_inside() {
    let refusing = &[("RCPT TO:<", "550-5.1.1 There is no frank here.\n550 5.1.1 He moved.")];
    let check = |more: &str, by: &str| {
        let (contoso, fabrikam) = (Sink::start(&[]), Sink::start(refusing));
        let relay = Relay::bare();
        relay.apply(&neighbours(&contoso, &fabrikam, more));
        let mut client = Client::greeted(relay.address());
        let reference = client.submit(ANNA, "frank@fabrikam.com", TEXT).message.unwrap().queued_as();
        let bounce = contoso.message_to(ANNA);
        assert_eq!(bounce.mail.split(' ').next(), Some("<>"), "{by}");
        for part in ["There is no frank here.", "Final-Recipient: rfc822; frank@fabrikam.com", &reference] {
            assert!(bounce.text().contains(part), "{by}: {part:?} is not in\n{}", bounce.text());
        }
        until("an empty queue", || relay.queue().is_empty().then_some(()));
    };
    check("", "by nobody: it was handed over inside, and so is the bounce");
    check(r#"{ name = "Out" }"#, "by MX to a neighbour");
}

#[test]
fn a_bounce_without_a_way_is_held_with_the_reason() {
    let (contoso, fabrikam) = (Sink::start(&[]), Sink::start(&[("RCPT TO:<", "550 5.1.1 no")]));
    let relay = Relay::bare();
    let directory = neighbours(&contoso, &fabrikam, "");
    // Contoso's own mail has no smart host either.
    let home = directory.lines().find(|line| line.contains("\"Home\"")).unwrap();
    relay.apply(&directory.replace(home, ""));
    let mut client = Client::greeted(relay.address());
    client.submit(ANNA, "frank@fabrikam.com", TEXT).message.unwrap().queued_as();
    let held = until("a held bounce", || relay.queue().into_iter().find(|entry| entry["hold"].is_string()));
    let shown = relay.run(&["queue", "show", held["id"].as_str().unwrap()]).expect(0);
    let reason = "the tenant that holds its domain has no send connector with smart hosts for it";
    assert!(shown.stdout.contains(reason), "{shown}");
    let attention = relay.status()["attention"].to_string();
    assert!(attention.contains("1 message is held"), "{attention}");
}
