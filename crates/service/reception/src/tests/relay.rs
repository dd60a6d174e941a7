//! A reception over the embedded store, with a clock and faults that a test may change while it runs.

use io_protocol_log::{ProtocolLog, Settings};
use std::cell::Cell;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arc_swap::ArcSwap;
use core_directory::{
    AcceptedDomain, AddressRange, AddressSpace, CertificateName, Domain, InboundConnector, SendConnector, SmartHost,
    Standing, Tenant, TlsLevel,
};
use io_store::{QueueFilter, QueueSummary, RefusalRecord, Scope, Stores, TraceFilter};
use io_store_embedded::Embedded;
use io_tls::ServerTls;
use jiff::{SignedDuration, Timestamp};
use proto_certificate::{OperatorTrust, TrustStore};
use proto_exchange::protocol_log::{LogKind, Reader, Record};
use service_directory::{ApplyRequest, DirectoryService};
use service_outbound::{Outbound, OutboundConfig};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::client::Client;
use super::faulty::{Fault, Faulty};
use crate::{Limits, ListenerConfig, Reception, ReceptionConfig, ReceptionControl, Services, TenantMeter};

thread_local! {
    // Each test has a thread of its own, on which its sessions run too.
    static AHEAD: Cell<SignedDuration> = const { Cell::new(SignedDuration::ZERO) };
}

fn clock() -> Timestamp {
    Timestamp::now() + AHEAD.get()
}

/// Sets the relay's clock so far ahead.
pub fn set_ahead(seconds: i64) {
    AHEAD.set(SignedDuration::from_secs(seconds));
}

pub struct Relay {
    pub address: SocketAddr,
    pub fault: Arc<Fault>,
    pub outbound: Arc<Outbound>,
    settled: Arc<Mutex<Vec<String>>>,
    control: ReceptionControl,
    log: ProtocolLog,
    stores: Stores,
    shutdown: CancellationToken,
    running: Option<JoinHandle<()>>,
    // In this order: the store is closed before its folder goes.
    _store: Embedded,
    _folder: TempDir,
}

impl Relay {
    /// Trusts nobody, with the default limits.
    pub async fn new() -> Self {
        Self::limited(Limits::default()).await
    }

    pub async fn limited(limits: Limits) -> Self {
        Self::with(limits, &[], tenants()).await
    }

    /// Trusts these roots.
    pub async fn trusting(roots: &[Vec<u8>]) -> Self {
        Self::with(Limits::default(), roots, tenants()).await
    }

    /// Contoso's mail goes to this hop, by a send connector changed like this.
    pub async fn toward(hop: SocketAddr, limits: Limits, change: impl Fn(&mut SendConnector)) -> Self {
        let mut tenants = tenants();
        let out = &mut tenants[0].send_connectors[0];
        out.smart_hosts = [SmartHost::parse(&hop.to_string()).unwrap()].into();
        out.cut_through = true;
        change(out);
        Self::with(limits, &[], tenants).await
    }

    async fn with(limits: Limits, roots: &[Vec<u8>], tenants: Vec<Tenant>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Embedded::open(folder.path()).unwrap();
        let stores = store.stores();
        let directory = DirectoryService::open(Arc::clone(&stores.directories)).await.unwrap();
        directory.apply(request(tenants)).await.unwrap();
        let fault = Arc::<Fault>::default();
        let faulty = Arc::new(Faulty {
            fault: Arc::clone(&fault),
            bodies: Arc::clone(&stores.bodies),
            queue: Arc::clone(&stores.queue),
        });
        let log = ProtocolLog::start(LogKind::Receive, Some(log_in(folder.path()))).unwrap();
        let outbound = Arc::new(Outbound::new(OutboundConfig::default(), TrustStore::default()));
        let settled = Arc::<Mutex<Vec<String>>>::default();
        let meter = TenantMeter::open(Arc::clone(&stores.trace), Arc::clone(&stores.queue)).await;
        let services = Services {
            directory,
            meter: Arc::clone(&meter),
            queue: Arc::clone(&faulty) as _,
            bodies: faulty,
            trace: Arc::clone(&stores.trace),
            trust: Arc::new(ArcSwap::from_pointee(OperatorTrust {
                roots: TrustStore::new(roots.iter().map(Vec::as_slice)).0,
                ..OperatorTrust::default()
            })),
            accepted: Arc::default(),
            protocol_log: log.clone(),
            outbound: Arc::clone(&outbound),
            settle: Arc::new({
                let (queue, settled) = (Arc::clone(&stores.queue), Arc::clone(&settled));
                move |_, claim, outcome| {
                    let (queue, settled) = (Arc::clone(&queue), Arc::clone(&settled));
                    Box::pin(async move {
                        let replies = outcome.recipients.iter().map(|recipient| recipient.reply.to_string());
                        let replies = replies.collect::<Vec<_>>().join(" | ");
                        let until = Timestamp::now() + SignedDuration::from_secs(1);
                        let ours = queue.renew(Scope::Operator, claim, until).await;
                        settled
                            .lock()
                            .unwrap()
                            .push(format!("{replies} {}", if ours.is_ok() { "ours" } else { "not ours" }));
                    })
                }
            }),
            now: clock,
        };
        let own = io_tls::self_signed("relay.example.net").unwrap();
        let tls = ServerTls::from_pem(own.certificate.as_bytes(), own.key.as_bytes(), true).unwrap();
        let config = ReceptionConfig {
            hostname: "relay.example.net".to_owned(),
            listeners: vec![ListenerConfig {
                tls: Some(Arc::new(tls)),
                chunking: true,
                logged_as: Some("relay.example.net\\Default".into()),
                ..ListenerConfig::new("127.0.0.1:0".parse().unwrap())
            }],
            limits,
        };
        let reception = Reception::bind(config, services).await.unwrap();
        let control = reception.control();
        let (address, shutdown) = (reception.addresses()[0], CancellationToken::new());
        let running = Some(tokio::spawn(reception.run(shutdown.clone())));
        Self {
            address,
            fault,
            outbound,
            settled,
            control,
            log,
            stores,
            shutdown,
            running,
            _store: store,
            _folder: folder,
        }
    }

