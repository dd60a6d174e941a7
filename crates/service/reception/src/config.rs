//! What reception is given: where to listen, what to keep to, and the parts of the house it works with.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use arc_swap::ArcSwap;
use core_directory::{AddressRange, unmap};
use io_protocol_log::ProtocolLog;
use io_store::{Bodies, Queue, Trace};
use io_tls::ServerTls;
use jiff::Timestamp;
use proto_certificate::OperatorTrust;
use proto_smtp::BareNewline;
use service_directory::DirectoryService;

use crate::Limits;

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
    /// The receive log.
    pub protocol_log: ProtocolLog,
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

    /// Whether connections from there begin with a PROXY header.
    pub(crate) fn is_balancer(&self, address: IpAddr) -> bool {
        self.balancers.iter().any(|range| range.contains(unmap(address)))
    }
}
