//! Files of the store that are damaged, missing, newer or not ours: what may be lost with them decides whether the relay
//! starts.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::client::Client;
use crate::program::{Ran, postwarden};
use crate::relay::Relay;
use crate::sink::Sink;
use crate::waiting::until;

const ANNA: &str = "anna@contoso.com";
const BOB: &str = "bob@elsewhere.example";
const TEXT: &str = "Subject: x\r\n\r\nhello\r\n";

/// A relay that was stopped with a message queued. Nobody listens at the next hop.
fn stopped() -> Relay {
    let mut relay = Relay::of_contoso(Sink::start(&[]).address);
    Client::greeted(relay.address()).submit(ANNA, BOB, TEXT).message.unwrap().queued_as();
    until("a failed attempt", || (relay.queue().first()?["attempts"] == 1).then_some(()));
    assert_eq!(relay.stop(), Some(0));
    relay
}

/// Starts the relay, which must end at once with this exit code and say all of this, in a few lines.
fn refused(relay: &Relay, code: i32, parts: &[&str]) -> Ran {
    let ran = Ran::of(postwarden(relay.path()).args(["serve", "--config", "postwarden.toml"])).expect(code);
    for part in parts {
        assert!(ran.stderr.contains(part), "{part:?} is not said: {ran}");
    }
    assert!(ran.stderr.lines().count() < 6, "many words: {ran}");
    ran
}

fn overwrite(file: &Path, from: u64, octets: &[u8]) {
    use std::os::unix::fs::FileExt as _;
    fs::OpenOptions::new().write(true).open(file).unwrap().write_all_at(octets, from).unwrap();
}

fn sql(file: &Path, statement: &str) -> bool {
    let Ok(output) = Command::new("sqlite3").arg(file).arg(statement).output() else {
        println!("skipped: sqlite3: not installed");
        return false;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    true
}

#[test]
fn directory_and_queue_are_never_begun_anew_by_themselves() {
    let relay = stopped();
    let data = relay.path().join("data");
    let check = |name: &str, damage: &dyn Fn(&Path), parts: &[&str]| {
        let file = data.join(name);
        let whole = fs::read(&file).unwrap();
        damage(&file);
        let damaged = fs::read(&file).unwrap_or_default();
        refused(&relay, 2, &[&[name], parts].concat());
        let left = fs::read(&file).unwrap_or_default();
        assert!(damaged.is_empty() || left == damaged, "{name} was changed");
        fs::write(&file, whole).unwrap();
    };
    let backup = "a backup";
    for (name, empty) in [("directory.db", "it is missing or empty"), ("queue.db", "it is empty")] {
        let cut = |file: &Path| fs::OpenOptions::new().write(true).open(file).unwrap().set_len(9_000).unwrap();
        check(name, &|file| overwrite(file, 0, &[0x5a; 200]), &["is damaged", backup]);
        check(name, &cut, &["is damaged", backup]);
        check(name, &|file| fs::write(file, "no database at all").unwrap(), &["is damaged", backup]);
        check(name, &|file| fs::write(file, "").unwrap(), &["is damaged", empty, backup]);
    }
    check("directory.db", &|file| fs::remove_file(file).unwrap(), &["is damaged: it is missing", "mounted"]);
    check("directory.db", &|file| overwrite(file, 4096, &[0x5a; 12_000]), &["is damaged", backup]);
    if sql(&data.join("queue.db"), "PRAGMA user_version = 99") {
        refused(&relay, 2, &["queue.db has schema 99", "start the newer program"]);
        sql(&data.join("queue.db"), "PRAGMA user_version = 1; PRAGMA application_id = 5");
        refused(&relay, 2, &["queue.db", "another program's database"]);
    }
}

/// A page that only an operation finds: nothing is accepted into a file that is known to be damaged, and a service manager
/// does not begin again and again.
#[test]
fn a_queue_that_is_damaged_inside() {
    let relay = stopped();
    let file = relay.path().join("data/queue.db");
    for page in 1..fs::metadata(&file).unwrap().len() / 4096 {
        overwrite(&file, page * 4096, &[0x5a; 4096]);
    }
    let ran = refused(&relay, 2, &["queue.db is damaged", "restore a backup"]);
    assert!(!ran.stderr.contains("restart"), "no restart helps: {ran}");
}

#[test]
fn the_trace_is_set_aside() {
    let mut relay = stopped();
    let file = relay.path().join("data/trace.db");
    fs::write(&file, "no database at all").unwrap();
    relay.restart();
    let aside = relay.path().join("data/trace.db.damaged");
    assert_eq!(fs::read_to_string(aside).unwrap(), "no database at all");
    let status = relay.run(&["status"]).expect(0).stdout;
    assert!(status.contains("trace.db is damaged") && status.contains("set aside"), "{status}");
    assert_eq!(relay.queue().len(), 1, "the queue is whole");
    let refusal = Client::greeted(relay.address()).submit("eve@fabrikam.com", BOB, TEXT).recipient;
    relay.run(&["why", &refusal.reference()]).expect(0);
    assert_eq!(relay.stop(), Some(0));
    relay.restart();
    let status = relay.run(&["status"]).expect(0).stdout;
    assert!(!status.contains("set aside"), "told for ever: {status}");
}

/// A trace whose first page is sound and nothing behind it. What counts in it is read at the start, so that it is found then: it
/// is set aside, mail goes on, and a new one is begun.
#[test]
fn a_trace_that_is_damaged_inside() {
    let mut relay = stopped();
    let file = relay.path().join("data/trace.db");
    for page in 1..fs::metadata(&file).unwrap().len() / 4096 {
        overwrite(&file, page * 4096, &[0x5a; 4096]);
    }
    relay.restart();
    Client::greeted(relay.address()).submit(ANNA, BOB, TEXT).message.unwrap().queued_as();
    let status = relay.run(&["status"]).expect(0).stdout;
    assert!(status.contains("set aside as data/trace.db.damaged"), "{status}");
    assert_eq!(relay.queue().len(), 2);
    let refusal = Client::greeted(relay.address()).submit("eve@fabrikam.com", BOB, TEXT).recipient;
    relay.run(&["why", &refusal.reference()]).expect(0);
}
