//! The interface through a real socket: every path with what it answers, and with every way in which it refuses.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod access;
mod backups;
mod changes;
mod client;
mod domain_proof;
mod explaining;
mod observing;
mod openapi;
mod over_tcp;
mod queue_changes;
mod resources;
mod sentences;
mod showing;
mod socket;
mod tokens;

use std::path::PathBuf;
use std::sync::Arc;

use arc_swap::ArcSwap;
use core_directory::Standing;
use io_store::{Directories, Stores};
use io_store_embedded::Embedded;
use jiff::{SignedDuration, Timestamp};
use prometheus_client::registry::Registry;
use proto_certificate::TrustStore;
use service_directory::DirectoryService;
use service_domain_proof::DomainProof;
use service_outbound::{Outbound, OutboundConfig};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::{AdminSocket, AdminState, NodeInfo, SocketError, wire};
use client::Client;

/// Two tenants.
const DIRECTORY: &str = r#"
[[tenant]]
name = "contoso"
  [[tenant.domain]]
  name = "contoso.com"
  verified = true
  [[tenant.domain]]
  name = "contoso.net"
  [[tenant.inbound_connector]]
  name = "Inbound from HQ"
  tls_sender_certificate_name = "*.contoso.com"
  [[tenant.send_connector]]
  name = "Out"
  smart_hosts = ["hub.example.net"]
[[tenant]]
name = "fabrikam"
  [[tenant.domain]]
  name = "fabrikam.com"
  verified = true
"#;

/// A server of its own in a folder of its own.
struct Server {
    folder: tempfile::TempDir,
    stores: Stores,
    dns: Arc<io_dns::Table>,
    state: AdminState,
    client: Client,
    shutdown: CancellationToken,
    running: JoinHandle<Result<(), SocketError>>,
}

impl Server {
    /// With no tenants.
    async fn empty() -> Self {
        Self::build(|directories| directories, |_| {}).await
    }

    /// With [`DIRECTORY`].
    async fn start() -> Self {
        let server = Self::empty().await;
        server.state.directory.apply(request(DIRECTORY)).await.unwrap();
        server
    }

    /// With another way to the directories, and another state.
    async fn build(
        wrap: impl FnOnce(Arc<dyn Directories>) -> Arc<dyn Directories>,
        change: impl FnOnce(&mut AdminState),
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let stores = Embedded::open(folder.path()).unwrap().stores();
        let directory = DirectoryService::open(wrap(stores.directories.clone())).await.unwrap();
        let dns = Arc::new(io_dns::Table::default());
        let domain_proof = Arc::new(DomainProof::new(
            directory.clone(),
            stores.directories.clone(),
            Arc::<io_dns::Table>::clone(&dns),
        ));
        let mut state = AdminState {
            directory,
            tokens: stores.tokens.clone(),
            wrong_tokens: Arc::default(),
            queue: stores.queue.clone(),
            wake: Arc::new(Notify::new()),
            outbound: Arc::new(Outbound::new(OutboundConfig::default(), TrustStore::default())),
            trace: stores.trace.clone(),
            trust: Arc::default(),
            domain_proof,
            certificates: Arc::default(),
            metrics: Arc::new(Registry::with_prefix(crate::METRICS_PREFIX)),
            protocol_logs: Vec::new(),
            open_sessions: Arc::new(|| 3),
            tenant_use: Arc::new(|_, _, _| Box::pin(async { Ok(Vec::new()) })),
            store_fault: Arc::new(|| None),
            begin_backup: Arc::new(|_| {
                Err(wire::Problem::new(wire::ProblemKind::Conflict, "another backup is under way"))
            }),
            stopping: CancellationToken::new(),
            info: Arc::new(ArcSwap::from_pointee(NodeInfo {
                hostname: "relay.example.net".into(),
                version: "1.2.3".into(),
                node: "node-1".into(),
                started_at: "2030-01-01T00:00:00Z".parse().unwrap(),
                listeners: vec![wire::Listener {
                    address: "127.0.0.1:2525".into(),
                    starttls: true,
                    client_certificates: true,
                }],
                attention: vec![crate::Urgency::Advice.of("the certificate of the listener is self-signed")],
            })),
            now: Timestamp::now,
        };
        change(&mut state);
        let path = folder.path().join("admin.sock");
        let socket = AdminSocket::bind(&path).unwrap();
        let shutdown = CancellationToken::new();
        let running = tokio::spawn(socket.serve(Arc::new(state.clone()), shutdown.clone()));
        Self { folder, stores, dns, state, client: Client::new(path), shutdown, running }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("admin.sock")
    }

    async fn stop(self) {
        self.shutdown.cancel();
        self.running.await.unwrap().unwrap();
        assert!(!self.folder.path().join("admin.sock").exists(), "the socket stays behind");
    }
}

fn tenants(toml: &str) -> Vec<core_directory::Tenant> {
    proto_directory_file::read_toml("d.toml", toml, &mut |_| Err("no files here".into())).unwrap().tenants
}

fn request(toml: &str) -> service_directory::ApplyRequest {
    service_directory::ApplyRequest {
        tenants: tenants(toml),
        prune: false,
        dry_run: false,
        standing: Standing::Operator,
        actor: "test".into(),
        origin: "test".into(),
        at: Timestamp::now(),
        expected_version: None,
    }
}

/// A clock that is so far ahead that the directory is unconfirmed.
fn an_hour_ahead() -> Timestamp {
    Timestamp::now() + SignedDuration::from_hours(1)
}
