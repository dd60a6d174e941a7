//! Properties of an object, asked for by name and type. What is asked for and lost is noted: so only losses are told that
//! matter.

use jiff::Timestamp;

use super::bag::{Loss, PropertyBag, Value};
use super::date::{DateOrder, Moment};
use super::value::{boolean, single};
use super::{CertificateIdentifier, Shown};

type Text = Box<str>;

/// A property that was asked for and could not be had whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lack {
    pub(super) property: Text,
    pub(super) line: u64,
    pub(super) why: Why,
}

/// Why it could not be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Why {
    Lost(Loss),
    /// It is there, and is not of the form that such a property has.
    Odd(Text),
}

/// An object that is asked for its properties.
pub(super) struct Fields<'a> {
    bag: &'a PropertyBag,
    dates: DateOrder,
    lacks: Vec<Lack>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(bag: &'a PropertyBag, dates: DateOrder) -> Self {
        Self { bag, dates, lacks: Vec::new() }
    }

    /// What was asked for and lost.
    pub(super) fn into_lacks(self) -> Vec<Lack> {
        self.lacks
    }

    /// First line of the object.
    pub(super) fn line(&self) -> u64 {
        self.bag.line
    }

    /// The line of a property, else the object's.
    pub(super) fn line_of(&self, name: &str) -> u64 {
        self.bag.get(name).map_or(self.bag.line, |property| property.line)
    }

    /// The object's name: the first of these that is there. It is taken as shown, cut off or not.
    pub(super) fn name(&mut self, names: &[&str]) -> Text {
        let mut found = names.iter().filter_map(|name| self.bag.get(name)?.value.any().and_then(single));
        found.next().unwrap_or_default()
    }

    /// A text that may be empty.
    pub(super) fn text(&mut self, name: &str) -> Shown<Text> {
        match self.optional(name) {
            Shown::Whole(text) => Shown::Whole(text.unwrap_or_default()),
            Shown::Cut(Some(text)) => Shown::Cut(text),
            Shown::Cut(None) | Shown::NotShown => Shown::NotShown,
        }
    }

    /// A text that is there if it is anything: nothing of it is unknown, not empty.
    pub(super) fn filled(&mut self, name: &str) -> Shown<Text> {
        match self.optional(name) {
            Shown::Whole(Some(text)) => Shown::Whole(text),
            Shown::Cut(Some(text)) => Shown::Cut(text),
            _ => Shown::NotShown,
        }
    }

    /// A word of an enumeration, in lower case. A number in its place says nothing.
    pub(super) fn word(&mut self, name: &str) -> Shown<Text> {
        let Shown::Whole(text) = self.filled(name) else { return Shown::NotShown };
        if text.bytes().all(|octet| octet.is_ascii_digit()) {
            self.lacks(name, Why::Lost(Loss::Number));
            return Shown::NotShown;
        }
        Shown::Whole(text.to_ascii_lowercase().into())
    }

    /// A word of an enumeration that may be unset, as it is spelt.
    pub(super) fn optional_word(&mut self, name: &str) -> Shown<Option<Text>> {
        let shown = self.optional(name);
        if shown.any().and_then(Option::as_ref).is_some_and(|text| text.bytes().all(|octet| octet.is_ascii_digit())) {
            self.lacks(name, Why::Lost(Loss::Number));
            return Shown::NotShown;
        }
        shown
    }

    /// A text that may be unset.
    pub(super) fn optional(&mut self, name: &str) -> Shown<Option<Text>> {
        let Some(property) = self.bag.get(name) else { return Shown::NotShown };
        if let Some(loss) = property.loss {
            self.lacks(name, Why::Lost(loss));
        }
        property.text()
    }

    /// `True` or `False`.
    pub(super) fn bool(&mut self, name: &str) -> Shown<bool> {
        let Shown::Whole(text) = self.filled(name) else { return Shown::NotShown };
        match boolean(&text) {
            Some(value) => Shown::Whole(value),
            None => self.odd(name, &text),
        }
    }

    /// Several. A single text is taken apart: scripts join lists by commas, semicolons or blanks.
    pub(super) fn list(&mut self, name: &str) -> Shown<Vec<Text>> {
        let Some(property) = self.bag.get(name) else { return Shown::NotShown };
        if let Some(loss) = property.loss {
            self.lacks(name, Why::Lost(loss));
        }
        property.items()
    }

    /// `<I>issuer<S>subject`, or unset.
    pub(super) fn identifier(&mut self, name: &str) -> Shown<Option<CertificateIdentifier>> {
        match self.optional(name) {
            Shown::Whole(None) => Shown::Whole(None),
            Shown::Whole(Some(text)) => match CertificateIdentifier::parse(&text) {
                Some(identifier) => Shown::Whole(Some(identifier)),
                None => self.odd(name, &text),
            },
            // A part of an identifier is another identifier: no more is told than that there is one.
            Shown::Cut(Some(text)) => match CertificateIdentifier::parse(&text) {
                Some(identifier) => Shown::Cut(Some(identifier)),
                None => Shown::NotShown,
            },
            Shown::Cut(None) | Shown::NotShown => Shown::NotShown,
        }
    }

    /// A moment in UTC: the first property that tells its zone, or whose name says that it is UTC.
    pub(super) fn moment(&mut self, names: &[&str]) -> Option<Timestamp> {
        names.iter().find_map(|name| {
            let Shown::Whole(text) = self.filled(name) else { return None };
            let moment = Moment::read(&text, self.dates)?;
            (moment.has_zone || name.ends_with("UTC")).then_some(moment.at)
        })
    }

    /// A moment, and whether its zone is told.
    pub(super) fn any_moment(&mut self, name: &str) -> Option<Moment> {
        let Shown::Whole(text) = self.filled(name) else { return None };
        Moment::read(&text, self.dates)
    }

    /// Octets: base64 in Clixml, numbers in JSON.
    pub(super) fn octets(&self, name: &str) -> Option<Vec<u8>> {
        match &self.bag.get(name)?.value {
            Shown::Whole(Value::Text(text)) => data_encoding::BASE64_MIME_PERMISSIVE.decode(text.as_bytes()).ok(),
            Shown::Whole(Value::List(items)) => items.iter().map(|item| item.parse().ok()).collect(),
            _ => None,
        }
    }

    fn odd<T>(&mut self, name: &str, text: &str) -> Shown<T> {
        self.lacks(name, Why::Odd(text.into()));
        Shown::NotShown
    }

    fn lacks(&mut self, name: &str, why: Why) {
        let line = self.line_of(name);
        self.lacks.push(Lack { property: name.into(), line, why });
    }
}
