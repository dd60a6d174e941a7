//! What reception is given: where to listen, what to keep to, and the parts of the house it works with.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;

use core_directory::Thumbprint;
use io_store::{Bodies, Queue, Trace};
use io_tls::ServerTls;
use jiff::Timestamp;
use proto_certificate::TrustStore;
use service_directory::DirectoryService;

use crate::Limits;

/// Where to listen.
#[derive(Clone)]
pub struct ListenerConfig {
    /// Address and port; port 0 takes a free one.
    pub address: SocketAddr,
    /// The certificate for STARTTLS; none: it is not offered.
    pub tls: Option<Arc<ServerTls>>,
}

/// How to receive.
#[derive(Clone)]
pub struct ReceptionConfig {
    /// The node's host name: in the banner, in Received and in refusals.
    pub hostname: String,
    /// The listeners.
    pub listeners: Vec<ListenerConfig>,
    /// The limits.
    pub limits: Limits,
}

/// The parts of the house that reception works with.
#[derive(Clone)]
pub struct Services {
    /// Whose mail it is.
    pub directory: Arc<DirectoryService>,
    /// Where accepted mail goes.
    pub queue: Arc<dyn Queue>,
    /// Where its octets go.
    pub bodies: Arc<dyn Bodies>,
    /// Where refusals and events are recorded.
    pub trace: Arc<dyn Trace>,
    /// Roots that the operator trusts for all tenants.
    pub trust: Arc<TrustStore>,
    /// Leaves that prove nothing (`[client_certificates] denied_certificates`).
    pub denied: Arc<BTreeSet<Thumbprint>>,
    /// Told after each message that is safely in the queue.
    pub accepted: Arc<tokio::sync::Notify>,
    /// The clock: `Timestamp::now`, but in tests.
    pub now: fn() -> Timestamp,
}
