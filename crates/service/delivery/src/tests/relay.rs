//! A store, a directory and a delivery, which may be restarted.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use core_directory::{
    AcceptedDomain, AddressSpace, Domain, ObjectKind, SendConnector, SendConnectorId, SmartHost, Standing, Tenant,
    TenantId, TlsLevel,
};
use io_store::{
    Accepted, Direction, Lease, MessageDetails, MessageId, NewMessage, NewRecipient, QueueFilter, QueueSummary, Scope,
    Stores, TraceEvent, TraceFilter,
};
use io_store_embedded::Embedded;
use jiff::Timestamp;
use proto_certificate::TrustStore;
use service_directory::{ApplyRequest, DirectoryService, EditAction, EditRequest};
use service_outbound::{Attempt, Body, Outbound, OutboundConfig, Recipient};
use tempfile::TempDir;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::{Delivery, DeliveryConfig, RetrySchedule};

pub const MESSAGE: &str = "Message-ID: <1@contoso.com>\r\nSubject: hi\r\n\r\nbody\r\n";

/// What a message to be queued is like.
#[derive(Clone, Copy)]
pub struct Mail<'a> {
    pub tenant: &'a str,
    pub sender: Option<&'a str>,
    pub recipients: &'a [&'a str],
    pub direction: Direction,
    pub notify: Option<&'a str>,
    pub ret: Option<&'a str>,
    /// Name of the tenant.
    pub handed_over_by: Option<&'a str>,
    /// Name of the send connector.
    pub connector: &'a str,
    /// How long ago it was accepted.
    pub age: Duration,
}

impl Default for Mail<'_> {
    fn default() -> Self {
        Self {
            tenant: "contoso",
            sender: Some("alice@contoso.com"),
            recipients: &["bob@example.com"],
            direction: Direction::Originating,
            notify: None,
            ret: None,
            handed_over_by: None,
            connector: "Out",
            age: Duration::ZERO,
        }
    }
}

pub struct Relay {
    folder: TempDir,
    store: Option<Embedded>,
    pub stores: Stores,
    pub directory: Arc<DirectoryService>,
    pub config: DeliveryConfig,
    wake: Arc<Notify>,
    running: Option<(CancellationToken, JoinHandle<()>)>,
}

