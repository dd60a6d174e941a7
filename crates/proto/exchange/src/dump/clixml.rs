//! Clixml as Export-Clixml writes it (Microsoft: MS-PSRP 2.2.5), read in one pass. Octets in it (`BA`) may hold serialised .NET
//! objects: they are never looked into, but for the DER of certificates. No entity is expanded, a document type is refused.

use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::bag::{Loss, Property, PropertyBag, Value, text_of_fields};
use crate::xml_reference::xml_sign;

mod names;

pub(super) use names::short_type;

/// Deepest nesting that is followed; what lies deeper is lost. Export-Clixml goes to 2 unless told otherwise, Exchange's type
/// files to some 10, and each level takes three elements.
const MAX_DEPTH: usize = 60;

/// Most items of a list, and most fields of an object within a property.
const MAX_ITEMS: usize = 10_000;

/// Most octets that repeated objects (`Ref`) may add: they are a few names in real files, and could multiply without end.
const MAX_REPEATED: usize = 4 * 1024 * 1024;

/// Why a text is no Clixml, from here on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClixmlError {
    /// It has a document type, or an entity of its own.
    Entities,
    /// It is not well-formed, or breaks off.
    Syntax,
}

type Read<T> = Result<T, ClixmlError>;

/// A value within a property, brought to texts.
#[derive(Clone, Debug)]
enum Inner {
    Value(Value),
    Lost(Loss),
    /// Octets that are not looked into.
    Opaque,
}

/// Reads one document.
pub(super) struct ClixmlReader<'a> {
    reader: Reader<&'a [u8]>,
    text: &'a str,
    line: u64,
    counted: usize,
    /// Names of types by their number.
    types: HashMap<Box<str>, Box<str>>,
    /// Objects by their number.
    objects: HashMap<Box<str>, Inner>,
    repeated: usize,
}

/// The parts of an object within a property.
#[derive(Default)]
struct Parts {
    printed: Option<Box<str>>,
    items: Option<Vec<Box<str>>>,
    is_cut: bool,
    fields: Vec<(Box<str>, Value)>,
    primitive: Option<Box<str>>,
}

impl<'a> ClixmlReader<'a> {
    /// Begins with a text that starts with the document, whose first line has this number.
    pub(super) fn new(text: &'a str, line: u64) -> Self {
        let (types, objects) = (HashMap::new(), HashMap::new());
        Self { reader: Reader::from_str(text), text, line, counted: 0, types, objects, repeated: 0 }
    }

    /// Where reading stands: the offset within the text, and its line.
    pub(super) fn position(&mut self) -> (usize, u64) {
        let at = usize::try_from(self.reader.buffer_position()).unwrap_or(self.text.len()).min(self.text.len());
        (at, self.line_here())
    }

    /// Reads the document, each of its objects handed to `take`.
    pub(super) fn read_objects(&mut self, take: &mut dyn FnMut(PropertyBag)) -> Read<()> {
        loop {
            match self.next()? {
                Event::Start(start) if local(&start) == "Objs" => return self.top_level(take),
                Event::Empty(start) if local(&start) == "Objs" => return Ok(()),
                Event::Start(_) | Event::Empty(_) | Event::End(_) | Event::Eof => return Err(ClixmlError::Syntax),
                _ => {}
            }
        }
    }

    fn top_level(&mut self, take: &mut dyn FnMut(PropertyBag)) -> Read<()> {
        self.children(&mut |reader, start, is_empty| match local(start) {
            "Obj" if !is_empty => reader.top_object(start, take, 0),
            _ => reader.skip(start, is_empty),
        })
    }

    /// An object of the listing; or a list of them, where a whole list was exported as one.
    fn top_object(&mut self, start: &BytesStart<'_>, take: &mut dyn FnMut(PropertyBag), depth: usize) -> Read<()> {
        if depth > MAX_DEPTH {
            return self.skip(start, false);
        }
        let mut bag = PropertyBag::new(self.line_here(), None);
        self.children(&mut |reader, start, is_empty| match local(start) {
            "TN" | "TNRef" => {
                bag.type_name = reader.type_names(start, is_empty)?;
                Ok(())
            }
            "Props" | "MS" if !is_empty => reader.properties(&mut bag, depth),
            "LST" | "IE" | "STK" | "QUE" if !is_empty => {
                reader.children(&mut |reader, start, is_empty| match local(start) {
                    "Obj" if !is_empty => reader.top_object(start, take, depth + 2),
                    _ => reader.skip(start, is_empty),
                })
            }
            _ => reader.skip(start, is_empty),
        })?;
        if !bag.properties.is_empty() {
            take(bag);
        }
        Ok(())
    }

