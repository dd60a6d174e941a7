//! Clients that want to slip something in before TLS.

use crate::client::Client;
use crate::relay::Relay;
use crate::sink::Sink;

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
