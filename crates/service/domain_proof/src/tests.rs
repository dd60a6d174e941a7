//! Proof as data: what the DNS holds, who asks at what time, and what then is in force and in the audit trail.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod challenges;
mod findings;
mod moving;
mod rechecking;
mod verifying;

use std::sync::Arc;

use core_directory::{Domain, Proof, Standing, TenantId};
use io_dns::Table;
use io_store::{Directories, Scope};
use io_store_embedded::Embedded;
use jiff::{SignedDuration, Timestamp};
use proto_directory_file::read_toml;
use service_directory::{ApplyRequest, DirectoryService};

use crate::{Challenge, DomainProof, Verification, VerifyError, VerifyRequest};

/// Two tenants that both claim contoso.com, and one that claims nothing.
const DIRECTORY: &str = r#"
[[tenant]]
name = "contoso"
  [[tenant.domain]]
  name = "contoso.com"
  [[tenant.domain]]
  name = "contoso.net"
[[tenant]]
name = "fabrikam"
  [[tenant.domain]]
  name = "contoso.com"
[[tenant]]
name = "tailspin"
"#;

/// A relay's directory, and a DNS of the test's own.
struct World {
    folder: tempfile::TempDir,
    store: Arc<dyn Directories>,
    directory: Arc<DirectoryService>,
    dns: Arc<Table>,
    proof: Arc<DomainProof>,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let world = Self::open(folder).await;
        world.apply(DIRECTORY).await;
        world
    }

    async fn open(folder: tempfile::TempDir) -> Self {
        let store = Embedded::open(folder.path()).unwrap().directories();
        let directory = DirectoryService::open(store.clone()).await.unwrap();
        let dns = Arc::new(Table::default());
        let proof = Arc::new(DomainProof::new(directory.clone(), store.clone(), dns.clone()));
        Self { folder, store, directory, dns, proof }
    }

    /// The same after a restart. The DNS is empty again.
    async fn reopen(self) -> Self {
        let folder = self.folder;
        drop((self.store, self.directory, self.proof));
        Self::open(folder).await
    }

    /// A change by the operator.
    async fn apply(&self, toml: &str) {
        let tenants = read_toml("d.toml", toml, &mut |_| Err("no files here".into())).unwrap().tenants;
        let request = ApplyRequest {
            tenants,
            prune: false,
            dry_run: false,
            standing: Standing::Operator,
            actor: "root".into(),
            origin: "admin.sock".into(),
            at: day(0),
            expected_version: None,
        };
        self.directory.apply(request).await.unwrap();
    }

    fn tenant(&self, name: &str) -> TenantId {
        self.directory.current().tenants.iter().find(|tenant| *tenant.name == *name).unwrap().id
    }

    fn proof_of(&self, tenant: &str, name: &str) -> Proof {
        let current = self.directory.current();
        let tenant = current.tenants.iter().find(|own| *own.name == *tenant).unwrap();
        tenant.domains.iter().find(|domain| domain.name.as_str() == name).unwrap().proof
    }

    async fn challenge(&self, tenant: &str, name: &str) -> Challenge {
        self.proof.challenge(self.tenant(tenant), &domain(name)).await.unwrap()
    }

    /// The tenant publishes its record, beside nothing else.
    async fn publish(&self, tenant: &str, name: &str) {
        let challenge = self.challenge(tenant, name).await;
        self.dns.set(&challenge.name, &[&challenge.value]);
    }

    /// Nothing is published any more.
    fn withdraw(&self, name: &str) {
        self.dns.fail(&record_name(name), io_dns::DnsFailure::NoSuchName);
    }

    async fn verify(&self, tenant: &str, name: &str, at: Timestamp) -> Result<Verification, VerifyError> {
        let request = VerifyRequest {
            tenant: self.tenant(tenant),
            domain: domain(name),
            actor: format!("{tenant}'s administrator"),
            origin: "192.0.2.7".into(),
            at,
        };
        self.proof.verify(request).await
    }

    async fn recheck(&self, tenant: &str, name: &str, at: Timestamp) {
        self.proof.recheck(self.tenant(tenant), &domain(name), at).await.unwrap();
    }

    /// What a tenant reads in its audit trail, the newest first, as `actor: field from -> to; …`.
    async fn trail(&self, tenant: &str) -> Vec<String> {
        let records =
            self.store.audit(Scope::Tenant(self.tenant(tenant)), io_store::AuditFilter::newest(100)).await.unwrap();
        let line = |record: &io_store::AuditRecord| {
            let body: serde_json::Value = serde_json::from_str(&record.body).unwrap();
            let entries = body["diff"].as_array().unwrap().iter().map(|entry| {
                let text = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
                format!("{} {} -> {}", text("field"), text("from"), text("to"))
            });
            format!("{}: {}", record.actor, entries.collect::<Vec<_>>().join("; "))
        };
        records.iter().map(line).collect()
    }
}

fn domain(name: &str) -> Domain {
    Domain::parse(name).unwrap()
}

fn record_name(name: &str) -> Domain {
    domain(&format!("{}.{name}", crate::LABEL))
}

/// So many days after the test's beginning.
fn day(days: i64) -> Timestamp {
    "2030-01-01T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(24 * days)
}

fn dns(verified_at: Timestamp, missing_since: Option<Timestamp>) -> Proof {
    Proof::Dns { verified_at, missing_since }
}
