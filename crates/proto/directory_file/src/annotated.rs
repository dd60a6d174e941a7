//! A directory file for somebody to review: what [`write_toml`](crate::write_toml) writes, with remarks, and with what is left
//! out standing there as a remark too, ready to be taken in by hand.

use core_directory::{AcceptedDomain, Field, InboundConnector, SendConnector, Tenant};
use serde_json::{Value as Json, json};

use crate::fields::{self, Fields};
use crate::write_toml::{of_domain, of_inbound_connector, of_send_connector, of_tenant, toml_value};

/// An object of the file.
#[derive(Clone, Debug)]
pub enum AnnotatedObject {
    /// A tenant; its children come as objects of their own behind it.
    Tenant(Tenant),
    /// An accepted domain.
    Domain(AcceptedDomain),
    /// A certificate by the paths of its files, which nobody opened.
    Certificate {
        /// By which send connectors name it.
        name: String,
        /// Path of the certificate.
        certificate: String,
        /// Path of its key.
        key: String,
    },
    /// An inbound connector.
    InboundConnector(InboundConnector),
    /// A send connector.
    SendConnector(SendConnector),
}

/// An object with what is to be said about it.
#[derive(Clone, Debug)]
pub struct Annotated {
    /// The object.
    pub object: AnnotatedObject,
    /// Remarks above it.
    pub remarks: Vec<String>,
    /// Fields that are not in force, below it.
    pub left_out: Vec<LeftOut>,
    /// Whether the whole object is a remark.
    pub is_left_out: bool,
}

/// A field that stands there as a remark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The field.
    pub field: Field,
    /// Its value: a text, or a list of texts.
    pub value: Json,
    /// Why it is not in force, and what to do.
    pub why: String,
}

/// Writes objects in their order, each tenant before its own.
#[must_use]
pub fn write_annotated(objects: &[Annotated]) -> String {
    let mut text = String::new();
    for object in objects {
        write(object, &mut text);
    }
    text
}

/// A text as a remark of one line, which nothing in it can end.
#[must_use]
pub fn remark(text: &str) -> String {
    let is_harmful = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let line: String = text.chars().map(|c| if is_harmful(c) { ' ' } else { c }).collect();
    format!("# {}", line.trim())
}

fn write(annotated: &Annotated, text: &mut String) {
    let (child, fields) = parts(&annotated.object);
    let indent = if child.is_some() { "  " } else { "" };
    let out = if annotated.is_left_out { "# " } else { "" };
    if !text.is_empty() {
        text.push('\n');
    }
    let mut line = |line: &str| {
        text.push_str(indent);
        text.push_str(line);
        text.push('\n');
    };
    annotated.remarks.iter().for_each(|own| line(&remark(own)));
    let header = child.map_or(fields::TENANT.to_owned(), |child| format!("{}.{child}", fields::TENANT));
    line(&format!("{out}[[{header}]]"));
    for (field, value) in fields.into_iter().filter(|(_, value)| !value.is_null()) {
        line(&format!("{out}{field} = {}", one_line(&value)));
    }
    for own in &annotated.left_out {
        line(&remark(&format!("{} = {}", own.field, one_line(&own.value))));
        line(&remark(&format!("  left out: {}", own.why)));
    }
}

fn parts(object: &AnnotatedObject) -> (Option<&'static str>, Fields) {
    match object {
        AnnotatedObject::Tenant(tenant) => (None, of_tenant(tenant)),
        AnnotatedObject::Domain(domain) => (Some(fields::DOMAIN), of_domain(domain)),
        AnnotatedObject::InboundConnector(connector) => {
            (Some(fields::INBOUND_CONNECTOR), of_inbound_connector(connector))
        }
        AnnotatedObject::SendConnector(connector) => (Some(fields::SEND_CONNECTOR), of_send_connector(connector)),
        AnnotatedObject::Certificate { name, certificate, key } => {
            let fields =
                vec![(Field::Name, json!(name)), (Field::Certificate, json!(certificate)), (Field::Key, json!(key))];
            (Some(fields::CERTIFICATE), fields)
        }
    }
}

/// TOML's texts of several lines would end a remark that they stand in: such are written with escapes, as JSON does, which TOML
/// reads alike.
fn one_line(value: &Json) -> String {
    match value {
        Json::String(text) => {
            let written = toml_value(value);
            if written.contains(['\n', '\r']) || text.chars().any(char::is_control) {
                // TOML has every escape of JSON; only the delete character has to be written out besides.
                return value.to_string().replace('\u{7f}', "\\u007f");
            }
            written
        }
        Json::Array(items) => format!("[{}]", items.iter().map(one_line).collect::<Vec<_>>().join(", ")),
        other => toml_value(other),
    }
}
