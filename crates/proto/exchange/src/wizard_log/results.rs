//! What Get-cmdlets gave back, as the log prints it: `{Name=[Type] value,Name=[Type] value}`, or Format-List. No description of
//! the first is published: what does not look so is passed over.

use crate::dump::{Loss, Property, Shown, Value, format_list_objects, has_ellipsis, printed_property};

/// Most objects of one result, and most properties of one object, that are kept. An organisation has a few connectors.
const MAX_OBJECTS: usize = 200;
const MAX_PROPERTIES: usize = 400;

/// Longest name of a property, in octets.
const MAX_NAME_LENGTH: usize = 64;

/// An object: its properties in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ShownObject {
    pub(super) properties: Vec<ShownProperty>,
}

/// A property as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ShownProperty {
    pub(super) name: Box<str>,
    pub(super) value: Box<str>,
    /// Lines behind the beginning of the result.
    pub(super) offset: u64,
}

impl ShownObject {
    pub(super) fn property(&self, name: &str) -> Option<&ShownProperty> {
        self.properties.iter().find(|own| own.name.eq_ignore_ascii_case(name))
    }

    /// The names that a command may call it by.
    pub(super) fn names(&self) -> Vec<Box<str>> {
        ["Identity", "Name", "Guid"]
            .into_iter()
            .filter_map(|key| self.property(key))
            .map(|own| own.value.clone())
            .collect()
    }

    /// Adds a property, if the whole of it is shown: what is cut off is not what it was.
    fn add(&mut self, property: Property) {
        let Shown::Whole(value) = property.value else { return };
        let value = match value {
            Value::Nothing => Box::default(),
            Value::Text(text) => text,
            Value::List(items) => items.join(", ").into(),
        };
        if self.properties.len() < MAX_PROPERTIES {
            let offset = property.line.saturating_sub(1);
            self.properties.push(ShownProperty { name: property.name, value, offset });
        }
    }
}

/// The objects of a result.
pub(super) fn objects(text: &str) -> Vec<ShownObject> {
    let bracketed = bracketed_objects(text);
    if bracketed.is_empty() { listed_objects(text) } else { bracketed }
}

/// `{A=[Type] value,B={C=…},…}`: the outermost braces are objects, what is nested stays text.
fn bracketed_objects(text: &str) -> Vec<ShownObject> {
    let mut objects = Vec::new();
    let mut depth = 0_usize;
    let mut object = ShownObject::default();
    // The name and the beginning of the value that is being read.
    let mut open: Option<(&str, usize)> = None;
    let mut line = 1;
    for (place, c) in text.char_indices() {
        let ends_value = depth == 1 && (c == '}' || (c == ',' && property_start(text, place + 1).is_some()));
        if ends_value && let Some((name, start)) = open.take() {
            let value = untyped(text.get(start..place).unwrap_or_default());
            if !has_ellipsis(value) {
                object.add(printed_property(name, line, value, Loss::Unfinished));
            }
        }
        match c {
            '\n' => line += 1,
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 1 && (c == '{' || ends_value) {
            open = property_start(text, place + 1);
        }
        if depth == 0 && c == '}' && !object.properties.is_empty() {
            objects.push(std::mem::take(&mut object));
            if objects.len() >= MAX_OBJECTS {
                break;
            }
        }
    }
    objects
}

/// The name of a property that begins here, `Name=`, and where its value begins. Within a distinguished name a blank follows the
/// comma, so that its parts are not taken for properties.
fn property_start(text: &str, place: usize) -> Option<(&str, usize)> {
    let rest = text.get(place..)?;
    let rest = rest.trim_start_matches(['\r', '\n']);
    let start = text.len() - rest.len();
    let length = rest.bytes().take(MAX_NAME_LENGTH + 1).take_while(u8::is_ascii_alphanumeric).count();
    let name = rest.get(..length).filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()))?;
    (rest.as_bytes().get(length) == Some(&b'=')).then_some((name, start + length + 1))
}

/// The value without its type: `[System.String] *.contoso.com`. Types of lists have types in brackets of their own.
fn untyped(value: &str) -> &str {
    if !value.starts_with('[') {
        return value;
    }
    let mut depth = 0_usize;
    for (place, c) in value.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return value.get(place + 1..).unwrap_or_default();
        }
    }
    value
}

/// Format-List. One line with a colon is a sentence as often as an object.
fn listed_objects(text: &str) -> Vec<ShownObject> {
    let bags = format_list_objects(text).into_iter().filter(|bag| bag.properties.len() > 1);
    let objects = bags.take(MAX_OBJECTS).map(|bag| {
        let mut object = ShownObject::default();
        bag.properties.into_iter().for_each(|property| object.add(property));
        object
    });
    objects.collect()
}
