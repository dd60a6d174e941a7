//! Protocol logs as sessions: octets in blocks of any size, a [`Session`] for each connection when it is over, as fast as the
//! disk gives them and in bounded memory.
//!
//! Rows of several sessions interleave; files rotate in the middle of them, are truncated, or are lines that somebody copied.
//! A session is told when it ends, when another of the same id begins, when it has become long (in parts then), when too much
//! is open at once (the oldest first), or at the end of the file. What is not understood is counted, the first of it with its
//! line.

mod beginnings;
mod certificates;
mod clock;
mod fields;
mod id;
mod lines;
mod open;
mod spare;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
mod texts;
mod transactions;

use std::collections::{HashMap, VecDeque};

use foldhash::fast::RandomState;
use jiff::Timestamp;

use super::header::{Header, LogKind, Writer};
use super::session::Session;
use beginnings::Beginnings;
use certificates::KnownRows;
use clock::Clock;
use fields::{Fields, NoFields, Order};
use id::Id;
use lines::{Line, Lines};
use open::{After, Open, Row};
use spare::Spares;

pub use lines::MAX_LINE;

/// Longest text that is kept of a row or value, in octets: four times what an answer quotes, for scripts that need several
/// octets a character.
pub const MAX_KEPT: usize = 2_400;

/// Most sessions that are open at once. Exchange allows 5,000 connections inward and 1,000 outward by default; sessions whose
/// end is in another file add to them.
const MAX_OPEN: usize = 10_000;

/// Octets that all open sessions may take together.
const MAX_OPEN_OCTETS: usize = 32 * 1024 * 1024;

/// Transactions after which a session is told in parts: Exchange sends 20 messages over a connection by default.
const MAX_TRANSACTIONS: usize = 100;

/// Octets after which it is.
const MAX_SESSION_OCTETS: usize = 256 * 1024;

/// Faults that are told with their lines.
const MAX_FAULTS: usize = 20;

/// Why a line gave nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineFault {
    /// It is longer than [`MAX_LINE`].
    TooLong,
    /// The file ends in the middle of it.
    CutOff,
    /// A quote is not closed.
    OpenQuote,
    /// It has no event in its place: it is no row.
    NoRow,
}

/// Who is told of a session that is over, or of a part of one. Sessions that nobody needs any more may be given back: a log has
/// them by the hundred thousand, and the next ones take their memory.
pub type OnSession<'a> = dyn FnMut(Box<Session>) -> Option<Box<Session>> + 'a;

/// Sessions out of the octets of a file.
#[derive(Debug, Default)]
pub struct Sessions {
    lines: Lines,
    reading: Reading,
}

#[derive(Debug, Default)]
struct Reading {
    header: Header,
    order: Order,
    /// By the header, else by the first row that tells.
    kind: Option<LogKind>,
    writer: Option<Writer>,
    clock: Clock,
    beginnings: Beginnings,
    known: KnownRows,
    spares: Spares,
    places: Vec<Option<Open>>,
    free: Vec<usize>,
    index: HashMap<Id, usize, RandomState>,
    /// Where the session of the latest row is: the next row is mostly of the same.
    latest: usize,
    /// Sessions in the order in which they came; those that are over are passed over.
    by_age: VecDeque<(usize, u64)>,
    births: u64,
    octets: usize,
    rows: u64,
    losses: u64,
    span: Option<(Timestamp, Timestamp)>,
    faults: Vec<(u64, LineFault)>,
    more_faults: u64,
}

impl Sessions {
    /// Takes the next octets of the file and tells the sessions that are over.
    pub fn feed(&mut self, block: &[u8], on: &mut OnSession<'_>) {
        let Self { lines, reading } = self;
        lines.feed(block, &mut |number, line| reading.line(number, line, on));
    }

    /// The file has ended: tells what is open.
    pub fn finish(&mut self, on: &mut OnSession<'_>) {
        let Self { lines, reading } = self;
        lines.finish(&mut |number, line| reading.line(number, line, on));
        while reading.end_oldest(on) {}
    }

    /// What the header says, as far as the file has been read.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.reading.header
    }

    /// Which log it is, as far as is known yet.
    #[must_use]
    pub fn kind(&self) -> Option<LogKind> {
        self.reading.kind
    }

    /// Rows that were understood.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.reading.rows
    }

    /// The earliest and the latest time of a row.
    #[must_use]
    pub fn span(&self) -> Option<(Timestamp, Timestamp)> {
        self.reading.span
    }

    /// Lines that gave nothing, the first of them with their numbers, and how many more there are. Lines before the first row,
    /// and a header's, are none.
    #[must_use]
    pub fn faults(&self) -> (&[(u64, LineFault)], u64) {
        (&self.reading.faults, self.reading.more_faults)
    }
}