    pub async fn queue(&self) -> Vec<QueueSummary> {
        let filter = QueueFilter { limit: 100, ..QueueFilter::default() };
        self.stores.queue.list(Scope::Operator, filter).await.unwrap()
    }

    /// What attempts brought that ran on, and whether the message was still theirs.
    pub fn settled(&self) -> Vec<String> {
        self.settled.lock().unwrap().clone()
    }

    pub fn open_sessions(&self) -> u64 {
        self.control.open_sessions()
    }

    /// Bodies that were removed and in no message.
    pub fn bodies_removed(&self) -> usize {
        self.fault.removed()
    }

    /// The trace, oldest first: what became of whom, and the reply if one is told. How mail came and whose it is, is left out.
    pub async fn events(&self) -> Vec<String> {
        self.stores.trace.flush().await.unwrap();
        let filter = TraceFilter { limit: 100, ..TraceFilter::default() };
        let events = self.stores.trace.events(Scope::Operator, filter).await.unwrap().items;
        let became = events.iter().rev().filter(|event| !matches!(&event.kind[..], "connected" | "attributed"));
        let told = became.map(|event| {
            let body: serde_json::Value = serde_json::from_str(&event.body).unwrap();
            let reply = body.get("reply").and_then(|reply| reply.as_str()).unwrap_or_default();
            format!("{} {} {reply}", event.kind, event.rcpt_to.as_deref().unwrap_or_default()).trim_end().to_owned()
        });
        told.collect()
    }

    /// Bodies that no message refers to. They are gone then.
    pub async fn orphans(&self) -> u64 {
        let later = Timestamp::now() + SignedDuration::from_hours(48);
        self.stores.bodies.collect_orphans(Scope::Operator, later).await.unwrap().bodies
    }

    /// Waits until a session has ended whose relay takes one at a time.
    pub async fn until_free(&self) {
        until("the end of a session", async || {
            let mut client = Client::connect_from("127.0.0.1", self.address).await;
            client.reply().await.starts_with("220")
        })
        .await;
    }

    pub async fn refusal(&self, reference: &str) -> Option<RefusalRecord> {
        self.stores.trace.flush().await.unwrap();
        self.stores.trace.refusal(Scope::Operator, reference).await.unwrap()
    }

    pub async fn refusals(&self) -> Vec<RefusalRecord> {
        self.stores.trace.flush().await.unwrap();
        let filter = TraceFilter { limit: 1000, ..TraceFilter::default() };
        self.stores.trace.refusals(Scope::Operator, filter).await.unwrap().items
    }

    /// The receive log from a session's connect row on: event, data and context of each row.
    pub fn logged(&self) -> Vec<String> {
        assert!(self.log.flush(Duration::from_secs(20)));
        let folder = self._folder.path().join("log/SmtpReceive");
        let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        let text: Vec<u8> = files.iter().flat_map(|file| std::fs::read(file).unwrap()).collect();
        let row = |row: Record<'_>| {
            assert_eq!(row.connector_id, "relay.example.net\\Default");
            assert_eq!(row.local_endpoint, self.address.to_string());
            format!("{} {}|{}", row.event, row.data, row.context)
        };
        Reader::new(&text).map(|(_, read)| row(read.unwrap())).collect()
    }

    /// Says stop.
    pub fn stop(&self) {
        self.shutdown.cancel();
    }

    /// Waits for the end.
    pub async fn ended(&mut self) {
        self.running.take().unwrap().await.unwrap();
    }
}

fn log_in(folder: &Path) -> Settings {
    Settings {
        directory: folder.join("log"),
        max_age: Duration::from_secs(3_600),
        max_directory_size: 1 << 24,
        max_file_size: 1 << 22,
    }
}

/// Waits until it is so.
pub async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !so().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait).await.unwrap_or_else(|_| panic!("waited in vain: {what}"));
}

/// Contoso takes mail by address from 127.0.0.1 and by certificate from all; fabrikam is sent to.
fn tenants() -> Vec<Tenant> {
    vec![tenant("contoso"), tenant("fabrikam")]
}

fn request(tenants: Vec<Tenant>) -> ApplyRequest {
    ApplyRequest {
        tenants,
        prune: true,
        dry_run: false,
        standing: Standing::Operator,
        actor: "test".into(),
        origin: "test".into(),
        at: Timestamp::now(),
        expected_version: None,
    }
}

fn tenant(name: &str) -> Tenant {
    let domain = Domain::parse(&format!("{name}.com")).unwrap();
    let mut inbound =
        InboundConnector::new("HQ", Some(CertificateName::parse_presented(&format!("*.{domain}")).unwrap()));
    inbound.require_tls = false;
    if name == "contoso" {
        inbound.sender_ip_addresses = [AddressRange::parse("127.0.0.1").unwrap()].into();
    }
    let hosts: Box<[_]> = Box::new([SmartHost::parse("192.0.2.1").unwrap()]);
    let spaces = Box::new([AddressSpace::parse("*").unwrap()]);
    let send = SendConnector {
        address_spaces: spaces,
        tls: TlsLevel::None,
        cut_through: false,
        ..SendConnector::new("Out", hosts)
    };
    Tenant {
        name: name.into(),
        domains: vec![AcceptedDomain::new(domain, true)],
        inbound_connectors: vec![inbound],
        send_connectors: vec![send],
        ..Tenant::default()
    }
}
