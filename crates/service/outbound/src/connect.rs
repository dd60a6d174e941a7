//! Making a connection: the smart host's addresses, TCP, the greeting, TLS as the send connector wants it.

use std::net::{IpAddr, SocketAddr};

use core_directory::{CertificateName, Domain, SendConnector, SmartHost, SmartHostName, TlsLevel};
use io_protocol_log::{ProtocolLog, SessionLog};
use io_tls::{ClientTls, ClientTlsSettings};
use proto_certificate::TrustStore;
use proto_smtp::HeloName;
use proto_smtp::client::{ClientConfig, ClientError, Output, Session, StartTls, Waiting};
use tokio::net::{TcpSocket, TcpStream, lookup_host};
use tokio::time::timeout;

use crate::connection::Connection;
use crate::handshake;
use crate::limits::MAX_ADDRESSES;
use crate::link::{Link, Stream, seconds};
use crate::metrics::Metrics;
use crate::{Attempt, ConnectionFailure, Stage, Timeouts, Transcript, TranscriptEvent};

/// What connections are made with.
pub(crate) struct Dialler<'a> {
    pub(crate) attempt: &'a Attempt<'a>,
    pub(crate) helo_name: &'a HeloName,
    pub(crate) host: &'a SmartHost,
    pub(crate) tls: &'a ClientTls,
    pub(crate) roots: &'a TrustStore,
    pub(crate) times: &'a Timeouts,
    pub(crate) metrics: &'a Metrics,
    pub(crate) protocol_log: &'a ProtocolLog,
}

impl Dialler<'_> {
    /// Connects to the first address that takes the session.
    pub(crate) async fn connect(&self, transcript: &mut Transcript) -> Result<Connection, ConnectionFailure> {
        let mut failure = None;
        let addresses = self.addresses().await;
        if let Err(failure) = &addresses {
            self.session_log().note("", &failure.to_string());
        }
        for address in addresses? {
            match self.connect_to(address, transcript).await {
                Ok(connection) => return Ok(connection),
                Err(error) => {
                    transcript.add(TranscriptEvent::Disconnected, &error.to_string());
                    failure = Some(error);
                }
            }
        }
        let host = self.host.to_string();
        Err(failure.unwrap_or_else(|| ConnectionFailure::new(Stage::Resolve, &host, "the name has no address")))
    }

    /// The addresses of the smart host, of the source address's family if there is one.
    async fn addresses(&self) -> Result<Vec<SocketAddr>, ConnectionFailure> {
        let failed = |text: String| ConnectionFailure::new(Stage::Resolve, &self.host.to_string(), text);
        let port = self.host.port;
        let found: Vec<SocketAddr> = match &self.host.host {
            SmartHostName::Address(address) => vec![SocketAddr::new(*address, port)],
            SmartHostName::Domain(name) => {
                match timeout(self.times.resolve, lookup_host((name.as_str(), port))).await {
                    Ok(Ok(found)) => found.collect(),
                    Ok(Err(error)) => return Err(failed(format!("the name cannot be resolved: {error}"))),
                    Err(_) => {
                        return Err(failed(format!("the name was not resolved in {}", seconds(self.times.resolve))));
                    }
                }
            }
        };
        let Some(source) = self.attempt.connector.source_address else {
            return Ok(found.into_iter().take(MAX_ADDRESSES).collect());
        };
        let fitting: Vec<_> =
            found.into_iter().filter(|to| to.is_ipv4() == source.is_ipv4()).take(MAX_ADDRESSES).collect();
        if fitting.is_empty() {
            let text = format!("it has no address of the same family as source_address {source}");
            return Err(ConnectionFailure::new(Stage::Setup, &self.host.to_string(), text));
        }
        Ok(fitting)
    }

    /// Connects to one address; a second time without TLS, where that may be.
    async fn connect_to(
        &self,
        address: SocketAddr,
        transcript: &mut Transcript,
    ) -> Result<Connection, ConnectionFailure> {
        let starttls = match self.attempt.connector.tls {
            TlsLevel::None => StartTls::Never,
            TlsLevel::Opportunistic => StartTls::Opportunistic,
            TlsLevel::EncryptionOnly | TlsLevel::CertificateValidation | TlsLevel::DomainValidation => {
                StartTls::Required
            }
        };
        match self.open(address, starttls, transcript).await {
            Err(failure)
                if starttls == StartTls::Opportunistic && matches!(failure.stage, Stage::StartTls | Stage::Tls) =>
            {
                transcript.add(TranscriptEvent::Disconnected, &failure.to_string());
                transcript.note("once more without TLS, which is opportunistic here");
                self.open(address, StartTls::Never, transcript).await
            }
            result => result,
        }
    }

    async fn open(
        &self,
        address: SocketAddr,
        starttls: StartTls,
        transcript: &mut Transcript,
    ) -> Result<Connection, ConnectionFailure> {
        let next_hop = self.next_hop(address);
        let mut log = self.session_log();
        log.connecting(address);
        let stream = self.dial(address, &next_hop).await.inspect_err(|failure| {
            log.note("", &format!("Failed to connect. Error Message: {}", failure.text));
        })?;
        log.connected(stream.local_addr().ok(), address);
        transcript.add(TranscriptEvent::Connected, &next_hop);
        let config = ClientConfig { helo_name: self.helo_name.clone(), starttls };
        let link = Link::new(Session::new(config), Stream::Plain(stream), log);
        self.greet(link, next_hop, transcript).await
    }

    async fn dial(&self, address: SocketAddr, next_hop: &str) -> Result<TcpStream, ConnectionFailure> {
        let connected = timeout(self.times.connect, tcp(address, self.attempt.connector.source_address)).await;
        let failed = |text: String| ConnectionFailure::new(Stage::Connect, next_hop, text);
        match connected {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(error)) => Err(failed(format!("the connection failed: {error}"))),
            Err(_) => Err(failed(format!("no connection came about in {}", seconds(self.times.connect)))),
        }
    }

    /// From the banner to the moment when a transaction may start.
    async fn greet(
        &self,
        mut link: Link,
        next_hop: String,
        transcript: &mut Transcript,
    ) -> Result<Connection, ConnectionFailure> {
        let mut tls: Option<(String, bool)> = None;
        loop {
            let waiting = link.session.waiting();
            let output = link.step(self.times, transcript).await.map_err(|error| {
                let stage = if error.is_tls { Stage::Tls } else { stage_of(waiting, tls.is_some()) };
                ConnectionFailure::new(stage, &next_hop, error.text)
            })?;
            match output {
                Output::Ready(_) => {
                    let _counted = self.metrics.connected();
                    let (tls, peer_proved) = tls.map_or((None, false), |(tls, proved)| (Some(tls), proved));
                    return Ok(Connection { link, next_hop, tls, peer_proved, messages: 0, _counted });
                }
                Output::StartTls => {
                    let (secured, facts) = self.secure(link, &next_hop).await?;
                    transcript.note(&facts.0);
                    tls = Some(facts);
                    link = secured;
                }
                Output::Failed(error) => return Err(refused(error, &next_hop, tls.is_some())),
                Output::Closed(reply) => {
                    let text = format!("it closed the session: {reply}");
                    let failure = ConnectionFailure::new(Stage::Greeting, &next_hop, text);
                    return Err(ConnectionFailure { reply: Some(reply), ..failure });
                }
                other => {
                    return Err(ConnectionFailure::new(Stage::Greeting, &next_hop, format!("unexpected {other:?}")));
                }
            }
        }
    }

    async fn secure(&self, link: Link, next_hop: &str) -> Result<(Link, (String, bool)), ConnectionFailure> {
        let failed = |text: String| ConnectionFailure::new(Stage::Tls, next_hop, text);
        let Link { mut session, stream: Stream::Plain(stream), mut log, .. } = link else {
            return Err(failed("TLS was asked for twice".to_owned()));
        };
        let connector = self.attempt.connector;
        let host_name = self.host_name();
        let own_name = host_name.cloned().map(CertificateName::Exact);
        let settings = ClientTlsSettings {
            level: connector.tls,
            server_name: host_name,
            tls_domain: connector.tls_domain.as_ref().or(own_name.as_ref()),
            client_certificate: self.attempt.certificate,
            roots: self.roots,
        };
        let (stream, facts) = match timeout(self.times.handshake, self.tls.connect(stream, &settings)).await {
            Ok(Ok(secured)) => secured,
            Ok(Err(none)) => {
                handshake::log_failure(&mut log, self.attempt, &none);
                return Err(failed(none.error.to_string()));
            }
            Err(_) => {
                let text = format!("the TLS handshake took over {}", seconds(self.times.handshake));
                log.note("", &text);
                return Err(failed(text));
            }
        };
        handshake::log(&mut log, self.attempt, &facts);
        session.tls_established().map_err(|error| failed(error.to_string()))?;
        self.metrics.secured(facts.version, &facts.cipher);
        let told = (handshake::describe(&facts, connector), handshake::is_peer_proved(&facts));
        Ok((Link::new(session, Stream::Tls(Box::new(stream)), log), told))
    }

    /// A session in the protocol log, if the send connector wants it there.
    fn session_log(&self) -> SessionLog {
        session_log(self.protocol_log, self.attempt.connector)
    }

    fn host_name(&self) -> Option<&Domain> {
        match &self.host.host {
            SmartHostName::Domain(name) => Some(name),
            SmartHostName::Address(_) => None,
        }
    }

    fn next_hop(&self, address: SocketAddr) -> String {
        let literal = format!("[{}]:{}", address.ip(), address.port());
        self.host_name().map_or(literal.clone(), |name| format!("{name} {literal}"))
    }
}

