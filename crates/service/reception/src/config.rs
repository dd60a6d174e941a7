//! What reception is given: where to listen, what to keep to, and the parts of the house it works with.

use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use arc_swap::ArcSwap;
use core_directory::{AddressRange, unmap};
use io_protocol_log::ProtocolLog;
use io_store::{Bodies, ClaimNumber, MessageId, Queue, Trace};
use io_tls::ServerTls;
use jiff::Timestamp;
use proto_certificate::OperatorTrust;
use proto_smtp::BareNewline;
use proto_smtp::server::ServerConfig;
use service_directory::DirectoryService;
use service_outbound::{AttemptOutcome, Outbound};

use crate::{Limits, TenantMeter};

/// Where to listen.
#[derive(Clone)]
pub struct ListenerConfig {
    /// Address and port; port 0 takes a free one.
    pub address: SocketAddr,
    /// The certificate for STARTTLS; none: it is not offered.
    pub tls: Option<Arc<ServerTls>>,
    /// Balancers: a connection from one of them begins with a PROXY header that tells the client's address. From others it
    /// is an error.
    pub balancers: Vec<AddressRange>,
    /// What becomes of a bare LF in a message.
    pub bare_newline: BareNewline,
    /// Whether BDAT is offered (CHUNKING).
    pub chunking: bool,
    /// Whether BODY=BINARYMIME is; only together with BDAT.
    pub binary_mime: bool,
    /// The connector under which sessions that begin from now on stand in the receive log, such as
    /// `relay.example.net\Internet`; none: they do not.
    pub logged_as: Option<Arc<str>>,
}

/// How to receive. All but the host name can be changed while it runs.
#[derive(Clone)]
pub struct ReceptionConfig {
    /// The node's host name: in the banner, in Received and in refusals.
    pub hostname: String,
    /// The listeners, no address twice.
    pub listeners: Vec<ListenerConfig>,
    /// The limits.
    pub limits: Limits,
}

/// Settles an attempt that began before its message was queued, under the claim that the message was queued with.
pub type SettleRunning =
    Arc<dyn Fn(MessageId, ClaimNumber, AttemptOutcome) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

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
    /// Whom the operator trusts for all tenants. What is put here holds from the next MAIL FROM on.
    pub trust: Arc<ArcSwap<OperatorTrust>>,
    /// Told after each message that is safely in the queue.
    pub accepted: Arc<tokio::sync::Notify>,
    /// What tenants use of their limits.
    pub meter: Arc<TenantMeter>,
    /// The receive log.
    pub protocol_log: ProtocolLog,
    /// The sending side, for mail that is offered to its next hop while the client waits.
    pub outbound: Arc<Outbound>,
    /// Who settles an attempt whose message was queued meanwhile.
    pub settle: SettleRunning,
    /// The clock: `Timestamp::now`, but in tests.
    pub now: fn() -> Timestamp,
}

impl ListenerConfig {
    /// A listener without TLS, balancers and BDAT, which refuses bare newlines; not logged.
    #[must_use]
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            tls: None,
            balancers: Vec::new(),
            bare_newline: BareNewline::Reject,
            chunking: false,
            binary_mime: false,
            logged_as: None,
        }
    }

    /// What its sessions keep to.
    pub(crate) fn session(&self, hostname: &str, limits: &Limits) -> ServerConfig {
        ServerConfig {
            max_message_size: Some(limits.message_size),
            max_recipients: limits.recipients,
            max_errors: limits.errors,
            max_idle_commands: limits.idle_commands,
            starttls: self.tls.is_some(),
            bare_newline: self.bare_newline,
            chunking: self.chunking,
            binary_mime: self.binary_mime,
            tell_commands: self.logged_as.is_some(),
            ..ServerConfig::new(hostname)
        }
    }

    /// Whether connections from there begin with a PROXY header.
    pub(crate) fn is_balancer(&self, address: IpAddr) -> bool {
        self.balancers.iter().any(|range| range.contains(unmap(address)))
    }
}
