//! The value tree that TOML and JSON are both turned into, so that one reader serves both.

use serde_json::Value as Json;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Where something stands in its document: an octet of TOML text, or a node of JSON by its number in the order of walking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(pub(crate) u32);

/// A value with its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub place: Place,
}

/// One value of the document.
pub(crate) struct Value {
    pub(crate) place: Place,
    pub(crate) kind: Kind,
}

/// What a value is.
pub(crate) enum Kind {
    Text(String),
    Integer(i64),
    Boolean(bool),
    List(Vec<Value>),
    Table(Vec<Entry>),
    /// JSON's null: the same as a key that is left out.
    Null,
    /// A kind that no reader asks for, by its name with its article.
    Other(&'static str),
}

/// One key of a table with its value.
pub(crate) struct Entry {
    pub(crate) key: String,
    /// Of the key; in JSON of the value.
    pub(crate) place: Place,
    pub(crate) value: Value,
}

impl Value {
    /// Turns a TOML document into the tree.
    pub(crate) fn from_toml(table: &Spanned<DeTable<'_>>) -> Self {
        Self { place: place(table.span().start), kind: Kind::Table(entries(table.get_ref())) }
    }

    /// Turns JSON into the tree.
    pub(crate) fn from_json(json: &Json) -> Self {
        JsonWalk { next: 0 }.value(json)
    }

    /// What it is, with its article.
    pub(crate) fn describe(&self) -> &'static str {
        match &self.kind {
            Kind::Text(_) => "a string",
            Kind::Integer(_) => "an integer",
            Kind::Boolean(_) => "a boolean",
            Kind::List(items) if items.is_empty() => "an empty list",
            Kind::List(items) if items.iter().all(|item| matches!(item.kind, Kind::Table(_))) => "a list of tables",
            Kind::List(_) => "a list",
            Kind::Table(_) => "a table",
            Kind::Null => "null",
            Kind::Other(name) => name,
        }
    }
}

fn entries(table: &DeTable<'_>) -> Vec<Entry> {
    let entry = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
        let name: &std::borrow::Cow<'_, str> = key.get_ref();
        Entry { key: name.to_string(), place: place(key.span().start), value: from_toml_value(value) }
    };
    table.iter().map(entry).collect()
}

/// Depth is bounded by the TOML parser.
fn from_toml_value(value: &Spanned<DeValue<'_>>) -> Value {
    let kind = match value.get_ref() {
        DeValue::String(text) => Kind::Text(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(Kind::Other("an integer that is too large"), Kind::Integer),
        DeValue::Float(_) => Kind::Other("a floating-point number"),
        DeValue::Boolean(boolean) => Kind::Boolean(*boolean),
        DeValue::Datetime(_) => Kind::Other("a date or time"),
        DeValue::Array(items) => Kind::List(items.iter().map(from_toml_value).collect()),
        DeValue::Table(table) => Kind::Table(entries(table)),
    };
    Value { place: place(value.span().start), kind }
}

/// Offsets fit: [`crate::MAX_FILE_LENGTH`] is far below 4 GiB.
fn place(offset: usize) -> Place {
    Place(u32::try_from(offset).unwrap_or(u32::MAX))
}

/// Numbers the nodes of JSON in the order of walking, so that a place finds its node again.
struct JsonWalk {
    next: u32,
}

impl JsonWalk {
    /// Depth is bounded by the JSON parser that made the value.
    fn value(&mut self, json: &Json) -> Value {
        let place = Place(self.next);
        self.next = self.next.saturating_add(1);
        let kind = match json {
            Json::Null => Kind::Null,
            Json::Bool(boolean) => Kind::Boolean(*boolean),
            Json::Number(number) => match number.as_i64() {
                Some(integer) => Kind::Integer(integer),
                None if number.is_f64() => Kind::Other("a floating-point number"),
                None => Kind::Other("an integer that is too large"),
            },
            Json::String(text) => Kind::Text(text.clone()),
            Json::Array(items) => Kind::List(items.iter().map(|item| self.value(item)).collect()),
            Json::Object(members) => Kind::Table(members.iter().map(|(key, json)| self.entry(key, json)).collect()),
        };
        Value { place, kind }
    }

    fn entry(&mut self, key: &str, json: &Json) -> Entry {
        let value = self.value(json);
        Entry { key: key.to_owned(), place: value.place, value }
    }
}