    fn properties(&mut self, bag: &mut PropertyBag, depth: usize) -> Read<()> {
        self.children(&mut |reader, start, is_empty| {
            let line = reader.line_here();
            let name = attribute(start, "N").unwrap_or_default();
            let property = match reader.value(start, is_empty, &name, depth + 2)? {
                Inner::Value(Value::Nothing) => Property::of_text(&name, line, ""),
                Inner::Value(Value::Text(text)) => Property::of_text(&name, line, &text),
                Inner::Value(Value::List(items)) => {
                    let whole = items.len();
                    let known: Vec<_> = items.into_iter().filter(|item| !item.is_empty()).collect();
                    let loss = (known.len() < whole).then_some(Loss::Depth);
                    Property::of_list(&name, line, known, loss)
                }
                Inner::Lost(loss) => Property::lost(&name, line, loss),
                Inner::Opaque => return Ok(()),
            };
            bag.add(property);
            Ok(())
        })
    }

    /// A value of any kind. Its element has just begun.
    fn value(&mut self, start: &BytesStart<'_>, is_empty: bool, name: &str, depth: usize) -> Read<Inner> {
        match local(start) {
            "Obj" if is_empty => Ok(Inner::Lost(Loss::Depth)),
            "Obj" => self.inner_object(start, depth),
            "Ref" => {
                self.skip(start, is_empty)?;
                Ok(self.repeat(&attribute(start, "RefId").unwrap_or_default()))
            }
            "Nil" => self.skip(start, is_empty).map(|()| Inner::Value(Value::Nothing)),
            "BA" if !name.eq_ignore_ascii_case("RawData") => self.skip(start, is_empty).map(|()| Inner::Opaque),
            _ if is_empty => Ok(Inner::Value(Value::Nothing)),
            _ => {
                let text = self.element_text()?;
                Ok(Inner::Value(if text.is_empty() { Value::Nothing } else { Value::Text(names::unescaped(&text)) }))
            }
        }
    }

    fn inner_object(&mut self, start: &BytesStart<'_>, depth: usize) -> Read<Inner> {
        if depth > MAX_DEPTH {
            return self.skip(start, false).map(|()| Inner::Lost(Loss::Depth));
        }
        let number = attribute(start, "RefId");
        let mut parts = Parts::default();
        self.children(&mut |reader, start, is_empty| match local(start) {
            "TN" | "TNRef" => reader.type_names(start, is_empty).map(drop),
            "ToString" if !is_empty => {
                parts.printed = Some(names::unescaped(&reader.element_text()?));
                Ok(())
            }
            "LST" | "IE" | "STK" | "QUE" | "DCT" => {
                parts.items.get_or_insert_default();
                if is_empty { Ok(()) } else { reader.items(&mut parts, depth) }
            }
            "Props" | "MS" if !is_empty => reader.fields(&mut parts, depth),
            "Props" | "MS" | "ToString" => Ok(()),
            _ => {
                if let Inner::Value(Value::Text(text)) = reader.value(start, is_empty, "", depth + 1)? {
                    parts.primitive = Some(text);
                }
                Ok(())
            }
        })?;
        let inner = parts.into_inner();
        if let Some(number) = number {
            self.objects.insert(number, inner.clone());
        }
        Ok(inner)
    }

    /// The items of a list, or the entries of a dictionary, each as text; an item that has none is the empty text.
    fn items(&mut self, parts: &mut Parts, depth: usize) -> Read<()> {
        self.children(&mut |reader, start, is_empty| {
            let inner = match local(start) {
                "En" if !is_empty => reader.entry(depth + 1)?,
                _ => reader.value(start, is_empty, "", depth + 2)?,
            };
            let item = match inner {
                Inner::Value(Value::Text(text)) => text,
                _ => "".into(),
            };
            match parts.items.as_mut().filter(|items| items.len() < MAX_ITEMS) {
                Some(items) => items.push(item),
                None => parts.is_cut = true,
            }
            Ok(())
        })
    }

    /// An entry of a dictionary, printed as PowerShell prints a pair.
    fn entry(&mut self, depth: usize) -> Read<Inner> {
        let (mut key, mut value) = (None, None);
        self.children(&mut |reader, start, is_empty| {
            let name = attribute(start, "N").unwrap_or_default();
            let inner = reader.value(start, is_empty, "", depth + 2)?;
            let part = if &*name == "Key" { &mut key } else { &mut value };
            *part = match inner {
                Inner::Value(Value::Text(text)) => Some(text),
                Inner::Value(Value::Nothing) => Some("".into()),
                _ => None,
            };
            Ok(())
        })?;
        Ok(match (key, value) {
            (Some(key), Some(value)) => Inner::Value(Value::Text(format!("[{key}, {value}]").into())),
            _ => Inner::Lost(Loss::Depth),
        })
    }

