//! Reads one table: typed getters that remember which keys were asked for and report what is wrong.

use std::fmt::{self, Display};

use crate::nearest::nearest;
use crate::report::Report;
use crate::value::{Entry, Kind, Place, Placed, Value};

/// Longest value quoted in an error, in characters.
const MAX_QUOTED: usize = 80;

/// Reads one table of a document.
///
/// Every getter returns `None` for a key that is left out, is null in JSON, or is wrong; what is wrong is reported. At the
/// end [`TableReader::finish`] reports the keys that nobody asked for.
#[must_use = "finish() reports unknown keys"]
pub struct TableReader<'a> {
    report: &'a Report<'a>,
    entries: &'a [Entry],
    place: Place,
    /// For people: `tenant "contoso" › inbound_connector "HQ"`.
    path: String,
    /// As in a TOML header: `tenant.inbound_connector`.
    header: String,
    asked: Vec<&'static str>,
}

impl<'a> TableReader<'a> {
    pub(crate) fn root(report: &'a Report<'a>, entries: &'a [Entry], place: Place) -> Self {
        Self { report, entries, place, path: String::new(), header: String::new(), asked: Vec::new() }
    }

    /// Where the table stands.
    pub fn place(&self) -> Place {
        self.place
    }

    /// The way to the table, such as `tenant "contoso"`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Where the value of a key stands, or the table where the key is left out.
    pub fn place_of(&self, key: &str) -> Place {
        self.find(key).map_or(self.place, |value| value.place)
    }

    /// A string.
    pub fn text(&mut self, key: &'static str) -> Option<Placed<&'a str>> {
        let value = self.ask(key)?;
        match &value.kind {
            Kind::Text(text) => Some(Placed { value: text, place: value.place }),
            _ => {
                self.fault(value.place, Some(key), wrong_type("a string", value), in_quotes(value));
                None
            }
        }
    }

    /// A string that must be there.
    pub fn required_text(&mut self, key: &'static str) -> Option<Placed<&'a str>> {
        if self.find(key).is_none() {
            self.asked.push(key);
            let hint = if self.report.document().is_json() { None } else { Some(format!("add {key} = \"…\"")) };
            self.fault(self.place, None, format!("`{key}` is missing"), hint);
            return None;
        }
        self.text(key)
    }

    /// A string that must be there and that `parse` reads.
    pub fn required_parsed<T, E: Display>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Placed<T>> {
        let text = self.required_text(key)?;
        self.parse(key, text, parse)
    }

    /// A boolean.
    pub fn boolean(&mut self, key: &'static str) -> Option<Placed<bool>> {
        let value = self.ask(key)?;
        match &value.kind {
            Kind::Boolean(boolean) => Some(Placed { value: *boolean, place: value.place }),
            Kind::Text(text) if matches!(text.as_str(), "true" | "false") => {
                self.fault(
                    value.place,
                    Some(key),
                    wrong_type("a boolean", value),
                    Some(format!("write {text} without quotes")),
                );
                None
            }
            _ => self.wrong(value, key, "a boolean"),
        }
    }

    /// An integer.
    pub fn integer(&mut self, key: &'static str) -> Option<Placed<i64>> {
        let value = self.ask(key)?;
        match &value.kind {
            Kind::Integer(integer) => Some(Placed { value: *integer, place: value.place }),
            _ => self.wrong(value, key, "an integer"),
        }
    }

    /// A number or a size that `parse` reads: an integer, or a string for those that need a unit.
    pub fn parsed_quantity<T, E: Display>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Placed<T>> {
        let value = self.ask(key)?;
        match &value.kind {
            Kind::Text(text) => self.parse(key, Placed { value: text, place: value.place }, parse),
            Kind::Integer(integer) => {
                self.parse(key, Placed { value: &integer.to_string(), place: value.place }, parse)
            }
            _ => self.wrong(value, key, "a number"),
        }
    }

    /// A list of strings. Items that are no strings are reported and left out.
    pub fn texts(&mut self, key: &'static str) -> Option<Placed<Vec<Placed<&'a str>>>> {
        let value = self.ask(key)?;
        let Kind::List(items) = &value.kind else {
            let hint = match &value.kind {
                Kind::Text(text) if !secret(text) => Some(format!("write [{}]", quote(text))),
                _ => None,
            };
            self.fault(value.place, Some(key), wrong_type("a list of strings", value), hint);
            return None;
        };
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            match &item.kind {
                Kind::Text(text) => texts.push(Placed { value: text.as_str(), place: item.place }),
                _ => self.fault(item.place, Some(key), wrong_type("a string in the list", item), in_quotes(item)),
            }
        }
        Some(Placed { value: texts, place: value.place })
    }

    /// A string that `parse` reads.
    pub fn parsed<T, E: Display>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Placed<T>> {
        let text = self.text(key)?;
        self.parse(key, text, parse)
    }

    /// A list of strings that `parse` reads. Items that are wrong are reported and left out.
    pub fn parsed_list<T, E: Display>(
        &mut self,
        key: &'static str,
        mut parse: impl FnMut(&str) -> Result<T, E>,
    ) -> Option<Placed<Vec<Placed<T>>>> {
        let texts = self.texts(key)?;
        let items = texts.value.into_iter().filter_map(|text| self.parse(key, text, &mut parse)).collect();
        Some(Placed { value: items, place: texts.place })
    }

    /// One of a few words.
    pub fn choice<T: Copy>(&mut self, key: &'static str, choices: &[(T, &'static str)]) -> Option<Placed<T>> {
        let text = self.text(key)?;
        if let Some((value, _)) = choices.iter().find(|(_, word)| *word == text.value) {
            return Some(Placed { value: *value, place: text.place });
        }
        let words: Vec<String> = choices.iter().map(|(_, word)| quote(word)).collect();
        let hint = nearest(text.value, choices.iter().map(|(_, word)| *word));
        let what = format!("{} is none of {}", quote(text.value), words.join(", "));
        self.fault(text.place, Some(key), what, hint.map(|word| format!("did you mean {}?", quote(word))));
        None
    }

