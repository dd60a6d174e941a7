//! The node's configuration file: what this process listens on, where it keeps its data, whom it trusts.
//!
//! What it says is checked before anything acts on it: paths are resolved against the file's folder, certificates are
//! read, durations and sizes parsed. What tenants registered is not here but in the directory. Nothing is started here.

mod finding;
// Offline commands serve nobody, and are built where reception is not.
#[cfg(unix)]
pub mod limits;
mod listener;

mod reading;

#[cfg(test)]
mod tests;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use core_directory::Thumbprint;

pub use finding::{Loaded, data_directory, load};
pub use listener::{BareNewline, Listener};
pub use proto_placed_toml::quantity::duration;
pub use reading::read;

/// Where a node without a file, or whose file names no listener, listens: on loopback, at a port that needs no rights.
const DEFAULT_ADDRESS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 2525);

/// Where a node keeps its data when the file does not say.
const DEFAULT_DATA: &str = "postwarden-data";

/// Exchange's default age of protocol logs (Microsoft: Set-TransportService, `ReceiveProtocolLogMaxAge`).
const DEFAULT_MAX_AGE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Exchange's default size of a folder of protocol logs, in octets.
const DEFAULT_MAX_DIRECTORY_SIZE: u64 = 250 * proto_placed_toml::quantity::MEGABYTE;

/// Exchange's default size of one protocol log, in octets.
const DEFAULT_MAX_FILE_SIZE: u64 = 10 * proto_placed_toml::quantity::MEGABYTE;

/// Exchange's default age of message tracking logs (Microsoft: `MessageTrackingLogMaxAge`).
const DEFAULT_TRACE_AGE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Octets of the trace, about as Exchange's message tracking logs (Microsoft: `MessageTrackingLogMaxDirectorySize`, 1,000 MB):
/// room for some 300,000 messages.
const DEFAULT_TRACE_SIZE: u64 = 1_024 * proto_placed_toml::quantity::MEGABYTE;

/// Least octets of the trace: what is kept apart for refusals would be less than one of them.
const LEAST_TRACE_SIZE: u64 = proto_placed_toml::quantity::MEGABYTE;

/// What one node does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeConfig {
    /// The node's name in banners, EHLO and Received: a domain in lower case.
    pub hostname: String,
    /// The folder of everything that the node keeps. The store in it is the embedded one, the only one there is.
    pub data: PathBuf,
    /// Where it listens; at least one, no address twice.
    pub listeners: Vec<Listener>,
    /// Whom it trusts for all tenants.
    pub client_certificates: ClientCertificates,
    /// The administrators' side.
    pub admin: Admin,
    /// Who is asked for what the DNS holds.
    pub dns: Dns,
    /// Protocol logs in Exchange's format.
    pub protocol_log: ProtocolLog,
    /// What is remembered of mail and refusals.
    pub trace: Trace,
    /// What reception keeps to.
    #[cfg(unix)]
    pub limits: service_reception::Limits,
    /// The node's own log.
    pub log: Log,
}

/// `[client_certificates]`: which client certificates prove anything (rule A2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCertificates {
    /// Roots trusted for all tenants.
    pub trust: Vec<TrustSource>,
    /// Leaves that prove nothing, whatever else speaks for them.
    pub denied: Vec<Thumbprint>,
}

/// Where trusted roots come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrustSource {
    /// The operating system's roots.
    System,
    /// A PEM file of roots.
    File(PathBuf),
}

/// `[admin]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Admin {
    /// Where the interface is, beside the Unix socket: a loopback address, or any with a certificate.
    pub address: Option<SocketAddr>,
    /// The certificate with which it speaks HTTPS.
    pub certificate: Option<PathBuf>,
    /// Its key.
    pub key: Option<PathBuf>,
}

/// `[dns]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dns {
    /// Name servers that find out for others (resolvers); none: the system's.
    pub servers: Vec<SocketAddr>,
}

/// `[protocol_log]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtocolLog {
    /// The folder; none: no protocol log.
    pub directory: Option<PathBuf>,
    /// Older files are removed.
    pub max_age: Duration,
    /// Octets in the folder, above which the oldest files are removed.
    pub max_directory_size: u64,
    /// Octets in a file, above which a new one is begun.
    pub max_file_size: u64,
}

/// `[trace]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Older records are removed.
    pub max_age: Duration,
    /// Octets that the records may take, above which the oldest are removed.
    pub max_size: u64,
}

/// `[log]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// The least grave messages that are written.
    pub level: LogLevel,
    /// How they are written, to standard error.
    pub format: LogFormat,
}

/// Levels of messages, the gravest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// What keeps the node from its work.
    Error,
    /// What somebody should look at.
    Warn,
    /// What happens.
    #[default]
    Info,
    /// How it happens.
    Debug,
    /// Everything.
    Trace,
}

/// Forms of messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

impl NodeConfig {
    /// What a node does without a file: it listens on loopback with a certificate of its own, and keeps its data below
    /// `base`.
    pub fn built_in(base: &Path, hostname: String) -> Self {
        Self {
            hostname,
            data: base.join(DEFAULT_DATA),
            listeners: vec![Listener::new(DEFAULT_ADDRESS)],
            client_certificates: ClientCertificates { trust: vec![TrustSource::System], denied: Vec::new() },
            admin: Admin::default(),
            dns: Dns::default(),
            protocol_log: ProtocolLog {
                directory: None,
                max_age: DEFAULT_MAX_AGE,
                max_directory_size: DEFAULT_MAX_DIRECTORY_SIZE,
                max_file_size: DEFAULT_MAX_FILE_SIZE,
            },
            trace: Trace { max_age: DEFAULT_TRACE_AGE, max_size: DEFAULT_TRACE_SIZE },
            #[cfg(unix)]
            limits: service_reception::Limits::default(),
            log: Log::default(),
        }
    }

    /// What is set and has no effect, by this version or by other settings, in plain words, one setting each. Settings that would be unsafe to
    /// pass over are refused by [`read`] instead.
    pub fn not_yet(&self) -> Vec<String> {
        let mut settings = Vec::new();
        let logs_nowhere = self.protocol_log.directory.is_none();
        for listener in self.listeners.iter().filter(|listener| logs_nowhere && listener.protocol_logging) {
            settings.push(format!(
                "listener {}: protocol_logging = \"verbose\" has no effect without [protocol_log] directory: name a folder",
                listener.address
            ));
        }
        settings
    }
}

impl LogLevel {
    /// Every level with its word.
    pub const NAMES: [(Self, &'static str); 5] = [
        (Self::Error, "error"),
        (Self::Warn, "warn"),
        (Self::Info, "info"),
        (Self::Debug, "debug"),
        (Self::Trace, "trace"),
    ];
}

impl LogFormat {
    /// Every form with its word.
    pub const NAMES: [(Self, &'static str); 2] = [(Self::Text, "text"), (Self::Json, "json")];
}
