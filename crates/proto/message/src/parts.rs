//! Takes a message apart into its parts (RFC 2045, 2046), each line with the number that it has in the file, so that what is
//! found in it can be shown to people where it stands.
//!
//! Made for messages that people hand over as evidence: forwarded, damaged, cut off. Nothing is refused; what is no message is
//! one part of text. One pass, bounded depth: a library that builds the tree of a message nests as deep as the message
//! pretends to be, and does not tell where the lines of an encoded part began.

mod decoding;

use crate::fields::{Field, Fields};
use decoding::{charset, decode};

/// Most multipart and message levels that are followed: a forwarded bounce of a forwarded message has six. What lies deeper
/// is text.
const MAX_DEPTH: usize = 12;

/// Most parts of a message that are taken apart; a report has three or four.
pub const MAX_PARTS: usize = 256;

/// Most octets of a message that are looked at. What tells the facts of a bounce stands before the returned body.
pub const MAX_MESSAGE: usize = 8 * 1024 * 1024;

/// A line of a part, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The line of the file where it begins, from 1.
    pub number: u64,
    /// What it says, without its end.
    pub text: String,
}

/// A part of a message that has no parts itself; or the header of a message, with or without its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// `text/plain`, `message/delivery-status`, … in lower case.
    pub media_type: String,
    /// Whether `header` is a message's, not only a part's.
    pub is_message: bool,
    /// The header, as far as there is one.
    pub header: Fields,
    /// The content, decoded, in lines.
    pub lines: Vec<Line>,
}

/// A message in parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// In the order of the message.
    pub parts: Vec<Part>,
    /// Whether there is more than was looked at.
    pub is_cut: bool,
}

/// Takes a message apart. `preface` lines stand before its header, and are a part of text themselves.
#[must_use]
pub fn parts(octets: &[u8], preface: u64) -> Parts {
    let whole = octets.get(..MAX_MESSAGE).unwrap_or(octets);
    let mut walk = Walk { is_cut: whole.len() < octets.len(), ..Walk::default() };
    for (number, line) in (1..).zip(whole.split(|octet| *octet == b'\n')) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if number <= preface {
            walk.body.push((number, line));
            continue;
        }
        if number == preface + 1 {
            walk.close();
            walk.is_message = true;
        }
        walk.line(number, line);
    }
    walk.close();
    Parts { parts: walk.parts, is_cut: walk.is_cut }
}

/// What the lines belong to at present.
#[derive(Default)]
enum Place {
    #[default]
    Header,
    Body,
}

/// Between the parts of a multipart.
struct Boundary {
    text: Vec<u8>,
    /// How deep the multipart itself lies.
    depth: usize,
}

#[derive(Default)]
struct Walk<'a> {
    parts: Vec<Part>,
    is_cut: bool,
    /// Boundaries of the multiparts around, the innermost last.
    boundaries: Vec<Boundary>,
    /// Multiparts and messages around what is read.
    depth: usize,
    place: Place,
    header: Fields,
    is_message: bool,
    body: Vec<(u64, &'a [u8])>,
}

impl<'a> Walk<'a> {
    fn line(&mut self, number: u64, line: &'a [u8]) {
        if let Some((at, is_last)) = self.boundary(line) {
            self.close();
            self.depth = self.boundaries.get(at).map_or(0, |boundary| boundary.depth) + usize::from(!is_last);
            self.boundaries.truncate(if is_last { at } else { at + 1 });
            // What stands behind the last boundary belongs to nobody; it is kept as text.
            self.place = if is_last { Place::Body } else { Place::Header };
            return;
        }
        match self.place {
            Place::Body => self.body.push((number, line)),
            Place::Header if line.iter().all(u8::is_ascii_whitespace) => self.header_ends(),
            Place::Header if self.header.push(number, &charset(line, "")) => {}
            Place::Header if self.header.is_empty() && line.starts_with(b"From ") => {}
            Place::Header => {
                // No header after all, or one without an empty line behind it.
                self.header_ends();
                self.line_of_body(number, line);
            }
        }
    }

