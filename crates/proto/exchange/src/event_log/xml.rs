//! The XML form: `<Events>` of Event Viewer, the bare `<Event>`s of `wevtutil qe`, and those within other text.
//!
//! Each entry is cut out and read by itself, so that a file of any size, all on one line, takes the memory of one entry.
//! Entities but the five of XML, and document types, are passed over: nothing is expanded.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event as Markup};

use super::Event;
use crate::xml_reference::xml_sign;

/// Longest entry, in octets. Windows itself holds an entry under 64 KiB; as XML and rendered it may take several times that.
const MAX_ENTRY: usize = 1024 * 1024;

/// Deepest nesting that is read. Entries of CAPI2 have eight levels.
const MAX_DEPTH: usize = 64;

const BEGIN: &[u8] = b"<Event";
const END: &[u8] = b"</Event>";

/// What was cut out.
#[derive(Clone, Debug)]
pub enum Piece {
    /// An entry.
    Entry(Box<Event>),
    /// What cannot be read as one.
    Broken,
    /// The file ends in the middle of one, or one is too long.
    CutOff,
}

/// Cuts entries out of octets in blocks.
#[derive(Clone, Debug, Default)]
pub struct EventXml {
    pending: Vec<u8>,
    /// Up to where an end was looked for.
    searched: usize,
    /// Lines that ended before what is pending.
    lines: u64,
}

impl EventXml {
    /// Takes a block and hands on each entry that ends in it, with its first line.
    pub fn feed(&mut self, block: &[u8], each: &mut dyn FnMut(u64, Piece)) {
        self.pending.extend_from_slice(block);
        let pending = std::mem::take(&mut self.pending);
        let mut rest = pending.as_slice();
        loop {
            let Some(begin) = begin_of_entry(rest) else {
                // The mark itself may be cut in two by the block.
                rest = self.pass_over(rest, rest.len().saturating_sub(BEGIN.len()));
                break;
            };
            rest = self.pass_over(rest, begin);
            let from = self.searched.saturating_sub(END.len()).min(rest.len());
            let end = rest.get(from..).and_then(|part| memchr::memmem::find(part, END)).map(|at| from + at + END.len());
            self.searched = 0;
            match end {
                Some(end) if end <= MAX_ENTRY => {
                    each(self.lines + 1, piece(rest.get(..end).unwrap_or_default(), self.lines + 1));
                    rest = self.pass_over(rest, end);
                }
                None if rest.len() <= MAX_ENTRY => {
                    self.searched = rest.len();
                    break;
                }
                _ => {
                    each(self.lines + 1, Piece::CutOff);
                    // Nothing that begins before ends any sooner: the last to begin may be whole.
                    let within = rest.get(..end.unwrap_or(rest.len())).unwrap_or(rest);
                    let last = last_begin_of_entry(within).filter(|at| *at > 0);
                    let last = last.unwrap_or_else(|| within.len().saturating_sub(BEGIN.len()));
                    rest = self.pass_over(rest, last);
                }
            }
        }
        let passed = pending.len() - rest.len();
        self.pending = pending;
        self.pending.drain(..passed);
    }

    /// The file has ended.
    pub fn finish(&mut self, each: &mut dyn FnMut(u64, Piece)) {
        if begin_of_entry(&self.pending) == Some(0) {
            each(self.lines + 1, Piece::CutOff);
        }
        self.pending.clear();
    }

    /// What is behind so many octets, their lines counted.
    fn pass_over<'p>(&mut self, rest: &'p [u8], octets: usize) -> &'p [u8] {
        let (passed, behind) = rest.split_at_checked(octets).unwrap_or((rest, &[]));
        self.lines += memchr::memchr_iter(b'\n', passed).count() as u64;
        behind
    }
}

/// Where `<Event>` or `<Event xmlns…>` begins: `<Events>` and `<EventData>` do not count.
fn begin_of_entry(octets: &[u8]) -> Option<usize> {
    memchr::memmem::find_iter(octets, BEGIN)
        .find(|at| matches!(octets.get(at + BEGIN.len()), Some(b'>' | b' ' | b'\r' | b'\n' | b'\t')))
}

/// The same of the last.
fn last_begin_of_entry(octets: &[u8]) -> Option<usize> {
    let mut ahead = octets;
    loop {
        let at = memchr::memmem::rfind(ahead, BEGIN)?;
        ahead = octets.get(..at)?;
        if begin_of_entry(octets.get(at..at + BEGIN.len() + 1)?).is_some() {
            return Some(at);
        }
    }
}

fn piece(octets: &[u8], line: u64) -> Piece {
    let Ok(text) = std::str::from_utf8(octets) else { return Piece::Broken };
    match Event::from_xml(text, line) {
        Some(event) => Piece::Entry(Box::new(event)),
        None => Piece::Broken,
    }
}

impl Event {
    /// Reads one `<Event>…</Event>`. `None`: it is no XML, or has no provider or number.
    #[must_use]
    pub fn from_xml(text: &str, line: u64) -> Option<Self> {
        let mut reader = Reader::from_str(text);
        let mut event = Self { line, ..Self::default() };
        let (mut path, mut value, mut id) = (Vec::<String>::new(), String::new(), None);
        loop {
            match reader.read_event().ok()? {
                Markup::Start(tag) => {
                    if path.len() >= MAX_DEPTH {
                        return None;
                    }
                    let name = tag.local_name().into_inner().to_owned();
                    event.attributes(&name, &tag);
                    path.push(name);
                    value.clear();
                }
                Markup::Empty(tag) => {
                    let name = tag.local_name().into_inner().to_owned();
                    event.attributes(&name, &tag);
                    event.element(&name, &path, String::new(), &mut id);
                }
                Markup::Text(text) => value.push_str(&text.xml10_content()),
                Markup::CData(text) => value.push_str(&text),
                Markup::GeneralRef(reference) => value.extend(xml_sign(&reference)),
                Markup::End(_) => {
                    let name = path.pop()?;
                    event.element(&name, &path, std::mem::take(&mut value), &mut id);
                }
                Markup::Eof => break,
                Markup::Comment(_) | Markup::Decl(_) | Markup::PI(_) | Markup::DocType(_) => {}
            }
        }
        event.id = id?;
        (!event.provider.is_empty()).then_some(event)
    }

    fn attributes(&mut self, name: &str, tag: &BytesStart<'_>) {
        for attribute in tag.attributes().flatten() {
            let key = attribute.key.local_name().into_inner();
            let Ok(value) = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0) else { continue };
            match (name, key) {
                ("Provider", "Name") if self.provider.is_empty() => self.provider = value.into_owned(),
                ("TimeCreated", "SystemTime") => self.at = self.at.or_else(|| value.parse().ok()),
                ("Certificate", "subjectName") | ("Result", "value") => {
                    self.add_named(&format!("{name}/{key}"), value.into_owned());
                }
                _ => {}
            }
        }
    }

    fn element(&mut self, name: &str, path: &[String], value: String, id: &mut Option<u32>) {
        match (name, path.last().map(String::as_str)) {
            ("EventID", Some("System")) => *id = value.trim().parse().ok(),
            ("Computer", Some("System")) => {
                self.computer = Some(value.trim().to_owned()).filter(|name| !name.is_empty())
            }
            ("Data", Some("EventData")) => self.add_data(value.trim().to_owned()),
            ("Message", Some("RenderingInfo")) => self.add_message(&value),
            _ => {}
        }
    }
}
