//! Where a session comes from: the other end of its connection, and the client that a balancer there speaks for.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use core_directory::unmap;

/// A client, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The client. None: a balancer speaks for itself, or for somebody that it does not know.
    pub client: Option<SocketAddr>,
    /// The other end of the connection: the client, or the balancer.
    pub connected: SocketAddr,
}

impl Origin {
    /// A client that connected itself.
    pub fn direct(connected: SocketAddr) -> Self {
        Self { client: Some(connected), connected }
    }

    /// The client's address, which is evidence.
    pub fn address(self) -> Option<IpAddr> {
        self.client.map(|client| unmap(client.ip()))
    }

    /// Whom to hold to account in logs: never evidence.
    pub fn accountable(self) -> IpAddr {
        self.address().unwrap_or_else(|| unmap(self.connected.ip()))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.client {
            Some(client) => client.fmt(f),
            None => write!(f, "unknown behind {}", self.connected),
        }
    }
}
