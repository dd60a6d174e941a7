//! Changes over the interface, and every way in which they are refused.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use core_directory::{DirectoryVersion, ObjectKind};
use io_store::{
    AuditEntry, AuditFilter, AuditRecord, Committed, DirectoryImage, ObjectChange, Once, OnceRecord, Scope, Secret,
    StoreError,
};
use serde_json::{Value, json};

use super::*;
use crate::wire::ProblemKind::{BadRequest, Conflict, Invalid, TooLarge, Unavailable};
use crate::wire::{ApplyRequest, ApplyResponse, ObjectReference, Problem};

const APPLY: &str = "/v1/directory/apply";

fn body(toml: &str) -> ApplyRequest {
    let directory = proto_directory_file::to_json_with_keys(&tenants(toml));
    ApplyRequest { directory, prune: false, dry_run: false, expected_version: None }
}

#[tokio::test]
async fn a_change_is_shown_made_and_audited() {
    let server = Server::empty().await;
    let tried: ApplyResponse = server.client.post(APPLY, &ApplyRequest { dry_run: true, ..body(DIRECTORY) }).await;
    assert_eq!(tried.diff.len(), 7, "{tried:#?}");
    assert!(server.state.directory.export(None).is_empty(), "a dry run changed something");

    let expected_version = Some(tried.version);
    let made: ApplyResponse = server.client.post(APPLY, &ApplyRequest { expected_version, ..body(DIRECTORY) }).await;
    assert_eq!(made.diff, tried.diff);
    assert_eq!(made.version, server.state.directory.current().version().0);
    let audit = server.stores.directories.audit(Scope::Operator, AuditFilter::newest(10)).await.unwrap();
    assert!(audit[0].actor.starts_with("local user "), "{audit:?}");
    assert_eq!(audit[0].origin, "admin.sock");

    let pruned = "[[tenant]]\nname = \"fabrikam\"\n";
    let made: ApplyResponse = server.client.post(APPLY, &ApplyRequest { prune: true, ..body(pruned) }).await;
    let lines: Vec<String> = made.diff.iter().map(ToString::to_string).collect();
    assert_eq!(lines, ["- tenant fabrikam: domain fabrikam.com"]);
    server.stop().await;
}

#[tokio::test]
async fn keys_go_in_and_do_not_come_out() {
    let server = Server::empty().await;
    let made = rcgen::generate_simple_self_signed(vec!["hq.contoso.com".to_owned()]).unwrap();
    let certificate = |name: &str, key: bool| {
        let mut object = json!({"name": name, "certificate": made.cert.pem()});
        if key {
            object["key"] = made.signing_key.serialize_pem().into();
        }
        json!({"directory": {"tenant": [{"name": "contoso", "certificate": [object]}]}})
    };
    let _: ApplyResponse = server.client.post(APPLY, &certificate("hq", true)).await;
    let shown = server.client.send("GET", "/v1/directory", "").await.body;
    assert!(shown.contains("BEGIN CERTIFICATE") && !shown.contains("PRIVATE"), "{shown}");
    let kept: ApplyResponse = server.client.post(APPLY, &certificate("hq", false)).await;
    assert!(kept.diff.is_empty(), "{kept:?}");
    let keyless = certificate("other", false).to_string();
    let problem = server.client.refuses("POST", APPLY, &keyless, Invalid, "needs its private key").await;
    assert_eq!(problem.errors[0].field, "key");
    let debug = format!("{:?}", serde_json::from_value::<ApplyRequest>(certificate("hq", true)).unwrap());
    assert!(!debug.contains("BEGIN"), "{debug}");
}

#[tokio::test]
async fn faults_have_their_object_and_field() {
    let server = Server::start().await;
    let stolen = "[[tenant]]\nname = \"fabrikam\"\n[[tenant.domain]]\nname = \"contoso.com\"\nverified = true\n";
    let text = serde_json::to_string(&body(stolen)).unwrap();
    let problem = server.client.refuses("POST", APPLY, &text, Invalid, "already verified at tenant").await;
    assert_eq!(problem.errors.len(), 1, "{problem:?}");
    assert_eq!(problem.errors[0].field, "verified");
    assert_eq!(problem.errors[0].place, "tenant \"fabrikam\", domain \"contoso.com\"");
    let expected = ObjectReference { tenant: "fabrikam".into(), kind: ObjectKind::Domain, name: "contoso.com".into() };
    assert_eq!(problem.errors[0].object.as_ref(), Some(&expected));
    assert_eq!(server.state.directory.export(Some("fabrikam"))[0].domains.len(), 1, "nothing was changed");
}

