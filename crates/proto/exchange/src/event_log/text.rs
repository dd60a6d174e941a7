//! The text form, what *Copy as text* puts on the clipboard: lines with labels, and the message. Labels are in the language of
//! the machine; they are told by their order: log, source, date, **number**, category, level, keywords, user, computer.

use super::Event;

/// Fewest labels in a row: five have to be there to tell that the fourth is the number of an entry.
const MIN_LABELS: usize = 5;

/// Most labels: the nine, *OpCode* of some versions, and the one above the message.
const MAX_LABELS: usize = 11;

/// The place of the computer's name behind the log's.
const COMPUTER: usize = 8;

/// Longest label, in characters.
const MAX_LABEL: usize = 40;

/// Most octets of XML that may follow a message: *Copy* gives both.
const MAX_XML: usize = 128 * 1024;

/// Reads entries line by line.
#[derive(Clone, Debug, Default)]
pub struct EventText {
    /// Values of labels that stand directly one below the other, with their lines.
    labels: Vec<(u64, String)>,
    event: Option<Event>,
    xml: String,
}

impl EventText {
    /// Takes a line. Hands on the entry that ends before it.
    pub fn take(&mut self, number: u64, line: &str, each: &mut dyn FnMut(Event)) {
        let label = value_of_label(line);
        if let Some(value) = label.filter(|_| self.xml.is_empty()) {
            if self.labels.len() >= MAX_LABELS {
                self.labels.remove(0);
            }
            self.labels.push((number, value.to_owned()));
            if let Some(event) = header(&self.labels) {
                if self.event.as_ref().is_none_or(|known| known.line != event.line) {
                    self.end(each);
                }
                self.event = Some(event);
            }
            return;
        }
        self.labels.clear();
        let Some(event) = &mut self.event else { return };
        if self.xml.is_empty() && !line.trim_start().starts_with("<Event") {
            if !event.message.is_empty() {
                event.add_message(" ");
            }
            event.add_message(line.trim());
            return;
        }
        self.xml.push_str(line);
        self.xml.push('\n');
        if line.trim_end().ends_with("</Event>") || self.xml.len() > MAX_XML {
            self.end(each);
        }
    }

    /// The file has ended.
    pub fn finish(&mut self, each: &mut dyn FnMut(Event)) {
        self.end(each);
    }

    /// Hands on the entry, with what its XML tells better.
    fn end(&mut self, each: &mut dyn FnMut(Event)) {
        let xml = std::mem::take(&mut self.xml);
        let Some(mut event) = self.event.take() else { return };
        if let Some(exact) = Event::from_xml(xml.trim(), event.line).filter(|exact| exact.id == event.id) {
            event = Event { message: event.message, ..exact };
        }
        each(event);
    }
}

/// Whether a text begins as such an entry, within its first lines.
#[must_use]
pub fn begins_as_text(text: &str) -> bool {
    let (mut reader, mut is_so) = (EventText::default(), false);
    let mut each = |event: Event| is_so |= is_known(&event.provider);
    for (number, line) in (1..).zip(text.lines()) {
        reader.take(number, line, &mut each);
    }
    reader.finish(&mut each);
    is_so
}

/// Whether entries of this provider tell of mail or certificates.
pub(super) fn is_known(provider: &str) -> bool {
    provider.starts_with("MSExchange") || provider.starts_with("Microsoft-Windows-CAPI2")
}

/// `Label:   value` to its value; a label is short and is followed by blanks or nothing.
fn value_of_label(line: &str) -> Option<&str> {
    let (label, value) = line.split_once(':')?;
    let is_label = !label.trim().is_empty()
        && label.chars().count() <= MAX_LABEL
        && label.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '\u{a0}' | '-' | '\''));
    (is_label && (value.is_empty() || value.starts_with([' ', '\t']))).then(|| value.trim())
}

/// The entry whose labels these are: the fourth is a number, the second a source.
fn header(labels: &[(u64, String)]) -> Option<Event> {
    if labels.len() < MIN_LABELS {
        return None;
    }
    labels.windows(MIN_LABELS).enumerate().find_map(|(index, window)| {
        let [(line, log), (_, provider), _, (_, id), _] = window else { return None };
        let is_source = !provider.is_empty() && !provider.contains(char::is_whitespace);
        let id = id.parse().ok().filter(|_| is_source && !log.is_empty())?;
        let computer = labels.get(index + COMPUTER).map(|(_, value)| value.clone()).filter(|name| !name.is_empty());
        Some(Event { line: *line, provider: provider.clone(), id, computer, ..Event::default() })
    })
}
