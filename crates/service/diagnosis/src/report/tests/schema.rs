//! What is printed as JSON is what `docs/diagnosis.schema.json` says, and the documentation lists the codes that there are.

use std::collections::BTreeSet;

use serde_json::Value;

use super::example;

const SCHEMA: &str = include_str!("../../../../../../docs/diagnosis.schema.json");
const DOCUMENT: &str = include_str!("../../../../../../docs/diagnosis.md");

/// Where a value departs from its schema. Knows the words that ours uses.
fn faults(schema: &Value, whole: &Value, value: &Value, at: &str) -> Vec<String> {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
        return match whole.pointer(name.trim_start_matches('#')) {
            Some(schema) => faults(schema, whole, value, at),
            None => vec![format!("{at}: the schema has no {name}")],
        };
    }
    let mut found = Vec::new();
    let is_type = match schema.get("type").and_then(Value::as_str) {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_u64(),
        _ => false,
    };
    if !is_type {
        found.push(format!("{at}: {value} is not {schema}"));
    }
    if let Some(choices) = schema.get("enum").and_then(Value::as_array).filter(|choices| !choices.contains(value)) {
        found.push(format!("{at}: {value} is none of {choices:?}"));
    }
    for required in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
        if value.get(required.as_str().unwrap()).is_none() {
            found.push(format!("{at}: {required} is missing"));
        }
    }
    for (name, inner) in value.as_object().into_iter().flatten() {
        let at = format!("{at}/{name}");
        let additional = schema.get("additionalProperties").filter(|other| other.is_object());
        match schema.pointer("/properties").and_then(|known| known.get(name)).or(additional) {
            Some(schema) => found.extend(faults(schema, whole, inner, &at)),
            None => found.push(format!("{at} is not in the schema")),
        }
    }
    for (number, inner) in value.as_array().into_iter().flatten().enumerate() {
        found.extend(faults(schema.get("items").unwrap_or(&Value::Null), whole, inner, &format!("{at}/{number}")));
    }
    found
}

#[test]
fn json_is_what_the_schema_says() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    for diagnosis in [example::renewed(), crate::Diagnosis::default()] {
        let value = serde_json::to_value(&diagnosis).unwrap();
        assert_eq!(faults(&schema, &schema, &value, ""), Vec::<String>::new());
    }
    let mut wrong = serde_json::to_value(example::renewed()).unwrap();
    *wrong.pointer_mut("/causes/0/certainty").unwrap() = "sure".into();
    *wrong.pointer_mut("/causes/0/explains").unwrap() = "many".into();
    wrong.as_object_mut().unwrap().remove("read");
    assert_eq!(faults(&schema, &schema, &wrong, "").len(), 3, "what is wrong is not noticed");
}

/// Every string of the causes' sources that has the form of a code.
fn codes_in_sources() -> BTreeSet<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/causes");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let sources = files.filter(|path| path.is_file()).map(|path| std::fs::read_to_string(path).unwrap());
    let strings = sources.flat_map(|source| source.split('"').map(str::to_owned).collect::<Vec<_>>());
    strings.filter(|text| is_code(text)).collect()
}

fn is_code(text: &str) -> bool {
    text.len() == 3 && text.starts_with(['C', 'P']) && text.chars().skip(1).all(|c| c.is_ascii_digit())
}

#[test]
fn the_documentation_has_every_code() {
    let firsts = DOCUMENT.lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next());
    let documented: BTreeSet<String> = firsts.filter(|word| is_code(word)).map(str::to_owned).collect();
    let own = codes_in_sources();
    assert!(own.len() >= 23, "the sources are not read: {own:?}");
    assert_eq!(documented, own);
}
