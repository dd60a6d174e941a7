//! Backups of a store at work, restored elsewhere; and everything that is no whole backup, refused without a trace.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use core_directory::{DirectoryVersion, TenantId};
use io_store::{AuditEntry, AuditSummary, ClaimExcept, ObjectChange, ObjectKind, ObjectPut, Scope};
use jiff::Timestamp;
use tempfile::TempDir;

use super::archive::{CHECKSUMS, MANIFEST};
use super::*;
use crate::tests::{ALL, TENANT, message, seal};
use crate::{RestoreError, read_directory, restore};

const BODY: &str = "{\"name\":\"contoso\",\"key\":\"secret\"}";

/// A store with a tenant, a queued message and a refusal short of one.
async fn filled() -> (TempDir, Embedded) {
    let folder = TempDir::new().unwrap();
    let store = Embedded::open(folder.path()).unwrap();
    let id = store.directories().allocate_ids(ALL, 1).await.unwrap()[0];
    assert_eq!(id, TENANT.0, "the first identity");
    let put = ObjectPut {
        kind: ObjectKind::Tenant,
        id,
        tenant: TenantId(id),
        name: "contoso".into(),
        unique_key: None,
        body: BODY.into(),
    };
    let audit = AuditEntry {
        actor: "test".into(),
        origin: "test".into(),
        at: Timestamp::UNIX_EPOCH,
        summaries: vec![AuditSummary { tenant: None, body: "{}".into() }],
        once: None,
    };
    store.directories().commit(ALL, DirectoryVersion(0), vec![ObjectChange::Put(put)], audit).await.unwrap();
    queue_one(&store).await;
    (folder, store)
}

async fn queue_one(store: &Embedded) {
    let body = seal(&store.stores()).await.unwrap();
    store.queue().accept(ALL, vec![message(body)]).await.unwrap();
}

fn manifest() -> Manifest {
    Manifest::new("1.2.3", "relay.example.net", "2030-01-02T03:04:05Z".parse().unwrap())
}

