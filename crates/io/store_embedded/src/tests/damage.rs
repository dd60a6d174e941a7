//! What is found damaged, missing or foreign at the opening.

use std::fs;
use std::path::Path;

use core_directory::DirectoryVersion;
use io_store::{AuditEntry, AuditSummary, BodyId, StoreError};
use jiff::Timestamp;
use rusqlite::Connection;
use tempfile::TempDir;

use super::{ALL, message, refused, seal};
use crate::Embedded;

/// Damages one file of a new store, and expects an error of the kind that names the file and the way out.
fn check_damaged(name: &str, damage: impl FnOnce(&Path), is_wanted: impl FnOnce(&StoreError) -> bool, hint: &str) {
    let folder = TempDir::new().unwrap();
    drop(Embedded::open(folder.path()).unwrap());
    damage(&folder.path().join(name));
    let error = refused(folder.path());
    assert!(is_wanted(&error), "{name}: {error:?}");
    let text = error.to_string();
    assert!(text.contains(name) && text.contains(hint), "{name}: {text}");
}

#[test]
fn unusable_files_say_what_to_do() {
    let is_corrupt = |error: &StoreError| matches!(error, StoreError::Corrupt { .. });
    let is_newer = |error: &StoreError| matches!(error, StoreError::Newer { found: 99, .. });
    let is_foreign = |error: &StoreError| matches!(error, StoreError::Configuration { .. });
    let set = |pragma: &'static str, value: i64| {
        move |file: &Path| Connection::open(file).unwrap().pragma_update(None, pragma, value).unwrap()
    };
    let overwrite = |from: usize| {
        move |file: &Path| {
            let mut octets = fs::read(file).unwrap();
            octets.iter_mut().skip(from).for_each(|octet| *octet = 0x5a);
            fs::write(file, octets).unwrap();
        }
    };
    check_damaged("directory.db", overwrite(0), is_corrupt, "restore a backup");
    check_damaged("directory.db", overwrite(4096), is_corrupt, "restore a backup");
    check_damaged("queue.db", overwrite(0), is_corrupt, "restore a backup");
    check_damaged("queue.db", set("user_version", 99), is_newer, "newer program");
    check_damaged("trace.db", set("application_id", 7), is_foreign, "another program's database");

    let folder = TempDir::new().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(matches!(refused(&file), StoreError::Configuration { .. }));
}

/// A store with a change of the directory and a message in it, and the body of the message.
async fn used(folder: &Path) -> BodyId {
    let stores = Embedded::open(folder).unwrap().stores();
    let audit = AuditEntry {
        actor: String::new(),
        origin: String::new(),
        at: Timestamp::UNIX_EPOCH,
        summaries: vec![AuditSummary { tenant: None, body: String::new() }],
        once: None,
    };
    stores.directories.commit(ALL, DirectoryVersion(0), Vec::new(), audit).await.unwrap();
    let body = seal(&stores).await.unwrap();
    stores.queue.accept(ALL, vec![message(body)]).await.unwrap();
    body
}

#[tokio::test]
async fn what_is_lost_is_not_begun_anew() {
    let check = async |what: &str, damage: fn(&Path), name: &str, hint: &str| {
        let folder = TempDir::new().unwrap();
        used(folder.path()).await;
        damage(folder.path());
        let error = refused(folder.path());
        assert!(matches!(error, StoreError::Corrupt { .. }), "{what}: {error:?}");
        let text = error.to_string();
        assert!(text.contains(name) && text.contains(hint), "{what}: {text}");
    };
    let remove: fn(&Path) = |folder| fs::remove_file(folder.join("directory.db")).unwrap();
    let empty: fn(&Path) = |folder| fs::write(folder.join("directory.db"), "").unwrap();
    let empty_queue: fn(&Path) = |folder| fs::write(folder.join("queue.db"), "").unwrap();
    check("no directory", remove, "directory.db", "put a backup of it back").await;
    check("an empty directory", empty, "directory.db", "move the whole folder away").await;
    check("an empty queue", empty_queue, "queue.db", "remove it").await;

    let folder = TempDir::new().unwrap();
    used(folder.path()).await;
    fs::remove_file(folder.path().join("queue.db")).unwrap();
    let store = Embedded::open(folder.path()).unwrap();
    let [notice] = store.notices() else { panic!("{:?}", store.notices()) };
    assert!(notice.contains("queue.db was missing") && notice.contains("put the file back"), "{notice}");
    assert_eq!(store.queue().stats(ALL, Timestamp::UNIX_EPOCH).await.unwrap().total, 0);
}

