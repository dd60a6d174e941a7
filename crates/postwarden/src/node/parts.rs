//! The parts of a node, opened in the order in which they need each other. Nothing is served yet.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;
use core_directory::{TenantId, TenantLimits};
use io_dns::{Resolver, TxtLookup};
use io_store::{StoreError, Stores};
use io_store_embedded::Embedded;
use io_tls::ServerTls;
use jiff::Timestamp;
use proto_certificate::OperatorTrust;
use service_admin::wire::LimitUse;
use service_admin::{AdminAddress, AdminSocket, AdminState, Attention, Certificates, NodeInfo, Urgency, wire};
use service_delivery::{Delivery, DeliveryConfig};
use service_directory::DirectoryService;
use service_domain_proof::DomainProof;
use service_outbound::{Outbound, OutboundConfig};
use service_reception::{ListenerConfig, Reception, ReceptionConfig, Services, TenantMeter, TenantUse};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::protocol_logs::ProtocolLogs;
use super::{backup, listening, metrics, open_files, trust, upkeep};
use crate::client::SOCKET_NAME;
use crate::config::{BareNewline, NodeConfig};
use crate::exit::{Exit, Failure};

/// The mode of a data directory that nobody asked for: the owner's alone.
const DATA_MODE: u32 = 0o700;

/// Everything that runs.
pub struct Parts {
    /// Held while the node runs; it closes the store when it goes.
    pub store: Arc<Embedded>,
    /// The directory.
    pub directory: Arc<DirectoryService>,
    /// The listeners' certificates, in the order of the configuration.
    pub certificates: Vec<Arc<ServerTls>>,
    /// The protocol logs.
    pub protocol_logs: ProtocolLogs,
    /// The sending side.
    pub outbound: Arc<Outbound>,
    /// The listeners.
    pub reception: Reception,
    /// What tenants use of their limits.
    pub meter: Arc<TenantMeter>,
    /// The queue runner.
    pub delivery: Arc<Delivery>,
    /// Who asks the DNS.
    pub resolver: Arc<Resolver>,
    /// Who proves domains by it.
    pub domain_proof: Arc<DomainProof>,
    /// The admin socket and what it shows.
    pub admin: (AdminSocket, Arc<AdminState>),
    /// The address of administration over TCP, if there is one.
    pub admin_address: Option<AdminAddress>,
    /// Where the admin socket is.
    pub socket: PathBuf,
}