    fn fields(&mut self, parts: &mut Parts, depth: usize) -> Read<()> {
        self.children(&mut |reader, start, is_empty| {
            let name = attribute(start, "N").unwrap_or_default();
            if let Inner::Value(value) = reader.value(start, is_empty, "", depth + 2)?
                && parts.fields.len() < MAX_ITEMS
            {
                parts.fields.push((name, value));
            }
            Ok(())
        })
    }

    /// The first of an object's types, its last part; and remembers it by its number.
    fn type_names(&mut self, start: &BytesStart<'_>, is_empty: bool) -> Read<Option<Box<str>>> {
        let number = attribute(start, "RefId").unwrap_or_default();
        if local(start) == "TNRef" {
            self.skip(start, is_empty)?;
            return Ok(self.types.get(&number).cloned());
        }
        let mut first = None;
        if !is_empty {
            self.children(&mut |reader, start, is_empty| {
                if is_empty || first.is_some() {
                    return reader.skip(start, is_empty);
                }
                first = Some(short_type(&reader.element_text()?));
                Ok(())
            })?;
        }
        if let Some(name) = &first {
            self.types.insert(number, name.clone());
        }
        Ok(first)
    }

    fn repeat(&mut self, number: &str) -> Inner {
        let Some(inner) = self.objects.get(number) else { return Inner::Lost(Loss::Depth) };
        self.repeated += match inner {
            Inner::Value(Value::Text(text)) => text.len(),
            Inner::Value(Value::List(items)) => items.iter().map(|item| item.len() + size_of::<Box<str>>()).sum(),
            _ => 0,
        };
        if self.repeated > MAX_REPEATED { Inner::Lost(Loss::Depth) } else { inner.clone() }
    }

    /// Calls `each` for every child of the element that has just begun, up to its end. `each` reads the child to its own end.
    fn children(&mut self, each: &mut dyn FnMut(&mut Self, &BytesStart<'a>, bool) -> Read<()>) -> Read<()> {
        loop {
            match self.next()? {
                Event::Start(start) => each(self, &start, false)?,
                Event::Empty(start) => each(self, &start, true)?,
                Event::End(_) => return Ok(()),
                Event::Eof => return Err(ClixmlError::Syntax),
                _ => {}
            }
        }
    }

    /// The text of the element that has just begun, up to its end.
    fn element_text(&mut self) -> Read<String> {
        let mut text = String::new();
        loop {
            match self.next()? {
                Event::Text(part) => text.push_str(&part.xml10_content()),
                Event::CData(part) => text.push_str(&part.xml10_content()),
                Event::GeneralRef(reference) => text.push(xml_sign(&reference).ok_or(ClixmlError::Entities)?),
                Event::Start(start) => self.skip(&start, false)?,
                Event::End(_) => return Ok(text),
                Event::Eof => return Err(ClixmlError::Syntax),
                _ => {}
            }
        }
    }

    /// Passes over the element that has just begun.
    fn skip(&mut self, start: &BytesStart<'_>, is_empty: bool) -> Read<()> {
        if is_empty {
            return Ok(());
        }
        self.reader.read_to_end(start.name()).map(drop).map_err(|_| ClixmlError::Syntax)
    }

    fn next(&mut self) -> Read<Event<'a>> {
        match self.reader.read_event() {
            Ok(Event::DocType(_)) => Err(ClixmlError::Entities),
            Ok(event) => Ok(event),
            Err(_) => Err(ClixmlError::Syntax),
        }
    }

    fn line_here(&mut self) -> u64 {
        let at = usize::try_from(self.reader.buffer_position()).unwrap_or(self.text.len());
        let passed = self.text.as_bytes().get(self.counted..at).unwrap_or_default();
        self.line += passed.iter().filter(|octet| **octet == b'\n').count() as u64;
        self.counted = at;
        self.line
    }
}

impl Parts {
    fn into_inner(self) -> Inner {
        let is_name = |text: &str| super::bag::lost_by_its_text(text).is_some();
        match self {
            Self { items: Some(items), is_cut: false, .. } => Inner::Value(Value::List(items)),
            Self { items: Some(_), .. } => Inner::Lost(Loss::Depth),
            Self { printed: Some(printed), .. } if !is_name(&printed) => Inner::Value(Value::Text(printed)),
            Self { fields, printed, primitive, .. } => match text_of_fields(&fields).or(printed).or(primitive) {
                Some(text) => Inner::Value(Value::Text(text)),
                None => Inner::Lost(Loss::Depth),
            },
        }
    }
}

fn local<'e>(start: &'e BytesStart<'_>) -> &'e str {
    start.local_name().into_inner()
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<Box<str>> {
    let found = start.attributes().flatten().find(|attribute| attribute.key.as_ref() == name)?;
    Some(names::unescaped(&found.normalized_value(quick_xml::XmlVersion::Explicit1_0).ok()?))
}
