//! The peer of a session: where it comes from, its TLS, and its certificate as judged for the directory in force.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use core_directory::{CertificateFacts, DirectoryVersion, Thumbprint, unmap};
use io_tls::PeerTls;
use jiff::Timestamp;
use proto_certificate::TrustStore;
use proto_message::{ClientCertificateNote, TlsNote};
use service_directory::Current;

use crate::limits::JUDGE_AGAIN;

pub(crate) struct Peer {
    pub remote: SocketAddr,
    pub tls: Option<PeerTls>,
    judged: Option<Judged>,
}

struct Judged {
    facts: Arc<CertificateFacts>,
    version: DirectoryVersion,
    at: Timestamp,
}

impl Peer {
    pub fn new(remote: SocketAddr) -> Self {
        Self { remote, tls: None, judged: None }
    }

    pub fn address(&self) -> IpAddr {
        unmap(self.remote.ip())
    }

    pub fn established(&mut self, tls: PeerTls) {
        self.tls = Some(tls);
        self.judged = None;
    }

    /// The facts about the presented certificate, for the directory in force at `at` (rules A1, A2).
    pub fn certificate(
        &mut self,
        current: &Current,
        trust: &TrustStore,
        denied: &BTreeSet<Thumbprint>,
        at: Timestamp,
    ) -> Option<Arc<CertificateFacts>> {
        let tls = self.tls.as_ref().filter(|tls| !tls.chain.is_empty())?;
        let fresh = |judged: &&Judged| {
            let age = at.duration_since(judged.at);
            judged.version == current.version() && !age.is_negative() && age.unsigned_abs() < JUDGE_AGAIN
        };
        if let Some(judged) = self.judged.as_ref().filter(fresh) {
            return Some(Arc::clone(&judged.facts));
        }
        let facts = proto_certificate::judge(&tls.chain, tls.key_proved, at, trust, &current.tenant_roots, denied);
        let facts = Arc::new(facts);
        self.judged = Some(Judged { facts: Arc::clone(&facts), version: current.version(), at });
        Some(facts)
    }

    /// What Received tells of the TLS. Verified means that the operator's roots vouch for it, as every reader of the
    /// message understands it; what it proves to single tenants is their matter.
    pub fn note<'a>(&'a self, facts: Option<&'a CertificateFacts>, at: Timestamp) -> Option<TlsNote<'a>> {
        let tls = self.tls.as_ref()?;
        let certificate = facts.map(|facts| ClientCertificateNote {
            subject: &facts.subject,
            verified: facts.key_proved
                && !facts.denied
                && facts.operator_path.is_some_and(|path| path.validity.contains(at)),
        });
        Some(TlsNote { version: tls.version, cipher: &tls.cipher, certificate })
    }
}
