//! A session whose rows are still coming: who says what, and what answers what.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::Timestamp;

use super::super::certificate_record::{CertificateRecord, CertificateRole};
use super::super::header::{LogKind, Writer};
use super::super::session::{LogLine, Reply, Session, ShownCertificate};
use super::beginnings::Endpoints;
use super::certificates::{Draft, KnownRows, Told};
use super::fields::Fields;
use super::id::Id;
use super::spare::Spare;
use super::texts::kept;
use super::transactions::Asked;
use super::{MAX_KEPT, MAX_SESSION_OCTETS, MAX_TRANSACTIONS};

/// What a session costs beside its texts, in octets, so that many empty ones are bounded too.
const OVERHEAD: usize = 1_500;

/// Octets of texts for which there is room at once: an opening without its certificates.
const USUAL_TEXTS: usize = 1_000;

/// Octets of a note that are kept.
const MAX_NOTE: usize = 300;

/// Most commands without an answer; RFC 2920 sets no limit, servers pipeline some dozens of recipients.
pub(super) const MAX_ASKED: usize = 1_000;

/// A row on its way into a session.
pub(super) struct Row<'a> {
    pub fields: &'a Fields<'a>,
    pub number: u64,
    pub line: &'a [u8],
    /// What stands behind its event, where the row was known again by what stands before.
    pub raw: &'a [u8],
    /// The certificate that it shows, where all that stands behind its event was read before. Then data and context are empty.
    pub certificate: Option<Arc<CertificateRecord>>,
    pub at: Option<Timestamp>,
    pub kind: Option<LogKind>,
    pub writer: Option<Writer>,
    /// How often the log has said up to here that it lost rows.
    pub losses: u64,
}

/// What has become of the session by a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    /// It goes on.
    Open,
    /// It goes on, and what it has shown so far is to be told, since it has become long.
    Tell,
    /// It is over.
    Over,
}

/// A session whose rows are still coming.
#[derive(Debug)]
pub(super) struct Open {
    pub session: Box<Session>,
    pub id: Id,
    /// Counts sessions in the order in which they came.
    pub birth: u64,
    /// Number of its latest row, until the opening is over.
    latest_number: Option<u64>,
    opening: bool,
    losses: u64,
    /// How its rows look, by which the next are known again.
    pub endpoints: Endpoints,
    pub(super) asked: VecDeque<Asked>,
    /// The rows of a reply so far whose last row has not come.
    partial: Option<Partial>,
    draft: Option<Draft>,
}

/// The rows of a reply so far.
#[derive(Debug)]
pub(super) struct Partial {
    text: String,
    /// The first of them: of a greeting it tells names and addresses, of a refusal the status.
    line: LogLine,
}

impl Open {
    /// Begins a session in this memory.
    pub fn new(id: Id, row: &Row<'_>, birth: u64, spare: Spare) -> Self {
        let fields = row.fields;
        let mut session = spare.session;
        session.writer = row.writer;
        session.first_at = row.at;
        session.opening_is_whole = true;
        session.octets = OVERHEAD;
        session.texts.reserve(USUAL_TEXTS);
        session.connector_id = session.keep_whole(&kept(fields.connector_id).replace("\"\"", "\""));
        session.session_id = session.keep(fields.session_id);
        session.local_endpoint = session.keep(fields.local_endpoint);
        session.remote_endpoint = session.keep(fields.remote_endpoint);
        session.octets += fields.session_id.len();
        Self {
            session,
            id,
            birth,
            latest_number: None,
            opening: true,
            losses: row.losses,
            endpoints: spare.endpoints,
            asked: spare.asked,
            partial: None,
            draft: None,
        }
    }

    /// Takes its next row.
    pub fn take(&mut self, row: &Row<'_>, known: &mut KnownRows) -> After {
        self.session.last_at = row.at.or(self.session.last_at);
        if self.opening {
            self.count(row.fields.sequence_number);
            self.session.opening_is_whole &= self.losses == row.losses;
        }
        match row.fields.event {
            b"+" => self.begin(row.fields),
            b"-" => {
                self.session.ended = Some((self.session.keep(&row.fields.context), self.line(row)));
                return After::Over;
            }
            b"*" => return self.noted(row, known),
            event @ (b"<" | b">") => {
                self.close_draft();
                self.session.kind = self.session.kind.or(row.kind);
                if (self.session.kind == Some(LogKind::Send)) == (event == b"<") {
                    self.answered(row);
                } else {
                    self.commanded(row);
                }
            }
            _ => {}
        }
        self.after()
    }