impl Reading {
    fn line(&mut self, number: u64, line: Line<'_>, on: &mut OnSession<'_>) {
        let (line, is_whole) = match line {
            Line::Whole(line, is_whole) => (self.plain_beginning(line), is_whole),
            Line::TooLong => return self.fault(number, LineFault::TooLong),
        };
        match line.first() {
            None => {}
            Some(b'#') => self.take_header(line),
            Some(_) if is_whole && self.known_row(number, line, on) => {}
            Some(_) => match Fields::split(line, &self.order, is_whole) {
                Ok(fields) if fields.event.len() == 1 => self.row(number, line, &fields, on),
                Err(NoFields::OpenQuote) if is_whole => self.fault(number, LineFault::OpenQuote),
                Err(_) if !is_whole && self.rows > 0 => self.fault(number, LineFault::CutOff),
                // Before the first row stands what somebody wrote, or how the log was made.
                Ok(_) | Err(_) if self.rows == 0 || line.trim_ascii().is_empty() => {}
                Ok(_) | Err(_) => self.fault(number, LineFault::NoRow),
            },
        }
    }

    /// The line without what stands before a row in copies: a byte order mark, and, as the first column is a time, the marks
    /// of quoted mail.
    fn plain_beginning<'l>(&self, line: &'l [u8]) -> &'l [u8] {
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        match line.first() {
            Some(b'>' | b' ' | b'\t') if self.order == Order::Usual => {
                let begin = line.iter().position(|octet| !matches!(octet, b'>' | b' ' | b'\t'));
                line.get(begin.unwrap_or(line.len())..).unwrap_or_default()
            }
            _ => line,
        }
    }

    fn take_header(&mut self, line: &[u8]) {
        self.header.take(&String::from_utf8_lossy(line));
        self.order = Order::of(&self.header);
        self.beginnings = Beginnings::default();
        self.kind = self.header.kind().or(self.kind);
        self.writer = self.header.writer().or(self.writer);
    }

    /// Takes a row that begins as the row before it of its session. `false`: it does not, and was not taken.
    fn known_row(&mut self, number: u64, line: &[u8], on: &mut OnSession<'_>) -> bool {
        let Some(beginning) = self.beginnings.read(line, &self.clock).filter(|_| self.kind.is_some()) else {
            return false;
        };
        let Some(place) = self.place(&Id::of(beginning.session_id)) else { return false };
        let Some(open) = self.places.get(place).and_then(Option::as_ref) else { return false };
        let Some((fields, rest)) = beginning.up_to_event(&open.endpoints) else { return false };
        let certificate = if fields.event == b"*" { self.known.read_raw(rest) } else { None };
        let fields = if certificate.is_some() { Ok(fields) } else { fields.with_last_two(rest, true) };
        let Ok(fields) = fields else { return false };
        self.rows += 1;
        self.saw(beginning.at);
        let row = Row { raw: rest, certificate, ..self.as_row(number, line, &fields, Some(beginning.at)) };
        self.take(place, &row, on);
        true
    }

    fn row(&mut self, number: u64, line: &[u8], fields: &Fields<'_>, on: &mut OnSession<'_>) {
        self.rows += 1;
        let at = self.clock.read(fields.time);
        at.into_iter().for_each(|at| self.saw(at));
        self.kind = self.kind.or_else(|| kind_of_row(fields));
        if fields.session_id.is_empty() {
            // Of the log itself: ours says so when it lost rows.
            self.losses += u64::from(fields.context.starts_with(b"rows were lost"));
            return;
        }
        let row = self.as_row(number, line, fields, at);
        let id = Id::of(fields.session_id);
        let place = match self.place(&id) {
            Some(place) if fields.event == b"+" && self.has_begun(place) => {
                self.end(place, on);
                self.open(id, &row, on)
            }
            Some(place) => place,
            None => self.open(id, &row, on),
        };
        if let Some(open) = self.places.get_mut(place).and_then(Option::as_mut).filter(|_| self.order == Order::Usual) {
            self.beginnings.learn(line, fields, &mut open.endpoints);
        }
        self.take(place, &row, on);
    }

    fn as_row<'r>(&self, number: u64, line: &'r [u8], fields: &'r Fields<'r>, at: Option<Timestamp>) -> Row<'r> {
        let Self { kind, writer, losses, .. } = *self;
        Row { fields, number, line, raw: &[], certificate: None, at, kind, writer, losses }
    }

    fn saw(&mut self, at: Timestamp) {
        let (first, last) = self.span.unwrap_or((at, at));
        self.span = Some((first.min(at), last.max(at)));
    }

    /// Takes the next row of an open session.
    fn take(&mut self, place: usize, row: &Row<'_>, on: &mut OnSession<'_>) {
        self.latest = place;
        if self.places.get(place).and_then(Option::as_ref).is_some_and(|open| open.is_due(row.fields)) {
            self.tell(place, on);
        }
        let Some(open) = self.places.get_mut(place).and_then(Option::as_mut) else { return };
        let before = open.session.octets;
        let after = open.take(row, &mut self.known);
        self.octets = (self.octets + open.session.octets).saturating_sub(before);
        match after {
            After::Open => {}
            After::Tell => self.tell(place, on),
            After::Over => self.end(place, on),
        }
        while self.octets > MAX_OPEN_OCTETS && self.end_oldest(on) {}
    }

    fn place(&self, id: &Id) -> Option<usize> {
        let latest = self.places.get(self.latest).and_then(Option::as_ref);
        match latest {
            Some(open) if open.id == *id => Some(self.latest),
            _ => self.index.get(id).copied(),
        }
    }

    fn has_begun(&self, place: usize) -> bool {
        self.places.get(place).and_then(Option::as_ref).is_some_and(|open| open.session.begins)
    }

    fn open(&mut self, id: Id, row: &Row<'_>, on: &mut OnSession<'_>) -> usize {
        while self.index.len() >= MAX_OPEN && self.end_oldest(on) {}
        self.births += 1;
        let open = Open::new(id.clone(), row, self.births, self.spares.take());
        self.octets += open.session.octets;
        let place = self.free.pop().unwrap_or(self.places.len());
        match self.places.get_mut(place) {
            Some(free) => *free = Some(open),
            None => self.places.push(Some(open)),
        }
        self.index.insert(id, place);
        self.by_age.push_back((place, self.births));
        place
    }

    fn tell(&mut self, place: usize, on: &mut OnSession<'_>) {
        let Some(open) = self.places.get_mut(place).and_then(Option::as_mut) else { return };
        let before = open.session.octets;
        open.close(self.losses);
        on(open.take_part());
        self.octets = (self.octets + open.session.octets).saturating_sub(before);
    }

    fn end(&mut self, place: usize, on: &mut OnSession<'_>) {
        let Some(mut open) = self.places.get_mut(place).and_then(Option::take) else { return };
        self.free.push(place);
        self.index.remove(&open.id);
        self.octets = self.octets.saturating_sub(open.session.octets);
        open.close(self.losses);
        self.spares.tell(open, on);
        // What is over stays in the row of ages until it comes to the front, or until it is most of the row.
        if self.by_age.len() > 2 * MAX_OPEN {
            let places = &self.places;
            let is_open = |(place, birth): &(usize, u64)| born(places, *place) == Some(*birth);
            self.by_age.retain(is_open);
        }
    }

    /// Ends the oldest session. `false`: there is none.
    fn end_oldest(&mut self, on: &mut OnSession<'_>) -> bool {
        while let Some((place, birth)) = self.by_age.pop_front() {
            if born(&self.places, place) == Some(birth) {
                self.end(place, on);
                return true;
            }
        }
        false
    }

    fn fault(&mut self, number: u64, fault: LineFault) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push((number, fault));
        } else {
            self.more_faults += 1;
        }
    }
}

fn born(places: &[Option<Open>], place: usize) -> Option<u64> {
    places.get(place).and_then(Option::as_ref).map(|open| open.birth)
}

/// Which log has such a row: its peer is answered in a Receive log, and answers in a Send log.
fn kind_of_row(fields: &Fields<'_>) -> Option<LogKind> {
    let is_reply = open::code(&fields.data).is_some();
    match (fields.event, is_reply) {
        (b"<", true) | (b">", false) => Some(LogKind::Send),
        (b">", true) | (b"<", false) => Some(LogKind::Receive),
        _ => None,
    }
}
