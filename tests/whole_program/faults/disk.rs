//! A disk that fills up: mail is put off with 452, what is queued goes on, nothing is kept by halves, and all is well again
//! when there is room, without a restart.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use super::mount::Mount;
use crate::client::Client;
use crate::relay::{Relay, contoso};
use crate::sink::Sink;
use crate::waiting::until;

const ANNA: &str = "anna@contoso.com";
const TEXT: &str = "Subject: x\r\n\r\nhello\r\n";

/// Larger than the reserve that is kept for delivery, with some to use.
const SIZE: &str = "size=110m";

/// What is left of the reserve for a moment, before others take that too.
const LEFT: usize = 8 * 1024 * 1024;

/// Takes all that is free with a file of this name, but for so many octets.
fn fill(folder: &Path, name: &str, left: usize) {
    let mut file = File::create(folder.join(name)).unwrap();
    for size in [256 * 1024, 4096] {
        let piece = vec![0; size];
        while file.write_all(&piece).is_ok() {}
    }
    let length = file.metadata().unwrap().len();
    file.set_len(length.saturating_sub(left as u64)).unwrap();
}

fn said(relay: &Relay, level: &str, part: &str) -> usize {
    let is_it = |line: &serde_json::Value| {
        line["level"] == level && line["message"].as_str().is_some_and(|text| text.contains(part))
    };
    relay.log().iter().filter(|line| is_it(line)).count()
}

#[test]
fn a_disk_that_fills_up() {
    let folder = Relay::folder_only();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    let mount_at = data.clone();
    let Some(_mount) = Mount::of(&["-t", "tmpfs", "-o", SIZE, "none"], &mount_at) else { return };
    let mut relay =
        Relay::start(folder, "[[listener]]\naddress = \"127.0.0.1:0\"\n[client_certificates]\ntrust = []\n");
    let sink = Sink::start(&[("MAIL", "451 4.7.1 not now")]);
    relay.apply(&contoso(sink.address));
    let large = format!("Subject: x\r\n\r\n{}", "0123456789abcdef\r\n".repeat(60_000));
    let submit =
        |relay: &Relay, to: &str, text: &str| Client::greeted(relay.address()).submit(ANNA, to, text).message.unwrap();
    for number in 0..3 {
        submit(&relay, &format!("before{number}@elsewhere.example"), &large).queued_as();
    }
    until("attempts that failed", || relay.queue().iter().all(|entry| entry["attempts"] == 1).then_some(()));

    fill(&data, "most", LEFT);
    for number in 0..20 {
        // At the seal, and as the body is written.
        let text = if number % 2 == 0 { TEXT } else { &large };
        submit(&relay, "during@elsewhere.example", text).expect("452 4.3.1 ");
    }
    assert_eq!(said(&relay, "ERROR", "out of room: mail is put off with 452"), 1, "told once, not for each message");
    assert_eq!(said(&relay, "INFO", "put off for want of room"), 20);
    let status = relay.run(&["status"]).expect(0).stdout;
    assert!(status.contains("every message is put off") && status.contains("free some space"), "{status}");
    relay.write("directory.toml", contoso(sink.address).replace("Printers", "Devices"));
    let applied = relay.run(&["apply", "-f", "directory.toml", "--prune", "--yes"]);
    let is_told = applied.stderr.contains("is full") && applied.stderr.contains("free some space");
    assert!(
        applied.code == 0 || applied.code == 3 && is_told,
        "whole, where it fits into the log, or refused: {applied}"
    );
    relay.run(&["status"]).expect(0);

    // Settling needs no room but what the write-ahead log has.
    fill(&data, "rest", 0);
    sink.answer(&[]);
    let ids: Vec<String> = relay.queue().iter().map(|entry| entry["id"].as_str().unwrap().to_owned()).collect();
    let retry: Vec<&str> = ["queue", "retry"].into_iter().chain(ids.iter().map(String::as_str)).collect();
    relay.run(&retry).expect(0);
    until("what was queued goes out while the disk is full", || relay.queue().is_empty().then_some(()));
    assert_eq!(sink.arrived().len(), 3, "nothing of what got 452");

    fs::remove_file(data.join("most")).unwrap();
    fs::remove_file(data.join("rest")).unwrap();
    submit(&relay, "after@elsewhere.example", TEXT).queued_as();
    sink.message_to("after@elsewhere.example");
    relay.apply(&contoso(sink.address));
    assert_eq!(relay.stop(), Some(0));
    relay.restart();
    assert_eq!(relay.queue().len(), 0);
    assert_eq!(relay.stop(), Some(0));
}

/// A start with no room at all is tried again by the service manager, and says what is wrong.
#[test]
fn a_start_on_a_full_disk() {
    let folder = Relay::folder_only();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    let mount_at = data.clone();
    let Some(_mount) = Mount::of(&["-t", "tmpfs", "-o", "size=1m", "none"], &mount_at) else { return };
    fill(&data, "all", 0);
    fs::write(
        folder.path().join("postwarden.toml"),
        "hostname = \"relay.example.net\"\ndata = \"data\"\n[[listener]]\naddress = \"127.0.0.1:0\"\n",
    )
    .unwrap();
    let mut command = crate::program::postwarden(folder.path());
    let ran = crate::program::Ran::of(command.args(["serve", "--config", "postwarden.toml"])).expect(3);
    assert!(ran.stderr.contains("data/") && ran.stderr.contains("free some space"), "{ran}");
}
