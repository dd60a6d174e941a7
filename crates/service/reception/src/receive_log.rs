//! A session's rows in the receive log: what was said, TLS, and how the client's certificate was judged. Decides nothing.

use std::sync::Arc;

use core_directory::{CertificateFacts, ChainFault};
use io_protocol_log::{ProtocolLog, SessionLog};
use io_tls::{PeerTls, ServerTls, fault_text};
use proto_smtp::DataEnd;
use proto_smtp::server::ClosingCause;
use tokio::net::TcpStream;

use crate::config::ListenerConfig;
use crate::connection::Lost;
use crate::origin::Origin;

/// One session.
pub(crate) struct ReceiveLog {
    rows: SessionLog,
    /// The judgement that stands in the log.
    judged: Option<Arc<CertificateFacts>>,
}

impl ReceiveLog {
    /// A session of the listener, silent unless the listener is logged. The peer is the client, also behind a balancer.
    pub fn begin(log: &ProtocolLog, listener: &ListenerConfig, stream: &TcpStream, origin: Origin) -> Self {
        let mut rows = listener.logged_as.as_ref().map_or_else(SessionLog::silent, |name| log.session(name));
        rows.connected(stream.local_addr().ok(), origin.client.unwrap_or(origin.connected));
        if origin.client != Some(origin.connected) {
            rows.note(&origin.connected.to_string(), "connected by a balancer");
        }
        Self { rows, judged: None }
    }

    /// Replies of ours.
    pub fn said(&mut self, octets: &[u8]) {
        self.rows.sent(octets);
    }

    /// A command line.
    pub fn heard(&mut self, line: &[u8]) {
        self.rows.received(line);
    }

    /// The handshake came about.
    pub fn secured(&mut self, tls: &ServerTls, peer: &PeerTls) {
        if !self.rows.is_verbose() {
            return;
        }
        self.rows.certificate_sent(&tls.chain());
        self.rows.negotiated(peer.version, &peer.cipher, &peer.group);
        self.rows.certificate_received(&peer.chain);
        if peer.chain.is_empty() {
            self.rows.note("", &validation("EmptyCertificate"));
        }
    }

    /// It did not.
    pub fn handshake_failed(&mut self, error: &str) {
        self.rows.note("", &format!("TLS negotiation failed with error {error}"));
    }

    /// The client's certificate was judged; told again only if it came out otherwise.
    pub fn judged(&mut self, facts: Option<&Arc<CertificateFacts>>) {
        let Some(facts) = facts.filter(|_| self.rows.is_verbose()) else { return };
        if self.judged.as_deref() == Some(&**facts) {
            return;
        }
        let faults: Vec<_> = facts.faults.iter().map(fault_text).collect();
        self.rows.note(&faults.join("; "), &validation(status(facts)));
        self.judged = Some(Arc::clone(facts));
    }

    /// A message came in whole; what is in it is nobody's matter.
    pub fn message(&mut self, end: &DataEnd) {
        if self.rows.is_verbose() {
            self.rows.note("", &format!("the message, {} octets", end.size));
        }
    }

    /// The session is over.
    pub fn end(&mut self, ended: &Result<ClosingCause, Lost>) {
        let by = match ended {
            Ok(_) => "Local",
            Err(Lost::Closed) => "Remote",
            Err(Lost::Broken(_)) => "Remote(SocketError)",
            Err(lost @ (Lost::TooSlow | Lost::NotReading)) => {
                self.rows.note("", &lost.to_string());
                "Local"
            }
        };
        self.rows.disconnected(by);
    }
}

fn validation(status: &str) -> String {
    format!("Client certificate chain validation status: '{status}'")
}

/// The judgement by the operator's roots in a word, the gravest fault first, as Windows names chains where it has a name.
fn status(facts: &CertificateFacts) -> &'static str {
    if facts.denied {
        return "Denied";
    }
    if facts.operator_path.is_some() && facts.key_proved {
        return "Valid";
    }
    let name = |fault: &ChainFault| match fault {
        ChainFault::UncheckableKey | ChainFault::BadSignature { .. } => "SignatureFailure",
        ChainFault::SelfSignedLeaf | ChainFault::UntrustedRoot { .. } => "UntrustedRoot",
        ChainFault::MissingIssuer { .. } => "PartialChain",
        ChainFault::Expired { .. } | ChainFault::NotYetValid { .. } => "CertificateExpired",
        ChainFault::WrongUse => "WrongKeyUsage",
        ChainFault::NameConstraint => "NameConstraint",
        ChainFault::Denied => "Denied",
        ChainFault::Unreadable { .. } => "Unreadable",
    };
    facts.faults.first().map_or("Invalid", name)
}
