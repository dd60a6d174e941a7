//! The beginnings of rows, known again. Rows of an open session have the connector, the id and the endpoints of a row before,
//! octet by octet: in them no comma is to be looked for. What differs in anything is read field by field, from which nothing
//! here may differ.

use jiff::Timestamp;

use super::clock::Clock;
use super::fields::Fields;

/// Octets of `2026-11-24T13:05:09.042Z`.
const TIME: usize = 24;

/// Octets of a session-id, as Exchange writes it.
const ID: usize = 16;

/// Longest connector, or pair of endpoints, that is known again, in octets: those of real rows are shorter.
const MAX_LENGTH: usize = 256;

/// The connector of the latest row that was read field by field.
#[derive(Debug, Default)]
pub(super) struct Beginnings {
    /// As it stands in the file, with its comma; empty while there is none.
    connector: Vec<u8>,
}

/// The endpoints of a session's rows, as they stand in the file with their commas; empty while they are not known.
#[derive(Debug, Default)]
pub(super) struct Endpoints(Vec<u8>);

/// A row up to its endpoints.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beginning<'a> {
    pub at: Timestamp,
    pub session_id: &'a [u8; ID],
    sequence_number: &'a [u8],
    rest: &'a [u8],
}

impl Beginnings {
    /// Learns from a row that was read field by field, with columns in their usual order. Its session's endpoints are learnt
    /// with it, for the next row must have both.
    pub fn learn(&mut self, line: &[u8], fields: &Fields<'_>, endpoints: &mut Endpoints) {
        self.connector.clear();
        endpoints.0.clear();
        let Some(rest) = behind(line, &[fields.time]) else { return };
        let Some(from) = behind(rest, &[fields.connector_id, fields.session_id, fields.sequence_number]) else {
            return;
        };
        let Some(to) = behind(from, &[fields.local_endpoint, fields.remote_endpoint]) else { return };
        let pair = from.get(..from.len() - to.len()).unwrap_or_default();
        let connector = rest.get(..=fields.connector_id.len()).unwrap_or_default();
        if fields.session_id.len() == ID && connector.len().max(pair.len()) <= MAX_LENGTH {
            self.connector.extend_from_slice(connector);
            endpoints.0.extend_from_slice(pair);
        }
    }

    /// The beginning of a row with the same connector, in the same minute.
    pub fn read<'a>(&self, line: &'a [u8], clock: &Clock) -> Option<Beginning<'a>> {
        if self.connector.is_empty() {
            return None;
        }
        let (time, rest) = line.split_at_checked(TIME)?;
        let rest = rest.strip_prefix(b",")?.strip_prefix(&*self.connector)?;
        let (session_id, rest) = rest.split_first_chunk::<ID>()?;
        let rest = rest.strip_prefix(b",")?;
        let digits = rest.iter().take_while(|octet| octet.is_ascii_digit()).count();
        let (sequence_number, rest) = rest.split_at_checked(digits)?;
        let at = clock.within_minute(time)?;
        Some(Beginning { at, session_id, sequence_number, rest: rest.strip_prefix(b",")? })
    }
}

impl<'a> Beginning<'a> {
    /// What stands behind the event's comma, and the fields before it that the rows of an open session are read for. A row
    /// that begins a connection may have other endpoints.
    pub fn up_to_event(&self, endpoints: &Endpoints) -> Option<(Fields<'a>, &'a [u8])> {
        let rest = self.rest.strip_prefix(&*endpoints.0).filter(|_| !endpoints.0.is_empty())?;
        let (event, behind) = rest.split_at_checked(1)?;
        let rest = behind.strip_prefix(b",").filter(|_| matches!(event, b"<" | b">" | b"*" | b"-"))?;
        let (session_id, sequence_number) = (self.session_id.as_slice(), self.sequence_number);
        Some((Fields { session_id, sequence_number, event, ..Fields::default() }, rest))
    }
}

impl Endpoints {
    /// The same memory for another session.
    pub fn emptied(mut self) -> Self {
        self.0.clear();
        self
    }
}

/// What stands behind these fields where each stands there as it is, with a comma behind it.
fn behind<'a>(text: &'a [u8], fields: &[&[u8]]) -> Option<&'a [u8]> {
    fields.iter().try_fold(text, |text, field| text.strip_prefix(*field)?.strip_prefix(b","))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
