//! Out of file descriptors: what is open goes on, what comes waits, and the log stays readable.

use std::fs;
use std::net::TcpStream;
use std::process::Command;

use crate::client::Client;
use crate::relay::Relay;
use crate::sink::Sink;
use crate::waiting::until;

const ANNA: &str = "anna@contoso.com";
const TEXT: &str = "Subject: x\r\n\r\nhello\r\n";

#[test]
fn connections_wait_until_others_end() {
    let sink = Sink::start(&[]);
    let relay = Relay::of_contoso(sink.address);
    // Attempts go over a connection that is there already.
    Client::greeted(relay.address()).submit(ANNA, "warm@elsewhere.example", TEXT).message.unwrap().queued_as();
    sink.message_to("warm@elsewhere.example");
    until("an empty queue", || relay.queue().is_empty().then_some(()));
    let process = relay.process().to_string();
    let open = fs::read_dir(format!("/proc/{process}/fd")).unwrap().count();
    let limit = format!("--nofile={}", open + 4);
    if !Command::new("prlimit").args(["--pid", &process, &limit]).status().is_ok_and(|status| status.success()) {
        println!("skipped: prlimit: not installed");
        return;
    }
    let mut inside = Client::greeted(relay.address());
    let waiting: Vec<TcpStream> = (0..20).map(|_| TcpStream::connect(relay.address()).unwrap()).collect();
    let failures =
        || relay.log().iter().filter(|line| line.to_string().contains("connections are not accepted")).count();
    until("the log's word of it", || (failures() > 0).then_some(()));
    inside.submit(ANNA, "inside@elsewhere.example", TEXT).message.unwrap().queued_as();
    drop(inside);
    drop(waiting);
    // They are closed one after the other, as descriptors come free.
    Client::greeted(relay.address()).submit(ANNA, "after@elsewhere.example", TEXT).message.unwrap().queued_as();
    sink.message_to("inside@elsewhere.example");
    sink.message_to("after@elsewhere.example");
    assert_eq!(failures(), 1, "a line for each failure");
}
