//! A disk that fails to make durable what was written: what is in the group gets 451, and so does all after it; the relay ends,
//! so that its service manager starts it again, and the new start reads what is there.

use std::process::{Child, Command, Stdio};

use crate::client::Client;
use crate::relay::Relay;
use crate::sink::Sink;
use crate::waiting::until;

const ANNA: &str = "anna@contoso.com";
const BOB: &str = "bob@elsewhere.example";
const TEXT: &str = "Subject: x\r\n\r\nhello\r\n";

/// `strace` at work on a relay's system calls.
struct Tracing(Child);

impl Tracing {
    /// Lets every fsync of the relay fail. Nothing where that is not to be had.
    fn failing_fsync(relay: &Relay) -> Option<Self> {
        let process = relay.process().to_string();
        let record = relay.path().join("strace");
        let mut command = Command::new("strace");
        command.args([
            "-f",
            "-qq",
            "-e",
            "trace=fsync,fdatasync",
            "-e",
            "inject=fsync,fdatasync:error=EIO",
            "-p",
            &process,
            "-o",
        ]);
        let Ok(child) = command.arg(&record).stderr(Stdio::null()).spawn() else {
            println!("skipped: strace: not installed");
            return None;
        };
        let mut tracing = Self(child);
        let status = format!("/proc/{process}/task");
        let is_traced = || {
            let mut tasks = std::fs::read_dir(&status).unwrap().flatten();
            tasks.all(|task| {
                let text = std::fs::read_to_string(task.path().join("status")).unwrap_or_default();
                text.lines().any(|line| line.strip_prefix("TracerPid:").is_some_and(|pid| pid.trim() != "0"))
            })
        };
        let attached = until("strace to be attached", || match tracing.0.try_wait().unwrap() {
            Some(_) => Some(false),
            None => is_traced().then_some(true),
        });
        if !attached {
            println!("skipped: strace: may not trace here");
            return None;
        }
        Some(tracing)
    }
}

impl Drop for Tracing {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn nothing_is_accepted_after_a_failed_fsync() {
    let sink = Sink::start(&[("MAIL", "451 4.7.1 not now")]);
    let mut relay = Relay::of_contoso(sink.address);
    let before = Client::greeted(relay.address()).submit(ANNA, BOB, TEXT).message.unwrap().queued_as();
    until("a failed attempt", || (relay.queue().first()?["attempts"] == 1).then_some(()));
    // Open before the fault, since the relay takes no more connections once it ends.
    let mut clients: Vec<Client> = (0..2).map(|_| Client::greeted(relay.address())).collect();
    let Some(tracing) = Tracing::failing_fsync(&relay) else { return };
    let [first, second] = clients.as_mut_slice() else { panic!("two clients") };
    first.command(&format!("MAIL FROM:<{ANNA}>")).expect("250");
    first.command("RCPT TO:<first@elsewhere.example>").expect("250");
    first.command("DATA").expect("354");
    second.command(&format!("MAIL FROM:<{ANNA}>")).expect("250");
    second.command("RCPT TO:<second@elsewhere.example>").expect("250");
    second.command("DATA").expect("354");
    first.send(TEXT);
    first.command(".").expect("451 4.3.0 ");
    // A message that is coming in is let in while the relay ends, and hears the same.
    second.send(TEXT);
    second.command(".").expect("451 4.3.0 ");
    drop(clients);
    assert_eq!(relay.ended(), Some(3), "for a service manager, which starts it again");
    drop(tracing);
    let is_told = |line: &serde_json::Value| {
        line["level"] == "ERROR" && line.to_string().contains("check the disk, then restart")
    };
    assert!(relay.log().iter().any(is_told), "the log does not say what to do");

    sink.answer(&[]);
    relay.restart();
    let [entry] = &relay.queue()[..] else { panic!("{:?}", relay.queue()) };
    assert_eq!(entry["reference"], before);
    relay.run(&["queue", "retry", entry["id"].as_str().unwrap()]).expect(0);
    sink.message_to(BOB);
    Client::greeted(relay.address()).submit(ANNA, "after@elsewhere.example", TEXT).message.unwrap().queued_as();
    sink.message_to("after@elsewhere.example");
    assert_eq!(sink.arrived().len(), 2, "what got 451 was sent");
}