impl Parts {
    /// Opens everything. `stopping` says when the node has been told to stop.
    pub async fn open(
        config: &NodeConfig,
        data_is_default: bool,
        stopping: &CancellationToken,
    ) -> Result<Self, Failure> {
        if data_is_default {
            make_private(&config.data)?;
        }
        let store = Arc::new(open_store(config.data.clone()).await?);
        let stores = store.stores();
        let unopened = |error: &dyn std::fmt::Display| Failure::new(Exit::Unreachable, error.to_string());
        upkeep::at_start(&stores).await.map_err(|error| Failure::new(exit_for(&error), error.to_string()))?;
        let directory =
            DirectoryService::open(Arc::clone(&stores.directories)).await.map_err(|error| unopened(&error))?;
        let trust = trust::load(&config.client_certificates)?;
        let certificates = listening::certificates(config)?;
        let protocol_logs = ProtocolLogs::start(&config.protocol_log)?;
        let outbound = Outbound::new(OutboundConfig::default(), trust.operator.roots.clone());
        let outbound = Arc::new(outbound.with_protocol_log(protocol_logs.send.clone()));
        let accepted = Arc::new(Notify::new());
        let delivery = Arc::new(Delivery::new(
            DeliveryConfig::new(&config.hostname, &config.hostname),
            stores.clone(),
            Arc::clone(&directory),
            Arc::clone(&outbound),
            Arc::clone(&accepted),
        ));
        let meter = TenantMeter::open(Arc::clone(&stores.trace), Arc::clone(&stores.queue)).await;
        let services =
            services(&stores, &directory, trust.operator, &protocol_logs, (&outbound, &delivery, &meter), &accepted);
        let reception = Reception::bind(reception_config(config, &certificates), services.clone())
            .await
            .map_err(|error| not_bound(&error))?;
        let resolver = Arc::new(Resolver::new(&config.dns.servers));
        let lookup: Arc<dyn TxtLookup> = Arc::<Resolver>::clone(&resolver);
        let domain_proof = DomainProof::new(Arc::clone(&directory), Arc::clone(&stores.directories), lookup);
        let domain_proof = Arc::new(domain_proof);
        let socket = config.data.join(SOCKET_NAME);
        let admin = AdminSocket::bind(&socket).map_err(|error| Failure::usage(error.to_string()))?;
        let admin_address = match config.admin.address {
            Some(address) => {
                let tls = listening::admin(&config.admin)?;
                Some(AdminAddress::bind(address, tls).await.map_err(|error| not_bound(&error))?)
            }
            None => None,
        };
        let attention = attention(config, trust.attention, &resolver, store.notices());
        let info = node_info(config, &reception.addresses(), attention);
        let state = AdminState {
            directory: services.directory,
            tokens: stores.tokens.clone(),
            wrong_tokens: Arc::default(),
            queue: services.queue,
            wake: accepted,
            outbound: Arc::clone(&outbound),
            trace: services.trace,
            trust: services.trust,
            certificates: Arc::new(Certificates::new(shown_certificates(
                &info,
                &certificates,
                admin_certificate(admin_address.as_ref()).as_ref(),
            ))),
            domain_proof: Arc::clone(&domain_proof),
            metrics: Arc::new(metrics::registry(
                &store,
                &reception,
                &outbound,
                &delivery,
                &domain_proof,
                &protocol_logs,
            )),
            protocol_logs: protocol_logs.all().to_vec(),
            open_sessions: {
                let control = reception.control();
                Arc::new(move || control.open_sessions())
            },
            tenant_use: {
                let meter = Arc::clone(&meter);
                Arc::new(move |tenant, limits, now| Box::pin(used(Arc::clone(&meter), tenant, limits, now)))
            },
            store_fault: {
                let store = Arc::clone(&store);
                Arc::new(move || store.poisoned())
            },
            begin_backup: backup::begins(&store, &config.hostname),
            stopping: stopping.clone(),
            info: Arc::new(ArcSwap::from_pointee(info)),
            now: services.now,
        };
        let admin = (admin, Arc::new(state));
        Ok(Self {
            store,
            directory,
            certificates,
            protocol_logs,
            outbound,
            reception,
            meter,
            delivery,
            resolver,
            domain_proof,
            admin,
            admin_address,
            socket,
        })
    }
}

/// What a tenant uses of its limits, as administration shows it.
async fn used(
    meter: Arc<TenantMeter>,
    tenant: TenantId,
    limits: TenantLimits,
    now: Timestamp,
) -> Result<Vec<LimitUse>, StoreError> {
    let shown = |one: TenantUse| {
        let TenantUse { limit, used, of, opens } = one;
        LimitUse { limit: limit.key().to_owned(), used, of, opens }
    };
    Ok(meter.used(tenant, &limits, now).await?.into_iter().map(shown).collect())
}

/// Opens the store in the data directory. What keeps it from opening is for the operator to put right.
pub async fn open_store(data: PathBuf) -> Result<Embedded, Failure> {
    let opened = tokio::task::spawn_blocking(move || Embedded::open(&data)).await;
    let opened = opened.map_err(|error| Failure::new(Exit::Unreachable, format!("the store: {error}")))?;
    opened.map_err(|error| Failure::new(exit_for(&error), error.to_string()))
}

/// Whether a person has to mend it, or it may pass by itself, so that a service manager tries again.
pub fn exit_for(error: &StoreError) -> Exit {
    match error {
        StoreError::Unavailable { .. } | StoreError::Full { .. } => Exit::Unreachable,
        _ => Exit::Usage,
    }
}

/// An address may be free, or there, a moment later: that is no fault of the configuration for certain.
fn not_bound(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(Exit::Unreachable, error.to_string())
}

fn make_private(folder: &Path) -> Result<(), Failure> {
    let made = fs::DirBuilder::new().recursive(true).mode(DATA_MODE).create(folder);
    made.map_err(|error| {
        Failure::usage(format!("{}: {error}", folder.display())).hint("name another folder with --data")
    })
}

