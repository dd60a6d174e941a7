//! Distinguished names as people read them: `CN=mail.contoso.com, O=Contoso, C=US`.
//!
//! RFC 4514 with a space after each comma, as Exchange prints it: the most specific part first, special and control
//! characters escaped, so that a name can go into a log line as it is.

use std::fmt::Write as _;

use x509_parser::asn1_rs::{Any, Tag};
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

/// Longest text of a name in characters. Real names are below 300; the rest is cut, since it goes into logs and replies.
const MAX_NAME_TEXT: usize = 1024;

/// Short names of attribute types (RFC 4514 §3, and those that Windows prints).
const ATTRIBUTE_NAMES: [(&str, &str); 14] = [
    ("2.5.4.3", "CN"),
    ("2.5.4.4", "SN"),
    ("2.5.4.5", "SERIALNUMBER"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "STREET"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.12", "T"),
    ("2.5.4.42", "G"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("1.2.840.113549.1.9.1", "E"),
];

/// How special characters are kept apart from the structure of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    /// RFC 4514: by backslashes.
    Rfc4514,
    /// Windows and what is built on it, Exchange among it: a value with special characters stands in quotes, its own quotes
    /// are doubled (Microsoft: `CertNameToStr`, CERT_X500_NAME_STR).
    Windows,
}

/// The name as text, at most [`MAX_NAME_TEXT`] characters; empty for the empty name.
pub(crate) fn name_text(name: &X509Name<'_>) -> String {
    styled(name, Style::Rfc4514)
}

/// The same as Windows prints it: `CN=mail.contoso.com, O="Contoso, Ltd.", S=Washington`.
pub(crate) fn windows_name_text(name: &X509Name<'_>) -> String {
    styled(name, Style::Windows)
}

fn styled(name: &X509Name<'_>, style: Style) -> String {
    let parts: Vec<_> = name.iter_rdn().collect();
    let mut text = String::new();
    for (index, part) in parts.iter().rev().enumerate() {
        text.push_str(if index == 0 { "" } else { ", " });
        for (index, attribute) in part.iter().enumerate() {
            text.push_str(if index == 0 { "" } else { " + " });
            write_attribute(&mut text, attribute, style);
        }
    }
    match text.char_indices().nth(MAX_NAME_TEXT) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// The text of an attribute's value, if it is a well-formed string of a known kind.
pub(crate) fn attribute_text(attribute: &AttributeTypeAndValue<'_>) -> Option<String> {
    string_text(attribute.attr_value())
}

fn write_attribute(text: &mut String, attribute: &AttributeTypeAndValue<'_>, style: Style) {
    let kind = attribute.attr_type().to_id_string();
    let short = ATTRIBUTE_NAMES.iter().find(|(id, _)| *id == kind).map(|(_, name)| *name);
    match (style, short) {
        (Style::Windows, Some("ST")) => text.push('S'),
        (_, Some(name)) => text.push_str(name),
        (Style::Windows, None) => text.extend(["OID.", &kind]),
        (Style::Rfc4514, None) => text.push_str(&kind),
    }
    text.push('=');
    match (attribute_text(attribute), style) {
        (Some(value), Style::Rfc4514) => escape(text, &value),
        (Some(value), Style::Windows) => quote(text, &value),
        (None, _) => {
            text.push('#');
            attribute.attr_value().data.iter().for_each(|byte| push_hex(text, *byte));
        }
    }
}

/// Escapes what RFC 4514 §2.4 names, and what would disturb.
fn escape(text: &mut String, value: &str) {
    let last = value.chars().count().saturating_sub(1);
    for (index, c) in value.chars().enumerate() {
        let at_end = (index == 0 && matches!(c, ' ' | '#')) || (index == last && c == ' ');
        if at_end || matches!(c, ',' | '+' | '"' | '\\' | '<' | '>' | ';') {
            text.extend(['\\', c]);
        } else {
            push_harmless(text, c);
        }
    }
}

/// Puts the value into quotes if Windows would.
fn quote(text: &mut String, value: &str) {
    let special = |c: char| matches!(c, ',' | '+' | '=' | '"' | '\n' | '<' | '>' | '#' | ';');
    let quoted = value.is_empty() || value.trim() != value || value.contains(special);
    text.push_str(if quoted { "\"" } else { "" });
    for c in value.chars() {
        text.push_str(if c == '"' { "\"" } else { "" });
        push_harmless(text, c);
    }
    text.push_str(if quoted { "\"" } else { "" });
}

/// Escapes control and format characters, which would disturb a terminal or a log.
fn push_harmless(text: &mut String, c: char) {
    if c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
        for byte in c.encode_utf8(&mut [0; 4]).bytes() {
            text.push('\\');
            push_hex(text, byte);
        }
    } else {
        text.push(c);
    }
}

fn push_hex(text: &mut String, byte: u8) {
    // Writing to a string cannot fail.
    let _ = write!(text, "{byte:02x}");
}

/// Decodes the string kinds of X.520. Teletex is read as Latin-1, as all who still write it mean it.
fn string_text(value: &Any<'_>) -> Option<String> {
    match value.tag() {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String | Tag::NumericString | Tag::VisibleString => {
            std::str::from_utf8(value.data).ok().map(str::to_owned)
        }
        Tag::T61String => Some(value.data.iter().map(|byte| char::from(*byte)).collect()),
        Tag::BmpString => {
            let (pairs, rest) = value.data.as_chunks::<2>();
            let units: Vec<u16> = pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
            String::from_utf16(&units).ok().filter(|_| rest.is_empty())
        }
        Tag::UniversalString => {
            let (groups, rest) = value.data.as_chunks::<4>();
            let chars = groups.iter().map(|group| char::from_u32(u32::from_be_bytes(*group)));
            chars.collect::<Option<String>>().filter(|_| rest.is_empty())
        }
        _ => None,
    }
}
