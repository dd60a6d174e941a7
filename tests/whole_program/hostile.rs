//! Clients that want to slip something in: a second message behind a false end, commands before TLS.

use crate::client::Client;
use crate::relay::Relay;
use crate::sink::Sink;

const ANNA: &str = "anna@contoso.com";
const BARE: &str = "550 5.6.11 ";

/// What some servers take for the end of a message, and others do not: each with what a smuggler writes behind it.
#[test]
fn nothing_is_smuggled_behind_a_false_end() {
    let sink = Sink::start(&[]);
    let relay = Relay::of_contoso(sink.address);
    let ends = [
        "\n.\n",
        "\n.\r\n",
        "\r\n.\n",
        "\r.\r",
        "\r\n.\r",
        "\r.\r\n",
        "\n.\r",
        "\r.\n",
        "\r\r\n.\r\n",
        "\n\n.\r\n",
        "\0\r\n.\n",
        "\r\n\0.\r\n\r.\r\n",
    ];
    for end in ends {
        let mut client = Client::greeted(relay.address());
        client.command(&format!("MAIL FROM:<{ANNA}>")).expect("250");
        client.command("RCPT TO:<bob@elsewhere.example>").expect("250");
        client.command("DATA").expect("354");
        client.send(format!("Subject: x\r\n\r\nhello{end}"));
        // Some hold the true end too, and are refused for what stands before it.
        if !end.ends_with("\r\n.\r\n") {
            client.send("MAIL FROM:<ceo@contoso.com>\r\nRCPT TO:<victim@elsewhere.example>\r\nDATA\r\n");
            client.send("Subject: smuggled\r\n\r\ngotcha\r\n.\r\n");
        }
        client.reply().expect(BARE);
        // There was one message and one answer.
        client.command("NOOP").expect("250 2.0.0");
    }
    let mut client = Client::greeted(relay.address());
    client.submit(ANNA, "last@elsewhere.example", "Subject: x\r\n\r\nlast\r\n").message.unwrap().queued_as();
    sink.message_to("last@elsewhere.example");
    assert_eq!(sink.arrived().len(), 1, "{:?}", sink.arrived());
}

#[test]
fn nothing_said_before_tls_is_done_after_it() {
    let sink = Sink::start(&[]);
    let relay = Relay::of_contoso(sink.address);
    let injected = "MAIL FROM:<anna@contoso.com>\r\nRCPT TO:<bob@elsewhere.example>\r\n";
    for behind in [injected, "EHLO x\r\n", "X", "\r\n"] {
        let mut client = Client::greeted(relay.address());
        client.send(format!("STARTTLS\r\n{behind}"));
        client.reply().expect("554 5.5.1 ");
        assert_eq!(client.line(), None, "the connection stays open after {behind:?}");
    }
    // A transaction that was open before TLS is over.
    let mut client = Client::greeted(relay.address());
    client.command("MAIL FROM:<anna@contoso.com>").expect("250");
    client.starttls(None).command("RCPT TO:<bob@elsewhere.example>").expect("503 5.5.1 ");
    assert!(sink.arrived().is_empty());
}
