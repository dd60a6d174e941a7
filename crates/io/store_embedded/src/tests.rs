//! What only this engine promises: files, locks, group commit, damage. The rest is the conformance suite.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod break_down;
mod damage;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use core_directory::{DirectoryVersion, SendConnectorId, TenantId};
use io_store::conformance::{self, Subject};
use io_store::{
    AuditEntry, AuditSummary, BodyId, ClaimExcept, DestinationFilter, Direction, MessageId, NewMessage, NewRecipient,
    QueueFilter, Scope, StoreError, Stores, TraceEvent,
};
use jiff::Timestamp;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::Embedded;
use crate::database::{Database, Durability, Settings};
use crate::files::Folder;
use crate::metrics::Metrics;
use crate::schema::Schema;
use crate::writer::{Room, reusable};

pub const TENANT: TenantId = TenantId(1);
pub const ALL: Scope = Scope::Operator;

struct Fresh(TempDir);

#[async_trait]
impl Subject for Fresh {
    async fn open(&mut self) -> Result<Stores, StoreError> {
        Ok(Embedded::open(self.0.path())?.stores())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conforms() {
    let failures = conformance::run(|| Fresh(TempDir::new().unwrap())).await;
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// A new store whose queue is to be written as an older version did. A queue without a directory would be refused.
fn older_queue(folder: &Path) -> Connection {
    drop(Embedded::open(folder).unwrap());
    let file = folder.join("queue.db");
    fs::remove_file(&file).unwrap();
    Connection::open(file).unwrap()
}

/// A queue as the first version wrote it, with a message in it.
#[tokio::test]
async fn an_older_queue_is_brought_up_to_date() {
    let folder = TempDir::new().unwrap();
    let older = older_queue(folder.path());
    older.execute_batch(include_str!("schema/queue_1.sql")).unwrap();
    older
        .execute_batch(
            "INSERT INTO body VALUES (7, 1, 0, 1, 5);
             INSERT INTO body_chunk VALUES (7, 0, x'68656c6c6f');
             INSERT INTO message VALUES (3, 1, 0, 's@contoso.com', 2, 7, 5, 1, 0, 'HDRS', 'QQ', 0, 'A1', '{}', NULL, 0, 1,
                '451 later', NULL, NULL, NULL, 0);
             INSERT INTO recipient VALUES (3, 0, 'a@example.net', 'NEVER', NULL, 0, NULL);
             PRAGMA application_id = 0x50570002;
             PRAGMA user_version = 1;",
        )
        .unwrap();
    older.close().unwrap();
    for time in ["migrated", "opened again"] {
        let store = Embedded::open(folder.path()).unwrap();
        let found = store.stores().queue.get(ALL, MessageId(3)).await.unwrap().message;
        let told = (found.eight_bit, found.binary, found.smtp_utf8, found.ret.as_deref(), found.attempts);
        assert_eq!(told, (true, false, false, Some("HDRS"), 1), "{time}");
        assert_eq!(found.recipients[0].notify.as_deref(), Some("NEVER"), "{time}");
    }
}

/// The result as an error: an opened store has no `Debug`.
fn refused(folder: &Path) -> StoreError {
    match Embedded::open(folder) {
        Ok(_) => panic!("{} should not open", folder.display()),
        Err(error) => error,
    }
}

pub fn message(body: BodyId) -> NewMessage {
    NewMessage {
        tenant: TENANT,
        direction: Direction::Originating,
        reverse_path: None,
        recipients: vec![NewRecipient { forward_path: "a@example.net".to_owned(), ..NewRecipient::default() }],
        send_connector: SendConnectorId(2),
        body,
        size: 5,
        eight_bit: false,
        binary: false,
        smtp_utf8: false,
        ret: None,
        envid: None,
        accepted_at: Timestamp::UNIX_EPOCH,
        reference: String::new(),
        attributed: String::new(),
        handed_over_by: None,
        hold: None,
        next_attempt: Timestamp::UNIX_EPOCH,
        first_attempt: None,
        lease: None,
    }
}

pub async fn seal(stores: &Stores) -> Result<BodyId, StoreError> {
    let mut writer = stores.bodies.create(ALL, TENANT, Timestamp::UNIX_EPOCH).await?;
    writer.write(Bytes::from_static(b"hello")).await?;
    writer.seal().await
}

#[tokio::test]
async fn messages_share_commits() {
    const MESSAGES: u64 = 64;
    let folder = TempDir::new().unwrap();
    let store = Embedded::open(folder.path()).unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..MESSAGES {
        let stores = store.stores();
        tasks.spawn(async move {
            let body = seal(&stores).await?;
            stores.queue.accept(ALL, vec![message(body)]).await
        });
    }
    while let Some(accepted) = tasks.join_next().await {
        accepted.unwrap().unwrap();
    }
    let counts = store.counters().queue;
    assert_eq!(counts.operations, 2 * MESSAGES);
    assert!(counts.commits < MESSAGES, "{MESSAGES} messages took {} commits", counts.commits);
    assert_eq!(store.queue().stats(ALL, Timestamp::UNIX_EPOCH).await.unwrap().total, MESSAGES);
}

#[tokio::test]
async fn one_error_leaves_the_rest_of_its_group() {
    let folder = TempDir::new().unwrap();
    let store = Embedded::open(folder.path()).unwrap();
    let body = seal(&store.stores()).await.unwrap();
    let queue = store.queue();
    let (good, bad, also_good) = tokio::join!(
        queue.accept(ALL, vec![message(body)]),
        queue.accept(ALL, vec![message(body), message(BodyId(99))]),
        queue.accept(ALL, vec![message(body)]),
    );
    assert!(good.is_ok() && also_good.is_ok());
    assert!(matches!(bad, Err(StoreError::NotFound { .. })), "{bad:?}");
    assert_eq!(queue.stats(ALL, Timestamp::UNIX_EPOCH).await.unwrap().total, 2);
}

#[tokio::test]
async fn low_disk_refuses_mail_and_still_delivers() {
    let folder = TempDir::new().unwrap();
    let store = Embedded::open(folder.path()).unwrap();
    let body = seal(&store.stores()).await.unwrap();
    store.queue().accept(ALL, vec![message(body)]).await.unwrap();
    drop(store);

    let store = Embedded::open_with_reserve(folder.path(), u64::MAX).unwrap();
    let sealed = seal(&store.stores()).await;
    assert!(matches!(sealed, Err(StoreError::Full { .. })), "{sealed:?}");
    let accepted = store.queue().accept(ALL, vec![message(body)]).await;
    assert!(matches!(accepted, Err(StoreError::Full { .. })), "{accepted:?}");
    let asked = store.queue().accept(ALL, Vec::new()).await;
    assert!(matches!(asked, Err(StoreError::Full { .. })), "{asked:?}");
    let later = Timestamp::from_second(60).unwrap();
    let claimed =
        store.queue().claim(ALL, "n", Timestamp::UNIX_EPOCH, 10, later, &ClaimExcept::default()).await.unwrap();
    let ids = claimed.iter().map(|claimed| claimed.message.id).collect::<Vec<_>>();
    assert_eq!(ids.len(), 1);
    store.queue().remove(ALL, ids).await.unwrap();
    assert_eq!(store.poisoned(), None);
}

#[tokio::test]
async fn room_of_what_is_gone_is_told() {
    const OCTETS: usize = 4 * 1024 * 1024;
    let folder = TempDir::new().unwrap();
    let store = Embedded::open(folder.path()).unwrap();
    let mut writer = store.bodies().create(ALL, TENANT, Timestamp::UNIX_EPOCH).await.unwrap();
    writer.write(Bytes::from(vec![7; OCTETS])).await.unwrap();
    let body = writer.seal().await.unwrap();
    let inside = || reusable(&Connection::open(folder.path().join("queue.db")).unwrap());
    assert!(inside() < 1024 * 1024, "{} octets before the removal", inside());
    store.bodies().remove(ALL, body).await.unwrap();
    assert!(inside() > OCTETS as u64 * 9 / 10, "{} octets after the removal", inside());
}

#[test]
fn a_second_opening_is_refused() {
    let folder = TempDir::new().unwrap();
    let store = Embedded::open(folder.path()).unwrap();
    let error = refused(folder.path());
    assert!(matches!(error, StoreError::Configuration { .. }), "{error}");
    assert!(error.to_string().contains("another process"), "{error}");
    let queue = store.queue();
    drop(store);
    refused(folder.path());
    drop(queue);
    Embedded::open(folder.path()).unwrap();
}

#[test]
fn files_are_for_the_owner_only() {
    let parent = TempDir::new().unwrap();
    let folder = parent.path().join("new").join("data");
    let store = Embedded::open(&folder).unwrap();
    for entry in fs::read_dir(&folder).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} has mode {mode:o}", entry.path().display());
    }
    drop(store);
    let loose = folder.join("queue.db");
    fs::set_permissions(&loose, fs::Permissions::from_mode(0o644)).unwrap();
    let _store = Embedded::open(&folder).unwrap();
    assert_eq!(fs::metadata(&loose).unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn a_failed_commit_ends_writing_until_reopened() {
    let folder = TempDir::new().unwrap();
    drop(Embedded::open(folder.path()).unwrap());
    let locked = Arc::new(Folder::open(folder.path(), 0).unwrap());
    let settings = Settings {
        schema: &Schema::DIRECTORY,
        durability: Durability::EachCommit,
        readers: 1,
        waiting: 16,
        log_pages: 1000,
    };
    let database = Database::open(&locked, &settings, Metrics::new().of(settings.schema)).unwrap();
    drop(locked);
    // A deferred foreign key that points nowhere is found by the commit itself, as a failing disk would be.
    let broken = database
        .write(Room::NotNeeded, |connection| {
            connection.execute(
                "INSERT INTO object (id, kind, tenant, name, version, created, modified, body)
                 VALUES (1, 'domain', 77, 'x', 1, 0, 0, '')",
                [],
            )?;
            Ok(())
        })
        .await;
    assert!(matches!(broken, Err(StoreError::Unavailable { .. })), "{broken:?}");
    let after = database.write(Room::NotNeeded, |_| Ok(())).await;
    assert_eq!(after, broken);
    assert_eq!(database.poisoned(), broken.err());
    let rows: i64 = database
        .read(|connection| Ok(connection.query_row("SELECT count(*) FROM object", [], |row| row.get(0))?))
        .await
        .unwrap();
    assert_eq!(rows, 0);
    drop(database);
    let store = Embedded::open(folder.path()).unwrap();
    store.directories().allocate_ids(ALL, 1).await.unwrap();
}

#[tokio::test]
async fn a_full_file_is_told_and_passes() {
    let folder = TempDir::new().unwrap();
    let locked = Arc::new(Folder::open(folder.path(), 0).unwrap());
    let settings = Settings {
        schema: &Schema::QUEUE,
        durability: Durability::EachCommit,
        readers: 1,
        waiting: 16,
        log_pages: 1000,
    };
    let database = Database::open(&locked, &settings, Metrics::new().of(settings.schema)).unwrap();
    let limit = |pages: i64| {
        database.write(Room::NotNeeded, move |connection| {
            Ok(connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?)
        })
    };
    let insert = || {
        database.write(Room::NotNeeded, |connection| {
            connection.execute(
                "INSERT INTO body_chunk (body, ordinal, octets) VALUES (1, (SELECT count(*) FROM body_chunk), ?1)",
                [vec![0_u8; 100_000]],
            )?;
            Ok(())
        })
    };
    database
        .write(Room::NotNeeded, |connection| {
            connection.execute("INSERT INTO body (tenant, created, sealed, length) VALUES (1, 0, 0, 0)", [])?;
            Ok(())
        })
        .await
        .unwrap();
    limit(30).await.unwrap();
    let full = insert().await;
    assert!(matches!(full, Err(StoreError::Full { .. })), "{full:?}");
    limit(1_000_000).await.unwrap();
    insert().await.unwrap();
    assert_eq!(database.poisoned(), None);
}

#[tokio::test]
async fn the_log_is_written_back() {
    let folder = TempDir::new().unwrap();
    let store = Embedded::open(folder.path()).unwrap();
    let stores = store.stores();
    for _ in 0..3 {
        let mut writer = stores.bodies.create(ALL, TENANT, Timestamp::UNIX_EPOCH).await.unwrap();
        for _ in 0..20 {
            writer.write(Bytes::from(vec![7; 1024 * 1024])).await.unwrap();
        }
        writer.seal().await.unwrap();
    }
    let log = fs::metadata(folder.path().join("queue.db-wal")).unwrap().len();
    assert!(log < 40 * 1024 * 1024, "60 MiB were written and the log has {log} octets");
}

#[tokio::test]
async fn what_was_accepted_survives_a_kill() {
    let folder = TempDir::new().unwrap();
    let store = Embedded::open(folder.path()).unwrap();
    let stores = store.stores();
    let body = seal(&stores).await.unwrap();
    stores.queue.accept(ALL, vec![message(body)]).await.unwrap();
    let audit = AuditEntry {
        actor: String::new(),
        origin: String::new(),
        at: Timestamp::UNIX_EPOCH,
        summaries: vec![AuditSummary { tenant: None, body: String::new() }],
        once: None,
    };
    stores.directories.commit(ALL, DirectoryVersion(0), Vec::new(), audit).await.unwrap();
    // What a killed process leaves: the files as they are now, write-ahead logs and all, nothing closed.
    let copy = TempDir::new().unwrap();
    for entry in fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        if !entry.file_name().to_string_lossy().ends_with("-shm") {
            fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
        }
    }
    let again = Embedded::open(copy.path()).unwrap();
    assert_eq!(again.queue().stats(ALL, Timestamp::UNIX_EPOCH).await.unwrap().total, 1);
    assert_eq!(again.bodies().open(ALL, body).await.unwrap().len(), 5);
    assert_eq!(again.directories().version(ALL).await.unwrap(), DirectoryVersion(1));
}

#[tokio::test]
async fn a_full_trace_drops_and_counts() {
    let folder = TempDir::new().unwrap();
    let store = Embedded::open_with_reserve(folder.path(), u64::MAX).unwrap();
    let event = TraceEvent {
        at: Timestamp::UNIX_EPOCH,
        tenant: TENANT,
        reference: "r".to_owned(),
        kind: "accepted".to_owned(),
        mail_from: None,
        rcpt_to: None,
        message_id: None,
        body: String::new(),
    };
    store.trace().record_event(ALL, event);
    store.trace().flush().await.unwrap();
    assert_eq!(store.trace().dropped(), 1);
}

/// A queue from before the migration: its messages are found by destination.
#[tokio::test]
async fn recipients_of_an_older_queue_have_their_domain() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("queue.db");
    let old = older_queue(folder.path());
    old.execute_batch(include_str!("schema/queue_1.sql")).unwrap();
    old.execute_batch(
        "INSERT INTO body VALUES (1, 1, 0, 1, 5);
         INSERT INTO message VALUES (7, 1, 0, NULL, 2, 1, 5, 0, 0, NULL, NULL, 0, '', '', NULL, 0, 0, NULL, NULL, NULL,
            NULL, 0);
         INSERT INTO recipient VALUES (7, 0, '\"a@b\"@Mail.Example.com', NULL, NULL, 0, NULL);
         INSERT INTO recipient VALUES (7, 1, 'postmaster', NULL, NULL, 0, NULL);
         PRAGMA application_id = 0x50570002; PRAGMA user_version = 1;",
    )
    .unwrap();
    drop(old);
    let store = Embedded::open(folder.path()).unwrap();
    let keys = || {
        let connection = Connection::open(&file).unwrap();
        let mut statement = connection.prepare("SELECT domain_key FROM recipient ORDER BY ordinal").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<Vec<String>, _>>().unwrap()
    };
    assert_eq!(keys(), ["com.example.mail.", ""]);
    let filter =
        QueueFilter { destination: DestinationFilter::parse("*.example.com"), limit: 9, ..QueueFilter::default() };
    assert_eq!(store.queue().list(ALL, filter).await.unwrap().len(), 1);
}
