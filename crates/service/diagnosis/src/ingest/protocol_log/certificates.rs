//! Certificates of sessions, and when that none is shown proves that none was sent.
//!
//! Exchange writes a row for its own certificate whenever it presents one, our relay too. A session without such a row proves
//! something only if no row of its opening is missing, and, with Exchange, if other sessions of the same connector have the
//! row: else the build may not write it, or the logging level left it out.

use std::collections::HashSet;
use std::sync::Arc;

use proto_exchange::protocol_log::{CertificateRecord, LogKind, Session, ShownCertificate, Writer};

use super::super::Found;
use crate::evidence::{Attempt, Certificate, SentCertificate, Tls};

/// Certificates that are remembered in the form of evidence: a server has few.
const MAX_REMEMBERED: usize = 32;

/// Attempts that wait for the end of the file to know. Beyond them it stays unknown.
const MAX_WAITING: usize = 1_000;

/// Connectors that are remembered.
const MAX_CONNECTORS: usize = 1_000;

#[derive(Default)]
pub(super) struct Certificates {
    remembered: Vec<(Arc<CertificateRecord>, Arc<SentCertificate>)>,
    /// Connectors of which some session shows a certificate.
    telling: HashSet<Box<str>>,
    waiting: Vec<Attempt>,
}

impl Certificates {
    /// What a session shows of the client's certificate. [`Certificate::Unknown`] may still become [`Certificate::NotSent`]:
    /// see [`Self::add`].
    pub fn of(&mut self, session: &Session, tls: &Tls) -> Certificate {
        let own = session.kind != Some(LogKind::Receive);
        match if own { &session.own_certificate } else { &session.peer_certificate } {
            Some(shown) => {
                if self.telling.len() < MAX_CONNECTORS && !self.telling.contains(&session.connector_id) {
                    self.telling.insert(session.connector_id.clone());
                }
                self.sent(shown)
            }
            None if session.no_client_certificate.is_some() => Certificate::NotSent,
            // There is no certificate without TLS.
            None if matches!(tls, Tls::NotOffered | Tls::NotUsed) => Certificate::NotSent,
            None => Certificate::Unknown,
        }
    }

    /// Adds an attempt of a session.
    pub fn add(&mut self, mut attempt: Attempt, session: &Session, found: &mut Found) {
        let own = session.kind == Some(LogKind::Send);
        let is_whole = session.begins && session.opening_is_whole;
        if attempt.certificate == Certificate::Unknown && attempt.tls == Tls::On && own && is_whole {
            if session.writer == Some(Writer::Postwarden) || self.tells(attempt.connector.as_deref()) {
                attempt.certificate = Certificate::NotSent;
            } else if self.waiting.len() < MAX_WAITING {
                self.waiting.push(attempt);
                return;
            }
        }
        found.evidence.attempts.add(attempt);
    }

    /// The file has ended: what waited is known now, or not.
    pub fn settle(mut self, found: &mut Found) {
        for mut attempt in std::mem::take(&mut self.waiting) {
            if self.tells(attempt.connector.as_deref()) {
                attempt.certificate = Certificate::NotSent;
            }
            found.evidence.attempts.add(attempt);
        }
    }

    fn tells(&self, connector: Option<&str>) -> bool {
        connector.is_some_and(|connector| self.telling.contains(connector))
    }

    fn sent(&mut self, shown: &ShownCertificate) -> Certificate {
        if !shown.record.tells_anything() {
            return Certificate::SentUnnamed;
        }
        let known =
            self.remembered.iter().find(|(record, _)| Arc::ptr_eq(record, &shown.record) || **record == *shown.record);
        if let Some((_, certificate)) = known {
            return Certificate::Sent(Arc::clone(certificate));
        }
        let certificate = Arc::new(of_record(&shown.record));
        if self.remembered.len() >= MAX_REMEMBERED {
            self.remembered.clear();
        }
        self.remembered.push((Arc::clone(&shown.record), Arc::clone(&certificate)));
        Certificate::Sent(certificate)
    }
}

fn of_record(record: &CertificateRecord) -> SentCertificate {
    SentCertificate {
        subject: record.subject.as_str().into(),
        issuer: record.issuer.as_str().into(),
        serial_number: record.serial.as_str().into(),
        thumbprint: record.thumbprint.as_str().into(),
        names: record.names.iter().map(|name| name.as_str().into()).collect(),
        not_before: record.not_before,
        not_after: record.not_after,
    }
}
