//! Clients that stop in the middle, at each stage: each is let go in its time, nothing of its message is kept, and others are
//! served meanwhile.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use crate::client::Client;
use crate::relay::Relay;
use crate::sink::Sink;
use crate::waiting::{PATIENCE, until};

const ANNA: &str = "anna@contoso.com";
const TEXT: &str = "Subject: x\r\n\r\nhello\r\n";

const CONFIG: &str = "[[listener]]\naddress = \"127.0.0.1:0\"\n[client_certificates]\ntrust = []\n\
    [limits]\ncommand_wait = \"2s\"\ndata_wait = \"2s\"\nhandshake_wait = \"2s\"\nwrite_wait = \"2s\"\n";

/// A connection behind the banner: who talks before it is turned away for that.
fn connected(relay: &Relay) -> TcpStream {
    let stream = TcpStream::connect(relay.address()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    BufReader::new(&stream).read_line(&mut String::new()).unwrap();
    stream
}

/// Says this and then nothing. All that the relay says behind the banner until it closes.
fn silent_after(relay: &Relay, octets: &str) -> std::thread::JoinHandle<String> {
    let mut stream = connected(relay);
    stream.write_all(octets.as_bytes()).unwrap();
    std::thread::spawn(move || {
        let mut said = Vec::new();
        // A reset ends it as well as a close.
        let _ = stream.read_to_end(&mut said);
        String::from_utf8_lossy(&said).into_owned()
    })
}

#[test]
fn each_is_let_go_in_its_time() {
    let sink = Sink::start(&[]);
    let relay = Relay::start(Relay::folder_only(), CONFIG);
    relay.apply(&crate::relay::contoso(sink.address));
    let stages = [
        ("the banner", String::new(), "421 4.4.2 "),
        ("half a command", "EH".to_owned(), "421 4.4.2 "),
        ("EHLO", "EHLO a\r\n".to_owned(), "421 4.4.2 "),
        ("STARTTLS", "EHLO a\r\nSTARTTLS\r\n".to_owned(), "220 "),
        ("MAIL", format!("EHLO a\r\nMAIL FROM:<{ANNA}>\r\n"), "421 4.4.2 "),
        ("DATA", format!("EHLO a\r\nMAIL FROM:<{ANNA}>\r\nRCPT TO:<b@elsewhere.example>\r\nDATA\r\n"), "421 4.4.2 "),
    ];
    let waiting: Vec<_> = stages.iter().map(|(_, octets, _)| silent_after(&relay, octets)).collect();
    // Some of a message, its end of data but for the last octet.
    let mut half = Client::greeted(relay.address());
    half.command(&format!("MAIL FROM:<{ANNA}>")).expect("250");
    half.command("RCPT TO:<half@elsewhere.example>").expect("250");
    half.command("DATA").expect("354");
    half.send("Subject: x\r\n\r\nhello\r\n.\r");
    Client::greeted(relay.address()).submit(ANNA, "other@elsewhere.example", TEXT).message.unwrap().queued_as();
    sink.message_to("other@elsewhere.example");
    half.reply().expect("421 4.4.2 ");
    for ((stage, _, last), thread) in stages.iter().zip(waiting) {
        let said = thread.join().unwrap();
        let line = said.lines().last().unwrap_or_default();
        assert!(line.starts_with(last), "silent after {stage}: {said:?}");
    }
    until("an empty queue", || relay.queue().is_empty().then_some(()));
    assert_eq!(sink.arrived().len(), 1, "half a message was kept");
}

/// Commands without end from one that reads no reply: the relay waits for it, takes in no more, and lets it go.
#[test]
fn one_that_reads_nothing() {
    let relay = Relay::start(Relay::folder_only(), CONFIG);
    let mut stream = connected(&relay);
    let flood = "HELP\r\n".repeat(10_000);
    let outcome = (0..10_000).try_for_each(|_| stream.write_all(flood.as_bytes()));
    let error = outcome.expect_err("600 MB of commands were taken");
    let is_gone = matches!(error.kind(), std::io::ErrorKind::ConnectionReset | std::io::ErrorKind::BrokenPipe);
    assert!(is_gone, "still there: {error}");
    relay.status();
}