    /// The session is over, or told so far: what is half read is closed.
    pub fn close(&mut self, losses: u64) {
        self.close_draft();
        self.session.opening_is_whole &= !self.opening || self.losses == losses;
        let kind = self.session.kind;
        let (local, remote) =
            (self.session.text(self.session.local_endpoint), self.session.text(self.session.remote_endpoint));
        self.session.kind = kind.or_else(|| by_port(local, remote));
    }

    /// Takes out what it has shown so far. Its transactions need not be told again.
    pub fn take_part(&mut self) -> Box<Session> {
        self.asked.clear();
        let mut rest = self.session.without_transactions(OVERHEAD);
        rest.is_continued = true;
        if let Some(partial) = &mut self.partial {
            partial.line.text = rest.keep_whole(self.session.text(partial.line.text));
        }
        std::mem::replace(&mut self.session, Box::new(rest))
    }

    /// Whether what it has shown is to be told before this row: it is long, and another transaction begins.
    pub fn is_due(&self, fields: &Fields<'_>) -> bool {
        let begins = fields.data.get(..4).is_some_and(|verb| verb.eq_ignore_ascii_case(b"MAIL"));
        self.is_long(1) && self.asked.is_empty() && begins
    }

    fn is_long(&self, times: usize) -> bool {
        self.session.transactions.len() >= MAX_TRANSACTIONS * times || self.session.octets >= MAX_SESSION_OCTETS * times
    }

    fn after(&self) -> After {
        // In the middle of a transaction only if no other way is left to stay within bounds.
        if self.is_long(2) { After::Tell } else { After::Open }
    }

    fn count(&mut self, number: &[u8]) {
        let number = std::str::from_utf8(number).ok().and_then(|number| number.trim().parse::<u64>().ok());
        let follows = match (self.latest_number, number) {
            (None, Some(number)) => number == 0,
            (Some(latest), Some(number)) => number == latest || number == latest.saturating_add(1),
            (_, None) => false,
        };
        self.session.opening_is_whole &= follows;
        self.latest_number = number.or(self.latest_number);
    }

    fn begin(&mut self, fields: &Fields<'_>) {
        self.session.begins = true;
        // Before the connection there is no local endpoint.
        if !fields.local_endpoint.is_empty() {
            self.session.local_endpoint = self.session.keep(fields.local_endpoint);
        }
        if !fields.remote_endpoint.is_empty() {
            self.session.remote_endpoint = self.session.keep(fields.remote_endpoint);
        }
    }

    fn noted(&mut self, row: &Row<'_>, known: &mut KnownRows) -> After {
        if let Some(record) = &row.certificate {
            self.certificate(Told::Whole(Arc::clone(record)), row);
            return self.after();
        }
        let context = &*row.fields.context;
        match context {
            [b'S' | b'R' | b'C', ..] => {
                if let Some(told) = known.read(&row.fields.data, context, row.raw) {
                    self.certificate(told, row);
                } else if says_no_certificate(context) {
                    self.session.no_client_certificate = Some(self.line(row));
                }
            }
            [b'O', ..] if says_no_certificate(context) => {
                self.session.no_client_certificate = Some(self.line(row));
            }
            [b'T', b'L', b'S', ..] => self.negotiated(context, row),
            [b'F', b'a', b'i', ..] if context.starts_with(b"Failed to connect") => {
                self.session.failed_to_connect = Some((self.session.keep(context), self.line(row)));
                return After::Over;
            }
            [] => {}
            _ => self.note(context),
        }
        self.after()
    }

    fn note(&mut self, text: &[u8]) {
        let text = text.get(..MAX_NOTE).unwrap_or(text);
        self.session.last_note.clear();
        match std::str::from_utf8(text) {
            Ok(sound) => self.session.last_note.push_str(sound),
            Err(_) => self.session.last_note.push_str(&String::from_utf8_lossy(text)),
        }
    }

    fn negotiated(&mut self, context: &[u8], row: &Row<'_>) {
        const FAILED: &[u8] = b"TLS negotiation failed with error ";
        if let Some(error) = context.strip_prefix(FAILED) {
            self.session.tls.failed = Some((self.session.keep(error), self.line(row)));
        } else if context.starts_with(b"TLS protocol ") && memchr::memmem::find(context, b"succeeded").is_some() {
            self.session.tls.succeeded = true;
        } else {
            self.note(context);
        }
    }