fn written(store: &Embedded, with_queue: bool) -> Vec<u8> {
    let mut archive = Vec::new();
    store.begin_backup(with_queue).unwrap().write(&manifest(), &mut archive).unwrap();
    archive
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = entries.collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_there_when_it_began_is_there_again() {
    let (folder, store) = filled().await;
    let backup = store.begin_backup(true).unwrap();
    assert!(backup.octets() > 0);
    assert!(matches!(store.begin_backup(true), Err(BackupError::UnderWay)), "a second one");
    // Written while the copy is made: not in it, and not in its way.
    queue_one(&store).await;
    let mut archive = Vec::new();
    backup.write(&manifest(), &mut archive).unwrap();
    queue_one(&store).await;
    drop(store.begin_backup(true).expect("the turn is given back"));
    assert!(!names(folder.path()).iter().any(|name| name.starts_with("backup")), "{:?}", names(folder.path()));

    let elsewhere = TempDir::new().unwrap();
    let data = elsewhere.path().join("data");
    let told = restore(&*archive, &data).unwrap();
    assert_eq!((told.version.as_str(), told.hostname.as_str()), ("1.2.3", "relay.example.net"));
    assert_eq!(told.databases, ["directory.db", "queue.db", "trace.db"]);
    assert_eq!(names(&data), ["directory.db", "queue.db", "store.lock", "trace.db"]);
    for name in names(&data) {
        assert_eq!(fs::metadata(data.join(&name)).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
    }
    let restored = Embedded::open(&data).unwrap();
    let image = restored.directories().load(ALL).await.unwrap();
    assert_eq!(image, store.directories().load(ALL).await.unwrap());
    assert_eq!(image.objects[0].body, BODY);
    assert_eq!(restored.queue().stats(ALL, Timestamp::now()).await.unwrap().total, 1);
    let claimed =
        restored.queue().claim(ALL, "n", Timestamp::now(), 5, Timestamp::MAX, &ClaimExcept::default()).await.unwrap();
    let mut body = restored.bodies().open(ALL, claimed[0].message.body).await.unwrap();
    assert_eq!(body.read().await.unwrap().as_deref(), Some(&b"hello"[..]));

    let (_, alone) = read_directory(&*archive, &elsewhere.path().join("workshop")).unwrap();
    assert_eq!(alone, image);
    assert_eq!(names(elsewhere.path()), ["data"], "the workshop holds keys and goes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_queue() {
    let (_folder, store) = filled().await;
    let elsewhere = TempDir::new().unwrap();
    // What an earlier try or a file system leaves does not count.
    fs::write(elsewhere.path().join("store.lock"), "").unwrap();
    fs::create_dir(elsewhere.path().join("lost+found")).unwrap();
    let told = restore(&*written(&store, false), elsewhere.path()).unwrap();
    assert_eq!(told.databases, ["directory.db", "trace.db"]);
    let queue = rusqlite::Connection::open(elsewhere.path().join("queue.db")).unwrap();
    let messages: i64 = queue.query_row("SELECT count(*) FROM message", [], |row| row.get(0)).unwrap();
    assert_eq!(messages, 0, "an empty queue with its tables, or a start would take it for damage");
    drop(queue);
    let restored = Embedded::open(elsewhere.path()).unwrap();
    assert_eq!(restored.directories().load(ALL).await.unwrap(), store.directories().load(ALL).await.unwrap());
    assert_eq!(restored.queue().stats(ALL, Timestamp::now()).await.unwrap().total, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_restored_over_something() {
    let (_folder, store) = filled().await;
    let archive = written(&store, true);
    let elsewhere = TempDir::new().unwrap();
    fs::write(elsewhere.path().join("notes"), "mine").unwrap();
    let error = restore(&*archive, elsewhere.path()).unwrap_err();
    assert!(matches!(error, RestoreError::NotEmpty(_)), "{error}");
    assert_eq!(names(elsewhere.path()), ["notes"]);

    let broken_off = TempDir::new().unwrap();
    fs::create_dir(broken_off.path().join(".restore")).unwrap();
    let error = restore(&*archive, broken_off.path()).unwrap_err();
    assert!(error.to_string().contains("a restore was broken off here"), "{error}");
    assert_eq!(names(broken_off.path()), [".restore", "store.lock"]);
    let Err(error) = Embedded::open(broken_off.path()) else { panic!("half a store is opened") };
    assert!(error.to_string().contains("a restore was broken off here"), "{error}");

    let in_use = TempDir::new().unwrap();
    let lock = Folder::open(in_use.path(), 0).unwrap();
    assert!(matches!(restore(&*archive, in_use.path()), Err(RestoreError::Store(_))));
    drop(lock);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_in_place_of_the_lock_is_not_followed() {
    let (_folder, store) = filled().await;
    let archive = written(&store, true);
    let elsewhere = TempDir::new().unwrap();
    let (data, foreign) = (elsewhere.path().join("data"), elsewhere.path().join("foreign"));
    fs::create_dir(&data).unwrap();
    // Root restores in a folder of the relay's user, and gives that user the lock: by a link it would give away anything.
    std::os::unix::fs::symlink(&foreign, data.join("store.lock")).unwrap();
    let error = restore(&*archive, &data).unwrap_err();
    assert!(error.to_string().contains("symbolic link"), "{error}");
    assert!(!foreign.exists() && !data.join("directory.db").exists());
    let Err(error) = Embedded::open(&data) else { panic!("a store with a foreign lock is opened") };
    assert!(error.to_string().contains("symbolic link"), "{error}");
}

/// Names and contents.
type Entries = Vec<(String, Vec<u8>)>;

/// The entries of an archive, in their order.
fn entries(archive: &[u8]) -> Entries {
    let mut archive = tar::Archive::new(archive);
    let entries = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        (name, content)
    });
    entries.collect()
}

fn archive(entries: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, content) in entries {
        let mut header = tar::Header::new_gnu();
        // As a hostile hand would, past what the library lets pass.
        header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(content.len() as u64);
        header.set_cksum();
        tar.append(&header, &**content).unwrap();
    }
    tar.into_inner().unwrap()
}

/// An archive whose sums are right, whatever is in it.
fn summed(mut entries: Entries) -> Vec<u8> {
    let Some((_, sums)) = entries.pop() else { return Vec::new() };
    let own = |content: &[u8]| {
        data_encoding::HEXLOWER.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, content).as_ref())
    };
    assert!(!sums.is_empty());
    let sums: String = entries.iter().map(|(name, content)| format!("{}  {name}\n", own(content))).collect();
    entries.push((CHECKSUMS.to_owned(), sums.into_bytes()));
    archive(&entries)
}

/// Refused with these words, and nothing is left.
fn refused(archive: &[u8], expected: &str) {
    let elsewhere = TempDir::new().unwrap();
    let data = elsewhere.path().join("data");
    let error = restore(archive, &data).expect_err(expected);
    assert!(error.to_string().contains(expected), "{error}: not {expected:?}");
    assert_eq!(names(elsewhere.path()), Vec::<String>::new(), "{error}");
    // The same for the directory alone, but for what is in the databases that it passes over.
    let alone = read_directory(archive, &elsewhere.path().join("workshop"));
    assert!(alone.is_err() || expected.contains("queue.db"), "{expected}");
    assert_eq!(names(elsewhere.path()), Vec::<String>::new(), "{expected}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_whole_backup_is_refused() {
    let (_folder, store) = filled().await;
    let good = written(&store, true);
    refused(b"", "no backup that postwarden made");
    refused(b"hostname = \"relay.example.net\"\n", "no backup that postwarden made");
    refused(&[7; 4096], "no backup that postwarden made: it does not begin like a tar archive");
    refused(&b"\x1b]0;x\x07\xff".repeat(100), "no backup that postwarden made: it does not begin like a tar archive");
    refused(&archive(&[("etc/passwd".into(), b"x".into())]), "no backup that postwarden made");
    for end in [600, 1500, 1600, good.len() / 2, good.len() - 2048] {
        refused(&good[..end], "ends too early");
    }
    let change = |change: &dyn Fn(&mut Entries)| {
        let mut entries = entries(&good);
        change(&mut entries);
        entries
    };
    let manifest = |from: &str, to: &str| {
        change(&|entries| entries[0].1 = String::from_utf8(entries[0].1.clone()).unwrap().replace(from, to).into())
    };
    refused(&archive(&change(&|entries| entries[2].1[5000] ^= 1)), "does not have the sums");
    refused(&archive(&manifest("1.2.3", "1.2.4")), "does not have the sums");
    refused(&summed(manifest("\"format\": 1", "\"format\": 2")), "reads up to 1: use the newer program");
    refused(&summed(manifest("\"postwarden\"", "\"postfix\"")), "no backup that postwarden made");
    refused(
        &summed(manifest("directory.db", "../directory.db")),
        "../directory.db, queue.db, trace.db, which no backup has",
    );
    refused(&summed(manifest("queue.db", "directory.db")), "which no backup has");
    refused(&summed(manifest("trace.db", "other.db")), "which no backup has");
    refused(&archive(&change(&|entries| entries.swap(1, 2))), "directory.db is not where it should be");
    refused(&archive(&change(&|entries| entries[1].0 = "/tmp/x".into())), "directory.db is not where it should be");
    refused(&summed(change(&|entries| entries[1].1.clear())), "has no tables");
    refused(&summed(change(&|entries| entries[1].1 = entries[2].1.clone())), "another program's database");
    refused(&summed(change(&|entries| entries[2].1[4096..4200].fill(9))), "queue.db");
    refused(&summed(change(&|entries| entries[0].1 = vec![b' '; 100_000])), "manifest.json has 100000 octets");
    assert_eq!(MANIFEST, entries(&good)[0].0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_is_no_database() {
    let (_folder, store) = filled().await;
    let mut entries = entries(&written(&store, true));
    let (name, _) = entries.remove(1);
    let mut tar = tar::Builder::new(Vec::new());
    for (at, (own, content)) in entries.iter().enumerate() {
        if at == 1 {
            let mut header = tar::Header::new_gnu();
            header.set_entry_type(tar::EntryType::Symlink);
            header.set_size(0);
            tar.append_link(&mut header, &name, "/etc/passwd").unwrap();
        }
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        tar.append_data(&mut header, own, &**content).unwrap();
    }
    refused(&tar.into_inner().unwrap(), "directory.db is not where it should be");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_room_none_is_begun() {
    let folder = TempDir::new().unwrap();
    let store = Embedded::open_with_reserve(folder.path(), u64::MAX).unwrap();
    let Err(BackupError::Store(error)) = store.begin_backup(true) else { panic!("there is room") };
    assert!(error.to_string().contains("are needed: free some space"), "{error}");
    let scope = Scope::Operator;
    assert_eq!(store.directories().version(scope).await.unwrap(), DirectoryVersion(0));
}
