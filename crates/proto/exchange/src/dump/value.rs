//! A property's value by type: one text, several, yes or no.

use super::Shown;
use super::bag::{Property, Value};

type Text = Box<str>;

impl Property {
    /// One text, or that it is not set.
    #[must_use]
    pub fn text(&self) -> Shown<Option<Text>> {
        match &self.value {
            Shown::Whole(Value::Nothing) => Shown::Whole(None),
            Shown::Whole(Value::List(items)) if items.is_empty() => Shown::Whole(None),
            Shown::Whole(value) => match single(value) {
                Some(text) => Shown::Whole(Some(text)),
                None => Shown::NotShown,
            },
            Shown::Cut(value) => single(value).map_or(Shown::NotShown, |text| Shown::Cut(Some(text))),
            Shown::NotShown => Shown::NotShown,
        }
    }

    /// Several texts. A single one is taken apart: scripts join lists by commas, semicolons or blanks.
    #[must_use]
    pub fn items(&self) -> Shown<Vec<Text>> {
        let items = |value: &Value| match value {
            Value::Nothing => Vec::new(),
            Value::Text(text) => taken_apart(text),
            Value::List(items) => items.clone(),
        };
        match &self.value {
            Shown::Whole(value) => Shown::Whole(items(value)),
            Shown::Cut(value) => Shown::Cut(items(value)),
            Shown::NotShown => Shown::NotShown,
        }
    }

    /// Yes or no; not shown where it is neither.
    #[must_use]
    pub fn boolean(&self) -> Shown<bool> {
        match self.text() {
            Shown::Whole(Some(text)) => boolean(&text).map_or(Shown::NotShown, Shown::Whole),
            _ => Shown::NotShown,
        }
    }
}

/// `True`, `$false`.
pub(super) fn boolean(text: &str) -> Option<bool> {
    match text.trim_start_matches('$').to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// The text of a value that is one.
pub(super) fn single(value: &Value) -> Option<Text> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::List(items) => match items.as_slice() {
            [item] => Some(item.clone()),
            _ => None,
        },
        Value::Nothing => None,
    }
}

/// Splits a joined list. The number after a semicolon is the cost of an address space: `smtp:*;1`.
fn taken_apart(text: &str) -> Vec<Text> {
    let mut items: Vec<String> = Vec::new();
    for word in text.split([',', '|', ' ', '\t', '\r', '\n']) {
        let mut is_first = true;
        for part in word.split(';').filter(|part| !part.is_empty()) {
            match items.last_mut() {
                Some(last) if !is_first && part.bytes().all(|octet| octet.is_ascii_digit()) => {
                    last.push(';');
                    last.push_str(part);
                }
                _ => items.push(part.to_owned()),
            }
            is_first = false;
        }
    }
    items.into_iter().map(Into::into).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_joined_lists_apart() {
        let check = |text: &str, expected: &[&str]| {
            let items = taken_apart(text);
            assert_eq!(items.iter().map(|item| &**item).collect::<Vec<_>>(), expected, "{text}");
        };
        check("192.0.2.1", &["192.0.2.1"]);
        check("192.0.2.1, 192.0.2.0/24", &["192.0.2.1", "192.0.2.0/24"]);
        check("192.0.2.1;192.0.2.2", &["192.0.2.1", "192.0.2.2"]);
        check("smtp:*;1", &["smtp:*;1"]);
        check("smtp:a.example;1 smtp:b.example;5", &["smtp:a.example;1", "smtp:b.example;5"]);
        check("smtp:a.example;1;smtp:b.example;5", &["smtp:a.example;1", "smtp:b.example;5"]);
        check("", &[]);
    }
}
