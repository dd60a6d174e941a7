//! One session in a log: it numbers its own rows.

use std::net::SocketAddr;

use jiff::Timestamp;
use proto_certificate::ParsedCertificate;
use proto_exchange::protocol_log::{
    Commands, Event, LogKind, Record, Replies, TlsSide, WhoseCertificate, certificate_row, negotiation_row,
};

use crate::ProtocolLog;

/// Octets of one value: a certificate with a hundred names is below. What is longer is cut.
const MAX_VALUE: usize = 32 * 1024;

/// A session as its log sees it. Costs nothing where nothing is logged. Dropped without [`Self::disconnected`] it ends as
/// closed by us.
#[derive(Default)]
pub struct SessionLog {
    /// None: nothing is logged.
    verbose: Option<Box<Verbose>>,
}

struct Verbose {
    log: ProtocolLog,
    connector_id: String,
    session_id: String,
    next: u64,
    local: String,
    remote: String,
    connected: bool,
    commands: Commands,
    replies: Replies,
}

impl ProtocolLog {
    /// A session of this connector: the name of a send connector, `HOST\LISTENER` in the receive log.
    pub fn session(&self, connector_id: &str) -> SessionLog {
        let verbose = self.is_on().then(|| {
            Box::new(Verbose {
                log: self.clone(),
                connector_id: connector_id.to_owned(),
                session_id: self.new_session_id(),
                next: 0,
                local: String::new(),
                remote: String::new(),
                connected: false,
                commands: Commands::default(),
                replies: Replies::default(),
            })
        });
        SessionLog { verbose }
    }
}

impl SessionLog {
    /// A session of which nothing is logged.
    pub fn silent() -> Self {
        Self::default()
    }

    /// Whether anything is logged: who has to work for a row may ask before.
    pub fn is_verbose(&self) -> bool {
        self.verbose.is_some()
    }

    /// A connection is tried.
    pub fn connecting(&mut self, remote: SocketAddr) {
        if let Some(verbose) = &mut self.verbose {
            verbose.remote = remote.to_string();
            verbose.row(Event::Information, "", "attempting to connect");
        }
    }

    /// There is a connection.
    pub fn connected(&mut self, local: Option<SocketAddr>, remote: SocketAddr) {
        if let Some(verbose) = &mut self.verbose {
            verbose.local = local.map_or_else(String::new, |local| local.to_string());
            verbose.remote = remote.to_string();
            verbose.connected = true;
            verbose.row(Event::Connect, "", "");
        }
    }

    /// We said this: commands in the send log, replies in the receive log; whole ones.
    pub fn sent(&mut self, octets: &[u8]) {
        if let Some(verbose) = &mut self.verbose {
            verbose.said(Event::Send, octets);
        }
    }

    /// The peer said this: replies in the send log, in whatever pieces; whole commands in the receive log.
    pub fn received(&mut self, octets: &[u8]) {
        if let Some(verbose) = &mut self.verbose {
            verbose.said(Event::Receive, octets);
        }
    }

    /// What happened otherwise, in words, with values if there are any.
    pub fn note(&mut self, data: &str, context: &str) {
        if let Some(verbose) = &mut self.verbose {
            verbose.row(Event::Information, data, context);
        }
    }

    /// The certificate that we presented, by its chain in DER.
    pub fn certificate_sent(&mut self, chain: &[Vec<u8>]) {
        self.certificate(WhoseCertificate::Own, chain);
    }

    /// The certificate that the peer presented, by its chain in DER.
    pub fn certificate_received(&mut self, chain: &[Vec<u8>]) {
        self.certificate(WhoseCertificate::Peers, chain);
    }

    fn certificate(&mut self, whose: WhoseCertificate, chain: &[Vec<u8>]) {
        let (Some(verbose), Some(leaf)) = (&mut self.verbose, chain.first()) else { return };
        match ParsedCertificate::parse(leaf) {
            Ok(certificate) => {
                let (data, context) = certificate_row(whose, &certificate);
                verbose.row(Event::Information, &data, &context);
            }
            Err(error) => verbose.row(Event::Information, "", &format!("A certificate that cannot be read: {error}")),
        }
    }

    /// The handshake came about: `version` is `TLS1.2` or `TLS1.3`, `cipher` and `group` are IANA's names.
    pub fn negotiated(&mut self, version: &str, cipher: &str, group: &str) {
        if let Some(verbose) = &mut self.verbose {
            let context = negotiation_row(verbose.side(), version, cipher, group);
            verbose.row(Event::Information, "", &context);
        }
    }

    /// The session is over: `Local`, `Remote`, or `Remote(SocketError)` if the connection broke.
    pub fn disconnected(&mut self, context: &str) {
        if let Some(mut verbose) = self.verbose.take() {
            verbose.end(context);
        }
    }
}

impl Drop for SessionLog {
    fn drop(&mut self) {
        self.disconnected("Local");
    }
}

impl Verbose {
    fn side(&self) -> TlsSide {
        match self.log.kind() {
            LogKind::Send => TlsSide::Client,
            LogKind::Receive => TlsSide::Server,
        }
    }

    fn said(&mut self, event: Event<'_>, octets: &[u8]) {
        let is_commands =
            matches!((self.log.kind(), &event), (LogKind::Send, Event::Send) | (LogKind::Receive, Event::Receive));
        let rows = if is_commands { self.commands.rows(octets) } else { self.replies.rows(octets) };
        for row in rows {
            self.row(event.clone(), &row, "");
        }
    }

    fn row(&mut self, event: Event<'_>, data: &str, context: &str) {
        let at = Timestamp::now();
        let record = Record {
            at,
            connector_id: self.connector_id.as_str().into(),
            session_id: self.session_id.as_str().into(),
            sequence_number: self.next,
            local_endpoint: self.local.as_str().into(),
            remote_endpoint: self.remote.as_str().into(),
            event,
            data: bounded(data).into(),
            context: bounded(context).into(),
        };
        self.next += 1;
        self.log.push(at, record.to_line());
    }

    fn end(&mut self, context: &str) {
        if let Some(unfinished) = self.replies.finish() {
            let event = if self.log.kind() == LogKind::Send { Event::Receive } else { Event::Send };
            self.row(event, &unfinished, "");
        }
        if self.connected {
            self.row(Event::Disconnect, "", context);
        }
    }
}

fn bounded(text: &str) -> &str {
    text.get(..text.floor_char_boundary(MAX_VALUE)).unwrap_or_default()
}
