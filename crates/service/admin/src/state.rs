//! What the handlers need. Shared, and changed by no handler.

use std::pin::Pin;
use std::sync::Arc;

use arc_swap::ArcSwap;
use core_directory::{TenantId, TenantLimits};
use io_protocol_log::ProtocolLog;
use io_store::{Queue, StoreError, Tokens, Trace};
use jiff::Timestamp;
use prometheus_client::registry::Registry;
use proto_certificate::OperatorTrust;
use proto_exchange::protocol_log::LogKind;
use service_directory::DirectoryService;
use service_domain_proof::DomainProof;
use service_outbound::Outbound;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{Attention, BeginBackup, Certificates, WrongTokens, wire};

/// Why the store may write no more until it is opened again, if so.
pub type StoreFault = Arc<dyn Fn() -> Option<StoreError> + Send + Sync>;

/// What the admin interface shows and changes.
#[derive(Clone)]
pub struct AdminState {
    /// The directory.
    pub directory: Arc<DirectoryService>,
    /// Who may use the interface from afar.
    pub tokens: Arc<dyn Tokens>,
    /// Those that showed a wrong token.
    pub wrong_tokens: Arc<WrongTokens>,
    /// The queue.
    pub queue: Arc<dyn Queue>,
    /// Wakes delivery when messages may have become due.
    pub wake: Arc<Notify>,
    /// What attempts are made through: it leaves failing connectors alone until told otherwise.
    pub outbound: Arc<Outbound>,
    /// Refusals.
    pub trace: Arc<dyn Trace>,
    /// Whom the operator trusts for all tenants, and which leaves are denied.
    pub trust: Arc<ArcSwap<OperatorTrust>>,
    /// Who proves domains by DNS.
    pub domain_proof: Arc<DomainProof>,
    /// When certificates end.
    pub certificates: Arc<Certificates>,
    /// What the parts of the node count, under [`METRICS_PREFIX`](crate::METRICS_PREFIX).
    pub metrics: Arc<Registry>,
    /// The protocol logs.
    pub protocol_logs: Vec<ProtocolLog>,
    /// How many SMTP sessions are open.
    pub open_sessions: Arc<dyn Fn() -> u64 + Send + Sync>,
    /// What a tenant uses of its limits.
    pub tenant_use: LookUpUse,
    /// Whether the store is sound.
    pub store_fault: StoreFault,
    /// Makes backups of the store.
    pub begin_backup: BeginBackup,
    /// The node has been told to stop.
    pub stopping: CancellationToken,
    /// The node.
    pub info: Arc<ArcSwap<NodeInfo>>,
    /// The clock: `Timestamp::now`, but in tests.
    pub now: fn() -> Timestamp,
}

impl AdminState {
    /// Whether there is a send log.
    pub(crate) fn logs_sending(&self) -> bool {
        self.protocol_logs.iter().any(|log| log.kind() == LogKind::Send && log.is_on())
    }
}

/// Looks up what a tenant uses of these limits at a time.
pub type LookUpUse = Arc<dyn Fn(TenantId, TenantLimits, Timestamp) -> PendingUse + Send + Sync>;

/// The answer to that.
pub type PendingUse = Pin<Box<dyn Future<Output = Result<Vec<wire::LimitUse>, StoreError>> + Send>>;

/// What a node says of itself.
#[derive(Clone, Debug)]
pub struct NodeInfo {
    /// Its host name.
    pub hostname: String,
    /// Version of the program.
    pub version: String,
    /// The node's name among the nodes of one store.
    pub node: String,
    /// When it started.
    pub started_at: Timestamp,
    /// Where it listens.
    pub listeners: Vec<wire::Listener>,
    /// What was found at start or at the last reload that needs attention, each a sentence with what to do.
    pub attention: Vec<Attention>,
}
