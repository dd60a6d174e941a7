//! A backup taken while mail flows, and the ways back: everything on another machine, or the directory of a relay that
//! runs.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::client::Client;
use crate::pki::{Authority, Leaf};
use crate::program::{Ran, postwarden};
use crate::relay::{LISTENERS, Relay, contoso};
use crate::sink::Sink;
use crate::waiting::until;

const ANNA: &str = "anna@contoso.com";
const TEXT: &str = "Subject: x\r\n\r\nhello\r\n";

/// Everything in the directory, private keys too.
fn objects(data: &Path) -> Vec<String> {
    let text = "SELECT kind || ' ' || id || ' ' || tenant || ' ' || name || ' ' || coalesce(unique_key, '') || ' ' || body \
                FROM object ORDER BY id";
    let found = std::process::Command::new("sqlite3").arg(data.join("directory.db")).arg(text).output();
    let found = found.expect("sqlite3 is installed");
    let text = String::from_utf8(found.stdout).unwrap();
    assert!(text.contains("contoso"), "{text}");
    text.lines().map(str::to_owned).collect()
}

#[test]
fn under_load_and_restored_elsewhere() {
    if std::process::Command::new("sqlite3").arg("-version").output().is_err() {
        println!("skipped: sqlite3: not installed");
        return;
    }
    let sink = Sink::start(&[("MAIL", "451 4.3.0 not now")]);
    let mut relay = Relay::bare();
    let authority = Authority::root("Backup CA");
    let (certificate, key) = authority.issue(Leaf::san(&["hq.contoso.com"])).write(relay.path(), "hq");
    relay.apply(&format!(
        "{}\n[[tenant.certificate]]\nname = 'hq'\ncertificate = '{}'\nkey = '{}'\n",
        contoso(sink.address),
        certificate.display(),
        key.display()
    ));
    let mut early = Vec::new();
    for number in 0..5 {
        let to = format!("early+{number}@elsewhere.example");
        Client::greeted(relay.address()).submit(ANNA, &to, TEXT).message.unwrap().queued_as();
        early.push(to);
    }
    let over = Arc::new(AtomicBool::new(false));
    let load = std::thread::spawn({
        let (over, address) = (Arc::clone(&over), relay.address());
        move || {
            let mut sent = 0;
            while !over.load(Ordering::SeqCst) {
                let to = format!("late+{sent}@elsewhere.example");
                Client::greeted(address).submit(ANNA, &to, TEXT).message.unwrap().queued_as();
                sent += 1;
            }
            sent
        }
    });
    let elsewhere = Relay::folder_only();
    let file = elsewhere.path().join("postwarden.tar");
    let name = file.to_str().unwrap();
    let taken = relay.run(&["backup", name]).expect(0);
    assert!(taken.stdout.contains("private keys and mail"), "{taken}");
    over.store(true, Ordering::SeqCst);
    assert!(load.join().unwrap() > 0, "mail flowed meanwhile");
    relay.kill();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!elsewhere.path().join("postwarden.tar.partial").exists());

    let data = elsewhere.path().join("data");
    let mut restore = postwarden(elsewhere.path());
    let restored = Ran::of(restore.args(["restore", "postwarden.tar", "--data", "data"])).expect(0);
    assert!(restored.stdout.contains("sent a second time"), "{restored}");
    assert_eq!(objects(&data), objects(&relay.path().join("data")), "the directory, keys and flags");

    sink.answer(&[]);
    let relay = Relay::start(elsewhere, LISTENERS);
    // By what they are, since some may have gone meanwhile; or all, and then there is nothing to retry.
    relay.run(&["queue", "retry", "--all", "--yes"]);
    for to in &early {
        sink.message_to(to);
    }
    until("an empty queue", || relay.queue().is_empty().then_some(()));

    let again = relay.run(&["restore", "postwarden.tar", "--yes"]).expect(0);
    assert!(again.stdout.contains("the directory in force is the same"), "{again}");
}

