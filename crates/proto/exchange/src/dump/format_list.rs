//! Format-List: `Name : value`, the colons of an object below each other, long values wrapped onto lines that are indented to
//! the value's column (Microsoft: about_Format, Format-List).
//!
//! Copies from web pages and mail lose the indentation, or gain an empty line after every line: both are read.

use super::bag::{Loss, PropertyBag};
use super::enumeration;

/// Longest name of a property: beyond that it is prose with a colon.
const MAX_NAME_LENGTH: usize = 100;

/// Longest value in octets. A mailbox's or a message's longest are some thousand.
const MAX_VALUE_LENGTH: usize = 256 * 1024;

/// A line that begins a property.
pub(super) struct PropertyLine<'a> {
    /// Column of the name's first letter.
    indentation: usize,
    /// Column of the value's first letter.
    value_column: usize,
    name: &'a str,
    value: &'a str,
}

/// An object while its lines come in.
#[derive(Debug)]
pub(super) struct OpenObject {
    line: u64,
    indentation: usize,
    value_column: usize,
    properties: Vec<OpenProperty>,
    /// Whether an empty line came: the object ends unless the next line says otherwise.
    has_gap: bool,
}

#[derive(Debug)]
struct OpenProperty {
    line: u64,
    name: Box<str>,
    /// The lines of the value: text, and the column where the line ends.
    parts: Vec<(Box<str>, usize)>,
    length: usize,
}

/// The objects of a text that holds no other shape.
pub(crate) fn objects(text: &str) -> Vec<PropertyBag> {
    let mut objects = Vec::new();
    let mut open: Option<OpenObject> = None;
    for (number, line) in (1..).zip(text.lines()) {
        match (&mut open, PropertyLine::read(line)) {
            (Some(object), _) if line.trim().is_empty() => object.gap(),
            (Some(object), _) if object.continues_with(line) => object.continue_value(line),
            (Some(object), Some(property)) if object.takes(&property) => object.add(number, &property),
            (_, Some(property)) => {
                objects.extend(open.replace(OpenObject::new(number, &property)).map(OpenObject::close));
            }
            (Some(object), None) if !object.has_gap() => object.continue_value(line),
            (_, None) => objects.extend(open.take().map(OpenObject::close)),
        }
    }
    objects.extend(open.map(OpenObject::close));
    objects
}

impl<'a> PropertyLine<'a> {
    /// Reads `Name : value`. There is at least one blank before the colon, which prose does not have.
    pub(super) fn read(line: &'a str) -> Option<Self> {
        let text = line.trim_start();
        let indentation = line.len() - text.len();
        let (name, value) = text.split_once(':')?;
        let bare = name.trim_end();
        let is_name = |octet: u8| octet.is_ascii_alphanumeric() || b"_-.@#".contains(&octet);
        let begins_well = bare.bytes().next().is_some_and(|octet| octet.is_ascii_alphabetic());
        if !begins_well || bare.len() == name.len() || bare.len() > MAX_NAME_LENGTH || !bare.bytes().all(is_name) {
            return None;
        }
        let value = match value.strip_prefix(' ') {
            Some(value) => value,
            None if value.trim().is_empty() => "",
            None => return None,
        };
        Some(Self { indentation, value_column: indentation + name.len() + 2, name: bare, value: value.trim_end() })
    }
}

impl OpenObject {
    /// Begins with its first property.
    pub(super) fn new(line: u64, first: &PropertyLine<'_>) -> Self {
        let mut object = Self {
            line,
            indentation: first.indentation,
            value_column: first.value_column,
            properties: Vec::new(),
            has_gap: false,
        };
        object.add(line, first);
        object
    }

    /// Whether the property belongs to this object, and not to the next: neither after an empty line, nor with a name that is
    /// there already.
    pub(super) fn takes(&self, next: &PropertyLine<'_>) -> bool {
        !self.has_gap && !self.properties.iter().any(|property| property.name.eq_ignore_ascii_case(next.name))
    }

    /// Whether a line that looks like a property is the rest of a value: it is indented to the value's column.
    pub(super) fn continues_with(&self, line: &str) -> bool {
        let indentation = line.len() - line.trim_start().len();
        // A value that is itself aligned text may begin further right; a name never does.
        indentation > self.indentation && indentation >= self.value_column
    }

    pub(super) fn add(&mut self, line: u64, property: &PropertyLine<'_>) {
        if self.properties.len() < PropertyBag::MAX_PROPERTIES {
            let end = property.value_column + property.value.len();
            let (name, value) = (property.name.into(), Box::<str>::from(property.value));
            self.properties.push(OpenProperty { line, name, length: value.len(), parts: vec![(value, end)] });
        }
    }

    /// Adds the rest of the last value.
    pub(super) fn continue_value(&mut self, line: &str) {
        self.has_gap = false;
        let text = line.trim();
        if let Some(last) = self.properties.last_mut().filter(|last| last.length + text.len() <= MAX_VALUE_LENGTH) {
            last.length += text.len();
            last.parts.push((text.into(), line.trim_end().len()));
        }
    }

    pub(super) fn gap(&mut self) {
        self.has_gap = true;
    }

    pub(super) fn has_gap(&self) -> bool {
        self.has_gap
    }

    /// The object, its wrapped values joined.
    pub(super) fn close(self) -> PropertyBag {
        let wrapped = |property: &OpenProperty| {
            let ends = property.parts.iter().rev().skip(1).map(|(_, end)| *end);
            ends.max().unwrap_or(0)
        };
        let width = self.properties.iter().map(wrapped).max().unwrap_or(0);
        let room = width.saturating_sub(self.value_column);
        let mut bag = PropertyBag::new(self.line, None);
        for property in self.properties {
            let value = joined(&property.parts, width, room);
            bag.add(enumeration::property(&property.name, property.line, &value, Loss::Unfinished));
        }
        bag
    }
}

/// Joins the lines of a value. PowerShell wraps at a blank, which it drops, and only breaks a word that does not fit in the
/// room of a line: such a break is at the full width, and its halves together are longer than the room.
fn joined(parts: &[(Box<str>, usize)], width: usize, room: usize) -> String {
    let mut value = String::new();
    // The last word so far: its length, and the column where its line ends.
    let (mut tail, mut end_before) = (0, 0);
    for (part, end) in parts {
        if !value.is_empty() {
            let head = part.split(' ').next().unwrap_or_default().len();
            let broken = end_before == width && tail + head > room;
            if !broken && !part.is_empty() {
                value.push(' ');
                tail = 0;
            }
        }
        value.push_str(part);
        tail = part.rfind(' ').map_or(tail + part.len(), |blank| part.len() - blank - 1);
        end_before = *end;
    }
    value
}
