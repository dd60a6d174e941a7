//! The relay of the table, its sink and its authorities.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;

use crate::pki::{Authority, Identity, Leaf};
use crate::relay::{LISTENERS, Relay};
use crate::sink::Sink;

const DIRECTORY: &str = include_str!("directory.toml");

/// Everything that a row is played in.
pub struct World {
    pub relay: Relay,
    pub sink: Sink,
    /// Trusted by the operator, issues directly.
    pub root: Authority,
    /// Below the root.
    pub intermediate: Authority,
    /// Trusted by tenant northwind alone.
    pub northwind_root: Authority,
    /// Trusted by nobody.
    pub unknown_root: Authority,
    /// What connector `Pinned` pins.
    pub pinned: Identity,
    /// On the operator's list of denied certificates.
    pub denied: Identity,
}

impl World {
    /// With the table's directory.
    pub fn new() -> Self {
        Self::with(DIRECTORY)
    }

    /// With another directory, in which `SINK` and `PIN` stand for the same.
    pub fn with(directory: &str) -> Self {
        let (root, northwind_root) = (Authority::root("Root"), Authority::root("Northwind Root"));
        let sink = Sink::start(&[]);
        let pinned = Leaf::san(&["device.pinned.example"]).self_signed();
        let denied = root.server("stolen.contoso.com");
        let folder = Relay::folder_only();
        std::fs::write(folder.path().join("root.pem"), root.pem()).unwrap();
        std::fs::write(folder.path().join("northwind-root.pem"), northwind_root.pem()).unwrap();
        let config = format!(
            "{LISTENERS}[client_certificates]\ntrust = [\"root.pem\"]\ndenied_certificates = [\"{}\"]",
            denied.thumbprint()
        );
        let relay = Relay::start(folder, &config);
        relay.apply(&directory.replace("SINK", &sink.address.to_string()).replace("PIN", &pinned.thumbprint()));
        let (intermediate, unknown_root) = (root.intermediate("Intermediate"), Authority::root("Nobody's Root"));
        Self { relay, sink, root, intermediate, northwind_root, unknown_root, pinned, denied }
    }

    /// The listener that an address can reach.
    pub fn listener(&self, source: IpAddr) -> SocketAddr {
        let same = |listener: &&SocketAddr| listener.is_ipv6() == source.is_ipv6();
        *self.relay.addresses().iter().find(same).unwrap()
    }

    /// The file that `explain --trust` takes.
    pub fn trust(&self) -> &Path {
        Path::new("root.pem")
    }
}