/// A session of the send connector in the protocol log; silent where its `protocol_logging` is "none".
pub(crate) fn session_log(protocol_log: &ProtocolLog, connector: &SendConnector) -> SessionLog {
    if connector.protocol_logging { protocol_log.session(&connector.name) } else { SessionLog::silent() }
}

async fn tcp(address: SocketAddr, source: Option<IpAddr>) -> std::io::Result<TcpStream> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    if let Some(source) = source {
        socket.bind(SocketAddr::new(source, 0))?;
    }
    let stream = socket.connect(address).await?;
    // A command waits for its reply; nothing is gained by holding it back.
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Where a session was that broke while it waited for this.
fn stage_of(waiting: Waiting, tls: bool) -> Stage {
    match waiting {
        Waiting::StartTls | Waiting::Handshake => Stage::StartTls,
        // The first words over TLS: a peer that does not like our certificate goes now.
        Waiting::Ehlo if tls => Stage::Tls,
        _ => Stage::Greeting,
    }
}

fn refused(error: ClientError, next_hop: &str, tls: bool) -> ConnectionFailure {
    let text = error.to_string();
    let (stage, reply) = match error {
        ClientError::BannerRefused(reply) | ClientError::HelloRefused(reply) => (Stage::Greeting, Some(reply)),
        ClientError::TlsNotOffered | ClientError::ResponseInjection => (Stage::StartTls, None),
        ClientError::TlsRefused(reply) => (Stage::StartTls, Some(reply)),
        ClientError::ConnectionLost { waiting } => (stage_of(waiting, tls), None),
        _ => (Stage::Greeting, None),
    };
    ConnectionFailure { reply, ..ConnectionFailure::new(stage, next_hop, text) }
}