#[tokio::test]
async fn what_cannot_be_read_is_told_with_its_place() {
    let server = Server::start().await;
    let odd = json!({"directory": {"tenant": [
        {"name": "a", "domain": [{"name": "a b"}]},
        {"name": "b", "reject_direct_sent": true, "trusted_roots": ["roots.pem"]},
    ]}});
    let problem = server.client.refuses("POST", APPLY, &odd.to_string(), Invalid, "/directory/tenant/0/domain/0").await;
    assert_eq!(problem.errors.len(), 3, "{problem:#?}");
    let text = format!("{problem:?}");
    assert!(text.contains("reject_direct_send") && text.contains("send the PEM text itself"), "{text}");
    for (body, expected) in [("", "EOF"), ("{}", "directory"), ("{\"directory\":{},\"force\":true}", "force")] {
        server.client.refuses("POST", APPLY, body, BadRequest, expected).await;
    }
}

#[tokio::test]
async fn a_directory_of_too_many_values_is_not_read() {
    let server = Server::start().await;
    let many = format!("{{\"directory\":{{\"tenant\":[{}{{}}]}}}}", "{},".repeat(1_500_000));
    let reply = server.client.send("POST", APPLY, many).await;
    let problem: Problem = serde_json::from_str(&reply.body).unwrap();
    assert_eq!((reply.status, problem.kind), (TooLarge.status(), TooLarge), "{problem:?}");
    assert!(problem.detail.contains("3000000 are read"), "{problem:?}");
}

#[tokio::test]
async fn an_outdated_change_conflicts() {
    let server = Server::start().await;
    let outdated = ApplyRequest { expected_version: Some(0), ..body("[[tenant]]\nname = \"new\"\n") };
    let text = serde_json::to_string(&outdated).unwrap();
    server.client.refuses("POST", APPLY, &text, Conflict, "the change was made for version 0").await;
    assert_eq!(server.state.directory.export(None).len(), 2);
}

/// Directories that take no changes once they are full, or no answers.
pub(super) struct Unwilling {
    pub store: Arc<dyn Directories>,
    pub full: AtomicBool,
    pub forgetful: bool,
}

#[async_trait]
impl Directories for Unwilling {
    async fn load(&self, scope: Scope) -> Result<DirectoryImage, StoreError> {
        self.store.load(scope).await
    }

    async fn version(&self, scope: Scope) -> Result<DirectoryVersion, StoreError> {
        self.store.version(scope).await
    }

    async fn allocate_ids(&self, scope: Scope, count: u32) -> Result<Vec<u64>, StoreError> {
        self.store.allocate_ids(scope, count).await
    }

    async fn commit(
        &self,
        scope: Scope,
        expected: DirectoryVersion,
        changes: Vec<ObjectChange>,
        audit: AuditEntry,
    ) -> Result<Committed, StoreError> {
        if self.full.load(Ordering::Relaxed) {
            return Err(StoreError::Full { place: "directory.db".into(), reason: "no space left".into() });
        }
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
        if self.forgetful {
            return Err(StoreError::Full { place: "directory.db".into(), reason: "no space left".into() });
        }
        self.store.keep_answer(scope, actor, once, answer, at).await
    }

    async fn challenge_secret(&self, scope: Scope, proposed: Secret) -> Result<Secret, StoreError> {
        self.store.challenge_secret(scope, proposed).await
    }
}

#[tokio::test]
async fn a_full_store_is_told() {
    let unwilling =
        |store| Arc::new(Unwilling { store, full: AtomicBool::new(true), forgetful: false }) as Arc<dyn Directories>;
    let server = Server::build(unwilling, |_| {}).await;
    let text = serde_json::to_string(&body(DIRECTORY)).unwrap();
    server.client.refuses("POST", APPLY, &text, Unavailable, "directory.db is full: no space left").await;
    assert!(server.state.directory.export(None).is_empty());
    let shown: Value = server.client.get("/v1/directory").await;
    assert_eq!(shown, json!({"tenant": []}));
}
