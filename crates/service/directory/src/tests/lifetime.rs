//! Restarts, other nodes, and a store that cannot be reached.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use core_directory::DirectoryVersion;
use io_store::{
    AuditEntry, AuditFilter, AuditRecord, Committed, DirectoryImage, ObjectChange, ObjectKind, ObjectPut, Once,
    OnceRecord, Scope, Secret, StoreError,
};
use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::refresh::poll;
use crate::{DirectoryServiceError, UNCONFIRMED_LIMIT};

#[tokio::test]
async fn a_restart_loads_the_same() {
    let relay = Relay::with(CONTOSO).await;
    relay.apply(request("[[tenant]]\nname = \"a\"\n[[tenant.domain]]\nname = \"a.example\"\n")).await.unwrap();
    relay.apply(request("[[tenant]]\nname = \"contoso\"\n[[tenant.domain]]\nname = \"z.example\"\n")).await.unwrap();
    let before = relay.service.current();
    let Relay { folder, store, service } = relay;
    drop((store, service));

    let store = Embedded::open(folder.path()).unwrap().directories();
    let after = DirectoryService::open(store).await.unwrap().current();
    assert_eq!(after.tenants, before.tenants);
    assert_eq!(after.version(), before.version());
}

#[tokio::test]
async fn what_another_node_commits_is_in_force_soon() {
    let relay = Relay::with(CONTOSO).await;
    let other = DirectoryService::open(relay.store.clone()).await.unwrap();
    let shutdown = CancellationToken::new();
    let running = tokio::spawn(other.clone().run(shutdown.clone()));
    let version = relay.apply(request("[[tenant]]\nname = \"a\"\n")).await.unwrap().version;
    while other.current().version() != version {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(other.current().tenants, relay.service.current().tenants);
    shutdown.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn two_nodes_cannot_overwrite_each_other() {
    let relay = Relay::with(CONTOSO).await;
    let other = DirectoryService::open(relay.store.clone()).await.unwrap();
    relay.apply(request("[[tenant]]\nname = \"a\"\n")).await.unwrap();
    // The other node does not know of it yet. Without a version it makes the change anew on top of it.
    other.apply(request("[[tenant]]\nname = \"b\"\n")).await.unwrap();
    let names: Vec<_> = other.export(None).into_iter().map(|tenant| tenant.name).collect();
    assert_eq!(names, ["a".into(), "b".into(), "contoso".into()]);
    // With a version, which by now is outdated in the store, it is told.
    let expected_version = Some(relay.service.current().version());
    let error = relay.apply(ApplyRequest { expected_version, ..request("[[tenant]]\nname = \"c\"\n") }).await;
    assert!(matches!(error, Err(ApplyError::Conflict { .. })), "{error:?}");
    assert_eq!(relay.service.export(None).len(), 3, "it has caught up");
}

#[tokio::test]
async fn a_verified_domain_is_unique_in_the_store_itself() {
    let relay = Relay::with(CONTOSO).await;
    let ids = relay.store.allocate_ids(Scope::Operator, 1).await.unwrap();
    let tenant = relay.service.export(None)[0].id;
    let put = ObjectPut {
        kind: ObjectKind::Domain,
        id: ids[0],
        tenant,
        name: "second".into(),
        unique_key: Some("contoso.com".into()),
        body: "{}".into(),
    };
    let audit = AuditEntry {
        actor: String::new(),
        origin: String::new(),
        at: far_in_the_future(),
        summaries: vec![io_store::AuditSummary { tenant: None, body: "{}".into() }],
        once: None,
    };
    let version = relay.service.current().version();
    let taken = relay.store.commit(Scope::Operator, version, vec![ObjectChange::Put(put)], audit).await;
    assert!(matches!(taken, Err(StoreError::Taken { .. })), "{taken:?}");
}

/// A store that can be cut off.
struct CutOff {
    store: Arc<dyn Directories>,
    away: AtomicBool,
}

impl CutOff {
    fn check(&self) -> Result<(), StoreError> {
        match self.away.load(Ordering::Relaxed) {
            true => Err(StoreError::Unavailable { place: "directory.db".into(), reason: "cut off".into() }),
            false => Ok(()),
        }
    }
}

#[async_trait]
impl Directories for CutOff {
    async fn load(&self, scope: Scope) -> Result<DirectoryImage, StoreError> {
        self.check()?;
        self.store.load(scope).await
    }

    async fn version(&self, scope: Scope) -> Result<DirectoryVersion, StoreError> {
        self.check()?;
        self.store.version(scope).await
    }

    async fn allocate_ids(&self, scope: Scope, count: u32) -> Result<Vec<u64>, StoreError> {
        self.check()?;
        self.store.allocate_ids(scope, count).await
    }

    async fn commit(
        &self,
        scope: Scope,
        expected: DirectoryVersion,
        changes: Vec<ObjectChange>,
        audit: AuditEntry,
    ) -> Result<Committed, StoreError> {
        self.check()?;
        self.store.commit(scope, expected, changes, audit).await
    }

    async fn audit(&self, scope: Scope, filter: AuditFilter) -> Result<Vec<AuditRecord>, StoreError> {
        self.store.audit(scope, filter).await
    }

    async fn once(
        &self,
        scope: Scope,
        actor: &str,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<OnceRecord>, StoreError> {
        self.store.once(scope, actor, key, now).await
    }

    async fn keep_answer(
        &self,
        scope: Scope,
        actor: &str,
        once: Once,
        answer: String,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.store.keep_answer(scope, actor, once, answer, at).await
    }

    async fn challenge_secret(&self, scope: Scope, proposed: Secret) -> Result<Secret, StoreError> {
        self.store.challenge_secret(scope, proposed).await
    }
}

#[tokio::test]
async fn unconfirmed_after_ten_minutes() {
    let relay = Relay::with(CONTOSO).await;
    let store = Arc::new(CutOff { store: relay.store.clone(), away: AtomicBool::new(true) });
    store.away.store(false, Ordering::Relaxed);
    let service = DirectoryService::open(store.clone()).await.unwrap();
    let opened = service.confirmed_at();
    let usable = |after: SignedDuration| service.usable(opened + after).map(|current| current.version());
    let version = Ok(service.current().version());
    let moment = SignedDuration::from_millis(1);
    assert_eq!(usable(SignedDuration::ZERO), version);
    assert_eq!(usable(-UNCONFIRMED_LIMIT), version, "a clock that was set back");
    assert_eq!(usable(UNCONFIRMED_LIMIT), version);
    let unconfirmed = usable(UNCONFIRMED_LIMIT + moment).expect_err("too old");
    assert_eq!(unconfirmed.since, opened);
    assert!(unconfirmed.to_string().contains("more than 10 minutes ago"), "{unconfirmed}");

    store.away.store(true, Ordering::Relaxed);
    assert!(poll(&service).await.is_err());
    assert_eq!(service.confirmed_at(), opened, "nothing was confirmed");
    let refused = service.apply(request("[[tenant]]\nname = \"a\"\n")).await;
    assert!(matches!(refused, Err(ApplyError::Store(StoreError::Unavailable { .. }))), "{refused:?}");
    assert_eq!(service.export(None).len(), 1);

    store.away.store(false, Ordering::Relaxed);
    poll(&service).await.unwrap();
    assert!(service.confirmed_at() >= opened);
}

#[tokio::test]
async fn a_damaged_object_is_named() {
    let relay = Relay::with(CONTOSO).await;
    let domain = relay.service.export(None)[0].domains[0].id.0;
    let tenant = relay.service.export(None)[0].id;
    let put = ObjectPut {
        kind: ObjectKind::Domain,
        id: domain,
        tenant,
        name: "contoso.com".into(),
        unique_key: None,
        body: "{\"name\":7}".into(),
    };
    let audit = AuditEntry {
        actor: String::new(),
        origin: String::new(),
        at: far_in_the_future(),
        summaries: vec![io_store::AuditSummary { tenant: None, body: "{}".into() }],
        once: None,
    };
    let version = relay.service.current().version();
    relay.store.commit(Scope::Operator, version, vec![ObjectChange::Put(put)], audit).await.unwrap();
    let error = DirectoryService::open(relay.store.clone()).await.expect_err("damaged");
    assert!(matches!(error, DirectoryServiceError::Damaged { .. }), "{error:?}");
    assert!(error.to_string().contains("domain \"contoso.com\""), "{error}");
    // What was in force stays, and is not confirmed.
    let confirmed = relay.service.confirmed_at();
    assert!(poll(&relay.service).await.is_err());
    assert_eq!(relay.service.confirmed_at(), confirmed);
    assert_eq!(relay.service.current().version(), version);
}
