//! Certificates of sessions, and when that none is shown proves that none was sent.
//!
//! Exchange writes a row for its own certificate whenever it presents one, our relay too. A session without such a row proves
//! something only if no row of its opening is missing, and, with Exchange, if other sessions of the same connector have the
//! row: else the build may not write it, or the logging level left it out. Which of these it is may be known only at the end.

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

/// What a session shows of the client's certificate.
pub(super) enum Shown {
    /// This.
    Now(Certificate),
    /// Nothing; whether that proves anything is known at the end of the file.
    NotYet,
}

impl Certificates {
    /// What a session shows of the client's certificate.
    pub fn of(&mut self, session: &Session, tls: &Tls) -> Shown {
        let own = session.kind != Some(LogKind::Receive);
        let certificate = match if own { &session.own_certificate } else { &session.peer_certificate } {
            Some(shown) => {
                let connector = session.text(session.connector_id);
                if self.telling.len() < MAX_CONNECTORS && !self.telling.contains(connector) {
                    self.telling.insert(connector.into());
                }
                self.sent(shown)
            }
            None if session.no_client_certificate.is_some() => Certificate::NotSent,
            // There is no certificate without TLS.
            None if matches!(tls, Tls::NotOffered | Tls::NotUsed) => Certificate::NotSent,
            None => return self.not_shown(session, tls),
        };
        Shown::Now(certificate)
    }

    fn not_shown(&self, session: &Session, tls: &Tls) -> Shown {
        let is_whole = session.begins && session.opening_is_whole;
        if session.kind != Some(LogKind::Send) || *tls != Tls::On || !is_whole {
            Shown::Now(Certificate::Unknown)
        } else if session.writer == Some(Writer::Postwarden) || self.tells(session.text(session.connector_id)) {
            Shown::Now(Certificate::NotSent)
        } else {
            Shown::NotYet
        }
    }

    /// Whether there is room for another attempt that waits.
    pub fn has_room(&self) -> bool {
        self.waiting.len() < MAX_WAITING
    }

    /// Keeps an attempt of which it is not known yet.
    pub fn wait(&mut self, attempt: Attempt) {
        self.waiting.push(attempt);
    }

    /// The file has ended: what waited is known now, or not.
    pub fn settle(mut self, found: &mut Found) {
        for mut attempt in std::mem::take(&mut self.waiting) {
            if self.tells(attempt.connector.as_deref().unwrap_or_default()) {
                attempt.certificate = Certificate::NotSent;
            }
            found.evidence.attempts.add(attempt);
        }
    }

    fn tells(&self, connector: &str) -> bool {
        !connector.is_empty() && self.telling.contains(connector)
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
