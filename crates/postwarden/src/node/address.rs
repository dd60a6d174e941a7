//! Whether the addresses of a configuration can be had, told without a start.

use std::fmt;
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};

use serde::Serialize;
use service_admin::wire::Status;

use crate::cli::Global;
use crate::client::Client;
use crate::config::NodeConfig;
use crate::exit::{Exit, Failure};

/// What an address is for the one who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Use {
    /// It can be had.
    Free,
    /// The server that runs has it.
    Ours,
    /// A port below 1024, for which this user lacks the right. The service may have it.
    NotAllowed,
}

impl fmt::Display for Use {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Free => "free",
            Self::Ours => "in use by the server that runs",
            Self::NotAllowed => "not tried, since this user may not take the port",
        })
    }
}

/// The use of each listener's address, in the configuration's order. `running` says whether the server of this configuration
/// runs.
pub fn uses(config: &NodeConfig, running: bool) -> Result<Vec<Use>, Failure> {
    let ours = if running { of_server(config) } else { Vec::new() };
    if let Some(address) = config.admin.address.filter(|_| !running) {
        used(address, &ours)?;
    }
    config.listeners.iter().map(|listener| used(listener.address, &ours)).collect()
}

/// Where the server listens. One that does not say, listens nowhere that is known.
fn of_server(config: &NodeConfig) -> Vec<SocketAddr> {
    let global = Global { data: Some(config.data.clone()), ..Global::default() };
    let status = Client::new(&global).ok().and_then(|client| client.get::<Status>("/v1/status").ok());
    let listeners = status.map(|status| status.listeners).unwrap_or_default();
    listeners.iter().filter_map(|listener| listener.address.parse().ok()).collect()
}

fn used(address: SocketAddr, ours: &[SocketAddr]) -> Result<Use, Failure> {
    if ours.contains(&address) {
        return Ok(Use::Ours);
    }
    match TcpListener::bind(address) {
        Ok(_) => Ok(Use::Free),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Ok(Use::NotAllowed),
        Err(error) => {
            let hint = match error.kind() {
                ErrorKind::AddrNotAvailable => {
                    "this machine has no such address: name one that it has, or 0.0.0.0 or [::]"
                }
                _ => "stop the program that listens there, or choose another address or port",
            };
            Err(Failure::new(Exit::Unreachable, format!("cannot listen on {address}: {error}")).hint(hint))
        }
    }
}