impl Relay {
    /// Tenant contoso, whose send connectors have these names, address spaces and smart hosts.
    pub async fn new(connectors: &[(&str, &str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Embedded::open(folder.path()).unwrap();
        let stores = store.stores();
        let directory = DirectoryService::open(Arc::clone(&stores.directories)).await.unwrap();
        // Attempts follow each other as fast as a test wants to see them.
        let schedule = RetrySchedule {
            first: Vec::new(),
            then: Duration::from_millis(20),
            give_up: Duration::from_secs(3600),
            late: Duration::from_secs(1800),
            give_up_bounce: Duration::from_secs(3600),
        };
        let poll = Duration::from_millis(20);
        let config = DeliveryConfig { schedule, poll, ..DeliveryConfig::new("node", "relay.example.net") };
        let relay = Self { folder, store: Some(store), stores, directory, config, wake: Arc::default(), running: None };
        relay.connectors(connectors).await;
        relay
    }

    /// Replaces the tenant's send connectors.
    pub async fn connectors(&self, connectors: &[(&str, &str, &str)]) {
        let send_connectors = connectors.iter().map(|(name, space, host)| {
            let hosts: Box<[_]> = Box::new([SmartHost::parse(host).unwrap()]);
            let address_spaces = Box::new([AddressSpace::parse(space).unwrap()]);
            SendConnector { address_spaces, tls: TlsLevel::None, ..SendConnector::new(name, hosts) }
        });
        self.apply("contoso", send_connectors.collect()).await;
    }

    /// Another tenant with one send connector.
    pub async fn other_tenant(&self, connector: &str, host: &str) {
        let hosts: Box<[_]> = Box::new([SmartHost::parse(host).unwrap()]);
        self.apply("fabrikam", vec![SendConnector { tls: TlsLevel::None, ..SendConnector::new(connector, hosts) }])
            .await;
    }

    async fn apply(&self, name: &str, send_connectors: Vec<SendConnector>) {
        let domain = Domain::parse(&format!("{name}.com")).unwrap();
        let domains = vec![AcceptedDomain::new(domain, true)];
        let tenant = Tenant { name: name.into(), domains, send_connectors, ..Tenant::default() };
        let request = ApplyRequest {
            tenants: vec![tenant],
            prune: true,
            dry_run: false,
            standing: Standing::Operator,
            actor: "test".into(),
            origin: "test".into(),
            at: Timestamp::now(),
            expected_version: None,
        };
        self.directory.apply(request).await.unwrap();
    }

    /// Suspends a tenant, or resumes it.
    pub async fn suspend(&self, tenant: &str, suspended: bool) {
        let fields = serde_json::Map::from_iter([("suspended".to_owned(), suspended.into())]);
        let request = EditRequest {
            tenant: tenant.to_owned(),
            kind: ObjectKind::Tenant,
            name: tenant.to_owned(),
            action: EditAction::Set(fields),
            expected_version: None,
            dry_run: false,
            standing: Standing::Operator,
            actor: "test".into(),
            origin: "test".into(),
            at: Timestamp::now(),
            once: None,
        };
        self.directory.edit(request).await.unwrap();
    }

    pub fn tenant(&self) -> TenantId {
        self.tenant_named("contoso")
    }

    fn tenant_named(&self, name: &str) -> TenantId {
        let current = self.directory.current();
        current.snapshot.tenant(current.snapshot.tenant_by_name(name).unwrap()).id
    }

    fn connector(&self, tenant: &str, name: &str) -> SendConnectorId {
        let current = self.directory.current();
        let tenant = current.snapshot.tenant(current.snapshot.tenant_by_name(tenant).unwrap());
        tenant.send_connectors.iter().find(|connector| &*connector.name == name).unwrap().id
    }

    /// Queues a message, as reception does.
    pub async fn submit(&self, mail: Mail<'_>) -> MessageId {
        self.accept(mail, None).await.message
    }

    /// Has a message attempted, queues it under a lease while that runs, and settles it.
    pub async fn settle_before_queue(&self, mail: Mail<'_>) -> MessageId {
        let outbound = Arc::new(Outbound::new(OutboundConfig::default(), TrustStore::default()));
        let current = self.directory.current();
        let tenant = current.snapshot.tenant_by_name("contoso").unwrap();
        let attempt = Attempt {
            message: None,
            tenant: self.tenant(),
            connector: current.snapshot.send_connector(tenant, self.connector(mail.tenant, mail.connector)).unwrap(),
            certificate: None,
            hostname: &self.config.hostname,
            reverse_path: mail.sender,
            recipients: &mail.recipients.iter().map(|path| Recipient::from(*path)).collect::<Vec<_>>(),
            size: MESSAGE.len() as u64,
            eight_bit: false,
            binary: false,
            smtp_utf8: false,
            ret: None,
            envid: None,
            body: Body::Memory(Arc::new([Bytes::from_static(MESSAGE.as_bytes())])),
            dot_sent: None,
        };
        let outcome = outbound.attempt(&attempt).await;
        let lease = Lease { node: "node".to_owned(), until: Timestamp::now() + Duration::from_secs(60) };
        let accepted = self.accept(mail, Some(lease)).await;
        let delivery = self.delivery(outbound);
        delivery.settle_running(accepted.message, accepted.claim.unwrap(), outcome).await;
        accepted.message
    }

    async fn accept(&self, mail: Mail<'_>, lease: Option<Lease>) -> Accepted {
        let message = self.message(mail, lease).await;
        let accepted = self.stores.queue.accept(Scope::Operator, vec![message]).await.unwrap();
        self.wake.notify_one();
        accepted[0]
    }

    /// Queues many messages that share a body.
    pub async fn submit_many(&self, mail: Mail<'_>, count: usize) {
        let message = self.message(mail, None).await;
        self.stores.queue.accept(Scope::Operator, vec![message; count]).await.unwrap();
        self.wake.notify_one();
    }

    async fn message(&self, mail: Mail<'_>, lease: Option<Lease>) -> NewMessage {
        let (tenant, now) = (self.tenant_named(mail.tenant), Timestamp::now());
        let mut body = self.stores.bodies.create(Scope::Operator, tenant, now).await.unwrap();
        body.write(Bytes::from_static(MESSAGE.as_bytes())).await.unwrap();
        let recipient = |path: &&str| NewRecipient {
            forward_path: (*path).to_owned(),
            notify: mail.notify.map(str::to_owned),
            ..NewRecipient::default()
        };
        NewMessage {
            tenant,
            direction: mail.direction,
            reverse_path: mail.sender.map(str::to_owned),
            recipients: mail.recipients.iter().map(recipient).collect(),
            send_connector: self.connector(mail.tenant, mail.connector),
            body: body.seal().await.unwrap(),
            size: MESSAGE.len() as u64,
            eight_bit: false,
            binary: false,
            smtp_utf8: false,
            ret: mail.ret.map(str::to_owned),
            envid: None,
            accepted_at: now - mail.age,
            reference: "A1A1".to_owned(),
            attributed: "{}".to_owned(),
            handed_over_by: mail.handed_over_by.map(|name| self.tenant_named(name)),
            hold: None,
            next_attempt: now,
            first_attempt: None,
            lease,
        }
    }

    /// Messages that were tried.
    pub async fn tried(&self) -> usize {
        self.pages(|line| line.attempts > 0).await
    }

    /// Messages that a node works on.
    pub async fn claimed(&self) -> usize {
        self.pages(|line| line.claimed).await
    }

    async fn pages(&self, is_it: impl Fn(&QueueSummary) -> bool) -> usize {
        let (mut count, mut after) = (0, None);
        loop {
            let filter = QueueFilter { limit: 1000, after, ..QueueFilter::default() };
            let page = self.stores.queue.list(Scope::Operator, filter).await.unwrap();
            count += page.iter().filter(|line| is_it(line)).count();
            match page.last() {
                Some(last) => after = Some(last.id),
                None => return count,
            }
        }
    }

    /// Operations on the queue so far.
    pub fn operations(&self) -> u64 {
        self.store.as_ref().unwrap().counters().queue.operations
    }

    fn delivery(&self, outbound: Arc<Outbound>) -> Delivery {
        let (config, directory) = (self.config.clone(), Arc::clone(&self.directory));
        Delivery::new(config, self.stores.clone(), directory, outbound, Arc::clone(&self.wake))
    }

    /// Starts delivery.
    pub fn start(&mut self) {
        let delivery = self.delivery(Arc::new(Outbound::new(OutboundConfig::default(), TrustStore::default())));
        let shutdown = CancellationToken::new();
        let token = shutdown.clone();
        let task = tokio::spawn(async move { delivery.run(token).await.unwrap() });
        self.running = Some((shutdown, task));
    }

    /// Ends delivery in good order.
    pub async fn stop(&mut self) {
        let (shutdown, task) = self.running.take().unwrap();
        shutdown.cancel();
        task.await.unwrap();
    }

    /// Ends it as a crash does.
    pub async fn crash(&mut self) {
        let (_, task) = self.running.take().unwrap();
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
    }

    /// Closes the store and opens it again.
    pub async fn reopen(&mut self) {
        let nowhere = tempfile::tempdir().unwrap();
        let other = Embedded::open(nowhere.path()).unwrap();
        self.directory = DirectoryService::open(other.directories()).await.unwrap();
        self.stores = other.stores();
        drop(self.store.replace(other));
        // Attempts that a crash has cut off let go of the store in a moment.
        let store = until("the store is free", async || Embedded::open(self.folder.path()).ok()).await;
        self.stores = store.stores();
        self.directory = DirectoryService::open(store.directories()).await.unwrap();
        self.store = Some(store);
    }

    pub async fn queue(&self) -> Vec<QueueSummary> {
        let filter = QueueFilter { limit: 100, ..QueueFilter::default() };
        self.stores.queue.list(Scope::Operator, filter).await.unwrap()
    }

    pub async fn details(&self, message: MessageId) -> MessageDetails {
        self.stores.queue.get(Scope::Operator, message).await.unwrap()
    }

    /// Waits until the queue is empty.
    pub async fn empty(&self) {
        until("the queue is empty", async || self.queue().await.is_empty().then_some(())).await;
    }

    /// The events of the trace, the oldest first: kind, recipient, and whether the body has a text.
    pub async fn events(&self) -> Vec<TraceEvent> {
        let filter = TraceFilter { limit: 100, ..TraceFilter::default() };
        let mut events = self.stores.trace.events(Scope::Operator, filter).await.unwrap().items;
        events.reverse();
        events
    }
}

/// Waits until something is there, and fails with its name when it does not come.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..4000 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("{what}: it never came to that");
}
