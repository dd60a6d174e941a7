//! What cannot be delivered comes back with the next hop's own words.

use crate::client::Client;
use crate::relay::Relay;
use crate::sink::Sink;
use crate::waiting::until;

#[test]
fn a_bounce_quotes_the_whole_reply() {
    let refusal =
        "550-5.1.1 There is no bob here.\n550-5.1.1 He moved in 1999.\n550 5.1.1 See https://elsewhere.example/bob";
    let sink = Sink::start(&[("RCPT TO:<bob@", refusal)]);
    let relay = Relay::of_contoso(sink.address);
    let mut client = Client::greeted(relay.address());
    client.command("MAIL FROM:<anna@contoso.com>").expect("250");
    client.command("RCPT TO:<bob@elsewhere.example>").expect("250");
    client.command("RCPT TO:<carol@elsewhere.example>").expect("250");
    let reference =
        client.message("Message-ID: <1@contoso.com>\r\nSubject: The original\r\n\r\nsecret\r\n").queued_as();
    assert_eq!(sink.message_to("carol@elsewhere.example").recipients.len(), 1);
    let bounce = sink.message_to("anna@contoso.com");
    assert!(bounce.mail.starts_with("<>"), "{}", bounce.mail);
    let text = bounce.text();
    let parts = [
        "There is no bob here.",
        "He moved in 1999.",
        "See https://elsewhere.example/bob",
        "multipart/report",
        "message/delivery-status",
        "Final-Recipient: rfc822; bob@elsewhere.example",
        "Action: failed",
        "Status: 5.1.1",
        "Subject: The original",
        &reference,
    ];
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
    assert!(!text.contains("carol"), "a recipient that was reached is in\n{text}");
    assert!(!text.contains("secret"), "the body is in\n{text}");
}

#[test]
fn a_bounce_is_never_bounced() {
    let sink = Sink::start(&[("RCPT TO:<", "550 5.1.1 nobody here")]);
    let relay = Relay::of_contoso(sink.address);
    let mut client = Client::greeted(relay.address());
    client
        .submit("anna@contoso.com", "bob@elsewhere.example", "Subject: x\r\n\r\nhello\r\n")
        .message
        .unwrap()
        .queued_as();
    let tried = |path: &str| {
        let log = relay.log();
        log.iter().filter(|line| line.to_string().contains(path)).count()
    };
    until("the bounce to fail too", || (tried("anna@contoso.com") > 0).then_some(()));
    until("an empty queue", || relay.queue().is_empty().then_some(()));
    assert!(sink.arrived().is_empty());
}
