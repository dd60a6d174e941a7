//! Header fields as read from evidence: unfolded, each with its line. Names are kept in lower case.

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

/// Longest value that is kept, in octets: RFC 5322 limits lines, not fields, and a Received chain entry has some 500.
const MAX_VALUE: usize = 16 * 1024;

/// Most fields of one header that are kept.
const MAX_FIELDS: usize = 2_000;

/// A header field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// In lower case.
    pub name: String,
    /// Unfolded, without blanks around it.
    pub value: String,
    /// The line where it begins, from 1.
    pub line: u64,
}

/// The fields of one header, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    fields: Vec<Field>,
}

impl Fields {
    /// Takes a line: a field, or the continuation of the last. Says whether it was one of the two.
    pub fn push(&mut self, number: u64, line: &str) -> bool {
        if line.starts_with([' ', '\t']) {
            let Some(last) = self.fields.last_mut() else { return false };
            if last.value.len() + line.len() <= MAX_VALUE {
                if !last.value.is_empty() {
                    last.value.push(' ');
                }
                last.value.push_str(line.trim());
            }
            return true;
        }
        let Some((name, value)) = field(line) else { return false };
        if self.fields.len() < MAX_FIELDS {
            self.fields.push(Field { name: name.to_ascii_lowercase(), value: value.trim().to_owned(), line: number });
        }
        true
    }

    /// The first field of a name, given in lower case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// All fields of a name, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl DoubleEndedIterator<Item = &'a Field> {
        self.fields.iter().filter(move |field| field.name == name)
    }

    /// All fields, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Field> {
        self.fields.iter()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.fields.len()
    }
}

/// A line as a field: a name of printable ASCII without blanks (RFC 5322 §2.2), a colon, a value.
#[must_use]
pub fn field(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(':')?;
    let is_name = !name.is_empty() && name.len() <= 128 && name.bytes().all(|octet| octet.is_ascii_graphic());
    is_name.then_some((name, value))
}

/// A date of RFC 5322 §3.3, whatever weekday it claims and with or without a comment behind it.
#[must_use]
pub fn date_time(text: &str) -> Option<Timestamp> {
    let text = text.split('(').next()?.trim();
    DateTimeParser::new().relaxed_weekday(true).parse_timestamp(text).ok()
}

/// The address of a path or mailbox: `<a@b>`, `a@b`, `Name <a@b>`; the empty one is `Some("")`.
#[must_use]
pub fn address(text: &str) -> Option<&str> {
    if let Some((_, rest)) = text.rsplit_once('<') {
        return rest.split_once('>').map(|(address, _)| address.trim());
    }
    let word = text.trim();
    (word.contains('@') && !word.contains(char::is_whitespace)).then_some(word)
}