    fn line_of_body(&mut self, number: u64, line: &'a [u8]) {
        match self.place {
            Place::Body => self.body.push((number, line)),
            Place::Header => {
                let _ = self.header.push(number, &charset(line, ""));
            }
        }
    }

    /// Which boundary a line is, and whether the closing one.
    fn boundary(&self, line: &[u8]) -> Option<(usize, bool)> {
        let rest = line.strip_prefix(b"--")?;
        let rest = rest.trim_ascii_end();
        self.boundaries.iter().enumerate().rev().find_map(|(at, boundary)| {
            let tail = rest.strip_prefix(boundary.text.as_slice())?;
            matches!(tail, b"" | b"--").then_some((at, !tail.is_empty()))
        })
    }

    fn header_ends(&mut self) {
        self.place = Place::Body;
        let content_type = ContentType::of(&self.header);
        let is_encoded = self.header.get("content-transfer-encoding").is_some_and(|field| is_encoding(&field.value));
        if self.depth >= MAX_DEPTH {
            return;
        }
        if let Some(boundary) = content_type.boundary.filter(|_| content_type.media_type.starts_with("multipart/")) {
            self.close();
            self.boundaries.push(Boundary { text: boundary.into_bytes(), depth: self.depth });
            self.depth += 1;
            self.place = Place::Body;
        } else if matches!(&*content_type.media_type, "message/rfc822" | "message/global") && !is_encoded {
            self.close();
            self.depth += 1;
            self.is_message = true;
            self.place = Place::Header;
        }
    }

    /// Ends a part.
    fn close(&mut self) {
        let header = std::mem::take(&mut self.header);
        let body = std::mem::take(&mut self.body);
        let is_message = std::mem::take(&mut self.is_message);
        if header.is_empty() && body.iter().all(|(_, line)| line.iter().all(u8::is_ascii_whitespace)) {
            return;
        }
        if self.parts.len() >= MAX_PARTS {
            self.is_cut = true;
            return;
        }
        let content_type = ContentType::of(&header);
        let encoding = header.get("content-transfer-encoding").map_or("", |field| field.value.trim());
        let lines = if is_text(&content_type.media_type) {
            decode(&body, &encoding.to_ascii_lowercase(), &content_type.charset)
        } else {
            Vec::new()
        };
        self.parts.push(Part { media_type: content_type.media_type, is_message, header, lines });
    }
}

fn is_encoding(value: &str) -> bool {
    let value = value.trim();
    value.eq_ignore_ascii_case("base64") || value.eq_ignore_ascii_case("quoted-printable")
}

/// Whether somebody may read it: pictures and documents are passed over.
fn is_text(media_type: &str) -> bool {
    ["text/", "message/", "multipart/"].iter().any(|start| media_type.starts_with(start))
}

/// The Content-Type field as far as it matters here.
#[derive(Default)]
struct ContentType {
    media_type: String,
    boundary: Option<String>,
    charset: String,
}

impl ContentType {
    fn of(header: &Fields) -> Self {
        let mut found = Self { media_type: "text/plain".to_owned(), ..Self::default() };
        let Some(Field { value, .. }) = header.get("content-type") else { return found };
        let mut words = value.split(';');
        if let Some(media_type) = words.next().map(str::trim).filter(|word| word.contains('/')) {
            found.media_type = media_type.to_ascii_lowercase();
        }
        for (name, value) in words.filter_map(|word| word.split_once('=')) {
            let value = value.trim().trim_matches('"').to_owned();
            match name.trim().to_ascii_lowercase().as_str() {
                "boundary" if !value.is_empty() => found.boundary = Some(value),
                "charset" => found.charset = value,
                _ => {}
            }
        }
        found
    }
}
