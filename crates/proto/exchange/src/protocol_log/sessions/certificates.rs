//! Certificates of sessions: those of one row, remembered since a server presents the same in every session; those of several
//! rows, put together.

use std::sync::Arc;

use super::super::certificate_record::{CertificateAttribute, CertificateRecord, CertificateRole, CertificateRow};
use super::super::session::{LogLine, ShownCertificate};

/// Rows that are remembered. A server has few certificates; a Receive log shows those of all its clients, and then the oldest
/// make room.
const MAX_REMEMBERED: usize = 32;

/// Octets of data and context, and as they stand in the file, of a row that is remembered: a hundred alternate names.
const MAX_LENGTH: usize = 8 * 1024;

/// What was read of rows before.
#[derive(Debug, Default)]
pub(super) struct KnownRows {
    rows: Vec<Known>,
    oldest: usize,
}

/// A row by its data and context, and what it says.
#[derive(Debug)]
struct Known {
    /// Both as they stand in the file, the quotes of data doubled; empty while that is not known.
    raw: Box<[u8]>,
    data: Box<[u8]>,
    context: Box<[u8]>,
    record: Arc<CertificateRecord>,
}

/// What a row says.
pub(super) enum Told {
    Whole(Arc<CertificateRecord>),
    Begins(CertificateRole),
    Attribute(CertificateAttribute, String),
}

/// A certificate of several rows, as far as they came.
#[derive(Debug)]
pub(super) struct Draft {
    pub record: CertificateRecord,
    pub line: LogLine,
}

impl KnownRows {
    /// What a row says that was read before, by all that stands behind its event.
    pub fn read_raw(&self, raw: &[u8]) -> Option<Arc<CertificateRecord>> {
        let known = self.rows.iter().find(|known| *known.raw == *raw).filter(|_| !raw.is_empty());
        known.map(|known| Arc::clone(&known.record))
    }

    /// Reads a row by its data and context, which stand in the file like this, where that is known. `None`: it is about
    /// something else.
    pub fn read(&mut self, data: &[u8], context: &[u8], raw: &[u8]) -> Option<Told> {
        if let Some(known) = self.rows.iter_mut().find(|known| *known.data == *data && *known.context == *context) {
            if raw.len() <= MAX_LENGTH && *known.raw != *raw {
                known.raw = raw.into();
            }
            return Some(Told::Whole(Arc::clone(&known.record)));
        }
        let text = String::from_utf8_lossy(data);
        Some(match CertificateRow::read(&text, &String::from_utf8_lossy(context))? {
            CertificateRow::Whole(record) => Told::Whole(self.remember(data, context, record)),
            CertificateRow::Begins(role) => Told::Begins(role),
            CertificateRow::Attribute(attribute) => Told::Attribute(attribute, text.into_owned()),
        })
    }

    fn remember(&mut self, data: &[u8], context: &[u8], record: CertificateRecord) -> Arc<CertificateRecord> {
        let record = Arc::new(record);
        if data.len() + context.len() > MAX_LENGTH {
            return record;
        }
        let (data, context) = (data.into(), context.into());
        let row = Known { raw: Box::default(), data, context, record: Arc::clone(&record) };
        if self.rows.len() < MAX_REMEMBERED {
            self.rows.push(row);
        } else if let Some(place) = self.rows.get_mut(self.oldest) {
            *place = row;
            self.oldest = (self.oldest + 1) % MAX_REMEMBERED;
        }
        record
    }
}

impl Draft {
    pub fn shown(self) -> ShownCertificate {
        ShownCertificate { record: Arc::new(self.record), line: self.line }
    }
}
