//! The peer of a session: where it comes from, its TLS, and its certificate as judged for the directory in force.

use std::sync::{Arc, Weak};

use core_directory::{CertificateFacts, DirectoryVersion};
use io_tls::PeerTls;
use jiff::Timestamp;
use proto_certificate::OperatorTrust;
use proto_message::{ClientCertificateNote, TlsNote};
use service_directory::Current;

use crate::limits::JUDGE_AGAIN;
use crate::origin::Origin;

pub(crate) struct Peer {
    pub origin: Origin,
    pub tls: Option<PeerTls>,
    judged: Option<Judged>,
}

struct Judged {
    facts: Arc<CertificateFacts>,
    version: DirectoryVersion,
    /// By whose word; gone when the operator gave another.
    trust: Weak<OperatorTrust>,
    at: Timestamp,
}

impl Peer {
    pub fn new(origin: Origin) -> Self {
        Self { origin, tls: None, judged: None }
    }

    pub fn established(&mut self, tls: PeerTls) {
        self.tls = Some(tls);
        self.judged = None;
    }

    /// The facts as they were found last, if anybody asked.
    pub fn judged(&self) -> Option<&Arc<CertificateFacts>> {
        self.judged.as_ref().map(|judged| &judged.facts)
    }

    /// The facts about the presented certificate, for the directory in force at `at` (rules A1, A2).
    pub fn certificate(
        &mut self,
        current: &Current,
        trust: &Arc<OperatorTrust>,
        at: Timestamp,
    ) -> Option<Arc<CertificateFacts>> {
        let tls = self.tls.as_ref().filter(|tls| !tls.chain.is_empty())?;
        let fresh = |judged: &&Judged| {
            let age = at.duration_since(judged.at);
            let same = judged.version == current.version() && judged.trust.as_ptr() == Arc::as_ptr(trust);
            same && !age.is_negative() && age.unsigned_abs() < JUDGE_AGAIN
        };
        if let Some(judged) = self.judged.as_ref().filter(fresh) {
            return Some(Arc::clone(&judged.facts));
        }
        let OperatorTrust { roots, denied } = &**trust;
        let facts = proto_certificate::judge(&tls.chain, tls.key_proved, at, roots, &current.tenant_roots, denied);
        let facts = Arc::new(facts);
        let trust = Arc::downgrade(trust);
        self.judged = Some(Judged { facts: Arc::clone(&facts), version: current.version(), trust, at });
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
