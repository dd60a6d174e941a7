//! Entries of Windows event logs in the forms in which administrators export them: XML, text copied from Event Viewer, its CSV.
//!
//! Only what tells of certificates and TLS of mail is known by its meaning ([`Event::facts`]); every entry is read. Events of
//! Exchange carry what their message's placeholders stand for as unnamed data in order; that is read first, since messages
//! are in the language of the machine. Where there is only a message, it is read if it is the English one.
//! (Microsoft: *Exchange 2010 Error Reference*; the same numbers and texts are seen up to 2019.)

mod details;
mod object;
mod table;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
mod text;
mod xml;

pub use details::{EventFacts, FactsOf};
pub use table::{EventTable, is_table_row};
pub use text::{EventText, begins_as_text};
pub use xml::{EventXml, Piece};

use jiff::Timestamp;

/// One entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// Its first line, from 1.
    pub line: u64,
    /// When, UTC; none of forms that have local time.
    pub at: Option<Timestamp>,
    /// Who wrote it: `MSExchangeTransport`.
    pub provider: String,
    /// Its number.
    pub id: u32,
    /// The computer.
    pub computer: Option<String>,
    /// What the placeholders of its message stand for, in order; empty where the form has only the message.
    pub data: Vec<String>,
    /// Attributes and texts that entries of CAPI2 carry: `subjectName`, `value` of `Result`.
    pub named: Vec<(String, String)>,
    /// The message, as rendered in the machine's language.
    pub message: String,
}

impl Event {
    /// Longest message that is kept, in characters: those that are read begin with what they are about.
    const MAX_MESSAGE: usize = 4 * 1024;

    /// Most values that are kept of one entry. CAPI2 lists a whole chain.
    const MAX_VALUES: usize = 200;

    fn add_message(&mut self, text: &str) {
        let room = Self::MAX_MESSAGE.saturating_sub(self.message.len());
        self.message.push_str(text.get(..text.floor_char_boundary(room)).unwrap_or_default());
    }

    fn add_named(&mut self, name: &str, value: String) {
        if self.named.len() < Self::MAX_VALUES {
            self.named.push((name.to_owned(), value));
        }
    }

    fn add_data(&mut self, value: String) {
        if self.data.len() < Self::MAX_VALUES {
            self.data.push(value);
        }
    }
}