    fn certificate(&mut self, told: Told, row: &Row<'_>) {
        match told {
            Told::Whole(record) => {
                self.close_draft();
                let line = self.line(row);
                self.show(ShownCertificate { record, line });
            }
            Told::Begins(role) => {
                self.close_draft();
                self.draft = Some(Draft { record: CertificateRecord::new(role), line: self.line(row) });
            }
            Told::Attribute(attribute, value) => {
                let value = value.get(..value.floor_char_boundary(MAX_KEPT)).unwrap_or_default();
                self.session.octets += value.len();
                if !self.draft.as_mut().is_some_and(|draft| draft.record.take(attribute, value)) {
                    self.close_draft();
                    let mut record = CertificateRecord::new(self.role_without_title());
                    record.take(attribute, value);
                    self.draft = Some(Draft { record, line: self.line(row) });
                } else if attribute == super::super::CertificateAttribute::Subject {
                    let line = self.line(row);
                    self.draft.iter_mut().for_each(|draft| draft.line = line);
                }
            }
        }
    }

    /// Whose certificate attributes belong to when the row that says so is cut away: one's own comes before the handshake is
    /// over, the peer's after it.
    fn role_without_title(&self) -> CertificateRole {
        if self.session.tls.succeeded { CertificateRole::Received } else { CertificateRole::Sent }
    }

    fn close_draft(&mut self) {
        if let Some(draft) = self.draft.take() {
            self.show(draft.shown());
        }
    }

    fn show(&mut self, shown: ShownCertificate) {
        match shown.record.role {
            CertificateRole::Sent => self.session.own_certificate = Some(shown),
            CertificateRole::Received | CertificateRole::Remote => self.session.peer_certificate = Some(shown),
        }
    }

    fn answered(&mut self, row: &Row<'_>) {
        let data = &*row.fields.data;
        let Some(code) = code(data) else { return self.note(data) };
        if data.get(3) == Some(&b'-') {
            self.session.octets += data.len().min(MAX_KEPT);
            let partial = self.partial.take();
            let mut partial = partial.unwrap_or_else(|| Partial { text: String::new(), line: self.line(row) });
            partial.add(data);
            self.partial = Some(partial);
            return;
        }
        let partial = self.partial.take().map(|mut partial| {
            partial.add(data);
            partial
        });
        self.settle(code, partial, row);
    }

    /// The command row: its opening is over with the first MAIL FROM.
    fn commanded(&mut self, row: &Row<'_>) {
        let asked = self.ask(row);
        if matches!(asked, Asked::Mail(_)) {
            self.opening = false;
        }
        if self.asked.len() >= MAX_ASKED {
            self.asked.clear();
        }
        self.asked.push_back(asked);
    }

    /// The reply of a row, with its text.
    pub(super) fn reply(&mut self, code: u16, partial: Option<Partial>, row: &Row<'_>) -> Reply {
        if let Some(Partial { text, line }) = partial {
            return Reply { code, text: self.session.keep_whole(&text), at: row.at, line };
        }
        let data = &row.fields.data;
        let (line, slice) = self.session.keep_with_slice(row.line, data);
        let text = slice.unwrap_or_else(|| self.session.keep(data));
        Reply { code, text, at: row.at, line: LogLine { number: row.number, text: line } }
    }

    pub(super) fn line(&mut self, row: &Row<'_>) -> LogLine {
        LogLine { number: row.number, text: self.session.keep(row.line) }
    }
}

impl Partial {
    fn add(&mut self, row: &[u8]) {
        if self.text.len() < MAX_KEPT {
            self.text.push_str(if self.text.is_empty() { "" } else { " " });
            self.text.push_str(&kept(row));
        }
    }
}

/// The three digits of a reply.
pub(super) fn code(data: &[u8]) -> Option<u16> {
    let digit = |at: usize| data.get(at).filter(|octet| octet.is_ascii_digit()).map(|octet| u16::from(octet - b'0'));
    let code = digit(0)? * 100 + digit(1)? * 10 + digit(2)?;
    matches!(data.get(3), None | Some(b' ' | b'-')).then_some(code)
}

/// Words of Exchange's Receive log, and of ours in both, for a client that presented nothing.
fn says_no_certificate(context: &[u8]) -> bool {
    const EMPTY: &[u8] = b"Client certificate chain validation status: 'EmptyCertificate'";
    let is_ours = context.starts_with(b"Our certificate \"");
    context.starts_with(EMPTY) || (is_ours && memchr::memmem::find(context, b"\" was not ").is_some())
}

fn by_port(local: &str, remote: &str) -> Option<LogKind> {
    match (local.ends_with(":25"), remote.ends_with(":25")) {
        (false, true) => Some(LogKind::Send),
        (true, false) => Some(LogKind::Receive),
        _ => None,
    }
}
