//! HAProxy in front of a relay: a balancer of another maker that tells by PROXY headers who connects.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::port;
use crate::waiting::until;

/// An instance, stopped when dropped.
pub struct HaProxy {
    _folder: TempDir,
    /// Where it takes connections.
    pub address: SocketAddr,
    child: Child,
}

impl HaProxy {
    /// Whether it is there. If not, a line says that the test is skipped.
    pub fn is_there() -> bool {
        let found = Command::new("haproxy").arg("-v").stdin(Stdio::null()).output().is_ok();
        if !found {
            println!("skipped: haproxy: not installed");
        }
        found
    }

    /// Starts in front of a relay, connecting to it from `source`; `options` are of the server's line, such as `send-proxy`.
    pub fn start(relay: SocketAddr, source: &str, options: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("postwarden-haproxy-").tempdir().unwrap();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port::free()));
        let config = format!(
            "global\n    maxconn 100\ndefaults\n    mode tcp\n    timeout connect 10s\n    timeout client 60s\n    \
             timeout server 60s\n    timeout check 10s\nlisten mail\n    bind {address}\n    \
             server relay {relay} source {source} inter 200ms {options}\n"
        );
        let path = folder.path().join("haproxy.cfg");
        fs::write(&path, config).unwrap();
        let mut child = Command::new("haproxy");
        child.arg("-db").arg("-f").arg(path);
        let child = child.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let instance = Self { _folder: folder, address, child };
        until("HAProxy takes connections", || std::net::TcpStream::connect(address).ok());
        instance
    }
}

impl Drop for HaProxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
