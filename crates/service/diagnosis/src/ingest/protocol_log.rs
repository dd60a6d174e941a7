//! Protocol logs, Send and Receive, Exchange's and ours, to attempts: one for each answer to a transaction, one for a session
//! that failed before any. What a session does not show stays unknown, unless its opening is whole.

mod certificates;
mod outcomes;
mod repeats;
mod session;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;

use std::sync::Arc;

use proto_exchange::protocol_log::{LineFault, LogKind, Session, Sessions};

use self::certificates::{Certificates, Shown};
use self::repeats::{Repeats, Seen};
use super::{Found, Intake};
use crate::evidence::{Certificate, EvidenceKind};

/// Octets at the beginning of a file within which its header is, if it has one: five short lines.
const HEADER_LENGTH: usize = 2 * 1024;

/// Reads a protocol log.
#[derive(Default)]
struct ProtocolLog {
    sessions: Sessions,
    telling: Telling,
}

/// Sessions as attempts.
#[derive(Default)]
struct Telling {
    certificates: Certificates,
    repeats: Repeats,
}

/// Whether this is the beginning of a Send log, or of lines out of one.
pub(super) fn is_send_log(head: &str) -> bool {
    kind_of(head) == Some(LogKind::Send)
}

/// Whether this is the beginning of a Receive log.
pub(super) fn is_receive_log(head: &str) -> bool {
    kind_of(head) == Some(LogKind::Receive)
}

/// Someone who reads either.
pub(super) fn intake() -> Box<dyn Intake> {
    Box::<ProtocolLog>::default()
}

/// The head is read as a log: one with the header of one, or with a session that has the marks of one.
fn kind_of(head: &str) -> Option<LogKind> {
    // A header is enough, and there is one in whole files: their rows need not be looked at.
    let mut beginning = Sessions::default();
    beginning.feed(head.as_bytes().get(..HEADER_LENGTH).unwrap_or_default(), &mut Some);
    if let Some(kind) = beginning.header().kind() {
        return Some(kind);
    }
    let mut sessions = Sessions::default();
    let (mut kind, mut is_sure) = (None, false);
    let mut see = |session: Box<Session>| {
        kind = kind.or(session.kind);
        is_sure |= has_marks(&session);
        Some(session)
    };
    sessions.feed(head.as_bytes(), &mut see);
    sessions.finish(&mut see);
    let header = sessions.header().kind();
    header.or(kind.filter(|_| is_sure)).or((is_sure && sessions.rows() > 0).then_some(LogKind::Send))
}

/// Rows have a time or the template's word for it, an id of 16 hexadecimal digits or the template's word, and ports.
fn has_marks(session: &Session) -> bool {
    let (id, remote) = (session.text(session.session_id), session.text(session.remote_endpoint));
    let is_id = id.len() == 16 && id.bytes().all(|octet| octet.is_ascii_hexdigit());
    let is_endpoint = |text: &str| text.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let is_real = session.first_at.is_some() && (is_id || is_endpoint(remote));
    let is_template = id == "SessionID" && remote == "RemoteEndpoint";
    is_real || is_template
}

impl Telling {
    /// Takes a session, and gives back one that is needed no more.
    fn tell(&mut self, session: Box<Session>, found: &mut Found) -> Option<Box<Session>> {
        let session = Arc::new(session);
        found.source.is(witness(&session));
        let tls = session::tls(&session);
        let (certificate, waits) = match self.certificates.of(&session, &tls) {
            Shown::Now(certificate) => (certificate, false),
            Shown::NotYet => (Certificate::Unknown, true),
        };
        let seen = Seen { session: &session, tls: &tls, certificate: &certificate };
        let Self { certificates, repeats } = self;
        repeats.begin(&seen);
        outcomes::of(&session, &tls, &mut |told| {
            if !(waits && certificates.has_room()) {
                repeats.add(told, &seen, found);
            } else if let Some(attempt) = seen.attempt(&told, found.source.id) {
                certificates.wait(attempt);
            }
        });
        Arc::into_inner(session).or_else(|| self.repeats.released())
    }

    fn settle(self, found: &mut Found) {
        self.repeats.settle(found);
        self.certificates.settle(found);
    }
}

impl ProtocolLog {
    fn tell(&mut self, block: Option<&[u8]>, found: &mut Found) {
        let Self { sessions, telling } = self;
        let mut tell = |session: Box<Session>| telling.tell(session, found);
        match block {
            Some(block) => sessions.feed(block, &mut tell),
            None => sessions.finish(&mut tell),
        }
    }
}

impl Intake for ProtocolLog {
    fn feed(&mut self, block: &[u8], found: &mut Found) {
        self.tell(Some(block), found);
    }

    fn finish(mut self: Box<Self>, found: &mut Found) {
        self.tell(None, found);
        let Self { sessions, telling } = *self;
        telling.settle(found);
        let source = &mut found.source;
        source.records += sessions.rows();
        if let Some((first, last)) = sessions.span() {
            source.saw(first);
            source.saw(last);
        }
        let (faults, more) = sessions.faults();
        for (line, fault) in faults {
            source.problem(Some(*line), problem(*fault), Vec::new());
        }
        source.problems_not_told += more;
    }
}

fn problem(fault: LineFault) -> &'static str {
    match fault {
        LineFault::TooLong => "problem-line-too-long",
        LineFault::CutOff => "problem-row-cut-off",
        LineFault::OpenQuote => "problem-row-open-quote",
        LineFault::NoRow => "problem-row-none",
    }
}

/// The kind of file that a session stands in.
fn witness(session: &Session) -> EvidenceKind {
    match session.kind {
        Some(LogKind::Receive) => EvidenceKind::ReceiveLog,
        // Nothing tells: certificates and failed handshakes alone, as articles quote them from Send logs.
        Some(LogKind::Send) | None => EvidenceKind::SendLog,
    }
}