    /// A table inside.
    pub fn table(&mut self, key: &'static str) -> Option<TableReader<'a>> {
        let value = self.ask(key)?;
        match &value.kind {
            Kind::Table(entries) => Some(self.child(key, key.to_owned(), entries, value.place)),
            _ => {
                let hint = (!self.report.document().is_json()).then(|| format!("write [{}]", self.header_of(key)));
                self.fault(value.place, Some(key), wrong_type("a table", value), hint);
                None
            }
        }
    }

    /// A list of tables, named in errors by the text under `name_key`.
    pub fn tables(&mut self, key: &'static str, name_key: &str) -> Vec<TableReader<'a>> {
        let Some(value) = self.ask(key) else { return Vec::new() };
        let Kind::List(items) = &value.kind else {
            let hint = (!self.report.document().is_json()).then(|| format!("write [[{}]]", self.header_of(key)));
            self.fault(value.place, Some(key), wrong_type("a list of tables", value), hint);
            return Vec::new();
        };
        let mut tables = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let Kind::Table(entries) = &item.kind else {
                self.fault(item.place, Some(key), wrong_type("a table", item), None);
                continue;
            };
            let name = entries.iter().find(|entry| entry.key == name_key).and_then(|entry| match &entry.value.kind {
                Kind::Text(name) => Some(quote(name)),
                _ => None,
            });
            let step = format!("{key} {}", name.unwrap_or_else(|| format!("#{}", index + 1)));
            tables.push(self.child(key, step, entries, item.place));
        }
        tables
    }

    /// Reports something that is wrong with a key, or with the table itself.
    pub fn fault(&self, place: Place, key: Option<&str>, what: impl Into<String>, hint: Option<String>) {
        let path = key.map_or_else(|| self.path.clone(), |key| self.path_of(key));
        self.report.add(place, path, what.into(), hint);
    }

    /// Reports the keys that nobody asked for, each with the nearest that exists.
    pub fn finish(self) {
        for entry in self.entries.iter().filter(|entry| !self.asked.contains(&entry.key.as_str())) {
            let hint = match nearest(&entry.key, self.asked.iter().copied()) {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!("known here: {}", self.asked.join(", ")),
            };
            let what = format!("unknown key `{}`", shorten(&entry.key));
            self.fault(entry.place, None, what, Some(hint));
        }
    }

    fn find(&self, key: &str) -> Option<&'a Value> {
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        (!matches!(entry.value.kind, Kind::Null)).then_some(&entry.value)
    }

    fn ask(&mut self, key: &'static str) -> Option<&'a Value> {
        self.asked.push(key);
        self.find(key)
    }

    fn parse<T, E: Display>(
        &self,
        key: &str,
        text: Placed<&str>,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Placed<T>> {
        match parse(text.value) {
            Ok(value) => Some(Placed { value, place: text.place }),
            Err(error) => {
                self.fault(text.place, Some(key), format!("{}: {error}", quote(text.value)), None);
                None
            }
        }
    }

    fn wrong<T>(&self, value: &Value, key: &str, expected: &str) -> Option<T> {
        self.fault(value.place, Some(key), wrong_type(expected, value), None);
        None
    }

    fn child(&self, key: &str, step: String, entries: &'a [Entry], place: Place) -> TableReader<'a> {
        let (path, header) = (self.path_of(&step), self.header_of(key));
        TableReader { report: self.report, entries, place, path, header, asked: Vec::new() }
    }

    fn path_of(&self, step: &str) -> String {
        if self.path.is_empty() { step.to_owned() } else { format!("{} › {step}", self.path) }
    }

    fn header_of(&self, key: &str) -> String {
        if self.header.is_empty() { key.to_owned() } else { format!("{}.{key}", self.header) }
    }
}

impl fmt::Debug for TableReader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TableReader").field("path", &self.path).finish_non_exhaustive()
    }
}

fn wrong_type(expected: &str, found: &Value) -> String {
    format!("expected {expected}, found {}", found.describe())
}

/// What to do about a value that would be right as a string.
fn in_quotes(value: &Value) -> Option<String> {
    let scalar = matches!(value.kind, Kind::Integer(_) | Kind::Boolean(_) | Kind::Other(_));
    scalar.then(|| "put it in quotes".to_owned())
}

/// A value in quotes, control characters escaped, cut where it is long. What looks like PEM is never quoted.
fn quote(text: &str) -> String {
    if secret(text) { "the PEM text".to_owned() } else { format!("\"{}\"", shorten(text)) }
}

fn secret(text: &str) -> bool {
    text.contains("-----BEGIN")
}

fn shorten(text: &str) -> String {
    let mut short = String::new();
    for c in text.chars().take(MAX_QUOTED) {
        if c.is_control() || matches!(c, '"' | '\\') {
            short.extend(c.escape_debug());
        } else {
            short.push(c);
        }
    }
    if text.chars().nth(MAX_QUOTED).is_some() {
        short.push('…');
    }
    short
}
