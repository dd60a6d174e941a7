//! What the handlers need. Shared, and changed by nobody.

use std::collections::BTreeSet;
use std::sync::Arc;

use core_directory::Thumbprint;
use io_store::{Queue, Trace};
use jiff::Timestamp;
use proto_certificate::TrustStore;
use service_directory::DirectoryService;
use service_outbound::Outbound;
use tokio::sync::Notify;

use crate::wire;

/// What the admin interface shows and changes.
#[derive(Clone)]
pub struct AdminState {
    /// The directory.
    pub directory: Arc<DirectoryService>,
    /// The queue.
    pub queue: Arc<dyn Queue>,
    /// Wakes delivery when messages may have become due.
    pub wake: Arc<Notify>,
    /// What attempts are made through: it leaves failing connectors alone until told otherwise.
    pub outbound: Arc<Outbound>,
    /// Refusals.
    pub trace: Arc<dyn Trace>,
    /// Roots that the operator trusts for all tenants.
    pub trust: Arc<TrustStore>,
    /// Leaves that the operator denied.
    pub denied: Arc<BTreeSet<Thumbprint>>,
    /// The node.
    pub info: NodeInfo,
    /// The clock: `Timestamp::now`, but in tests.
    pub now: fn() -> Timestamp,
}

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
    /// What was found at start that needs attention, each a sentence with what to do.
    pub attention: Vec<String>,
}
