//! Asks name servers over UDP, and over TCP what does not fit.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use async_trait::async_trait;
use core_directory::Domain;
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use hickory_resolver::system_conf::read_system_conf;

use crate::{DnsFailure, TxtLookup};

/// How long one packet is waited for before it is sent again: a resolver that has to go all the way answers within two
/// seconds nearly always.
const PACKET_WAIT: Duration = Duration::from_secs(2);

/// How often a lost packet is sent again. The deadline of the question goes before.
const ATTEMPTS: usize = 2;

/// Asks the servers that it was given, or else those of the system. It caches nothing: whoever looks at a record wants to know
/// how it is now, and the servers asked have a cache of their own. Neither the hosts file nor search domains count.
pub struct Resolver {
    inner: ArcSwap<Inner>,
}

/// What asks; or why nothing does.
type Inner = Result<TokioResolver, String>;

impl Resolver {
    /// Asks these servers; where there are none, those of the system's `/etc/resolv.conf`. To be called where tokio runs.
    /// It does not fail: [`problem`](Self::problem) says why nobody can be asked.
    #[must_use]
    pub fn new(servers: &[SocketAddr]) -> Self {
        Self { inner: ArcSwap::from_pointee(build(servers)) }
    }

    /// Asks these from now on, see [`new`](Self::new). The system's file is read again.
    pub fn replace(&self, servers: &[SocketAddr]) {
        self.inner.store(Arc::new(build(servers)));
    }

    /// Why nobody can be asked, if so.
    #[must_use]
    pub fn problem(&self) -> Option<DnsFailure> {
        self.inner.load().as_ref().as_ref().err().cloned().map(DnsFailure::NoServers)
    }
}

impl std::fmt::Debug for Resolver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Resolver").field("problem", &self.problem()).finish_non_exhaustive()
    }
}

#[async_trait]
impl TxtLookup for Resolver {
    async fn txt(&self, name: &Domain, deadline: Duration) -> Result<Vec<Vec<u8>>, DnsFailure> {
        let inner = self.inner.load_full();
        let resolver = inner.as_ref().as_ref().map_err(|why| DnsFailure::NoServers(why.clone()))?;
        let mut name = Name::from_ascii(name.as_str()).map_err(|error| DnsFailure::Other(error.to_string()))?;
        name.set_fqdn(true);
        // The library's own time runs once over UDP and once more over TCP.
        let answer = tokio::time::timeout(deadline, resolver.lookup(name, RecordType::TXT)).await;
        let lookup = answer.map_err(|_| DnsFailure::TimedOut)?.map_err(|error| failure(&error))?;
        let texts = lookup.answers().iter().filter_map(|record| match &record.data {
            RData::TXT(text) => Some(text.txt_data.concat()),
            _ => None,
        });
        let texts: Vec<Vec<u8>> = texts.collect();
        if texts.is_empty() { Err(DnsFailure::NoData) } else { Ok(texts) }
    }
}

fn build(servers: &[SocketAddr]) -> Inner {
    let config = if servers.is_empty() {
        let (system, _) = read_system_conf().map_err(|error| format!("the system's /etc/resolv.conf: {error}"))?;
        system.name_servers().to_vec()
    } else {
        servers.iter().copied().map(name_server).collect()
    };
    let config = ResolverConfig::from_parts(None, Vec::new(), config);
    let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
    let options = builder.options_mut();
    options.timeout = PACKET_WAIT;
    options.attempts = ATTEMPTS;
    options.cache_size = 0;
    options.use_hosts_file = ResolveHosts::Never;
    options.edns0 = true;
    builder.build().map_err(|error| error.to_string())
}

fn name_server(address: SocketAddr) -> NameServerConfig {
    let mut connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()];
    for connection in &mut connections {
        connection.port = address.port();
    }
    NameServerConfig::new(address.ip(), true, connections.to_vec())
}

fn failure(error: &NetError) -> DnsFailure {
    match error {
        NetError::Dns(DnsError::NoRecordsFound(none)) => of_code(none.response_code, error),
        NetError::Dns(DnsError::ResponseCode(code)) => of_code(*code, error),
        NetError::Timeout => DnsFailure::TimedOut,
        other => DnsFailure::Other(other.to_string()),
    }
}

fn of_code(code: ResponseCode, error: &NetError) -> DnsFailure {
    match code {
        ResponseCode::NXDomain => DnsFailure::NoSuchName,
        ResponseCode::NoError => DnsFailure::NoData,
        ResponseCode::ServFail => DnsFailure::ServerFailure,
        ResponseCode::Refused => DnsFailure::Refused,
        _ => DnsFailure::Other(error.to_string()),
    }
}
