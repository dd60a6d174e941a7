//! Values of fields as text for people.

use core_directory::Field;
use proto_certificate::{describe, pem};
use serde_json::Value as Json;

/// What stands for no value.
pub const NONE: &str = "none";

/// A field's value: lists by commas, certificates by their subjects, and a word where there is nothing.
pub fn of(field: Field, value: &Json) -> String {
    match (field, value) {
        (Field::TrustedRoots, Json::Array(items)) if !items.is_empty() => {
            items.iter().filter_map(Json::as_str).map(subjects).collect::<Vec<_>>().join("; ")
        }
        // A send connector's is a name.
        (Field::Certificate, Json::String(text)) if text.contains("-----BEGIN") => subjects(text),
        _ => plain(value),
    }
}

/// At most so many items of a list, and how many more there are.
pub fn first(value: Option<&Json>, most: usize) -> String {
    let Some(Json::Array(items)) = value else { return value.map(plain).unwrap_or_default() };
    let mut text = items.iter().take(most).map(plain).collect::<Vec<_>>().join(", ");
    if let Some(more) = items.len().checked_sub(most).filter(|more| *more > 0) {
        text.push_str(&format!(" +{more}"));
    }
    text
}

fn plain(value: &Json) -> String {
    match value {
        Json::Null => NONE.to_owned(),
        Json::String(text) if text.is_empty() => NONE.to_owned(),
        Json::String(text) => text.clone(),
        Json::Array(items) if items.is_empty() => NONE.to_owned(),
        Json::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// The subjects of certificates in PEM, the leaf first.
fn subjects(text: &str) -> String {
    let chain = pem::read_certificates(text.as_bytes()).unwrap_or_default();
    describe(&chain).into_iter().map(|certificate| certificate.subject).collect::<Vec<_>>().join(" < ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values() {
        let check = |value: Json, expected: &str| assert_eq!(of(Field::Comment, &value), expected, "{value}");
        check(Json::Null, "none");
        check(json!(""), "none");
        check(json!([]), "none");
        check(json!(["a", "b"]), "a, b");
        check(json!(true), "true");
        check(json!(25), "25");
        check(json!("text"), "text");
    }

    #[test]
    fn lists_are_cut() {
        let check = |value: Json, expected: &str| assert_eq!(first(Some(&value), 2), expected, "{value}");
        check(json!(["a", "b"]), "a, b");
        check(json!(["a", "b", "c", "d"]), "a, b +2");
        check(json!([]), "");
        assert_eq!(first(None, 2), "");
    }
}
