//! JSON as ConvertTo-Json and the admin API write it, read with the line of every property. Of a text that breaks off, what
//! was complete before is kept: that is why this is no ordinary JSON parser. Depth and sizes are bounded.

use super::bag::{Loss, Property, PropertyBag, Value, text_of_fields};

/// Deepest nesting that is followed. ConvertTo-Json goes to 100; what diagnosis needs lies within 4.
const MAX_DEPTH: usize = 64;

/// Most items of a list, and most fields of an object within a property.
const MAX_ITEMS: usize = 10_000;

/// Reads values one after the other from a text.
pub(super) struct JsonReader<'a> {
    text: &'a str,
    at: usize,
    line: u64,
    /// Up to where lines are counted.
    counted: usize,
    depth: usize,
}

/// Why a text is no JSON, from here on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct JsonError {
    /// The line.
    pub(super) line: u64,
    /// Whether the text simply ends.
    pub(super) is_end: bool,
}

type Read<T> = Result<T, JsonError>;

/// What is done with each field of an object: its name, and its line. It reads the value.
type EachField<'f, 'a> = dyn FnMut(&mut JsonReader<'a>, Box<str>, u64) -> Read<()> + 'f;

/// A value within a property, brought to texts.
enum Inner {
    Value(Value),
    /// Something is there that has no text.
    Lost(Loss),
}

impl<'a> JsonReader<'a> {
    /// Begins at an offset of the text, whose line is known.
    pub(super) fn new(text: &'a str, at: usize, line: u64) -> Self {
        Self { text, at, line, counted: at, depth: 0 }
    }

    /// Whether an object, or a list of objects, may begin here.
    pub(super) fn may_begin(text: &str) -> bool {
        let mut signs = text.bytes().filter(|octet| !octet.is_ascii_whitespace());
        match signs.next() {
            Some(b'{') => matches!(signs.next(), Some(b'"' | b'}')),
            Some(b'[') => match signs.next() {
                Some(b'{') => matches!(signs.next(), Some(b'"' | b'}')),
                next => next == Some(b']'),
            },
            _ => false,
        }
    }

    /// Where reading stands: the offset, and its line.
    pub(super) fn position(&mut self) -> (usize, u64) {
        (self.at, self.line_here())
    }

    /// Reads one value: an object, or a list of them, each handed to `take`. Returns whether it was a list.
    pub(super) fn read_objects(&mut self, take: &mut dyn FnMut(PropertyBag)) -> Read<bool> {
        match self.peek()? {
            b'[' => {
                self.list(&mut |reader| match reader.peek()? {
                    b'{' => reader.read_object(take).map(drop),
                    _ => reader.value().map(drop),
                })?;
                Ok(true)
            }
            b'{' => self.read_object(take),
            _ => Err(self.error()),
        }
    }

    /// Reads an object. `{"value": [objects]}`, as the admin API answers, is the list; returns whether it was one.
    fn read_object(&mut self, take: &mut dyn FnMut(PropertyBag)) -> Read<bool> {
        self.peek()?;
        let mut bag = PropertyBag::new(self.line_here(), None);
        let mut is_list = false;
        self.object(&mut |reader, name, line| {
            if name.eq_ignore_ascii_case("value") && JsonReader::may_begin(reader.rest()) && reader.peek()? == b'[' {
                is_list = true;
                return reader.read_objects(take).map(drop);
            }
            let property = reader.property(&name, line)?;
            // `Name@data.type`, `@odata.context`: about the data, not data.
            if !name.contains('@') {
                bag.add(property);
            }
            Ok(())
        })?;
        if !is_list {
            take(bag);
        }
        Ok(is_list)
    }

    fn property(&mut self, name: &str, line: u64) -> Read<Property> {
        Ok(match self.value()? {
            Inner::Value(Value::Nothing) => Property::of_text(name, line, ""),
            Inner::Value(Value::Text(text)) => Property::of_text(name, line, &text),
            Inner::Value(Value::List(items)) => {
                let whole = items.len();
                let known: Vec<_> = items.into_iter().filter(|item| !item.is_empty()).collect();
                let loss = (known.len() < whole).then_some(Loss::Depth);
                Property::of_list(name, line, known, loss)
            }
            Inner::Lost(loss) => Property::lost(name, line, loss),
        })
    }

    fn value(&mut self) -> Read<Inner> {
        match self.peek()? {
            b'"' => Ok(Inner::Value(Value::Text(self.string()?))),
            b'[' => self.inner_list(),
            b'{' => self.inner_object(),
            _ => self.word(),
        }
    }

    /// A list of values, each as text; an item that has none is the empty text.
    fn inner_list(&mut self) -> Read<Inner> {
        let mut items = Vec::new();
        self.list(&mut |reader| {
            let item = match reader.value()? {
                Inner::Value(Value::Text(text)) => text,
                _ => "".into(),
            };
            if items.len() < MAX_ITEMS {
                items.push(item);
            }
            Ok(())
        })?;
        Ok(Inner::Value(Value::List(items)))
    }

    /// An object within a property: `{"value": …, "Count": n}` is what Windows PowerShell wraps around lists and dates; others
    /// have the text of their fields.
    fn inner_object(&mut self) -> Read<Inner> {
        let mut fields: Vec<(Box<str>, Value)> = Vec::new();
        self.object(&mut |reader, name, _| {
            if let Inner::Value(value) = reader.value()?
                && fields.len() < MAX_ITEMS
            {
                fields.push((name, value));
            }
            Ok(())
        })?;
        if let Some(at) = fields.iter().position(|(name, _)| &**name == "value") {
            return Ok(Inner::Value(fields.swap_remove(at).1));
        }
        let text = text_of_fields(&fields);
        Ok(text.map_or(Inner::Lost(Loss::Depth), |text| Inner::Value(Value::Text(text))))
    }

    /// A number, `true`, `false` or `null`.
    fn word(&mut self) -> Read<Inner> {
        let is_part = |octet: u8| octet.is_ascii_alphanumeric() || b"+-.".contains(&octet);
        let length = self.rest().bytes().take_while(|octet| is_part(*octet)).count();
        let word = self.rest().get(..length).unwrap_or_default();
        let is_number = word.parse::<f64>().is_ok();
        if !is_number && !matches!(word, "true" | "false" | "null") {
            return Err(self.error());
        }
        self.at += length;
        Ok(Inner::Value(if word == "null" { Value::Nothing } else { Value::Text(word.into()) }))
    }

    fn list(&mut self, each: &mut dyn FnMut(&mut Self) -> Read<()>) -> Read<()> {
        self.several(b'[', b']', each)
    }

    fn object(&mut self, each: &mut EachField<'_, 'a>) -> Read<()> {
        self.several(b'{', b'}', &mut |reader| {
            reader.peek()?;
            let line = reader.line_here();
            let name = reader.string()?;
            reader.expect(b':')?;
            each(reader, name, line)
        })
    }

    /// What stands between brackets, separated by commas.
    fn several(&mut self, open: u8, close: u8, each: &mut dyn FnMut(&mut Self) -> Read<()>) -> Read<()> {
        self.expect(open)?;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error());
        }
        let mut is_first = true;
        while self.peek()? != close {
            if !is_first {
                self.expect(b',')?;
            }
            is_first = false;
            each(self)?;
        }
        self.depth -= 1;
        self.expect(close)
    }

    fn string(&mut self) -> Read<Box<str>> {
        if self.peek()? != b'"' {
            return Err(self.error());
        }
        let mut escaped = false;
        let end = self.rest().bytes().skip(1).position(|octet| {
            let ends = octet == b'"' && !escaped;
            escaped = octet == b'\\' && !escaped;
            ends
        });
        let Some(end) = end else { return Err(JsonError { line: self.line_here(), is_end: true }) };
        let quoted = self.rest().get(..end + 2).unwrap_or_default();
        let text = serde_json::from_str::<String>(quoted).ok();
        // Line ends within a string are no JSON, but copies from consoles wrap at any place.
        let text = text.or_else(|| serde_json::from_str(&quoted.replace(['\r', '\n'], "")).ok());
        let Some(text) = text else { return Err(self.error()) };
        self.at += end + 2;
        Ok(text.into())
    }

    fn expect(&mut self, sign: u8) -> Read<()> {
        if self.peek()? != sign {
            return Err(self.error());
        }
        self.at += 1;
        Ok(())
    }

    /// The next sign that is no blank.
    fn peek(&mut self) -> Read<u8> {
        let blanks = self.rest().bytes().take_while(u8::is_ascii_whitespace).count();
        self.at += blanks;
        match self.rest().bytes().next() {
            Some(octet) => Ok(octet),
            None => Err(JsonError { line: self.line_here(), is_end: true }),
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn error(&mut self) -> JsonError {
        JsonError { line: self.line_here(), is_end: false }
    }

    fn line_here(&mut self) -> u64 {
        let passed = self.text.as_bytes().get(self.counted..self.at).unwrap_or_default();
        self.line += passed.iter().filter(|octet| **octet == b'\n').count() as u64;
        self.counted = self.at;
        self.line
    }
}