fn services(
    stores: &Stores,
    directory: &Arc<DirectoryService>,
    trust: OperatorTrust,
    protocol_logs: &ProtocolLogs,
    (outbound, delivery, meter): (&Arc<Outbound>, &Arc<Delivery>, &Arc<TenantMeter>),
    accepted: &Arc<Notify>,
) -> Services {
    let delivery = Arc::clone(delivery);
    Services {
        directory: Arc::clone(directory),
        queue: Arc::clone(&stores.queue),
        bodies: Arc::clone(&stores.bodies),
        trace: Arc::clone(&stores.trace),
        meter: Arc::clone(meter),
        trust: Arc::new(ArcSwap::from_pointee(trust)),
        accepted: Arc::clone(accepted),
        protocol_log: protocol_logs.receive.clone(),
        outbound: Arc::clone(outbound),
        settle: Arc::new(move |message, claim, outcome| {
            let delivery = Arc::clone(&delivery);
            Box::pin(async move { delivery.settle_running(message, claim, outcome).await })
        }),
        now: Timestamp::now,
    }
}

/// What reception is told.
pub fn reception_config(config: &NodeConfig, certificates: &[Arc<ServerTls>]) -> ReceptionConfig {
    let listeners = config.listeners.iter().zip(certificates);
    let listeners = listeners.map(|(listener, tls)| ListenerConfig {
        address: listener.address,
        tls: Some(Arc::clone(tls)),
        balancers: listener.proxy_protocol.clone(),
        bare_newline: match listener.bare_newline {
            BareNewline::Reject => proto_smtp::BareNewline::Reject,
            BareNewline::Normalize => proto_smtp::BareNewline::Normalize,
        },
        chunking: listener.chunking,
        binary_mime: listener.binary_mime,
        logged_as: listener.protocol_logging.then(|| format!("{}\\{}", config.hostname, listener.name).into()),
    });
    ReceptionConfig {
        hostname: config.hostname.clone(),
        listeners: listeners.collect(),
        limits: open_files::fit(&config.limits).limits,
    }
}

/// What needs an administrator's attention at the start. Trust that is missing refuses mail; the rest does without.
pub fn attention(
    config: &NodeConfig,
    of_trust: Vec<String>,
    resolver: &Resolver,
    of_store: &[String],
) -> Vec<Attention> {
    let trust = of_trust.into_iter().map(|sentence| Urgency::Waiting.of(sentence));
    let resolver = of_resolver(resolver).map(|sentence| Urgency::Soon.of(sentence));
    let rest = config.not_yet().into_iter().chain(of_store.iter().cloned());
    let rest = rest.chain(open_files::fit(&config.limits).attention).map(|sentence| Urgency::Advice.of(sentence));
    trust.chain(resolver).chain(rest).collect()
}

/// Why the DNS cannot be asked, if so: mail flows without.
pub fn of_resolver(resolver: &Resolver) -> Option<String> {
    let problem = resolver.problem()?;
    Some(format!("domains cannot be proved by DNS: {problem}; name resolvers with [dns] servers = [\"ADDRESS\"]"))
}

/// The listeners' certificates by the addresses that are shown, and that of administration.
pub fn shown_certificates(
    info: &NodeInfo,
    certificates: &[Arc<ServerTls>],
    admin: Option<&(String, Arc<ServerTls>)>,
) -> Vec<(String, Arc<ServerTls>)> {
    let listeners = info.listeners.iter().map(|listener| listener.address.clone()).zip(certificates.iter().cloned());
    listeners.chain(admin.cloned()).collect()
}

/// The address of administration with its certificate, if it has one.
pub fn admin_certificate(admin: Option<&AdminAddress>) -> Option<(String, Arc<ServerTls>)> {
    admin.and_then(|admin| Some((admin.address().to_string(), Arc::clone(admin.tls()?))))
}

/// What the node says of itself; it starts now.
pub fn node_info(config: &NodeConfig, addresses: &[SocketAddr], attention: Vec<Attention>) -> NodeInfo {
    let listeners = config.listeners.iter().zip(addresses).map(|(listener, address)| wire::Listener {
        address: address.to_string(),
        starttls: true,
        client_certificates: listener.client_certificates,
    });
    NodeInfo {
        hostname: config.hostname.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        node: config.hostname.clone(),
        started_at: Timestamp::now(),
        listeners: listeners.collect(),
        attention,
    }
}