#[test]
fn the_directory_of_a_relay_that_runs() {
    let sink = Sink::start(&[("MAIL", "451 4.3.0 not now")]);
    let relay = Relay::of_contoso(sink.address);
    Client::greeted(relay.address()).submit(ANNA, "bob@elsewhere.example", TEXT).message.unwrap().queued_as();
    let before = relay.run(&["export"]).expect(0).stdout;
    relay.run(&["backup", "postwarden.tar", "--without-queue"]).expect(0);

    let domains = "domain = [{ name = \"contoso.com\", verified = true }, { name = \"contoso.net\" }]";
    let text = contoso(sink.address).replace("Printers", "Scanners");
    let text = text.replace("domain = [{ name = \"contoso.com\", verified = true }]", domains);
    relay.apply(&format!("{text}\n[[tenant]]\nname = 'fabrikam'\n"));
    let queued = relay.queue();
    let changed = relay.run(&["export"]).expect(0).stdout;
    let difference = [
        "- tenant fabrikam\n",
        "- tenant contoso: domain contoso.net\n",
        "+ tenant contoso: inbound connector \"Printers\"\n",
        "- tenant contoso: inbound connector \"Scanners\"\n",
    ];
    let rehearsed = relay.run(&["restore", "postwarden.tar", "--dry-run"]).expect(0);
    for line in difference {
        assert!(rehearsed.stdout.contains(line), "{line:?} is not in {rehearsed}");
    }
    assert!(rehearsed.stdout.contains("queue, mail and tokens stay as they are"), "{rehearsed}");
    let unasked = relay.run(&["restore", "postwarden.tar"]).expect(2);
    assert!(unasked.stderr.contains("--yes"), "{unasked}");
    assert_eq!(relay.run(&["export"]).expect(0).stdout, changed, "nothing is changed yet");

    let restored = relay.run(&["restore", "postwarden.tar", "--yes"]).expect(0);
    assert!(restored.stdout.contains("Restored: the directory is at version"), "{restored}");
    assert_eq!(relay.run(&["export"]).expect(0).stdout, before);
    let now = relay.queue();
    assert_eq!((now.len(), &now[0]["id"], &now[0]["tenant"]), (1, &queued[0]["id"], &queued[0]["tenant"]));
    sink.answer(&[]);
    relay.run(&["queue", "retry", now[0]["id"].as_str().unwrap()]);
    sink.message_to("bob@elsewhere.example");
}

#[test]
fn what_cannot_be_restored_changes_nothing() {
    let mut relay = Relay::bare();
    relay.apply("[[tenant]]\nname = 'contoso'\n");
    relay.run(&["backup", "good.tar"]).expect(0);
    let good = fs::read(relay.path().join("good.tar")).unwrap();
    relay.write("short.tar", &good[..good.len() / 2]);
    relay.write("notes.txt", "no backup at all\n");
    let before = relay.run(&["export"]).expect(0).stdout;
    let check = |relay: &Relay, arguments: &[&str], code: i32, expected: &str| {
        let ran = relay.run(arguments).expect(code);
        assert!(ran.stderr.contains(expected), "{expected:?} is not in {ran}");
    };
    check(&relay, &["restore", "short.tar", "--yes"], 2, "ends too early");
    check(&relay, &["restore", "notes.txt", "--yes"], 2, "no backup that postwarden made");
    check(&relay, &["restore", "missing.tar", "--yes"], 2, "missing.tar");
    check(&relay, &["backup", "nowhere/good.tar"], 2, "nowhere/good.tar.partial");
    assert_eq!(relay.run(&["export"]).expect(0).stdout, before);
    relay.kill();
    check(&relay, &["restore", "good.tar"], 2, "move it away first (mv");
    check(&relay, &["restore", "short.tar", "--data", "new"], 2, "ends too early");
    assert!(!relay.path().join("new").exists(), "nothing is left of it");
    check(&relay, &["restore", "good.tar", "--dry-run"], 3, "no server runs here");
    check(&relay, &["backup", "late.tar"], 3, "the server is out of reach");
    assert!(!relay.path().join("late.tar.partial").exists());
    relay.restart();
    assert_eq!(relay.run(&["export"]).expect(0).stdout, before);
}

#[test]
fn what_a_backup_takes_the_place_of() {
    let relay = Relay::bare();
    relay.apply("[[tenant]]\nname = 'contoso'\n");
    let path = |name: &str| relay.path().join(name);
    let refused = |name: &str, code: i32, expected: &str| {
        let ran = relay.run(&["backup", name]).expect(code);
        assert!(ran.stderr.contains(expected), "{expected:?} is not in {ran}");
    };
    // As root a device would be gone for the whole machine.
    std::os::unix::fs::symlink("/dev/null", path("device")).unwrap();
    refused("device", 2, "device: it is there and is no file");
    fs::create_dir(path("folder")).unwrap();
    refused("folder", 2, "folder: it is there and is no file");

    fs::create_dir(path("elsewhere")).unwrap();
    relay.write("elsewhere/real.tar", "an earlier one");
    std::os::unix::fs::symlink("elsewhere/real.tar", path("link.tar")).unwrap();
    relay.run(&["backup", "link.tar"]).expect(0);
    assert!(fs::symlink_metadata(path("link.tar")).unwrap().is_symlink(), "the link stays");
    assert!(fs::metadata(path("elsewhere/real.tar")).unwrap().len() > 1024, "and what it leads to is the backup");

    // One that another command writes just now is not taken away from it; one that a command left is.
    let partial = relay.write("daily.tar.partial", "half");
    let other = fs::File::open(&partial).unwrap();
    other.lock().unwrap();
    refused("daily.tar", 1, "is being written by another backup");
    assert_eq!(fs::read(&partial).unwrap(), b"half");
    drop(other);
    relay.run(&["backup", "daily.tar"]).expect(0);
    assert!(!partial.exists() && path("daily.tar").exists());
}