/// A first start that ended between the making of the one and of the other.
#[test]
fn a_first_start_cut_short_is_no_loss() {
    for name in ["queue.db", "trace.db"] {
        let folder = TempDir::new().unwrap();
        drop(Embedded::open(folder.path()).unwrap());
        fs::write(folder.path().join(name), "").unwrap();
        let store = Embedded::open(folder.path()).unwrap();
        assert!(store.notices().is_empty(), "{name}: {:?}", store.notices());
    }
}

#[tokio::test]
async fn a_damaged_trace_does_not_stop_the_mail() {
    let folder = TempDir::new().unwrap();
    let body = used(folder.path()).await;
    for damage in [&b"damaged"[..], b"damaged again"] {
        fs::write(folder.path().join("trace.db"), damage).unwrap();
        let store = Embedded::open(folder.path()).unwrap();
        let [notice] = store.notices() else { panic!("{:?}", store.notices()) };
        assert!(notice.contains("trace.db.damaged"), "{notice}");
        assert_eq!(fs::read(folder.path().join("trace.db.damaged")).unwrap(), damage);
        assert_eq!(store.bodies().open(ALL, body).await.unwrap().len(), 5);
        store.trace().flush().await.unwrap();
    }
    assert!(Embedded::open(folder.path()).unwrap().notices().is_empty());
}

/// What is behind the first damage of a write-ahead log is missed by SQLite, and nobody is told.
#[tokio::test]
async fn a_damaged_log_is_noticed() {
    let folder = TempDir::new().unwrap();
    let store = Embedded::open(folder.path()).unwrap();
    let stores = store.stores();
    for _ in 0..5 {
        let body = seal(&stores).await.unwrap();
        stores.queue.accept(ALL, vec![message(body)]).await.unwrap();
    }
    let copy = TempDir::new().unwrap();
    for name in ["directory.db", "queue.db", "queue.db-wal"] {
        fs::copy(folder.path().join(name), copy.path().join(name)).unwrap();
    }
    let log = copy.path().join("queue.db-wal");
    let mut octets = fs::read(&log).unwrap();
    let middle = octets.len() / 2;
    octets.iter_mut().skip(middle).take(100).for_each(|octet| *octet ^= 0xff);
    fs::write(&log, octets).unwrap();
    let text = refused(copy.path()).to_string();
    let (_, command) = text.split_once("`truncate --size=").unwrap_or_else(|| panic!("{text}"));
    let size: u64 = command.split(' ').next().unwrap().parse().unwrap();
    fs::OpenOptions::new().write(true).open(&log).unwrap().set_len(size).unwrap();
    let left = Embedded::open(copy.path()).unwrap().queue().stats(ALL, Timestamp::UNIX_EPOCH).await.unwrap().total;
    assert!((1..5).contains(&left), "{left} messages before the damage");
}

#[tokio::test]
async fn nothing_is_kept_in_a_file_that_is_not_in_its_place() {
    let folder = TempDir::new().unwrap();
    let (file, aside) = (folder.path().join("queue.db"), folder.path().join("aside"));
    let store = Embedded::open(folder.path()).unwrap();
    let stores = store.stores();
    let body = seal(&stores).await.unwrap();
    let first = stores.queue.accept(ALL, vec![message(body)]).await.unwrap()[0].message;
    let second = stores.queue.accept(ALL, vec![message(seal(&stores).await.unwrap())]).await.unwrap()[0].message;
    let body = seal(&stores).await.unwrap();
    fs::rename(&file, &aside).unwrap();
    for replace in [false, true] {
        if replace {
            fs::write(&file, "").unwrap();
        }
        let error = stores.queue.accept(ALL, vec![message(body)]).await.unwrap_err();
        assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
        assert!(error.to_string().contains("queue.db is unavailable: it was removed or replaced"), "{error}");
    }
    assert!(seal(&stores).await.is_err());
    // What it has can go.
    stores.queue.remove(ALL, vec![first]).await.unwrap();
    assert_eq!(store.poisoned(), None, "a restart would lose what waits");
    fs::rename(&aside, &file).unwrap();
    stores.queue.accept(ALL, vec![message(body)]).await.unwrap();
    drop((stores, store));
    let reopened = Embedded::open(folder.path()).unwrap();
    assert_eq!(reopened.queue().stats(ALL, Timestamp::UNIX_EPOCH).await.unwrap().total, 2);
    reopened.queue().get(ALL, second).await.unwrap();
}
